//! The marks that end sentences, and how to write a sentence so that it ends only once.

use super::script::Script;

/// A sentence with its end apart.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    /// Without the mark at its end, and without marks inside that are not part of a number, code or address.
    pub(super) body: String,
    /// The mark it ends with.
    pub(super) end: char,
    /// Marks left inside: whoever counts sentences by their marks counts each as an end.
    pub(super) inner: usize,
}

/// Whether a character ends a sentence, in any script.
pub(super) const fn is_mark(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '。' | '！' | '？' | '।' | '؟' | '…' | '．' | '｡' | '۔' | '॥')
}

impl Clause {
    /// `None` where nothing but marks was written.
    pub(super) fn of(sentence: &str) -> Option<Self> {
        let (core, end) = without_end(sentence.trim());
        let mut body = String::with_capacity(core.len());
        let mut inner = 0;
        let mut before = None;
        let mut rest = core.chars().peekable();
        while let Some(c) = rest.next() {
            if !is_mark(c) {
                // Where a mark is gone, its two spaces are one, and two halves make no markup.
                if !(matches!(c, ' ' | '_' | '/') && body.ends_with(c)) {
                    body.push(c);
                }
            } else if holds(&body, before, c, rest.peek().copied(), rest.clone().nth(1)) {
                inner += 1;
                // Never altered: an amount or an address that reads otherwise is a wrong one.
                body.push(c);
            } else if (before == Some(c) || c == '…')
                && !body.ends_with([',', ' '])
                && rest.peek() == Some(&' ')
            {
                body.push(',');
            }
            before = Some(c);
        }
        let body = body.trim_matches(|c: char| {
            c.is_whitespace() || matches!(c, ',' | ';' | '-' | '–' | ':' | '，' | '、' | '،')
        });
        if !body.chars().any(char::is_alphanumeric) {
            return None;
        }
        let end = end.unwrap_or_else(|| full_stop(body));
        Some(Self { body: body.to_owned(), end, inner: inner.min(MOST_INNER) })
    }
}

/// Whether a mark inside a sentence is part of a number, a code or an address.
fn holds(body: &str, before: Option<char>, mark: char, next: Option<char>, after: Option<char>) -> bool {
    let Some(next) = next else { return false };
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/');
    if !before.is_some_and(word) || !word(next) {
        return mark == '.'
            && next.is_ascii_digit()
            && before.is_some_and(|c| !c.is_whitespace() && !is_mark(c));
    }
    let letters = next.is_ascii_alphabetic() && before.is_some_and(|c| c.is_ascii_alphabetic());
    if mark != '.' {
        // Between words, `!` and `?` only lack their space; in a path or a code they belong.
        return !letters || body.contains('/');
    }
    // Single letters on both sides are an abbreviation, such as `p.m`.
    let single = !body.chars().rev().nth(1).is_some_and(char::is_alphanumeric)
        && !after.is_some_and(char::is_alphanumeric);
    !(letters && single)
}

/// Splits the marks at the end from a sentence; a question outranks an exclamation, which outranks a stop.
fn without_end(sentence: &str) -> (String, Option<char>) {
    let core = sentence.trim_end_matches(|c: char| is_mark(c) || is_closer(c) || c.is_whitespace());
    let tail = sentence.get(core.len()..).unwrap_or_default();
    let stops = tail.chars().filter(|c| *c == '.').count();
    let first = |wanted: &[char]| tail.chars().find(|c| wanted.contains(c));
    let end = first(&['?', '？', '؟'])
        .or_else(|| first(&['!', '！']))
        .or_else(|| if stops > 1 { Some('…') } else { first(&['.', '。', '।', '…', '۔', '॥']) });
    let mut core = core.to_owned();
    core.extend(tail.chars().filter(|c| is_closer(*c)));
    (core, end)
}

const fn is_closer(c: char) -> bool {
    matches!(c, ')' | '"' | '\'' | '”' | '’' | '»' | '」' | '』' | '）' | '】')
}

/// The full stop of the script that a text ends in.
fn full_stop(text: &str) -> char {
    match text.chars().rev().find_map(Script::of) {
        Some(Script::Han | Script::Kana) => '。',
        Some(Script::Devanagari) => '।',
        _ => '.',
    }
}

/// Marks that may stay inside one sentence.
pub(super) const MOST_INNER: usize = 2;
