//! Runs of digits: cards, and what may be a telephone number.

use super::{Found, phone};
use crate::fold::Glyph;

/// Digits without anything in between.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    /// Where in the glyphs.
    pub(super) from: usize,
    pub(super) to: usize,
    /// What stands between it and the group before, the nearest to the middle: `\0` for the first of a run.
    pub(super) gap: char,
    /// Right behind `+`.
    pub(super) plus: bool,
    /// Right behind `(`.
    pub(super) open: bool,
}

impl Group {
    pub(super) const fn len(&self) -> usize {
        self.to - self.from
    }
}

/// Groups of one line with nothing but a few signs between them.
pub(super) fn find(glyphs: &[Glyph], found: &mut Vec<Found>) {
    let mut run = Vec::new();
    let mut at = 0;
    while at < glyphs.len() {
        let from = at;
        at += digits(glyphs, at);
        if at == from {
            at += 1;
            continue;
        }
        let sign = |at: Option<usize>| at.and_then(|at| glyphs.get(at)).map_or('\0', |glyph| glyph.c);
        let before = sign(from.checked_sub(1));
        let gap = run.last().map_or('\0', |last: &Group| sign(Some(last.to + (from - last.to) / 2)));
        run.push(Group { from, to: at, gap, plus: before == '+', open: before == '(' });
        let gap = glyphs.get(at..).unwrap_or_default().iter().take(LONGEST_GAP + 1);
        let gap = gap.take_while(|glyph| matches!(glyph.c, ' ' | '-' | '.' | '/' | '(' | ')' | '+')).count();
        if gap > LONGEST_GAP || digits(glyphs, at + gap) == 0 {
            of_run(glyphs, &run, found);
            run.clear();
        }
        at += gap;
    }
    of_run(glyphs, &run, found);
    by_fours(glyphs, found);
}

/// Cards of four groups of four with other signs between them, also one below the other.
fn by_fours(glyphs: &[Glyph], found: &mut Vec<Found>) {
    let mut until = 0;
    for from in 0..glyphs.len() {
        let is_digit = |at: usize| glyphs.get(at).is_some_and(|glyph| glyph.c.is_ascii_digit());
        if from < until || !is_digit(from) || from > 0 && is_digit(from - 1) {
            continue;
        }
        let (mut numbers, mut at) = (Vec::with_capacity(16), from);
        for group in 0..4 {
            let signs = glyphs.get(at..).unwrap_or_default().iter().take(LONGEST_GAP);
            let signs = signs.take_while(|glyph| " -._/·•|\n".contains(glyph.c)).count();
            at += if group > 0 { signs } else { 0 };
            if group > 0 && signs == 0 || (at..at + 4).any(|at| !is_digit(at)) || is_digit(at + 4) {
                break;
            }
            let own = glyphs.get(at..at + 4).unwrap_or_default();
            numbers.extend(own.iter().filter_map(|glyph| glyph.c.to_digit(10)));
            at += 4;
        }
        let card = glyphs.get(from..at).unwrap_or_default();
        // The others are found already.
        let signed = card.iter().any(|glyph| "_/·•|\n".contains(glyph.c));
        if numbers.len() == 16 && signed && passes(&numbers) {
            until = at;
            found.extend(Found::of("CARD", card));
        }
    }
}

fn digits(glyphs: &[Glyph], at: usize) -> usize {
    glyphs.get(at..).unwrap_or_default().iter().take_while(|glyph| glyph.c.is_ascii_digit()).count()
}

/// First cards as they are printed, anywhere in the run, as a window that passes by chance must not hide one; then
/// cards in other pieces; what is left may be a telephone number.
fn of_run(glyphs: &[Glyph], run: &[Group], found: &mut Vec<Found>) {
    for rest in cards(glyphs, run, true, found) {
        for rest in cards(glyphs, rest, false, found) {
            phone::find(glyphs, rest, found);
        }
    }
}

/// What is left of a run without its cards.
fn cards<'a>(glyphs: &[Glyph], run: &'a [Group], printed: bool, found: &mut Vec<Found>) -> Vec<&'a [Group]> {
    let (mut rests, mut free, mut at) = (Vec::new(), 0, 0);
    while let Some(here) = run.get(at..).filter(|here| !here.is_empty()) {
        let Some(groups) = card(glyphs, here, printed) else {
            at += 1;
            continue;
        };
        rests.extend(run.get(free..at));
        found.extend(here.get(..groups).and_then(|groups| Found::of("CARD", stretch(glyphs, groups)?)));
        at += groups;
        free = at;
    }
    rests.extend(run.get(free..));
    rests
}

/// The glyphs from the first group to the last.
pub(super) fn stretch<'a>(glyphs: &'a [Glyph], groups: &[Group]) -> Option<&'a [Glyph]> {
    glyphs.get(groups.first()?.from..groups.last()?.to)
}

/// How many groups at the beginning are a card's number.
fn card(glyphs: &[Glyph], groups: &[Group], printed: bool) -> Option<usize> {
    let mut digits = Vec::with_capacity(LONGEST_CARD);
    let mut best = None;
    for (at, group) in groups.iter().enumerate() {
        if at > 0 && !matches!(group.gap, ' ' | '-' | '.') || digits.len() + group.len() > LONGEST_CARD {
            break;
        }
        let own = glyphs.get(group.from..group.to).unwrap_or_default();
        digits.extend(own.iter().filter_map(|glyph| glyph.c.to_digit(10)));
        let taken = groups.get(..=at).unwrap_or_default();
        if digits.len() >= 13
            && passes(&digits)
            && !phone::is_device(glyphs, taken, &digits)
            && if printed { is_printed(taken) } else { is_likely(taken, &digits) }
        {
            best = Some(at + 1);
        }
    }
    best
}

/// As on cards and in shops: in one piece, by fours, or 4-6-5.
fn is_printed(groups: &[Group]) -> bool {
    let Some((last, most)) = groups.split_last() else { return false };
    match most {
        [] => true,
        [four, six] => (four.len(), six.len(), last.len()) == (4, 6, 5),
        _ => most.iter().all(|group| group.len() == 4) && last.len() <= 4,
    }
}

/// In a few pieces or equal ones, with the first digit of a bank's card (ISO/IEC 7812-1, major industry identifiers).
fn is_likely(groups: &[Group], digits: &[u32]) -> bool {
    let first = groups.first().map_or(0, Group::len);
    let equal = groups.iter().all(|group| group.len() == first);
    (groups.len() <= 6 || equal) && digits.first().is_some_and(|digit| (2..=6).contains(digit))
}

/// The check digit by Luhn (ISO/IEC 7812-1, annex B).
fn passes(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match at % 2 {
            0 => *digit,
            _ => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10) && digits.first() != Some(&0)
}

const LONGEST_CARD: usize = 19;
/// Between two groups, in characters.
const LONGEST_GAP: usize = 3;
