//! How good the summaries are, as far as that can be counted.

use std::collections::HashSet;
use std::fmt;

use crate::dialogue::{Dialogue, Entry};
use crate::rouge::{Scores, rouge, sentences, tokens};

/// What is compared with the reference summaries: ours, and what anybody could take without looking.
const WAYS: [&str; 4] = ["ours", "first three", "last three", "longest three"];

/// Counts over the summaries of a run.
#[derive(Debug, Default)]
pub(crate) struct Quality {
    summaries: u64,
    right: u64,
    unknown: u64,
    wrong: u64,
    sentences_off: u64,
    subjects_off: u64,
    identifiers: u64,
    kept: u64,
    references: u64,
    /// Sums, by the way of [`WAYS`].
    scores: [Scores; 4],
}

impl Quality {
    /// Looks at the summary of one dialogue's ticket.
    pub(crate) fn of(dialogue: &Dialogue, subject: &str, summary: &str, language: &str) -> Self {
        let said = dialogue.said();
        let before = dialogue.entries.iter().take_while(|entry| !is_transfer(entry));
        let before: Vec<&str> = before.filter_map(Entry::said).collect();
        let mut quality = Self { summaries: 1, ..Self::default() };
        match dialogue.language.as_deref().map(primary) {
            None => {}
            Some(_) if language == "und" => quality.unknown = 1,
            Some(meant) if meant.eq_ignore_ascii_case(primary(language)) => quality.right = 1,
            Some(_) => quality.wrong = 1,
        }
        let turns = before.iter().filter(|text| text.contains(char::is_alphanumeric)).count();
        quality.sentences_off = u64::from(!(turns.clamp(1, 2)..=3).contains(&count_by_marks(summary)));
        let characters = subject.chars().count();
        let is_line =
            !subject.trim().is_empty() && !subject.chars().chain(summary.chars()).any(char::is_control);
        quality.subjects_off = u64::from(!is_line || characters > escalate::summary::Summary::MAX_SUBJECT);
        let identifiers = identifiers(&before.join(" "));
        quality.identifiers = identifiers.len() as u64;
        quality.kept =
            identifiers.iter().filter(|found| summary.contains(*found) || subject.contains(*found)).count()
                as u64;
        let sentences = sentences(&said);
        if let Some(reference) = dialogue.reference.as_deref().filter(|_| !sentences.is_empty()) {
            quality.references = 1;
            let reference = tokens(reference);
            let ways = [summary.to_owned(), first(&sentences), last(&sentences), longest(sentences)];
            quality.scores = ways.map(|text| rouge(&reference, &text));
        }
        quality
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.summaries += other.summaries;
        self.right += other.right;
        self.unknown += other.unknown;
        self.wrong += other.wrong;
        self.sentences_off += other.sentences_off;
        self.subjects_off += other.subjects_off;
        self.identifiers += other.identifiers;
        self.kept += other.kept;
        self.references += other.references;
        for (sum, score) in self.scores.as_flattened_mut().iter_mut().zip(other.scores.as_flattened()) {
            *sum += score;
        }
    }

    /// Means in percent, by the way.
    fn means(&self) -> [Scores; 4] {
        let of = self.references.max(1) as f64;
        self.scores.map(|scores| scores.map(|sum| 100.0 * sum / of))
    }
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            ("summaries", self.summaries),
            ("language right", self.right),
            ("language unknown", self.unknown),
            ("language wrong", self.wrong),
            ("sentences off", self.sentences_off),
            ("subjects off", self.subjects_off),
            ("identifiers given", self.identifiers),
            ("identifiers kept", self.kept),
            ("references", self.references),
        ];
        for (name, count) in counts {
            writeln!(f, "{name:<18}{count:>8}")?;
        }
        if self.references == 0 {
            return Ok(());
        }
        writeln!(f, "{:<18}{:>8}{:>8}{:>8}", "ROUGE", "1", "2", "L")?;
        let means = self.means();
        for (name, [one, two, long]) in WAYS.iter().zip(means) {
            writeln!(f, "{name:<18}{one:>8.1}{two:>8.1}{long:>8.1}")?;
        }
        let [ours, others @ ..] = means;
        let mut best = others.into_iter().fold([0.0_f64; 3], |best, other| {
            [best[0].max(other[0]), best[1].max(other[1]), best[2].max(other[2])]
        });
        best.iter_mut().zip(ours).for_each(|(best, ours)| *best = ours - *best);
        let [one, two, long] = best;
        writeln!(f, "{:<18}{one:>+8.1}{two:>+8.1}{long:>+8.1}", "above the best")
    }
}

fn is_transfer(entry: &Entry) -> bool {
    matches!(entry, Entry::Transfer(_) | Entry::Transferred)
}

fn primary(tag: &str) -> &str {
    tag.split('-').next().unwrap_or_default()
}

fn first(sentences: &[&str]) -> String {
    sentences.get(..sentences.len().min(3)).unwrap_or_default().join(" ")
}

fn last(sentences: &[&str]) -> String {
    sentences.get(sentences.len().saturating_sub(3)..).unwrap_or_default().join(" ")
}

fn longest(mut sentences: Vec<&str>) -> String {
    sentences.sort_by_key(|sentence| sentence.chars().count());
    last(&sentences)
}

/// Sentences, for one who takes every mark for an end.
fn count_by_marks(text: &str) -> usize {
    let pieces = text.split_inclusive(['.', '!', '?', '。', '！', '？', '।', '؟', '…']);
    pieces.filter(|piece| !piece.trim().is_empty()).count()
}

/// What looks like a number or code: at least five capitals, digits or hyphens, a digit among them.
fn identifiers(text: &str) -> HashSet<String> {
    let text: Vec<char> = text.chars().collect();
    let is_word = |at: usize| text.get(at).is_some_and(|c| c.is_alphanumeric() || *c == '_');
    let is_edge = |at: usize| is_word(at) != at.checked_sub(1).is_some_and(is_word);
    let run = |from: usize, fits: fn(&char) -> bool| {
        text.get(from..).unwrap_or_default().iter().take_while(|c| fits(c)).count()
    };
    let mut found = HashSet::new();
    let mut at = 0;
    while at < text.len() {
        let length = run(at, |c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '-');
        let wide = run(at, |c| c.is_ascii_alphanumeric() || *c == '-');
        let coded = text.get(at..at + wide).unwrap_or_default().iter().any(char::is_ascii_digit);
        let starts = is_edge(at) && text.get(at).is_some_and(|c| *c != '-');
        let end = (at + 5..=at + length).rev().find(|end| is_edge(*end)).filter(|_| starts && coded);
        if let Some(end) = end {
            found.insert(text.get(at..end).unwrap_or_default().iter().collect());
        }
        at = end.unwrap_or(at + 1);
    }
    found
}
