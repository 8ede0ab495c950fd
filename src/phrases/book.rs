//! The tables, read once, and what they find.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::Phrase;
use super::fold::{Sentence, sentences};
use super::pattern::{Groups, Literal, Pattern, Words, literal};

/// How many words before and behind a phrase a negation turns it round; never in another clause.
const BEFORE: usize = 3;
const BEHIND: usize = 4;

/// A language's tag and its table.
pub(super) const TABLES: &[(&str, &str)] = &[
    ("en", include_str!("tables/en.txt")),
    ("de", include_str!("tables/de.txt")),
    ("fr", include_str!("tables/fr.txt")),
    ("es", include_str!("tables/es.txt")),
    ("pt", include_str!("tables/pt.txt")),
    ("it", include_str!("tables/it.txt")),
    ("nl", include_str!("tables/nl.txt")),
    ("sv", include_str!("tables/sv.txt")),
    ("zh", include_str!("tables/zh.txt")),
    ("ja", include_str!("tables/ja.txt")),
    ("ko", include_str!("tables/ko.txt")),
    ("hi", include_str!("tables/hi.txt")),
    ("hi-Latn", include_str!("tables/hi-Latn.txt")),
];

pub(super) static BOOK: LazyLock<Book> = LazyLock::new(Book::read);

/// All that is known, by what it is for.
pub(super) struct Book {
    pub(super) promises: Recogniser,
    pub(super) asks: Recogniser,
    /// Lines that could not be read: none, as a test says.
    #[cfg(test)]
    pub(super) flaws: Vec<&'static str>,
}

/// What is looked for, and what takes it back.
pub(super) struct Recogniser {
    /// Whether a question can be one.
    asks: bool,
    said: Index,
    /// Anywhere in the sentence.
    unless: Index,
    /// Near by, in the same clause.
    negations: Index,
    /// Where these stand, there is no negation.
    neutral: Index,
}

impl Book {
    fn read() -> Self {
        let recogniser = |asks| Recogniser {
            asks,
            said: Index::default(),
            unless: Index::default(),
            negations: Index::default(),
            neutral: Index::default(),
        };
        let (mut promises, mut asks) = (recogniser(false), recogniser(true));
        let mut flaws = Vec::new();
        for (tag, table) in TABLES {
            let mut groups = Groups::new();
            for line in table.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
            {
                if let Some((name, words)) = line.split_once('=') {
                    let words: Vec<Words> = words.split('|').map(|words| literal(words.trim())).collect();
                    groups.insert(name.trim().to_owned(), words);
                    continue;
                }
                let (kind, phrase) = line.split_once(':').unwrap_or_default();
                let Some(pattern) = Pattern::parse(phrase, &groups) else {
                    flaws.push(line);
                    continue;
                };
                let into: Vec<&mut Index> = match kind {
                    "promise" => vec![&mut promises.said],
                    "no-promise" => vec![&mut promises.unless],
                    "ask" => vec![&mut asks.said],
                    "no-ask" => vec![&mut asks.unless],
                    "not" => vec![&mut promises.negations, &mut asks.negations],
                    "neutral" => vec![&mut promises.neutral, &mut asks.neutral],
                    _ => {
                        flaws.push(line);
                        continue;
                    }
                };
                into.into_iter().for_each(|index| index.add(tag, &pattern));
            }
        }
        Self {
            promises,
            asks,
            #[cfg(test)]
            flaws,
        }
    }
}

impl Recogniser {
    pub(super) fn find(&self, text: &str) -> Option<Phrase> {
        sentences(text, |sentence| {
            // "Want a person? I'll connect you." waits for the answer.
            if (sentence.is_question || sentence.follows_question) && !self.asks {
                return None;
            }
            let mut said =
                self.said.all(sentence).filter(|found| !self.is_negated(sentence, found)).peekable();
            said.peek()?;
            // In the same table: a word that takes back in one language is another word in the next.
            let unless: Vec<&str> = self.unless.all(sentence).map(|unless| unless.table).collect();
            let found = said.find(|found| !unless.contains(&found.table))?;
            Some(Phrase { sentence: sentence.range.clone(), table: found.table })
        })
    }

    fn is_negated(&self, sentence: &Sentence, found: &Found) -> bool {
        let clause = |at| sentence.clause(at);
        let (first, last) = (clause(found.start), clause(found.end.saturating_sub(1)));
        let from = found.start.saturating_sub(BEFORE);
        let near = (from..found.end + BEHIND).filter(|at| {
            let of = clause(*at);
            // The clauses of the phrase, and no others; a comma may stand inside it.
            of.is_some() && of >= first && of <= last
        });
        let neutral: Vec<Found> = self.neutral.all(sentence).collect();
        near.flat_map(|at| self.negations.at(sentence, at))
            .filter(|not| not.table == found.table)
            .any(|not| !neutral.iter().any(|neutral| neutral.start <= not.start && not.end <= neutral.end))
    }
}

/// Where a phrase is, in words.
struct Found {
    table: &'static str,
    start: usize,
    end: usize,
}

/// Phrases, by the words they can begin with.
#[derive(Default)]
struct Index {
    phrases: Vec<(&'static str, Pattern)>,
    words: BTreeMap<String, Vec<usize>>,
    /// By the beginning of a word, and how long such beginnings are.
    prefixes: BTreeMap<String, Vec<usize>>,
    lengths: Vec<usize>,
}

impl Index {
    fn add(&mut self, table: &'static str, pattern: &Pattern) {
        let at = self.phrases.len();
        self.phrases.push((table, pattern.clone()));
        for Literal { letters, is_prefix } in pattern.beginnings() {
            let into = if *is_prefix { &mut self.prefixes } else { &mut self.words };
            let known = into.entry(letters.clone()).or_default();
            if known.last() != Some(&at) {
                known.push(at);
            }
            if *is_prefix && !self.lengths.contains(&letters.len()) {
                self.lengths.push(letters.len());
            }
        }
    }

    fn all<'a>(&'a self, sentence: &'a Sentence) -> impl Iterator<Item = Found> + 'a {
        (0..sentence.len()).flat_map(|at| self.at(sentence, at))
    }

    /// What begins at that word.
    fn at<'a>(&'a self, sentence: &'a Sentence, at: usize) -> impl Iterator<Item = Found> + 'a {
        let word = sentence.word(at).unwrap_or_default();
        let prefixes = self.lengths.iter().filter_map(|length| self.prefixes.get(word.get(..*length)?));
        let phrases = self.words.get(word).into_iter().chain(prefixes).flatten();
        phrases.filter_map(move |phrase| {
            let (table, pattern) = self.phrases.get(*phrase)?;
            let found = pattern.at(sentence, at)?;
            Some(Found { table, start: found.start, end: found.end })
        })
    }
}
