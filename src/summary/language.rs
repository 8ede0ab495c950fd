//! The language of the customer's words: unknown rather than a wrong name (S2).

use std::sync::LazyLock;

use whatlang::{Detector, Info, Lang};

use super::Language;
use super::everyday::EVERYDAY;
use super::script::{Census, Script};
use super::table::Table;
use super::window::window;
use super::words::{ARABIC, CYRILLIC, DEVANAGARI, LATIN, Profile};

/// Names the language of what a customer said, in order; `None` where it cannot be told.
///
/// The script decides where one language owns it. Rivals within a script are told apart by function words and
/// letters, then by trigrams where those are silent. A greeting that travels (`hello`, `ciao`) names no language. Only the beginning and the
/// end of a long conversation are read.
///
/// # Examples
///
/// ```
/// use escalate::summary::detect;
///
/// let german = detect(&["Hallo!", "Ich möchte meine Bestellung stornieren."]);
/// assert_eq!(german.map(|language| language.to_string()).as_deref(), Some("de"));
/// assert_eq!(detect(&["ok", "#W5490111"]), None);
/// ```
#[must_use]
pub fn detect(texts: &[&str]) -> Option<Language> {
    let sample = window(texts, HEAD, TAIL).join("\n");
    let census = Census::of(&sample);
    let tag = match census.main().unwrap_or(Script::Latin) {
        Script::Of(tag) => Some(tag),
        Script::Other => None,
        Script::Han | Script::Kana | Script::Hangul => east_asian(&census),
        script => rivals(&sample, script),
    };
    tag.map(Language::from)
}

/// Han characters belong to three languages; a text in two of them writes its grammar in its own letters.
fn east_asian(census: &Census) -> Option<&'static str> {
    let (han, kana, hangul) =
        (census.share(Script::Han), census.share(Script::Kana), census.share(Script::Hangul));
    if hangul > 0 && hangul >= kana && hangul * 4 >= han {
        return Some("ko");
    }
    // One kana is an ornament in Chinese; a Japanese sentence has them throughout.
    if kana > 0 && kana * 10 >= han { Some("ja") } else { (han > 4).then_some("zh") }
}

/// Tells the languages of one script apart.
fn rivals(sample: &str, script: Script) -> Option<&'static str> {
    let votes = Votes::count(sample, script);
    if votes.words < 3 && is_shouted(sample) {
        // Capitals may as well be codes.
        return None;
    }
    if let Some(tag) = votes.winner() {
        return Some(tag).filter(|tag| !tag.is_empty());
    }
    let info = trigrams(&votes.plain)?;
    let tag = ALLOWED.iter().find(|(lang, _)| *lang == info.lang()).map(|(_, tag)| *tag)?;
    votes.bears_out(tag, info.is_reliable(), info.confidence()).then_some(tag)
}

/// What the trigrams say, if they say the same with and without the languages that are not named here: else the text
/// is in one of those as likely as not.
fn trigrams(plain: &str) -> Option<Info> {
    let allowed = ALLOWED.iter().map(|(lang, _)| *lang).collect();
    let info = Detector::with_allowlist(allowed).detect(plain)?;
    whatlang::detect_lang(plain).is_some_and(|lang| lang == info.lang()).then_some(info)
}

/// What the words and letters of a text say.
struct Votes {
    /// A bit for each profile of the script.
    rivals: u64,
    /// By profile.
    scores: [u32; u64::BITS as usize],
    /// Words counted.
    words: u32,
    /// The counted words again, for the trigrams: no names, codes, addresses.
    plain: String,
}

impl Votes {
    fn count(sample: &str, script: Script) -> Self {
        let own = PROFILES.iter().enumerate().filter(|(_, (of, _))| *of == script);
        let rivals = own.fold(0, |rivals, (at, _)| rivals | 1 << at);
        let mut votes = Self { rivals, scores: [0; _], words: 0, plain: String::new() };
        let shouted = is_shouted(sample);
        let mut starts = true;
        for raw in sample.split_whitespace() {
            if !is_address(raw) {
                for piece in raw.split(|c: char| !(c.is_alphanumeric() || is_joiner(c))) {
                    votes.take(piece.trim_matches(is_joiner), script, starts, shouted);
                    starts = starts && piece.is_empty();
                }
            }
            starts = raw.ends_with(['.', '!', '?', ':', '…', '؟', '।'])
                || starts && raw.chars().all(|c| !c.is_alphanumeric());
        }
        votes
    }

    fn take(&mut self, word: &str, script: Script, starts: bool, shouted: bool) {
        let Some(first) = word.chars().next() else { return };
        if Script::of(first) != Some(script) || word.len() > LONGEST || word.chars().any(char::is_numeric) {
            return;
        }
        if word == "I" && !starts {
            // No other language of the table writes this letter alone in capitals within a sentence.
            return self.vote(WORDS.get("i'm").copied().unwrap_or_default(), WEIGHT);
        }
        let code = !shouted
            && word.chars().nth(1).is_some()
            && !word.chars().any(char::is_lowercase)
            && first.is_uppercase();
        if code {
            return;
        }
        self.words += 1;
        let lower = word.to_lowercase().replace('’', "'");
        self.plain.push_str(&lower);
        self.plain.push(' ');
        // A capital inside a sentence is most often a name.
        let weight = if first.is_uppercase() && !starts && !shouted { WEIGHT / 3 } else { WEIGHT };
        match WORDS.get(lower.as_str()) {
            Some(mask) => self.vote(*mask, weight),
            // As in `l'hôtel` or `peut-il`.
            None if lower.contains(is_joiner) => lower.split(is_joiner).for_each(|part| {
                self.vote(WORDS.get(part).copied().unwrap_or_default(), weight);
            }),
            None => {}
        }
        // Of several letters, the one that the fewest languages have says most.
        let letters = lower.chars().filter(|c| !c.is_ascii()).filter_map(|c| LETTERS.get(&c));
        if let Some(mask) = letters.min_by_key(|mask| (**mask & self.rivals).count_ones()) {
            self.vote(*mask, weight / 2);
        }
    }

    /// Shares a vote among the rivals in `mask`.
    fn vote(&mut self, mask: u64, weight: u32) {
        let mask = mask & self.rivals;
        let Some(each) = weight.checked_div(mask.count_ones()) else { return };
        for (at, score) in self.scores.iter_mut().enumerate() {
            *score += if mask >> at & 1 == 1 { each } else { 0 };
        }
    }

    fn best_two(&self) -> ((usize, u32), u32) {
        let mut best = (0, 0);
        let mut second = 0;
        for (at, score) in self.scores.iter().copied().enumerate() {
            if score > best.1 {
                second = best.1;
                best = (at, score);
            } else {
                second = second.max(score);
            }
        }
        (best, second)
    }

    /// The language whose words are clearly ahead and frequent enough to be the text's own.
    fn winner(&self) -> Option<&'static str> {
        let ((at, best), second) = self.best_two();
        let ahead = best >= second + second / 3 + 2;
        (best >= ENOUGH && ahead && best >= self.words)
            .then(|| PROFILES.get(at).map(|(_, profile)| profile.tag))?
    }

    /// Whether the words leave room for what the trigrams say.
    fn bears_out(&self, tag: &str, reliable: bool, confidence: f64) -> bool {
        let ((_, best), second) = self.best_two();
        let own = PROFILES.iter().position(|(_, profile)| profile.tag == tag);
        let own = own.and_then(|at| self.scores.get(at)).copied().unwrap_or_default();
        if own >= 4 && own == best {
            // The less the words say, the surer the trigrams have to be.
            reliable || confidence > 0.5 || confidence > 0.2 && (second < best || self.words >= 5)
        } else {
            reliable && (own == best || own * 2 >= best && self.words >= 3)
        }
    }
}

/// Whether a text may be told to be in the language with this tag.
pub(super) fn is_told(tag: &str) -> bool {
    let tag = tag.to_ascii_lowercase();
    let own = || (0x80..0x3100).filter_map(char::from_u32).filter_map(Script::of);
    ["ko", "ja", "zh"].contains(&tag.as_str())
        || PROFILES.iter().any(|(_, profile)| profile.tag == tag)
        || ALLOWED.iter().any(|(_, known)| *known == tag)
        || own().any(|script| matches!(script, Script::Of(known) if known == tag))
}

/// Whether a lower-case word is a function word of some language.
pub(super) fn is_function_word(word: &str) -> bool {
    LOOKUP.contains_key(word)
}

/// Whether nearly all letters are capitals, so that a capital means nothing.
fn is_shouted(text: &str) -> bool {
    let upper = text.chars().filter(|c| c.is_uppercase()).count();
    let lower = text.chars().filter(|c| c.is_lowercase()).count();
    upper > lower
}

/// Whether a token is an address, a link or a handle, whose letters are nobody's language.
fn is_address(token: &str) -> bool {
    token.contains(['@', '_', '\\']) || token.contains("://") || token.starts_with("www.")
}

const fn is_joiner(c: char) -> bool {
    matches!(c, '\'' | '’' | '-' | '\u{200C}')
}

static PROFILES: LazyLock<Vec<(Script, &'static Profile)>> = LazyLock::new(|| {
    let sets = [
        (Script::Latin, LATIN),
        (Script::Cyrillic, CYRILLIC),
        (Script::Arabic, ARABIC),
        (Script::Devanagari, DEVANAGARI),
    ];
    sets.into_iter().flat_map(|(script, set)| set.iter().map(move |profile| (script, profile))).collect()
});

/// A bit for each profile that has the word.
static LOOKUP: LazyLock<Table<&'static str, u64>> = LazyLock::new(|| {
    let mut lookup: Table<_, u64> = Table::default();
    for (at, (_, profile)) in PROFILES.iter().enumerate() {
        for word in profile.words.split(' ') {
            *lookup.entry(word).or_default() |= 1 << at;
        }
    }
    lookup
});

/// A bit for each profile that has the word, everyday words among them.
static WORDS: LazyLock<Table<&'static str, u64>> = LazyLock::new(|| {
    let mut known = LOOKUP.clone();
    for (at, (_, profile)) in PROFILES.iter().enumerate() {
        for (_, words) in EVERYDAY.iter().filter(|(tag, _)| *tag == profile.tag) {
            words.split(' ').for_each(|word| *known.entry(word).or_default() |= 1 << at);
        }
    }
    known
});

/// A bit for each profile that has the letter.
static LETTERS: LazyLock<Table<char, u64>> = LazyLock::new(|| {
    let mut letters: Table<_, u64> = Table::default();
    for (at, (_, profile)) in PROFILES.iter().enumerate() {
        for letter in profile.letters.chars() {
            *letters.entry(letter).or_default() |= 1 << at;
        }
    }
    letters
});

/// The languages that trigrams may name, with their tags: those a support desk is likely to meet.
const ALLOWED: &[(Lang, &str)] = &[
    (Lang::Eng, "en"),
    (Lang::Deu, "de"),
    (Lang::Fra, "fr"),
    (Lang::Spa, "es"),
    (Lang::Por, "pt"),
    (Lang::Ita, "it"),
    (Lang::Nld, "nl"),
    (Lang::Swe, "sv"),
    (Lang::Dan, "da"),
    (Lang::Nob, "nb"),
    (Lang::Fin, "fi"),
    (Lang::Pol, "pl"),
    (Lang::Ces, "cs"),
    (Lang::Slk, "sk"),
    (Lang::Hun, "hu"),
    (Lang::Ron, "ro"),
    (Lang::Tur, "tr"),
    (Lang::Ind, "id"),
    (Lang::Vie, "vi"),
    (Lang::Rus, "ru"),
    (Lang::Ukr, "uk"),
    (Lang::Bul, "bg"),
    (Lang::Ara, "ar"),
    (Lang::Pes, "fa"),
    (Lang::Urd, "ur"),
    (Lang::Hin, "hi"),
    (Lang::Mar, "mr"),
    (Lang::Nep, "ne"),
];

/// Bytes read at the beginning and at the end; a few sentences settle it.
const HEAD: usize = 512;
const TAIL: usize = 768;
/// A vote, divisible among the languages that share a word.
const WEIGHT: u32 = 12;
/// The least score that names a language: one word of its own, or several shared ones.
const ENOUGH: u32 = 8;
/// Longer words are no words.
const LONGEST: usize = 120;

#[cfg(test)]
#[path = "language_test.rs"]
mod tests;
