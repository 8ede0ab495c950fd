//! Which writing system a text is in: enough to name many languages, and to choose the rivals of the others.

/// A writing system, as far as it matters for telling languages apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Latin,
    Cyrillic,
    Arabic,
    Devanagari,
    Han,
    Kana,
    Hangul,
    /// Written by one language that matters here, named by its tag.
    Of(&'static str),
    /// A letter of a script that is not told apart.
    Other,
}

impl Script {
    /// The script of a letter; `None` for what is common to many scripts, such as signs.
    pub(super) fn of(letter: char) -> Option<Self> {
        if letter.is_ascii() {
            return letter.is_ascii_alphabetic().then_some(Self::Latin);
        }
        let script = match u32::from(letter) {
            0x00AA..=0x024F | 0x1E00..=0x1EFF | 0xFF21..=0xFF5A => Self::Latin,
            0x0370..=0x03FF | 0x1F00..=0x1FFF => Self::Of("el"),
            0x0400..=0x052F => Self::Cyrillic,
            0x0531..=0x0587 => Self::Of("hy"),
            // Not the Yiddish digraphs at the end of the block.
            0x05B0..=0x05EA => Self::Of("he"),
            0x0610..=0x06FF | 0x0750..=0x077F | 0x08A0..=0x08FF | 0xFB50..=0xFDFF | 0xFE70..=0xFEFC => {
                Self::Arabic
            }
            0x0900..=0x097F => Self::Devanagari,
            // Assamese has two letters of its own in the block.
            0x09F0 | 0x09F1 => Self::Other,
            0x0980..=0x09FF => Self::Of("bn"),
            0x0A00..=0x0A7F => Self::Of("pa"),
            0x0A80..=0x0AFF => Self::Of("gu"),
            0x0B00..=0x0B7F => Self::Of("or"),
            0x0B80..=0x0BFF => Self::Of("ta"),
            0x0C00..=0x0C7F => Self::Of("te"),
            0x0C80..=0x0CFF => Self::Of("kn"),
            0x0D00..=0x0D7F => Self::Of("ml"),
            0x0D80..=0x0DFF => Self::Of("si"),
            0x0E00..=0x0E7F => Self::Of("th"),
            0x0E80..=0x0EFF => Self::Of("lo"),
            0x1000..=0x109F => Self::Of("my"),
            0x10A0..=0x10FF | 0x1C90..=0x1CBF => Self::Of("ka"),
            0x1100..=0x11FF | 0x3131..=0x318E | 0xAC00..=0xD7FB => Self::Hangul,
            // Tigrinya's own row is left to `Other`.
            0x1200..=0x124F | 0x1260..=0x137F => Self::Of("am"),
            0x1780..=0x17FF => Self::Of("km"),
            0x3041..=0x3096 | 0x309D..=0x309F | 0x30A1..=0x30FA | 0x30FC..=0x30FF | 0xFF66..=0xFF9F => {
                Self::Kana
            }
            0x3005..=0x3007 | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF => {
                Self::Han
            }
            _ => Self::Other,
        };
        // Only these ranges hold much else than letters, and looking a letter up costs more than all the rest.
        let mixed = matches!(script, Self::Latin | Self::Cyrillic | Self::Arabic | Self::Other);
        (!mixed || letter.is_alphabetic()).then_some(script)
    }

    /// How many Latin letters one letter of the script stands for, roughly: a Han character is most of a word.
    pub(super) const fn weight(self) -> usize {
        match self {
            Self::Han => 4,
            Self::Kana | Self::Hangul => 3,
            _ => 1,
        }
    }
}

/// How much of a text is in each script, in Latin letters' worth.
#[derive(Debug, Default)]
pub(super) struct Census {
    seen: Vec<(Script, usize)>,
}

impl Census {
    pub(super) fn of(text: &str) -> Self {
        let mut census = Self::default();
        for script in text.chars().filter_map(Script::of) {
            match census.seen.iter_mut().find(|(seen, _)| *seen == script) {
                Some((_, sum)) => *sum += script.weight(),
                None => census.seen.push((script, script.weight())),
            }
        }
        census
    }

    pub(super) fn total(&self) -> usize {
        self.seen.iter().map(|(_, sum)| sum).sum()
    }

    pub(super) fn share(&self, script: Script) -> usize {
        self.seen.iter().find(|(seen, _)| *seen == script).map_or(0, |(_, sum)| *sum)
    }

    /// The script the text is in: names, brands and addresses bring Latin letters into every other script, seldom
    /// the other way round, so Latin needs three quarters.
    pub(super) fn main(&self) -> Option<Script> {
        let (script, sum) =
            self.seen.iter().filter(|(script, _)| *script != Script::Latin).max_by_key(|(_, sum)| *sum)?;
        Some(if sum * 4 < self.total() { Script::Latin } else { *script })
    }
}
