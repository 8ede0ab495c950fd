//! The words, codes and numbers of a text, in one form for all the ways to write them.

use crate::fold::{Glyph, glyphs};
use crate::money;

/// A word, code or number, in capitals, with what stands inside it: `W-549`, `1,234.50`, `A@B.DE`.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) text: String,
    /// As it was written.
    pub(super) plain: String,
    /// Nothing but a few blanks, hyphens and brackets stands between it and the one before.
    pub(super) follows: bool,
    /// Another digit stands before it or behind it with no more than a few signs between: `54` in `W 54 90`.
    pub(super) goes_on: bool,
    /// A sign or word for money, or a percent sign, stands beside it.
    pub(super) is_amount: bool,
}

impl Token {
    pub(super) fn has_digit(&self) -> bool {
        self.text.bytes().any(|byte| byte.is_ascii_digit())
    }
}

/// The tokens of a text. Scripts without spaces glue codes to words: what is not ASCII ends a token.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let glyphs = glyphs(text);
    let mut found: Vec<Token> = Vec::new();
    let (mut at, mut before) = (0, 0);
    while at < glyphs.len() {
        if !is_at(&glyphs, at, |c| c.is_ascii_alphanumeric()) {
            at += 1;
            continue;
        }
        let from = at;
        at += 1;
        while is_at(&glyphs, at, |c| c.is_ascii_alphanumeric()) || joins(&glyphs, at) {
            at += 1;
        }
        let plain: String = glyphs.get(from..at).unwrap_or_default().iter().map(|glyph| glyph.c).collect();
        let gap = glyphs.get(before..from).unwrap_or_default();
        let follows =
            from > before && gap.len() <= LONGEST_GAP && gap.iter().all(|glyph| " -()".contains(glyph.c));
        // Asked of numbers only: words are many.
        let is_number = plain.bytes().any(|byte| byte.is_ascii_digit());
        let is_amount = is_number && is_amount(&glyphs, from, at);
        found.push(Token {
            text: plain.to_ascii_uppercase(),
            plain,
            follows: follows && !found.is_empty(),
            goes_on: is_number && (goes_on(glyphs.get(at..), false) || goes_on(glyphs.get(..from), true)),
            is_amount,
        });
        before = at;
    }
    found
}

/// Whether a number is continued in what stands before or behind it; a list's commas and stops part numbers.
fn goes_on(beside: Option<&[Glyph]>, before: bool) -> bool {
    let beside = beside.unwrap_or_default();
    let near = |at: usize| beside.get(if before { beside.len().checked_sub(at + 1)? } else { at });
    let signs = (0..=LONGEST_GAP).map_while(near).take_while(|glyph| {
        !glyph.c.is_alphanumeric() && !money::is_sign(glyph.c) && !".,;:!?\n%&。、،؛…".contains(glyph.c)
    });
    near(signs.count()).is_some_and(|glyph| glyph.c.is_ascii_digit())
}

fn is_at(glyphs: &[Glyph], at: usize, is: impl Fn(char) -> bool) -> bool {
    glyphs.get(at).is_some_and(|glyph| is(glyph.c))
}

/// Whether the sign at `at` is inside a token.
fn joins(glyphs: &[Glyph], at: usize) -> bool {
    let (Some(before), Some(sign), Some(after)) =
        (at.checked_sub(1).and_then(|at| glyphs.get(at)), glyphs.get(at), glyphs.get(at + 1))
    else {
        return false;
    };
    let (before, after) = (before.c, after.c);
    match sign.c {
        ',' | ':' | '\'' | '’' => before.is_ascii_digit() && after.is_ascii_digit(),
        // `see order 12.I want` lacks a space; `shop24.example` does not.
        '.' => {
            before.is_ascii_digit() && (after.is_ascii_digit() || after.is_ascii_lowercase())
                || before.is_ascii_alphabetic() && after.is_ascii_alphabetic()
        }
        '-' | '_' | '/' | '@' => before.is_ascii_alphanumeric() && after.is_ascii_alphanumeric(),
        _ => false,
    }
}

/// Whether money or a share is spoken of at either side. A sign between two numbers is the nearer one's.
fn is_amount(glyphs: &[Glyph], from: usize, to: usize) -> bool {
    let at = |at: Option<usize>| at.and_then(|at| glyphs.get(at)).map_or('\0', |glyph| glyph.c);
    let sign = |c: char| money::is_sign(c) || matches!(c, '%' | '٪' | '\u{ff05}');
    let [far, farther, farthest] = [1, 2, 3].map(|back| at(from.checked_sub(back)));
    let before = sign(far) || far == ' ' && sign(farther) && !farthest.is_ascii_digit();
    let [next, second, third] = [0, 1, 2].map(|on| at(Some(to + on)));
    let after = sign(next) || next == ' ' && sign(second) && !third.is_ascii_digit();
    before
        || after
        || names_money(glyphs.get(to..).unwrap_or_default(), true)
        || names_money(before_word(glyphs, from), false)
}

/// The word before `at`.
fn before_word(glyphs: &[Glyph], at: usize) -> &[Glyph] {
    let before = glyphs.get(at.saturating_sub(LONGEST_WORD)..at).unwrap_or_default();
    let blanks = before.iter().rev().take_while(|glyph| glyph.c == ' ').count();
    let before = before.get(..before.len() - blanks).unwrap_or_default();
    let word = before.iter().rev().take_while(|glyph| glyph.c.is_alphabetic()).count();
    before.get(before.len() - word..).unwrap_or_default()
}

/// Whether the first word is one for money.
fn names_money(glyphs: &[Glyph], behind: bool) -> bool {
    let word = glyphs.iter().skip_while(|glyph| glyph.c == ' ').take(LONGEST_WORD);
    let word: String =
        word.take_while(|glyph| glyph.c.is_alphabetic()).flat_map(|glyph| glyph.c.to_lowercase()).collect();
    money::is_word(&word) || behind && money::is_word_behind(&word)
}

/// In characters.
const LONGEST_GAP: usize = 3;
const LONGEST_WORD: usize = 12;
