//! A text as sentences of folded words.

use std::ops::Range;

use super::MOST_BYTES;
use crate::unseen::{is_blank, is_unseen};

/// The longest word that is told apart, in bytes; of a longer one, the beginning.
const LONGEST_WORD: usize = 64;
/// The most words of one sentence; what is longer goes on as another.
const MOST_WORDS: usize = 400;

/// A sentence: its words, folded.
#[derive(Default)]
pub(super) struct Sentence {
    /// Where it is in the text, in bytes.
    pub(super) range: Range<usize>,
    /// Whether it ends with a question mark.
    pub(super) is_question: bool,
    /// Whether the one before it does.
    pub(super) follows_question: bool,
    words: Vec<Word>,
    letters: String,
}

struct Word {
    letters: Range<usize>,
    clause: usize,
}

impl Sentence {
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    pub(super) fn word(&self, at: usize) -> Option<&str> {
        self.words.get(at).and_then(|word| self.letters.get(word.letters.clone()))
    }

    /// The clause that the word is of.
    pub(super) fn clause(&self, at: usize) -> Option<usize> {
        self.words.get(at).map(|word| word.clause)
    }
}

/// Calls `each` with every sentence of what is read of `text`, until it finds something.
pub(super) fn sentences<T>(text: &str, mut each: impl FnMut(&Sentence) -> Option<T>) -> Option<T> {
    let head = text.floor_char_boundary(MOST_BYTES);
    let tail = text.floor_char_boundary(text.len().saturating_sub(MOST_BYTES)).max(head);
    [0..head, tail..text.len()].into_iter().find_map(|part| {
        let mut folder = Folder::default();
        folder.read(text.get(part.clone())?, part.start, &mut each)
    })
}

/// The words of a phrase in a table.
pub(super) fn words(phrase: &str) -> Vec<String> {
    let mut folder = Folder { is_table: true, ..Folder::default() };
    for c in phrase.chars() {
        folder.take(c, None);
    }
    folder.end_word();
    let sentence = folder.sentence;
    (0..sentence.len()).filter_map(|at| sentence.word(at).map(str::to_owned)).collect()
}

#[derive(Default)]
struct Folder {
    /// Whether `*` is part of a word.
    is_table: bool,
    sentence: Sentence,
    clause: usize,
    /// Where the word that is being read begins.
    word: usize,
}

impl Folder {
    fn read<T>(
        &mut self,
        text: &str,
        start: usize,
        each: &mut impl FnMut(&Sentence) -> Option<T>,
    ) -> Option<T> {
        let mut begin = 0;
        let mut rest = text.char_indices().peekable();
        while let Some((at, c)) = rest.next() {
            let end = at + c.len_utf8();
            let next = rest.peek().map(|(_, next)| *next);
            if ends_sentence(c, next) || self.sentence.len() >= MOST_WORDS {
                self.sentence.is_question =
                    matches!(c, '?' | '\u{FF1F}' | '\u{61F}' | '\u{2047}'..='\u{2049}');
                if let Some(found) = self.finish(start + begin..start + end, each) {
                    return Some(found);
                }
                begin = end;
            } else {
                self.take(c, next);
            }
        }
        self.finish(start + begin..start + text.len(), each)
    }

    fn finish<T>(&mut self, range: Range<usize>, each: &mut impl FnMut(&Sentence) -> Option<T>) -> Option<T> {
        self.end_word();
        let sentence = &mut self.sentence;
        sentence.range = range;
        let found = if sentence.words.is_empty() { None } else { each(sentence) };
        // A second mark, as in `?!`, is no sentence.
        sentence.follows_question =
            sentence.is_question || (sentence.words.is_empty() && sentence.follows_question);
        sentence.words.clear();
        sentence.letters.clear();
        sentence.is_question = false;
        (self.clause, self.word) = (0, 0);
        found
    }

    fn take(&mut self, c: char, next: Option<char>) {
        let c = narrow(c);
        match c {
            '\'' | '\u{2018}' | '\u{2019}' | '\u{2BC}' | '`' | '\u{B4}' | '\u{2032}' => {
                if next.is_some_and(char::is_alphabetic) && self.is_elided() {
                    self.end_word();
                }
            }
            // Also the joiners, which a phrase is the same without, and accents that follow their letter.
            c if is_unseen(c) || matches!(c, '\u{300}'..='\u{36F}' | '\u{93C}') => {}
            c if is_blank(c) => self.end_word(),
            c if stands_alone(c) => {
                self.end_word();
                self.sentence.letters.push(simplified(c));
                self.end_word();
            }
            ',' | ':' | '(' | ')' | '\u{3001}' | '\u{2013}' | '\u{2014}' | '\u{60C}' => {
                self.end_word();
                self.clause += 1;
            }
            c if c.is_alphanumeric()
                || ('\u{900}'..='\u{963}').contains(&c)
                || (c == '*' && self.is_table) =>
            {
                if self.sentence.letters.len() - self.word < LONGEST_WORD {
                    fold(c, &mut self.sentence.letters);
                }
            }
            _ => self.end_word(),
        }
    }

    /// Whether what stands before an apostrophe is a word by itself: `l'agent`, and not `don't`.
    fn is_elided(&self) -> bool {
        let word = self.sentence.letters.get(self.word..).unwrap_or_default();
        matches!(
            word,
            "l" | "d"
                | "j"
                | "m"
                | "t"
                | "s"
                | "n"
                | "c"
                | "qu"
                | "quelqu"
                | "un"
                | "all"
                | "dell"
                | "nell"
                | "dall"
                | "quell"
        )
    }

    fn end_word(&mut self) {
        let end = self.sentence.letters.len();
        if end > self.word {
            self.sentence.words.push(Word { letters: self.word..end, clause: self.clause });
            self.word = end;
        }
    }
}

fn ends_sentence(c: char, next: Option<char>) -> bool {
    match c {
        // Not inside `1.5` or `example.com`.
        '.' => next.is_none_or(|next| !next.is_alphanumeric()),
        '!' | '?' | ';' | '\n' | '\u{2026}' | '\u{3002}' | '\u{FF01}' | '\u{FF1F}' | '\u{FF1B}'
        | '\u{FF61}' => true,
        '\u{964}' | '\u{965}' | '\u{61F}' | '\u{2047}'..='\u{2049}' => true,
        _ => false,
    }
}

/// The ASCII character that a full-width form stands for.
fn narrow(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        c => c,
    }
}

/// Han, kana and Hangul: written without spaces, or with spaces as the writer likes.
fn stands_alone(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}')
}

/// Lower case, and without its accent.
fn fold(c: char, into: &mut String) {
    if c.is_ascii() {
        return into.push(c.to_ascii_lowercase());
    }
    for c in c.to_lowercase() {
        match c {
            'à'..='å' | 'ā' | 'ă' | 'ą' => into.push('a'),
            'ç' | 'ć' | 'č' => into.push('c'),
            'è'..='ë' | 'ē' | 'ę' | 'ě' => into.push('e'),
            'ì'..='ï' | 'ī' | 'ı' => into.push('i'),
            'ñ' | 'ń' => into.push('n'),
            'ò'..='ö' | 'ø' | 'ō' => into.push('o'),
            'ù'..='ü' | 'ū' => into.push('u'),
            'ý' | 'ÿ' => into.push('y'),
            'ß' => into.push_str("ss"),
            'æ' => into.push_str("ae"),
            'œ' => into.push_str("oe"),
            // Nukta forms, and the nasal sign that many write for the other.
            '\u{958}' => into.push('\u{915}'),
            '\u{959}' => into.push('\u{916}'),
            '\u{95A}' => into.push('\u{917}'),
            '\u{95B}' => into.push('\u{91C}'),
            '\u{95C}' => into.push('\u{921}'),
            '\u{95D}' => into.push('\u{922}'),
            '\u{95E}' => into.push('\u{92B}'),
            '\u{901}' => into.push('\u{902}'),
            '\u{300}'..='\u{36F}' => {}
            c => into.push(c),
        }
    }
}

/// The simplified form of the traditional characters that the table of Chinese uses.
fn simplified(c: char) -> char {
    const TRADITIONAL: &str = "轉們為專員會請個經線聽講話給幫聯絡繫絡務處進間馬讓對應問題複後來電過實認還沒機氣詢嗎麼於說談與連結諮訴報升級無從見紹將儘係";
    const SIMPLIFIED: &str = "转们为专员会请个经线听讲话给帮联络系络务处进间马让对应问题复后来电过实认还没机气询吗么于说谈与连结咨诉报升级无从见绍将尽系";
    if c < '\u{4E00}' {
        return c;
    }
    TRADITIONAL.chars().zip(SIMPLIFIED.chars()).find(|(from, _)| *from == c).map_or(c, |(_, to)| to)
}
