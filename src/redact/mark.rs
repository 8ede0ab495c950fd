//! Placeholders in a text, also as a model may have changed them.

use std::ops::Range;

use super::{Found, KINDS, LITERAL};
use crate::fold::fold;

/// What reads as a placeholder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark<'a> {
    pub(super) range: Range<usize>,
    word: &'a str,
    pub(super) number: usize,
}

impl Mark<'_> {
    /// What it stands for, in a word.
    #[cfg_attr(not(feature = "llm"), allow(dead_code, reason = "restores for the adapter"))]
    pub(super) fn said(&self) -> &'static str {
        match ready(self.word) {
            Some("CARD") => "card",
            Some("EMAIL") => "e-mail",
            Some("PHONE") => "phone",
            Some("IBAN") => "account",
            _ => "…",
        }
    }

    /// The name of the kind it speaks of.
    pub(super) fn kind(&self) -> String {
        kind_name(self.word)
    }
}

/// The name under which a kind is numbered.
pub(super) fn kind_name(kind: &str) -> String {
    if let Some(ready) = ready(kind) {
        return ready.to_owned();
    }
    let letters = kind.chars().filter(char::is_ascii_alphabetic).take(LONGEST_WORD);
    let name: String = letters.map(|c| c.to_ascii_uppercase()).collect();
    if name.is_empty() { "KEPT".to_owned() } else { name }
}

/// The marks of a text, in order.
pub(super) fn marks(text: &str) -> Vec<Mark<'_>> {
    scan(text, |rest, before| {
        bracketed(rest).or_else(|| bare(rest).filter(|_| !before.is_some_and(is_word) && !goes_on(rest)))
    })
}

/// What a customer wrote that would read as a mark, wherever placeholders come to stand beside it.
pub(super) fn lookalikes(text: &str) -> Vec<Found> {
    // With its neighbours replaced, a word may begin or end where it did not before.
    let found = scan(text, |rest, _| bracketed(rest).or_else(|| bare(rest)));
    found.into_iter().map(|mark| Found { range: mark.range, kind: LITERAL }).collect()
}

/// A word, its number, and the bytes of all that was read.
type Read<'a> = (&'a str, usize, usize);

fn scan<'a>(text: &'a str, read: impl Fn(&'a str, Option<char>) -> Option<Read<'a>>) -> Vec<Mark<'a>> {
    let mut found = Vec::new();
    let (mut until, mut before) = (0, None);
    for (at, c) in text.char_indices() {
        if at >= until
            && let Some(rest) = text.get(at..)
            && let Some((word, number, length)) = read(rest, before)
        {
            until = at + length;
            found.push(Mark { range: at..until, word, number });
        }
        before = Some(c);
    }
    found
}

/// `[EMAIL_1]`, with other brackets, spaces and backslashes.
fn bracketed(rest: &str) -> Option<Read<'_>> {
    let (rest_of, escaped) = match rest.strip_prefix('\\') {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    let open = rest_of.chars().next()?;
    let (close, square) = match open {
        '[' => (']', true),
        '［' => ('］', true),
        '【' => ('】', true),
        '(' => (')', false),
        '（' => ('）', false),
        '<' => ('>', false),
        '{' => ('}', false),
        _ => return None,
    };
    let inside = spaces(rest_of.get(open.len_utf8()..)?);
    let (word, inside) = word(inside)?;
    let (separator, inside) = separator(inside);
    let (number, inside) = number(inside)?;
    let inside = spaces(inside);
    let inside = if escaped { inside.strip_prefix('\\')? } else { inside };
    let after = inside.strip_prefix(close)?;
    // Of an unknown word only the very form that was given.
    let meant = ready(word).is_some() || square && separator == "_";
    meant.then(|| (word, number, rest.len() - after.len()))
}

/// `EMAIL_1`, of the kinds that are known.
fn bare(rest: &str) -> Option<Read<'_>> {
    // The only way in which the others can begin.
    rest.starts_with(char::is_alphabetic).then_some(())?;
    let (word, after) = word(rest)?;
    let after = after.strip_prefix('\\').unwrap_or(after).strip_prefix('_')?;
    let (number, after) = number(after)?;
    ready(word)?;
    Some((word, number, rest.len() - after.len()))
}

/// Whether a bare mark at the beginning of `rest` has more behind it.
fn goes_on(rest: &str) -> bool {
    bare(rest).is_some_and(|(_, _, length)| {
        rest.get(length..).and_then(|after| after.chars().next()).is_some_and(is_word)
    })
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn spaces(text: &str) -> &str {
    let ends = text.char_indices().take(MOST_SPACES).take_while(|(_, c)| matches!(c, ' ' | '\u{a0}'));
    let length = ends.last().map_or(0, |(at, c)| at + c.len_utf8());
    text.get(length..).unwrap_or_default()
}

fn word(text: &str) -> Option<(&str, &str)> {
    let ends = text.char_indices().take(LONGEST_WORD);
    let letters = ends.take_while(|(_, c)| c.is_alphabetic() || *c == '-');
    let length = letters.filter(|(_, c)| *c != '-').last().map(|(at, c)| at + c.len_utf8())?;
    text.starts_with(char::is_alphabetic).then_some(())?;
    Some((text.get(..length)?, text.get(length..)?))
}

fn separator(text: &str) -> (&str, &str) {
    let ends = text.char_indices().take(MOST_SPACES);
    let signs = ends.take_while(|(_, c)| matches!(c, '_' | '-' | ' ' | '\u{a0}' | '\\' | '#'));
    let length = signs.last().map_or(0, |(at, c)| at + c.len_utf8());
    text.split_at_checked(length).unwrap_or_default()
}

/// A whole number in the digits of any script.
fn number(text: &str) -> Option<(usize, &str)> {
    let (mut number, mut length, mut digits) = (0_usize, 0, 0);
    for (at, c) in text.char_indices() {
        let Some(digit) = fold(c).and_then(|c| c.to_digit(10)) else { break };
        number = number.saturating_mul(10).saturating_add(digit as usize);
        length = at + c.len_utf8();
        digits += 1;
        if digits > MOST_DIGITS {
            // Longer than any that was given.
            return None;
        }
    }
    (length > 0).then_some((number, text.get(length..).unwrap_or_default()))
}

/// The kind of [`KINDS`] that a word names, in any case, and in the languages that models answer in most.
fn ready(word: &str) -> Option<&'static str> {
    let is = |known: &&str| known.chars().eq(word.chars().filter(|c| *c != '-').flat_map(char::to_uppercase));
    KINDS
        .iter()
        .find(|kind| is(kind))
        .or_else(|| NAMES.iter().find(|(_, names)| names.iter().any(is)).map(|(kind, _)| kind))
        .copied()
}

const NAMES: [(&str, &[&str]); 4] = [
    (
        "CARD",
        &[
            "KARTE",
            "TARJETA",
            "CARTE",
            "CARTA",
            "CARTÃO",
            "KAART",
            "KART",
            "KARTA",
            "КАРТА",
            "卡",
            "カード",
            "카드",
        ],
    ),
    ("EMAIL", &["MAIL", "CORREO", "COURRIEL", "ПОЧТА", "邮箱", "邮件", "メール", "이메일"]),
    (
        "PHONE",
        &[
            "TELEFON",
            "TELÉFONO",
            "TÉLÉPHONE",
            "TELEFONE",
            "TELEFONO",
            "TELEFOON",
            "ТЕЛЕФОН",
            "电话",
            "電話",
            "전화",
        ],
    ),
    ("SECRET", &["GEHEIMNIS", "SECRETO", "SEGREDO", "SEGRETO", "СЕКРЕТ"]),
];

/// In characters.
const LONGEST_WORD: usize = 24;
const MOST_SPACES: usize = 3;
const MOST_DIGITS: usize = 9;
