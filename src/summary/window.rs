//! The part of a conversation that is looked at: its beginning and its end, so that cost is bounded.

use unicode_segmentation::UnicodeSegmentation;

/// The first `head` and the last `tail` bytes of what was said, in order, whole graphemes only.
///
/// An entry costs one byte more than its text, so that a million empty ones are bounded too.
pub(super) fn window<'a>(said: &[&'a str], head: usize, tail: usize) -> Vec<&'a str> {
    let mut first = Vec::new();
    let mut left = head;
    let mut rest = said.iter().copied();
    // What remains of the entry in which the beginning ran out.
    let mut torn = None;
    for text in rest.by_ref() {
        if text.len() < left {
            left -= text.len() + 1;
            first.push(text);
        } else {
            let (taken, remainder) = text.split_at(start_of_cut(text, left));
            first.push(taken);
            torn = Some(remainder);
            break;
        }
    }

    let mut last = Vec::new();
    let mut left = tail;
    for text in rest.rev().chain(torn) {
        if text.len() < left {
            left -= text.len() + 1;
            last.push(text);
        } else {
            last.push(end_from(text, left));
            break;
        }
    }
    first.extend(last.into_iter().rev());
    first.retain(|text| !text.is_empty());
    first
}

/// Where to end a text of at most `bytes`: at a space if one is near, else before the grapheme that is cut.
fn start_of_cut(text: &str, bytes: usize) -> usize {
    if text.len() <= bytes {
        return text.len();
    }
    let part = text.get(..text.floor_char_boundary(bytes)).unwrap_or_default();
    let near = part.floor_char_boundary(part.len().saturating_sub(NEAR));
    match part.get(near..).and_then(|end| end.rfind(char::is_whitespace)) {
        Some(space) => near + space,
        None => part.grapheme_indices(true).next_back().map_or(0, |(at, _)| at),
    }
}

/// The end of a text, at most `bytes`, without a cut word or grapheme at its beginning.
fn end_from(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    let part = text.get(text.ceil_char_boundary(text.len() - bytes)..).unwrap_or_default();
    let near = part.get(..part.floor_char_boundary(NEAR)).unwrap_or_default();
    if let Some(space) = near.find(char::is_whitespace) {
        return part.get(space..).unwrap_or_default();
    }
    // Flags are pairs: in a run of halves that begins nowhere, every pair would be a guess.
    let whole = part.trim_start_matches(|c| matches!(c, '\u{1F1E6}'..='\u{1F1FF}'));
    if whole.len() < part.len() {
        whole
    } else {
        part.graphemes(true).next().map_or("", |cut| part.get(cut.len()..).unwrap_or(""))
    }
}

/// How far a word's edge is looked for, in bytes.
const NEAR: usize = 64;

#[cfg(test)]
#[path = "window_test.rs"]
mod tests;
