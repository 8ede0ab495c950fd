//! One phrase of a table: words, with gaps and alternatives.

use std::collections::BTreeMap;
use std::ops::Range;

use super::fold::{self, Sentence};

/// Names for what may stand in one place, such as all words for a person.
pub(super) type Groups = BTreeMap<String, Vec<Words>>;

/// Words that follow each other.
pub(super) type Words = Vec<Literal>;

/// A word, or what it begins with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Literal {
    pub(super) letters: String,
    pub(super) is_prefix: bool,
}

impl Literal {
    fn is(&self, word: &str) -> bool {
        match self.is_prefix {
            true => word.starts_with(&self.letters),
            false => word == self.letters,
        }
    }
}

/// A phrase.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    from_start: bool,
    parts: Vec<Part>,
    to_end: bool,
    to_clause_end: bool,
}

#[derive(Clone, Debug)]
enum Part {
    /// One of these.
    One(Vec<Words>),
    /// One of these, or nothing.
    Maybe(Vec<Words>),
    /// Up to so many words.
    Gap(usize),
}

/// Words of one alternative; `_` stands for a space, `*` for any ending.
pub(super) fn literal(text: &str) -> Words {
    let literal = |mut letters: String| {
        let is_prefix = letters.ends_with('*');
        letters.retain(|c| c != '*');
        Literal { letters, is_prefix }
    };
    fold::words(&text.replace('_', " "))
        .into_iter()
        .map(literal)
        .filter(|word| !word.letters.is_empty())
        .collect()
}

impl Pattern {
    /// Reads `^ word|other_words @group ~3 perhaps? $`, or `$,` for the end of a clause. `None`: it is not one.
    pub(super) fn parse(text: &str, groups: &Groups) -> Option<Self> {
        let mut pattern = Self { from_start: false, parts: Vec::new(), to_end: false, to_clause_end: false };
        for field in text.split_whitespace() {
            match field {
                "^" => pattern.from_start = true,
                "$" => pattern.to_end = true,
                "$," => pattern.to_clause_end = true,
                _ => pattern.parts.push(Part::parse(field, groups)?),
            }
        }
        // Whatever is left out, a word has to begin it.
        let begins = pattern.parts.iter().find(|part| !matches!(part, Part::Maybe(_)));
        matches!(begins, Some(Part::One(_))).then_some(pattern)
    }

    /// The words that it can begin with.
    pub(super) fn beginnings(&self) -> impl Iterator<Item = &Literal> {
        let optional = self.parts.iter().take_while(|part| matches!(part, Part::Maybe(_))).count();
        let first = self.parts.iter().take(optional + 1).flat_map(|part| match part {
            Part::One(words) | Part::Maybe(words) => words.as_slice(),
            Part::Gap(_) => &[],
        });
        first.filter_map(|words| words.first())
    }

    /// The words it covers, if it begins at the word `at`.
    pub(super) fn at(&self, sentence: &Sentence, at: usize) -> Option<Range<usize>> {
        if self.from_start && at > 0 {
            return None;
        }
        // Every place that can be reached, in order: a gap multiplies places, and never the work per place.
        let mut ends = vec![at];
        for part in &self.parts {
            let mut reached = Vec::new();
            match part {
                Part::One(words) => reached.extend(ends.iter().flat_map(|at| after(sentence, *at, words))),
                Part::Maybe(words) => {
                    reached.extend(ends.iter().flat_map(|at| after(sentence, *at, words)));
                    reached.append(&mut ends);
                }
                Part::Gap(most) => reached.extend(ends.iter().flat_map(|at| *at..=at + most)),
            }
            reached.sort_unstable();
            reached.dedup();
            ends = reached;
        }
        let last = sentence.len();
        let fits = |end: &usize| match (self.to_end, self.to_clause_end) {
            (true, _) => *end == last,
            (_, true) => sentence.clause(*end) != sentence.clause(end.saturating_sub(1)) && *end <= last,
            _ => *end <= last,
        };
        ends.into_iter().find(fits).map(|end| at..end)
    }
}

fn after<'a>(sentence: &'a Sentence, at: usize, any: &'a [Words]) -> impl Iterator<Item = usize> + 'a {
    let fits = move |words: &&Words| {
        (at..).zip(words.iter()).all(|(at, literal)| sentence.word(at).is_some_and(|word| literal.is(word)))
    };
    any.iter().filter(fits).map(move |words| at + words.len())
}

impl Part {
    fn parse(field: &str, groups: &Groups) -> Option<Self> {
        if let Some(most) = field.strip_prefix('~') {
            return most.parse().ok().map(Self::Gap);
        }
        let (field, maybe) = match field.strip_suffix('?') {
            Some(field) => (field, true),
            None => (field, false),
        };
        let mut any = Vec::new();
        for alternative in field.split('|') {
            match alternative.strip_prefix('@') {
                Some(name) => any.extend(groups.get(name)?.iter().cloned()),
                None => any.push(literal(alternative)),
            }
        }
        let filled = !any.iter().any(Vec::is_empty);
        filled.then_some(if maybe { Self::Maybe(any) } else { Self::One(any) })
    }
}
