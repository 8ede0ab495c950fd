//! Takes from a line what must not reach a summary: control and format characters, markup, piles of marks.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

use crate::unseen::{is_blank, is_shaping, is_unseen, is_variant};

/// A line without control and format characters, markup and needless space.
pub(super) fn clean(line: &str) -> String {
    let line = without_tags(&visible(&without_links(line)));
    let line = line.trim_start_matches(|c: char| matches!(c, '>' | '•' | '·' | '‣') || c.is_whitespace());
    let line = line.strip_prefix("- ").unwrap_or(line).trim();
    // A pile has no ASCII but its first byte; most lines show without segmentation that they hold none.
    if line.as_bytes().split(u8::is_ascii).all(|stretch| stretch.len() < PILE) {
        return line.to_owned();
    }
    line.graphemes(true).filter(|grapheme| grapheme.len() <= PILE).collect()
}

/// Shortens links to what tells where they lead: no scheme, no query, nothing to click on.
fn without_links(line: &str) -> Cow<'_, str> {
    if !line.contains("://") {
        return Cow::Borrowed(line);
    }
    let shorten = |token: &str| {
        let Some((before, place)) = token.rsplit_once("://") else { return token.to_owned() };
        let before = before.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let place = place.split(['?', '#']).next().unwrap_or_default();
        format!("{before}{}", place.trim_start_matches("www.").trim_end_matches('/'))
    };
    Cow::Owned(line.split_whitespace().map(shorten).collect::<Vec<_>>().join(" "))
}

/// Keeps what a reader sees, with every kind of space folded into one.
///
/// Marks of emphasis and headings go here, before tags are looked for, so that taking one away cannot make a tag.
fn visible(line: &str) -> String {
    let mut kept = String::with_capacity(line.len());
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        // A `#` that nothing follows is a heading's, not a number's.
        if kept.ends_with('#') && (!c.is_alphanumeric() || is_blank(c)) && !is_hidden(c) {
            kept.pop();
        }
        let last = kept.chars().next_back();
        match c {
            c if c.is_whitespace() || is_blank(c) => {
                if last.is_some_and(|last| last != ' ') {
                    kept.push(' ');
                }
            }
            // Joiners and variants shape letters and emoji; after ASCII, or one variant after another, they only hide
            // something.
            c if is_shaping(c)
                && last.is_some_and(|last| !(last.is_ascii() || is_variant(c) && is_variant(last))) =>
            {
                kept.push(c);
            }
            '*' | '`' => {}
            '#' | '_' | '~' if rest.peek() == Some(&c) => while rest.next_if_eq(&c).is_some() {},
            // Two of them would make a link of what stands around.
            '/' | '_' | '~' if last == Some(c) => {}
            '[' => kept.push('('),
            ']' => kept.push(')'),
            c if is_hidden(c) => {}
            c => kept.push(c),
        }
    }
    if kept.ends_with('#') {
        kept.pop();
    }
    kept
}

/// Drops `<tag …>` and every other `<` that something could be made to follow as in a tag.
fn without_tags(line: &str) -> String {
    let mut kept = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('<') {
        kept.push_str(before);
        rest = after;
        // Less than a number, or a heart.
        if after.starts_with(|c: char| c == ' ' || c.is_ascii_digit()) {
            kept.push('<');
            continue;
        }
        let near = after.get(..after.floor_char_boundary(LONGEST_TAG)).unwrap_or_default();
        if let Some(inner) =
            near.find(['<', '>']).filter(|at| near.get(*at..).is_some_and(|end| end.starts_with('>')))
        {
            rest = after.get(inner + 1..).unwrap_or_default();
        }
        if !kept.ends_with(' ') {
            kept.push(' ');
        }
    }
    kept.push_str(rest);
    kept
}

/// Whether a character has no place in a summary.
fn is_hidden(c: char) -> bool {
    c.is_control() && !c.is_whitespace() || is_unseen(c)
}

/// A grapheme of more bytes is a pile of marks that cannot be shown and must not be cut.
const PILE: usize = 48;
/// How far the end of a tag is looked for, in bytes.
const LONGEST_TAG: usize = 256;
