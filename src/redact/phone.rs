//! Telephone numbers: in international form, in national forms that nothing else has, and behind a word that says so.

use super::Found;
use super::numbers::{Group, stretch};
use crate::fold::Glyph;
use crate::money;

pub(super) fn find(glyphs: &[Glyph], groups: &[Group], found: &mut Vec<Found>) {
    let mut at = 0;
    let mut hint = None;
    while let Some(rest) = groups.get(at..).filter(|rest| !rest.is_empty()) {
        let mut hint = || {
            *hint.get_or_insert_with(|| Hint::before(glyphs, groups.first().map_or(0, |group| group.from)))
        };
        if let Some(date) = date(rest, glyphs) {
            at += date;
            continue;
        }
        let taken = international(rest, glyphs).or_else(|| national(rest, glyphs, &mut hint));
        let taken =
            taken.filter(|taken| rest.get(..*taken).is_some_and(|groups| stands_free(glyphs, groups)));
        if let Some(number) = taken.and_then(|taken| stretch(glyphs, rest.get(..taken)?)) {
            found.extend(Found::of("PHONE", with_sign(glyphs, number, rest)));
        }
        at += taken.unwrap_or(1).max(1);
    }
}

/// With the `+` or the bracket before it.
fn with_sign<'a>(glyphs: &'a [Glyph], number: &'a [Glyph], groups: &[Group]) -> &'a [Glyph] {
    let signed = groups.first().filter(|group| group.plus || group.open);
    signed.and_then(|group| glyphs.get(group.from - 1..group.from + number.len())).unwrap_or(number)
}

/// E.164: at most 15 digits behind `+`, or behind `00` where that dials abroad.
fn international(groups: &[Group], glyphs: &[Glyph]) -> Option<usize> {
    let first = groups.first()?;
    let head = text(glyphs, first);
    let abroad =
        head.starts_with("00") && head.chars().nth(2) != Some('0') && (head.len() > 2 || groups.len() > 1);
    if !first.plus && !abroad || first.plus && head.starts_with('0') {
        return None;
    }
    let prefix = if first.plus { 0 } else { 2 };
    let (mut digits, mut taken, mut best) = (0, 0, None);
    for group in groups {
        if taken > 0 && (group.plus || digits + group.len() > LONGEST + prefix || digits > 10 + prefix) {
            break;
        }
        digits += group.len();
        taken += 1;
        let enough = if first.plus { 7 } else { 10 };
        if (enough..=LONGEST + prefix).contains(&digits) {
            best = Some(taken);
        }
    }
    best
}

/// Forms of one country or several.
fn national(groups: &[Group], glyphs: &[Glyph], hint: &mut impl FnMut() -> Hint) -> Option<usize> {
    let first = groups.first()?;
    let head = text(glyphs, first);
    let shape: Vec<usize> = groups.iter().take(5).map(Group::len).collect();
    let starts = |at: usize, with: &str| {
        groups.get(at).is_some_and(|group| text(glyphs, group).starts_with(|c| with.contains(c)))
    };
    let sure = match shape.as_slice() {
        // North America.
        [3, 3, 4, ..] if starts(0, "23456789") && starts(1, "23456789") => Some(3),
        [1, 3, 3, 4, ..] if head == "1" && starts(1, "23456789") && starts(2, "23456789") => Some(4),
        // Russia and Kazakhstan.
        [1, 3, 3, 2, 2, ..] if matches!(head.as_str(), "7" | "8") => Some(5),
        [1, 3, 3, 4, ..] | [1, 3, 7, ..] if head == "8" => Some(shape.iter().position(|len| *len > 3)? + 1),
        // Spain.
        [3, 2, 2, 2, ..] if starts(0, "6789") => Some(4),
        // China, India.
        [3, 4, 4, ..] if head.starts_with('1') => Some(3),
        [5, 5, ..] if starts(0, "6789") => Some(2),
        [11, ..] if head.starts_with('1') && head.chars().nth(1).is_some_and(|c| c > '2') => Some(1),
        [10, ..] if starts(0, "6789") => Some(1),
        _ => None,
    };
    let sure = sure.or_else(|| trunk(groups, &head)).or_else(|| area(groups));
    let joined = sure.filter(|taken| groups.iter().take(*taken).skip(1).all(|group| group.gap != '+'));
    match joined {
        Some(taken) => (hint() != Hint::Order && !is_money(glyphs, groups.get(..taken)?)).then_some(taken),
        None if shape.first().is_some_and(|len| *len < LONGEST) => told(groups, glyphs, hint),
        None => None,
    }
}

/// Behind the digit that dials out of town, `0`, in two pieces or as a mobile's number in one.
fn trunk(groups: &[Group], head: &str) -> Option<usize> {
    if !head.starts_with('0')
        || head.starts_with("00")
        || head.len() > 5 && groups.len() > 1 && head.len() < 10
    {
        return None;
    }
    if (10..=11).contains(&head.len()) {
        let mobile = ["06", "07", "08", "09", "015", "016", "017"];
        return mobile.iter().any(|start| head.starts_with(start)).then_some(1);
    }
    let mut digits = 0;
    let mut best = None;
    for (at, group) in groups.iter().enumerate() {
        digits += group.len();
        if digits > 12 || at > 0 && group.plus {
            break;
        }
        if at > 0 && digits >= 9 {
            best = Some(at + 1);
        }
    }
    best
}

/// `(11) 91234-5678`
fn area(groups: &[Group]) -> Option<usize> {
    let first = groups.first().filter(|group| group.open && (2..=5).contains(&group.len()))?;
    let mut digits = first.len();
    let mut best = None;
    for (at, group) in groups.iter().enumerate().skip(1) {
        digits += group.len();
        if digits > 12 {
            break;
        }
        if digits >= 8 {
            best = Some(at + 1);
        }
    }
    best
}

/// Any number behind a word for a telephone.
fn told(groups: &[Group], glyphs: &[Glyph], hint: &mut impl FnMut() -> Hint) -> Option<usize> {
    let mut digits = 0;
    let mut best = None;
    for (at, group) in groups.iter().enumerate() {
        digits += group.len();
        if digits > LONGEST || at > 0 && group.plus {
            break;
        }
        if digits >= 7 {
            best = Some(at + 1);
        }
    }
    let best = best.filter(|_| hint() == Hint::Phone)?;
    (!is_money(glyphs, groups.get(..best)?)).then_some(best)
}

/// How many groups are a day: `31.12.2024`, `2024-12-31`, and what follows in the same way is none.
fn date(groups: &[Group], glyphs: &[Glyph]) -> Option<usize> {
    let [one, two, three, rest @ ..] = groups else { return None };
    let sign = two.gap;
    let joined = matches!(sign, '.' | '-' | '/')
        && three.gap == sign
        && rest.first().is_none_or(|next| next.gap != sign);
    let number = |group: &Group| text(glyphs, group).parse::<u32>().unwrap_or_default();
    let day = |group: &Group| group.len() <= 2 && (1..=31).contains(&number(group));
    let year = |group: &Group| group.len() == 4 && (1900..2100).contains(&number(group));
    let written =
        day(one) && day(two) && (year(three) || three.len() == 2) || year(one) && day(two) && day(three);
    (joined && written && !one.plus).then_some(3)
}

/// Whether the number is not the middle of a code.
fn stands_free(glyphs: &[Glyph], groups: &[Group]) -> bool {
    let (Some(first), Some(last)) = (groups.first(), groups.last()) else { return false };
    let at = |at: Option<usize>| at.and_then(|at| glyphs.get(at)).map_or(' ', |glyph| glyph.c);
    let signs = usize::from(first.plus || first.open);
    let before = at(first.from.checked_sub(1 + signs));
    let (after, next) = (at(Some(last.to)), at(Some(last.to + 1)));
    let decimal = matches!(after, '.' | ',') && next.is_ascii_digit();
    !before.is_ascii_alphanumeric()
        && !matches!(before, '#' | '_')
        && !after.is_ascii_alphanumeric()
        && after != '_'
        && !decimal
}

/// Whether a currency stands before or behind.
fn is_money(glyphs: &[Glyph], groups: &[Group]) -> bool {
    let (Some(first), Some(last)) = (groups.first(), groups.last()) else { return false };
    let before = glyphs.get(first.from.saturating_sub(2)..first.from).unwrap_or_default();
    let after = glyphs.get(last.to..).unwrap_or_default();
    let sign = |glyph: &Glyph| money::is_sign(glyph.c) || matches!(glyph.c, '%' | ',');
    let word: String = after
        .iter()
        .skip_while(|glyph| glyph.c == ' ')
        .take(LONGEST_WORD)
        .take_while(|glyph| glyph.c.is_alphanumeric() || matches!(glyph.c, '\'' | '’'))
        .map(|glyph| glyph.c)
        .collect();
    before.iter().any(sign)
        || after.iter().take(2).any(|glyph| sign(glyph) && glyph.c != ',')
        || is_currency(&word)
}

/// Whether a word behind a number is surely a currency: `try` and `real` are other words as well.
fn is_currency(word: &str) -> bool {
    let small = word.to_lowercase();
    let sure = !word.contains(char::is_lowercase)
        || small != "real" && small.chars().count() > 3
        || !word.is_ascii();
    matches!(small.as_str(), "won" | "lei" | "yen" | "kr" | "rs") || sure && money::is_word(&small)
}

/// Whether the digits are a device's number or the like, by the word before, and not as most cards begin.
pub(super) fn is_device(glyphs: &[Glyph], groups: &[Group], digits: &[u32]) -> bool {
    let usual = matches!((digits.len(), digits), (16, [2 | 4 | 5 | 6, ..]) | (15, [3, 4 | 7, ..]));
    let Some(first) = groups.first().filter(|_| groups.len() == 1 && !usual) else { return false };
    let near = glyphs.get(first.from.saturating_sub(LONGEST_WORD)..first.from).unwrap_or_default();
    let near: String = near.iter().flat_map(|glyph| glyph.c.to_lowercase()).collect();
    let last = near.trim_end_matches(|c: char| !c.is_alphanumeric());
    ["imei", "sku", "isbn", "ean", "serial", "serial number", "seriennummer", "sendungsnummer", "tracking"]
        .iter()
        .any(|word| last.ends_with(word))
}

fn text(glyphs: &[Glyph], group: &Group) -> String {
    glyphs
        .get(group.from..group.to)
        .unwrap_or_default()
        .iter()
        .take(LONGEST + 1)
        .map(|glyph| glyph.c)
        .collect()
}

/// What the words before a number say that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hint {
    Phone,
    /// A word for a telephone, and behind it one for an order.
    Both,
    Order,
    Nothing,
}

impl Hint {
    fn before(glyphs: &[Glyph], at: usize) -> Self {
        let near = glyphs.get(at.saturating_sub(NEAR)..at).unwrap_or_default();
        let near: String = near.iter().flat_map(|glyph| glyph.c.to_lowercase()).collect();
        // What a sentence before has said is about something else.
        let near = near.rsplit(['!', '?', '\n', '。']).next().unwrap_or_default();
        let near = near.rsplit(". ").next().filter(|last| last.len() > 2).unwrap_or(near);
        // A word in Latin letters begins a word; `tel` is in many.
        let begins = |at: usize, word: &str| {
            !word.is_ascii() || !near.get(..at).is_some_and(|before| before.ends_with(char::is_alphabetic))
        };
        let last = |words: &[&str]| {
            let found = words.iter().filter_map(|word| near.rfind(word).filter(|at| begins(*at, word)));
            found.max()
        };
        match (last(PHONES), last(ORDERS)) {
            (Some(phone), order) if order.is_none_or(|order| order < phone) => Self::Phone,
            (Some(_), Some(_)) => Self::Both,
            (_, Some(order)) if near.len() - order <= NEAR_ORDER => Self::Order,
            _ => Self::Nothing,
        }
    }
}

const PHONES: &[&str] = &[
    "phone",
    "mobile",
    "call ",
    "cell",
    "whatsapp",
    "tel",
    "handy",
    "mobil",
    "rufnummer",
    "móvil",
    "celular",
    "portable",
    "cellulare",
    "номер телефона",
    "телефон",
    "电话",
    "手机",
    "電話",
    "携帯",
    "전화",
    "फ़ोन",
    "फोन",
    "मोबाइल",
    "هاتف",
    "جوال",
    "puhelin",
];
const ORDERS: &[&str] = &[
    "order",
    "bestell",
    "pedido",
    "commande",
    "ordine",
    "ordre",
    "ticket",
    "invoice",
    "rechnung",
    "factura",
    "facture",
    "fattura",
    "tracking",
    "sendung",
    "reference",
    "referen",
    "ref",
    "booking",
    "buchung",
    "reserv",
    "customer",
    "kunden",
    "account",
    "article",
    "artikel",
    "serial",
    "serien",
    "imei",
    "sku",
    "size",
    "größe",
    "talla",
    "taille",
    "isbn",
    "заказ",
    "订单",
    "單號",
    "单号",
    "注文",
    "주문",
    "ऑर्डर",
    "طلب",
];
/// In digits.
const LONGEST: usize = 15;
/// In characters.
const NEAR: usize = 48;
const LONGEST_WORD: usize = 20;
/// In bytes.
const NEAR_ORDER: usize = 40;
