//! Cuts a line into sentences.
//!
//! The rules of Unicode Standard Annex 29 (sentence boundaries), by `unicode-segmentation`, which know `。`, `।` and `؟`
//! and keep `3.5` whole; on top of them what a chat needs: a full stop before a small letter ends a sentence,
//! an abbreviation, an ordinal before a month or an address does not.

use unicode_segmentation::UnicodeSegmentation;

use super::marks::is_mark;
use super::script::{Census, Script};

/// The sentences of a line, trimmed, none of them empty.
pub(crate) fn sentences(line: &str) -> Vec<&str> {
    // Most lines of a chat are one sentence, and finding that out by the rules is what costs most in a summary.
    if !line.trim_end_matches(is_mark).contains(is_mark) {
        return Some(line.trim()).filter(|line| !line.is_empty()).into_iter().collect();
    }
    let mut cuts: Vec<usize> = line.split_sentence_bound_indices().map(|(at, _)| at).collect();
    cuts.extend(line.match_indices(". ").map(|(at, _)| at + 2));
    cuts.push(line.len());
    cuts.sort_unstable();
    cuts.dedup();

    let mut found = Vec::new();
    let mut from = 0;
    for cut in cuts {
        let (Some(sentence), Some(rest)) = (line.get(from..cut), line.get(cut..)) else { continue };
        if !rest.is_empty() && goes_on(sentence, rest) {
            continue;
        }
        from = cut;
        let sentence = sentence.trim();
        if !sentence.is_empty() {
            found.push(sentence);
        }
    }
    found
}

/// Whether a text has two or three sentences, by the marks of all scripts.
///
/// Thai and Lao have no mark for the end of a sentence, and Tibetan has one for every clause: there the numbers that
/// cannot be told are not demanded.
pub(super) fn has_two_or_three(text: &str) -> bool {
    let found = sentences(text).into_iter().flat_map(|sentence| sentence.split(STOPS));
    let found = found.filter(|sentence| sentence.contains(char::is_alphanumeric)).count();
    let tibetan = text.contains(|c| matches!(c, '\u{f40}'..='\u{fbc}'));
    match Census::of(text).main() {
        Some(Script::Of("th" | "lo")) => (1..=3).contains(&found),
        _ if tibetan => (1..=8).contains(&found),
        _ => (2..=3).contains(&found),
    }
}

/// Ends of sentences in scripts whose texts are only checked, and never shortened: Armenian, Ethiopic, Tibetan, Burmese,
/// Khmer, Mongolian, and the question mark of Greek.
const STOPS: [char; 11] = ['։', '።', '፧', '፨', '།', '༎', '။', '។', '៕', '᠃', '\u{37e}'];

/// Whether the sentence goes on although the rules, or a full stop, would end it here.
fn goes_on(sentence: &str, rest: &str) -> bool {
    let before = sentence.trim_end();
    if before.is_empty() {
        return true;
    }
    let last = last_token(before);
    if before.len() == sentence.len() {
        let next = rest.get(..rest.floor_char_boundary(NEAR)).unwrap_or_default();
        let next = next.split_whitespace().next().unwrap_or_default();
        return is_address(last) || next.contains('@') && last.is_ascii();
    }
    let Some(word) = last.strip_suffix('.').map(|word| word.trim_start_matches(['(', '"', '\''])) else {
        return false;
    };
    let next = rest.trim_start();
    let small = next.starts_with(char::is_lowercase);
    let lower = word.to_lowercase();
    if matches!(lower.as_str(), "p.m" | "a.m" | "pm" | "am" | "etc" | "usw") {
        return small;
    }
    if word.chars().all(|c| c.is_ascii_digit()) && word.len() <= 2 {
        // A list's number, or a day before its month.
        return before == last || !word.is_empty() && MONTHS.iter().any(|month| begins_with(next, month));
    }
    let initials =
        word.split('.').all(|part| part.chars().count() == 1 && part.chars().all(char::is_alphabetic));
    initials && lower != "i" || ABBREVIATIONS.contains(&lower.as_str())
}

/// The last token of a text, looking back a bounded way.
fn last_token(text: &str) -> &str {
    let near = text.get(text.ceil_char_boundary(text.len().saturating_sub(NEAR))..).unwrap_or_default();
    near.split_whitespace().next_back().unwrap_or_default()
}

fn is_address(token: &str) -> bool {
    token.contains("://") || token.starts_with("www.") || token.contains('@')
}

fn begins_with(text: &str, start: &str) -> bool {
    text.chars().flat_map(char::to_lowercase).take(start.chars().count()).eq(start.chars())
}

/// How far a token's edge is looked for, in bytes.
const NEAR: usize = 160;

const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "st", "no", "nr", "vs", "approx", "incl", "ext", "dept", "tel", "inc",
    "ltd", "hr", "fr", "bzw", "ca", "inkl", "exkl", "evtl", "ggf", "str", "abs", "sr", "sra", "srta", "ud",
    "uds", "núm", "pág", "mme", "mlle", "art", "sig", "dott", "ecc", "bijv", "dhr", "mevr", "t.ex", "bl.a",
    "np", "ul", "tzn", "г", "ул", "стр", "т.е", "т.д", "д-р", "डॉ",
];

const MONTHS: &[&str] = &[
    "jan", "jän", "feb", "mär", "mar", "apr", "mai", "maj", "mei", "may", "jun", "jul", "aug", "sep", "okt",
    "oct", "nov", "dez", "dec", "des",
];

#[cfg(test)]
#[path = "sentences_test.rs"]
mod tests;
