//! International bank account numbers (ISO 13616).

use super::Found;
use crate::fold::Glyph;

pub(super) fn find(glyphs: &[Glyph], found: &mut Vec<Found>) {
    let mut before = ' ';
    let mut until = 0;
    for (at, glyph) in glyphs.iter().enumerate() {
        let begins = at >= until && glyph.c.is_ascii_alphabetic() && !before.is_ascii_alphanumeric();
        before = glyph.c;
        if begins && let Some(length) = length_at(glyphs.get(at..).unwrap_or_default()) {
            found.extend(glyphs.get(at..at + length).and_then(|iban| Found::of("IBAN", iban)));
            until = at + length;
        }
    }
}

/// How many glyphs at the beginning are an account number.
fn length_at(glyphs: &[Glyph]) -> Option<usize> {
    let country = glyphs.get(..2)?.iter().map(|glyph| glyph.c.to_ascii_uppercase()).collect::<String>();
    let wanted =
        LENGTHS.iter().find(|(of, _)| of.split(' ').any(|of| of == country)).map(|(_, length)| *length)?;
    let (mut characters, mut end) = (Vec::with_capacity(wanted), 0);
    for (at, glyph) in glyphs.iter().enumerate().take(3 * wanted) {
        if glyph.c.is_ascii_alphanumeric() {
            characters.push(glyph.c);
            end = at + 1;
        } else if !matches!(glyph.c, ' ' | '-' | '.') || at > end + 1 {
            // One sign or two between two characters.
            break;
        }
        if characters.len() == wanted {
            break;
        }
    }
    let ends = glyphs.get(end).is_none_or(|glyph| !glyph.c.is_ascii_digit());
    (characters.len() == wanted && ends && is_right(&characters)).then_some(end)
}

/// ISO 7064, mod 97-10: the first four characters go last, letters count from 10, and the rest is 1.
fn is_right(characters: &[char]) -> bool {
    let (Some(first), Some(rest)) = (characters.get(..4), characters.get(4..)) else { return false };
    let digits = first.get(2..).unwrap_or_default().iter().all(char::is_ascii_digit);
    let rest = rest.iter().chain(first).try_fold(0_u32, |rest, c| {
        let value = c.to_digit(36)?;
        Some((rest * if value < 10 { 10 } else { 100 } + value) % 97)
    });
    digits && rest == Some(1)
}

/// Lengths by country: the IBAN registry of SWIFT, release 99.
const LENGTHS: [(&str, usize); 18] = [
    ("NO", 15),
    ("BE", 16),
    ("DK FO FI GL NL SD FK", 18),
    ("MK SI", 19),
    ("AT BA EE KZ XK LT LU MN", 20),
    ("HR LV LI CH", 21),
    ("BG BH CR GE DE IE ME RS GB VA", 22),
    ("GI IQ IL TL AE OM SO", 23),
    ("AD CZ MD PK RO SA SK ES SE TN VG", 24),
    ("PT ST LY", 25),
    ("IS TR", 26),
    ("DJ FR GR IT MR MC SM BI", 27),
    ("AL AZ BY CY DO SV GT HU LB NI PL HN", 28),
    ("BR EG PS QA UA", 29),
    ("JO KW MU YE", 30),
    ("MT SC", 31),
    ("LC", 32),
    ("RU", 33),
];
