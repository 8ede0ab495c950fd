//! How much of a transcript a model gets: an estimate of tokens, and a cut that leaves head and tail.

/// What an entry costs besides its text: author, braces, quotes.
const FRAME: usize = 12;
/// No entry takes more than this part of the whole.
const ENTRY_PART: usize = 4;
/// The part for the beginning, which states the matter; the rest is for the end, which led to the escalation.
const HEAD_PART: usize = 3;
/// Stands where something was left out of an entry.
const GAP: &str = " […] ";

/// How many tokens a text is at most, by estimate: a third of one for each ASCII letter and space, one for every other
/// ASCII character and every one of two bytes, two for one of three bytes (Chinese, Japanese, Korean, Hindi, Thai),
/// four for one of four (emoji).
///
/// On the safe side: English takes about a quarter of a token for a letter, and no vocabulary that falls back to bytes
/// takes more than one for a byte.
pub(super) fn tokens(text: &str) -> usize {
    text.chars().map(sixths).sum::<usize>().div_ceil(6)
}

fn sixths(c: char) -> usize {
    match c.len_utf8() {
        1 if c.is_ascii_alphabetic() || c == ' ' => 2,
        1 | 2 => 6,
        3 => 12,
        _ => 24,
    }
}

/// Which part of a transcript is sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cut<T> {
    pub(super) head: Vec<T>,
    /// How many entries were left out between the two.
    pub(super) left_out: usize,
    pub(super) tail: Vec<T>,
}

/// Keeps the beginning and the end of `entries` within `budget` tokens: whole entries, unless one alone is longer than
/// a quarter of the budget; that one loses its middle.
pub(super) fn cut<T>(entries: Vec<(T, String)>, budget: usize) -> Cut<(T, String)> {
    let longest = (budget / ENTRY_PART).saturating_sub(FRAME).max(1);
    let shortened = entries.into_iter().map(|(of, text)| (of, shorten(text, longest)));
    let mut entries: Vec<((T, String), usize)> = shortened
        .map(|entry| {
            let cost = FRAME + tokens(&entry.1);
            (entry, cost)
        })
        .collect();
    let all: usize = entries.iter().map(|(_, cost)| cost).sum();
    if all <= budget {
        return Cut { head: bare(entries), left_out: 0, tail: Vec::new() };
    }
    let costs = entries.iter().map(|(_, cost)| *cost);
    let (first, used) = fitting(costs, budget / HEAD_PART);
    let after = entries.split_off(first);
    let (last, _) = fitting(after.iter().rev().map(|(_, cost)| *cost), budget.saturating_sub(used));
    let left_out = after.len().saturating_sub(last);
    let tail = after.into_iter().skip(left_out).collect();
    Cut { head: bare(entries), left_out, tail: bare(tail) }
}

fn bare<T>(entries: Vec<(T, usize)>) -> Vec<T> {
    entries.into_iter().map(|(entry, _)| entry).collect()
}

/// How many of these fit, and what they cost.
fn fitting(costs: impl Iterator<Item = usize>, budget: usize) -> (usize, usize) {
    costs
        .scan(0_usize, |sum, cost| {
            *sum += cost;
            (*sum <= budget).then_some(*sum)
        })
        .enumerate()
        .last()
        .map_or((0, 0), |(at, sum)| (at + 1, sum))
}

/// A text of at most about `budget` tokens: its beginning and its end, cut between words where there are any.
fn shorten(text: String, budget: usize) -> String {
    if tokens(&text) <= budget {
        return text;
    }
    let half = budget.saturating_sub(tokens(GAP)) / 2;
    let begin = text.get(..reach(text.chars(), half)).unwrap_or_default();
    let rest = text.get(begin.len()..).unwrap_or_default();
    let end = rest.get(rest.len() - reach(rest.chars().rev(), half)..).unwrap_or_default();
    let (begin, end) = (whole_words(begin, true), whole_words(end, false));
    format!("{begin}{GAP}{end}")
}

/// How many bytes of these characters come to `budget` tokens.
fn reach(characters: impl Iterator<Item = char>, budget: usize) -> usize {
    let within = characters.scan(0_usize, |sum, c| {
        *sum += sixths(c);
        (*sum <= budget * 6).then_some(c.len_utf8())
    });
    within.sum()
}

/// Takes half a word off the end or the beginning, unless that is most of it.
fn whole_words(text: &str, at_end: bool) -> &str {
    let whole = if at_end {
        text.rsplit_once(char::is_whitespace).map(|(whole, _)| whole)
    } else {
        text.split_once(char::is_whitespace).map(|(_, whole)| whole)
    };
    whole.filter(|whole| whole.len() * 2 > text.len()).unwrap_or(text)
}

#[cfg(test)]
#[path = "window_test.rs"]
mod tests;
