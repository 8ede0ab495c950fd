//! What nobody sees: characters that show nothing, and those that only steer how others are shown.
//!
//! Source: Unicode 17, `DerivedCoreProperties.txt` (Default_Ignorable_Code_Point) and `DerivedGeneralCategory.txt` (Cf),
//! which the standard library cannot tell. The controls of direction (Unicode Standard Annex 9, section 2) are among
//! them, and what is known as zero width. C0 and C1 are not: `char::is_control` tells those.

/// Whether a character takes room and shows nothing, without being a space to `char::is_whitespace`: the fillers of
/// Hangul, and the empty cell of Braille, which is not ignorable.
pub(crate) const fn is_blank(c: char) -> bool {
    matches!(c, '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}')
}

/// Whether nothing is seen of a character, nor of the room that it takes: default-ignorable code points but the fillers
/// ([`is_blank`]), and all format characters.
pub(crate) const fn is_unseen(c: char) -> bool {
    // Most texts are asked about letter by letter.
    if c.is_ascii() {
        return false;
    }
    is_shaping(c) || is_steering(c as u32)
}

/// Whether a character that is not seen shapes the one before it: the joiners, which Persian, Indic writing and emoji
/// need, and the selectors of variants.
pub(crate) const fn is_shaping(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}') || is_variant(c)
}

/// Whether it chooses how the one character before it is drawn (Variation_Selector in `PropList.txt`).
pub(crate) const fn is_variant(c: char) -> bool {
    matches!(c, '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

const fn is_steering(code: u32) -> bool {
    matches!(
        code,
        0xad | 0x34f
            | 0x600..=0x605
            | 0x61c
            | 0x6dd
            | 0x70f
            | 0x890..=0x891
            | 0x8e2
            | 0x17b4..=0x17b5
            | 0x180e
            | 0x200b
            | 0x200e..=0x200f
            | 0x202a..=0x202e
            | 0x2060..=0x206f
            | 0xfeff
            | 0xfff0..=0xfffb
            | 0x110bd
            | 0x110cd
            | 0x13430..=0x1343f
            | 0x1bca0..=0x1bca3
            | 0x1d173..=0x1d17a
            | 0xe0000..=0xe00ff
            | 0xe01f0..=0xe0fff
    )
}

#[cfg(test)]
mod tests {
    use super::{is_blank, is_shaping, is_unseen};

    /// Default_Ignorable_Code_Point as `DerivedCoreProperties.txt` of Unicode 17 lists it.
    const IGNORABLE: [(u32, u32); 17] = [
        (0xad, 0xad),
        (0x34f, 0x34f),
        (0x61c, 0x61c),
        (0x115f, 0x1160),
        (0x17b4, 0x17b5),
        (0x180b, 0x180f),
        (0x200b, 0x200f),
        (0x202a, 0x202e),
        (0x2060, 0x206f),
        (0x3164, 0x3164),
        (0xfe00, 0xfe0f),
        (0xfeff, 0xfeff),
        (0xffa0, 0xffa0),
        (0xfff0, 0xfff8),
        (0x1_bca0, 0x1_bca3),
        (0x1_d173, 0x1_d17a),
        (0xe_0000, 0xe_0fff),
    ];

    #[test]
    fn all_that_is_ignorable_is_unseen_or_blank() {
        let all = IGNORABLE.iter().flat_map(|(first, last)| *first..=*last).filter_map(char::from_u32);
        all.for_each(|c| assert!(is_unseen(c) != is_blank(c), "{c:?}"));
    }

    #[test]
    fn what_is_seen_is_neither() {
        let seen = [
            'a',
            '1',
            '\u{e9}',
            '\u{301}',
            '\u{93c}',
            '\u{ac00}',
            '\u{4e00}',
            '\u{1f600}',
            '\u{20e3}',
            '\u{fffd}',
        ];
        seen.iter().for_each(|c| assert!(!is_unseen(*c) && !is_blank(*c) && !is_shaping(*c), "{c:?}"));
        assert!(
            is_shaping('\u{200d}')
                && is_shaping('\u{fe0f}')
                && !is_shaping('\u{200b}')
                && !is_shaping('\u{202e}')
        );
    }
}
