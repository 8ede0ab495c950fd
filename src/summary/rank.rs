//! Which sentences of a customer say most: what is wanted, what is wrong, what is still open.
//!
//! Frequency after SumBasic (Nenkova and Vanderwende, "The Impact of Frequency on Summarization", 2005): a sentence
//! is worth the mean frequency of its content words, and a word that was told once is worth less the next time.
//! To it come what the sentence does (asks, complains, chats), where it stands, and how long it is.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::cues::{CHATTER, CHATTER_UNSPACED, WANTS, WANTS_UNSPACED, WRONGS, WRONGS_UNSPACED};
use super::language::is_function_word;
use super::table::{Table, digest};

/// What the words of one sentence come to.
#[derive(Debug, Default)]
pub(super) struct Profile {
    /// Digests of the words that carry meaning; of pairs of characters in scripts without spaces.
    content: Vec<u64>,
    /// Words in all, or what stands for them.
    words: usize,
    wants: usize,
    wrongs: usize,
    chatter: usize,
    numbers: usize,
}

impl Profile {
    pub(super) fn of(body: &str) -> Self {
        let mut profile = Self::default();
        let mut unspaced = String::new();
        for word in words(&lowered(body)) {
            if word.chars().any(is_unspaced) {
                unspaced.push_str(word);
                continue;
            }
            profile.take(word);
        }
        if !unspaced.is_empty() {
            profile.take_unspaced(&unspaced);
        }
        profile
    }

    fn take(&mut self, word: &str) {
        self.words += 1;
        let kind = kind_of(word);
        self.wants += usize::from(kind & WANT != 0);
        self.wrongs += usize::from(kind & WRONG != 0);
        self.chatter += usize::from(kind & CHAT != 0);
        self.numbers += usize::from(word.chars().any(char::is_numeric));
        if kind & CHAT == 0 && word.chars().nth(2).is_some() && !is_function_word(word) {
            self.content.push(digest(word));
        }
    }

    /// Cues are found by their first character; of several, the longest counts and is passed over.
    fn take_unspaced(&mut self, text: &str) {
        let mut chatter = 0;
        let mut skip = 0;
        let mut last = None;
        for (at, c) in text.char_indices() {
            self.numbers += usize::from(c.is_numeric() && last.is_none_or(|last: char| !last.is_numeric()));
            if let Some(last) = last.filter(|last| is_unspaced(*last) && is_unspaced(c)) {
                self.content.push(digest(String::from_iter([last, c]).as_str()));
            }
            last = Some(c);
            if at < skip {
                continue;
            }
            let rest = text.get(at..).unwrap_or_default();
            let cue = UNSPACED.get(&c).and_then(|cues| cues.iter().find(|(cue, _)| rest.starts_with(cue)));
            if let Some((cue, kind)) = cue {
                self.wants += usize::from(*kind == WANT);
                self.wrongs += usize::from(*kind == WRONG);
                chatter += if *kind == CHAT { cue.chars().count() } else { 0 };
                skip = at + cue.len();
            }
        }
        self.words += text.chars().count().div_ceil(2);
        self.chatter += chatter.div_ceil(2);
    }

    /// Whether the sentence only greets, thanks or agrees.
    pub(super) fn is_chatter(&self) -> bool {
        self.chatter * 4 >= self.words * 3
    }

    /// What it is worth besides, as a sentence of a summary and not as a subject: what explains itself takes words. One
    /// that neither asks nor complains gets none of it, as talk is long too; the one that `opens` the matter gets some
    /// however short it is.
    pub(super) fn breadth(&self, opens: bool) -> f32 {
        let over = self.words.clamp(WHOLE, LONG) - WHOLE;
        let breadth = 0.08 * over as f32;
        let breadth = match (opens, self.wants + self.wrongs) {
            (true, _) => breadth.max(0.4),
            (false, 0) => 0.0,
            (false, _) => breadth,
        };
        self.worth() * breadth
    }

    /// What the sentence is worth by itself.
    pub(super) fn worth(&self) -> f32 {
        let length = match self.words {
            0 | 1 => 0.05,
            2 => 0.2,
            3 => 0.5,
            4 => 0.8,
            _ => 1.0,
        };
        let said = self.words.max(1) as f32;
        let idle = self.chatter as f32 / said;
        let asks = 0.35 * self.wants.min(3) as f32;
        let wrong = 0.3 * self.wrongs.min(2) as f32;
        let numbers = 0.1 * self.numbers.min(2) as f32;
        let worth = length * (1.0 + asks + wrong + numbers) * (1.0 - idle);
        if self.is_chatter() { worth * 0.2 } else { worth }
    }
}

/// How often each content word was said, and which of them have been told.
#[derive(Debug, Default)]
pub(super) struct Frequencies {
    words: HashMap<u64, (f32, bool)>,
}

impl Frequencies {
    pub(super) fn of<'a>(profiles: impl Iterator<Item = &'a Profile>) -> Self {
        let mut words: HashMap<u64, (f32, bool)> = HashMap::new();
        for word in profiles.flat_map(|profile| &profile.content) {
            words.entry(*word).or_default().0 += 1.0;
        }
        let most = words.values().map(|(count, _)| *count).fold(1.0, f32::max);
        words.values_mut().for_each(|(count, _)| *count /= most);
        Self { words }
    }

    /// The mean frequency of a sentence's words and the share of them already told, both between 0 and 1.
    pub(super) fn weigh(&self, profile: &Profile) -> (f32, f32) {
        let mut sum = 0.0;
        let mut told = 0;
        for (frequency, is_told) in profile.content.iter().filter_map(|word| self.words.get(word)) {
            sum += frequency;
            told += usize::from(*is_told);
        }
        let said = profile.content.len();
        // Two words more in the divisor: a short sentence is not central because its one word is.
        (sum / (said + 2) as f32, told as f32 / said.max(1) as f32)
    }

    /// Marks the words of a sentence as told.
    pub(super) fn tell(&mut self, profile: &Profile) {
        for word in &profile.content {
            if let Some((frequency, told)) = self.words.get_mut(word) {
                *frequency = 0.5 * frequency.powi(2);
                *told = true;
            }
        }
    }
}

/// What precedes the matter: `Sure, my order is late` says no more than `my order is late`.
pub(super) fn without_opening(body: &str) -> &str {
    let mut rest = body;
    while let Some((opening, after)) = rest.split_once([',', '，', '、']) {
        let after = after.trim_start();
        let enough =
            words(after).nth(2).is_some() || after.chars().filter(|c| is_unspaced(*c)).nth(4).is_some();
        let brief = words(opening).nth(3).is_none();
        let chat = |word: &str| kind_of(&lowered(word)) & CHAT != 0 || Profile::of(word).is_chatter();
        if !enough || !brief || !words(opening).all(chat) {
            break;
        }
        rest = after;
    }
    rest
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let joined = |c: char| {
        is_mark_of_letter(c)
            || is_unspaced(c)
            || c.is_alphanumeric()
            || matches!(c, '\'' | '’' | '-' | '_' | '@' | '.')
    };
    let pieces = text.split(move |c: char| !joined(c)).map(|word| word.trim_matches(['\'', '’', '-', '.']));
    pieces.filter(|word| !word.is_empty())
}

/// Vowel signs and joiners that Unicode does not count as letters but that do not end a word.
const fn is_mark_of_letter(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{0900}'..='\u{0D7F}' | '\u{0E31}'..='\u{0E4E}' | '\u{200C}' | '\u{200D}')
}

/// Whether a character is of a script that writes no spaces between words: Thai, Lao, Burmese, Khmer, kana, Han.
const fn is_unspaced(c: char) -> bool {
    matches!(
        c,
        '\u{E01}'..='\u{E4E}'
            | '\u{E81}'..='\u{ECE}'
            | '\u{1000}'..='\u{109F}'
            | '\u{1780}'..='\u{17D3}'
            | '\u{3005}'..='\u{3007}'
            | '\u{3041}'..='\u{3096}'
            | '\u{30A1}'..='\u{30FC}'
            | '\u{3400}'..='\u{4DBF}'
            | '\u{4E00}'..='\u{9FFF}'
            | '\u{20000}'..='\u{3FFFF}'
    )
}

fn lowered(word: &str) -> String {
    let lower = word.to_lowercase();
    if lower.contains('’') { lower.replace('’', "'") } else { lower }
}

/// The kinds of a lower-case word, as bits.
fn kind_of(word: &str) -> u8 {
    let exact = EXACT.get(word).copied().unwrap_or_default();
    let stems = start(word).and_then(|start| STEMS.get(start)).map_or(&[][..], Vec::as_slice);
    stems.iter().filter(|(stem, _)| word.starts_with(stem)).fold(exact, |kinds, (_, kind)| kinds | kind)
}

/// The first three characters, under which a stem is filed.
fn start(word: &str) -> Option<&str> {
    let (third, c) = word.char_indices().nth(2)?;
    word.get(..third + c.len_utf8())
}

fn cues() -> impl Iterator<Item = (&'static str, u8)> {
    [(WANTS, WANT), (WRONGS, WRONG), (CHATTER, CHAT)]
        .into_iter()
        .flat_map(|(words, kind)| words.split_whitespace().map(move |word| (word, kind)))
}

static EXACT: LazyLock<Table<&'static str, u8>> = LazyLock::new(|| {
    let mut exact: Table<_, _> = Table::default();
    for (word, kind) in cues().filter(|(word, _)| !word.ends_with('*')) {
        *exact.entry(word).or_default() |= kind;
    }
    exact
});

static STEMS: LazyLock<Table<&'static str, Vec<(&'static str, u8)>>> = LazyLock::new(|| {
    let mut stems: Table<_, Vec<_>> = Table::default();
    for (stem, kind) in cues().filter_map(|(word, kind)| Some((word.strip_suffix('*')?, kind))) {
        if let Some(start) = start(stem) {
            stems.entry(start).or_default().push((stem, kind));
        }
    }
    stems
});

static UNSPACED: LazyLock<Table<char, Vec<(&'static str, u8)>>> = LazyLock::new(|| {
    let mut unspaced: Table<char, Vec<_>> = Table::default();
    for (cues, kind) in [(WANTS_UNSPACED, WANT), (WRONGS_UNSPACED, WRONG), (CHATTER_UNSPACED, CHAT)] {
        for cue in cues.split_whitespace() {
            if let Some(first) = cue.chars().next() {
                unspaced.entry(first).or_default().push((cue, kind));
            }
        }
    }
    unspaced.values_mut().for_each(|cues| cues.sort_by_key(|(cue, _)| std::cmp::Reverse(cue.len())));
    unspaced
});

/// Words of a sentence that is whole, and of one that gains nothing by being longer.
const WHOLE: usize = 5;
const LONG: usize = 15;

const WANT: u8 = 1;
const WRONG: u8 = 2;
const CHAT: u8 = 4;
