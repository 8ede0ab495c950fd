//! One form for what reads the same: digits of every script, full-width letters, dashes, spaces.

use crate::unseen::{is_blank, is_unseen};

/// A character as a reader takes it, with the bytes it stands in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Glyph {
    pub(crate) c: char,
    pub(crate) from: usize,
    pub(crate) to: usize,
}

/// The characters of `text` that show, each in its one form. A line break is `\n`, every other space a blank.
pub(crate) fn glyphs(text: &str) -> Vec<Glyph> {
    let seen = text.char_indices().filter_map(|(from, c)| {
        let to = from + c.len_utf8();
        fold(c).map(|c| Glyph { c, from, to })
    });
    seen.collect()
}

/// The form of one character; `None`: nothing is seen of it.
pub(crate) fn fold(c: char) -> Option<char> {
    match c {
        '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        c if c.is_whitespace() => Some(' '),
        c if c.is_control() => None,
        c if c.is_ascii() => Some(c),
        // The comma of Chinese and Japanese separates; it is in no number.
        '\u{ff0c}' => Some(c),
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        c if is_unseen(c) => None,
        c if is_blank(c) => Some(' '),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => Some('-'),
        '\u{66b}' => Some('.'),
        '\u{66c}' => Some(','),
        c => Some(digit(c).unwrap_or(c)),
    }
}

/// The ASCII digit for a decimal digit of any script (general category Nd).
fn digit(c: char) -> Option<char> {
    if !c.is_numeric() {
        return None;
    }
    let code = u32::from(c);
    if (MATHEMATICAL..MATHEMATICAL + 50).contains(&code) {
        return char::from_digit((code - MATHEMATICAL) % 10, 10);
    }
    if let Some((first, value)) = DRESSED.iter().rev().find(|(first, _)| *first <= code)
        && let Some(digit) = char::from_digit(code - first + value, 36).filter(char::is_ascii_digit)
    {
        return Some(digit);
    }
    let zero = ZEROS.get(ZEROS.partition_point(|zero| *zero <= code).checked_sub(1)?)?;
    char::from_digit(code - zero, 36).filter(char::is_ascii_digit)
}

/// Digits that are raised, lowered, in circles, in brackets, or before a full stop or comma: the first of a row, and what
/// it stands for. Rows end at 9.
const DRESSED: [(u32, u32); 23] = [
    (0xb2, 2),
    (0xb9, 1),
    (0xba, 36),
    (0x2070, 0),
    (0x2071, 36),
    (0x2074, 4),
    (0x2080, 0),
    (0x2460, 1),
    (0x2474, 1),
    (0x2488, 1),
    (0x24ea, 0),
    (0x24eb, 36),
    (0x24f5, 1),
    (0x24ff, 0),
    (0x2500, 36),
    (0x2776, 1),
    (0x2780, 1),
    (0x278a, 1),
    (0x1_f100, 0),
    (0x1_f101, 0),
    (0x1_f10b, 0),
    (0x1_f10c, 0),
    (0x1_f10d, 36),
];

/// Five sets of digits in a row, in the block of mathematical symbols.
const MATHEMATICAL: u32 = 0x1_d7ce;

/// The zeros of the other scripts: `extracted/DerivedNumericType.txt` of Unicode 17, type Decimal.
const ZEROS: [u32; 70] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50,
    0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0x1_04a0, 0x1_0d30, 0x1_0d40, 0x1_1066, 0x1_10f0,
    0x1_1136, 0x1_11d0, 0x1_12f0, 0x1_1450, 0x1_14d0, 0x1_1650, 0x1_16c0, 0x1_16d0, 0x1_16da, 0x1_1730,
    0x1_18e0, 0x1_1950, 0x1_1bf0, 0x1_1c50, 0x1_1d50, 0x1_1da0, 0x1_1de0, 0x1_1f50, 0x1_6130, 0x1_6a60,
    0x1_6ac0, 0x1_6b50, 0x1_6d70, 0x1_ccf0, 0x1_e140, 0x1_e2f0, 0x1_e4f0, 0x1_e5f1, 0x1_e950, 0x1_fbf0,
];

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn digits_of_every_script_are_one() {
        for nine in ['9', '９', '٩', '۹', '९', '๙', '\u{1d7d7}', '\u{1d7ff}', '⁹', '₉', '⑨', '⑼', '❾']
        {
            assert_eq!(fold(nine), Some('9'), "{nine}");
        }
        // Numbers that are no digits, and a letter behind the last digit of a script.
        for other in ['½', '⑩', 'Ⅳ', '\u{66a}', '五', '⓫', 'º'] {
            assert_eq!(fold(other), Some(other), "{other}");
        }
        assert_eq!(['¹', '²', '³', '⁰', '⓪'].map(fold), ['1', '2', '3', '0', '0'].map(Some));
        assert!(super::ZEROS.is_sorted() && super::DRESSED.is_sorted());
    }

    #[test]
    fn what_does_not_show_is_gone() {
        let unseen = ['\u{200b}', '\u{202e}', '\u{0}', '\u{feff}', '\u{34f}', '\u{e0031}', '\u{e0101}'];
        assert_eq!(unseen.map(fold), [None; 7]);
        assert_eq!(
            ['\u{a0}', '\t', '\u{3000}', '\u{3164}', '\u{2028}', '–', 'Ａ'].map(fold),
            [' ', ' ', ' ', ' ', '\n', '-', 'A'].map(Some)
        );
    }
}
