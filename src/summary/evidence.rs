//! What a transcript bears out: the identifiers and amounts that were really written in it.
//!
//! Compared is what a reader would compare: capitals or not, hyphens and spaces in a code, the digits of another script,
//! `1,234.50` or `1234.5`. Checked are
//!
//! - every number, but whole ones below 100 that no money or percent sign stands beside: those count things and days, and
//!   a summary may count in figures what the customer counted in words;
//! - dates with a year and times in figures: they agree where their numbers do, in any order, the year in two digits or four;
//! - codes of letters and digits, addresses, and bare domains; words of five to eight capitals, such as a booking's code.
//!
//! Not checked are numbers in words, and names.

use std::collections::HashSet;

use super::domains::domains;
use super::tokens::{Token, tokens};
use crate::money;

/// What was written, in all forms that it may be written in.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    known: HashSet<String>,
}

impl Evidence {
    pub(super) fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut evidence = Self::default();
        for text in texts {
            evidence.add(&tokens(text));
            evidence.known.extend(domains(text).into_iter().flatten());
        }
        evidence
    }

    /// Whether all that `text` states was written.
    pub(super) fn bears_out(&self, text: &str) -> bool {
        if !domains(text).iter().all(|forms| forms.first().is_some_and(|whole| self.known.contains(whole))) {
            return false;
        }
        let shouted = is_shouted(text);
        let tokens = tokens(text);
        let mut rest = tokens.as_slice();
        while let Some(first) = rest.first() {
            if !first.has_digit() {
                // A code may be written with its letters apart.
                if !self.bears_out_word(first, shouted) {
                    return false;
                }
                rest = rest.get(1..).unwrap_or_default();
                continue;
            }
            let whole =
                joined(rest).filter(|(_, whole)| forms(whole).iter().any(|form| self.known.contains(form)));
            let Some(taken) =
                whole.map(|(taken, _)| taken).last().or_else(|| self.is_free(first).then_some(1))
            else {
                return false;
            };
            rest = rest.get(taken..).unwrap_or_default();
        }
        true
    }

    fn bears_out_word(&self, token: &Token, shouted: bool) -> bool {
        let word = &token.text;
        let code = !shouted
            && (5..=8).contains(&word.len())
            && token.plain.bytes().all(|byte| byte.is_ascii_uppercase());
        !(code || word.contains('@') || is_domain(&token.plain)) || self.known.contains(word)
    }

    /// What needs no evidence: small whole numbers, also two of them as in `2-3`, and also with a unit.
    fn is_free(&self, token: &Token) -> bool {
        let parts: Vec<&str> = token.text.split(['-', '/']).collect();
        let small = |part: &&str| {
            let unit = part.trim_start_matches(|c: char| c.is_ascii_digit());
            let number = if UNITS.contains(&unit) { without_unit(part) } else { part };
            (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
        };
        !token.is_amount && !token.goes_on && parts.len() <= 2 && parts.iter().all(small)
            // Squares and cubes: `m²`.
            || matches!(token.text.as_str(), "M2" | "M3" | "CM2" | "CM3" | "KM2")
            // What is free or written, side by side: `12/W5490111`.
            || parts.len() > 1 && token.text.contains('/') && !token.text.contains('-')
                && !parts.iter().all(small)
                && parts.iter().all(|part| forms(part).iter().any(|form| self.known.contains(form)))
    }

    fn add(&mut self, tokens: &[Token]) {
        for (at, token) in tokens.iter().enumerate() {
            let rest = tokens.get(at..).unwrap_or_default();
            for (_, whole) in joined(rest) {
                self.known.extend(forms(&whole));
            }
            if let Some(last) = last_four(&token.text) {
                self.known.insert(format!("C:{last}"));
            }
            self.add_parts_of_day(&token.text);
            if is_value(&token.text) {
                continue;
            }
            self.known.insert(token.text.clone());
            let places = token.text.split(['/', '@']).map(|place| place.trim_start_matches("WWW."));
            for place in places {
                self.known.extend(forms(place));
                self.known.insert(place.to_owned());
            }
            for part in token.text.split(['-', '_', '/', '@']).filter(|part| part.len() > 1) {
                self.known.extend(forms(part));
                self.known.insert(part.to_owned());
            }
            // The number in `No5490111`.
            let runs = token.text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() >= 3);
            runs.for_each(|run| self.known.extend(forms(run)));
        }
    }

    /// The day and the year of `3.12.2024`, as the month may be told by its name.
    fn add_parts_of_day(&mut self, text: &str) {
        let parts: Vec<&str> = text.split(['.', '-', '/']).collect();
        if let [_, _, year] = *parts
            && is_day(&parts)
        {
            self.known.extend(parts.iter().copied().flat_map(forms));
            if year.len() == 2 {
                self.known.extend(forms(&format!("20{year}")));
            }
        }
    }
}

/// `(tokens, text)` of the first token, the first two, and so on, as far as they may be one code or number.
fn joined(tokens: &[Token]) -> impl Iterator<Item = (usize, String)> + '_ {
    let mut whole = String::new();
    let run = tokens.iter().enumerate().take(MOST_JOINED).map_while(move |(at, token)| {
        let letters = at == 0 && token.text.len() <= 4;
        let fits = at == 0 || token.follows && whole.len() + token.text.len() <= LONGEST;
        let open = at == 0 || is_code(&whole);
        if !fits || !open || !(token.has_digit() || letters) {
            return None;
        }
        whole.push_str(&token.text);
        Some((at + 1, whole.clone()))
    });
    // Letters alone are a word.
    run.filter(|(_, whole)| whole.bytes().any(|byte| byte.is_ascii_digit()))
}

/// Whether more may be written behind: nothing but letters, digits and hyphens so far.
fn is_code(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The forms under which a code or number is known.
fn forms(text: &str) -> Vec<String> {
    let number = without_unit(text);
    let mut forms = Vec::new();
    if is_value(number) {
        forms.extend(values(number).into_iter().map(|value| format!("N:{value}")));
    }
    let parts: Vec<&str> = text.split(['.', '-', '/']).collect();
    if is_day(&parts) {
        let mut parts: Vec<u32> =
            parts.iter().filter_map(|part| part.parse().ok()).map(|part: u32| part % 100).collect();
        parts.sort_unstable();
        forms.push(format!("D:{parts:?}"));
    } else if number.contains(':') {
        let parts = number.split(':').map(|part| part.trim_start_matches('0'));
        forms.push(format!("T:{}", parts.collect::<Vec<_>>().join(":")));
    } else if number.bytes().all(|byte| byte.is_ascii_digit()) || !is_value(number) {
        let code = text.bytes().filter(u8::is_ascii_alphanumeric).map(char::from);
        forms.push(format!("C:{}", code.collect::<String>()));
    }
    forms
}

fn is_day(parts: &[&str]) -> bool {
    let digits = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 3 && parts.iter().all(|part| digits(part) && matches!(part.len(), 1 | 2 | 4))
}

/// Whether it is a number with nothing but marks for thousands and fractions in it.
fn is_value(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'\''))
        && (text.len() < LONGEST)
}

/// What a number may be worth: `1.234` is read in two ways.
fn values(number: &str) -> Vec<String> {
    let marks = number.bytes().filter(|byte| !byte.is_ascii_digit()).count();
    let all: String = number.chars().filter(char::is_ascii_digit).collect();
    let whole = |digits: &str| {
        Some(digits.trim_start_matches('0')).filter(|left| !left.is_empty()).unwrap_or("0").to_owned()
    };
    let Some((before, fraction)) = number.rsplit_once(['.', ',']) else { return vec![whole(&all)] };
    let thousands = number.split(['.', ',', '\'']).skip(1).all(|group| group.len() == 3);
    let before: String = before.chars().filter(char::is_ascii_digit).collect();
    let value = match fraction.trim_end_matches('0') {
        "" => whole(&before),
        fraction => format!("{}.{fraction}", whole(&before)),
    };
    match (thousands, marks) {
        (true, 1) => vec![whole(&all), value],
        (true, _) => vec![whole(&all)],
        (false, _) => vec![value],
    }
}

/// A number without the currency or unit that is written onto it.
fn without_unit(text: &str) -> &str {
    let digits = |c: char| c.is_ascii_digit();
    let Some((from, to)) = text.find(digits).zip(text.rfind(digits)) else { return text };
    let (Some(before), Some(number), Some(after)) =
        (text.get(..from), text.get(from..=to), text.get(to + 1..))
    else {
        return text;
    };
    let is_money = |word: &str| {
        let small = word.to_ascii_lowercase();
        CURRENCIES.contains(&word) || money::is_word(&small) || money::is_word_behind(&small)
    };
    let fits = (before.is_empty() || is_money(before))
        && (after.is_empty() || UNITS.contains(&after) || is_money(after));
    if fits && !number.bytes().any(|byte| byte.is_ascii_alphabetic()) { number } else { text }
}

/// The last four digits of a long number, by which a card is spoken of.
fn last_four(text: &str) -> Option<&str> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    (digits && text.len() >= 8).then(|| text.get(text.len() - 4..))?
}

/// Whether a word is a bare domain or a file's name: labels, of which the last is in small letters or all in capitals.
fn is_domain(word: &str) -> bool {
    let Some((name, last)) = word.split(['/', '@']).next().unwrap_or_default().rsplit_once('.') else {
        return false;
    };
    let letters = |is: fn(&u8) -> bool| last.len() >= 2 && last.bytes().all(|byte| is(&byte));
    name.len() >= 2
        && (letters(u8::is_ascii_lowercase)
            || letters(u8::is_ascii_uppercase)
            || is_titled(name, last, word.contains(['/', '@'])))
}

/// Whether the last label of a domain has a capital, as no sentence begins: `Evil.Com`, and not `by post.It`.
fn is_titled(name: &str, last: &str, is_path: bool) -> bool {
    let lower = last.to_ascii_lowercase();
    let letters = last.len() >= 2 && last.bytes().all(|byte| byte.is_ascii_alphabetic());
    let mixed = !last.bytes().skip(1).all(|byte| byte.is_ascii_lowercase());
    letters
        && (is_path
            || mixed
            || name.bytes().any(|byte| byte.is_ascii_uppercase())
            || TOP_LEVEL.contains(&lower.as_str()))
}

fn is_shouted(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    text.chars().filter(|c| c.is_uppercase()).count() * 2 > letters
}

const CURRENCIES: [&str; 4] = ["R", "US", "KR", "TL"];
const TOP_LEVEL: [&str; 18] = [
    "com", "net", "org", "info", "biz", "shop", "store", "online", "site", "app", "dev", "xyz", "top",
    "club", "live", "pro", "cloud", "link",
];
const UNITS: [&str; 24] = [
    "ST", "ND", "RD", "TH", "X", "AM", "PM", "H", "HR", "HRS", "MIN", "S", "D", "KG", "G", "GB", "MB", "TB",
    "CM", "MM", "M", "KM", "L", "ML",
];

/// In tokens.
const MOST_JOINED: usize = 10;
/// In bytes.
const LONGEST: usize = 40;

#[cfg(test)]
#[path = "evidence_test.rs"]
mod tests;
