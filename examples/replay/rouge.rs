//! ROUGE (C.-Y. Lin, "ROUGE: A Package for Automatic Evaluation of Summaries", 2004): how many words, pairs of words
//! and words in order a summary has in common with one that somebody else wrote. F1, stemmed, for texts in English.

use std::collections::HashMap;

use crate::porter::stem;

/// ROUGE-1, ROUGE-2 and ROUGE-L, each from 0 to 1.
pub(crate) type Scores = [f64; 3];

/// How close `summary` comes to `reference`.
pub(crate) fn rouge(reference: &[String], summary: &str) -> Scores {
    let summary = tokens(summary);
    [grams(reference, &summary, 1), grams(reference, &summary, 2), in_order(reference, &summary)]
}

/// The stemmed words of a text.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit()));
    let words = words.filter(|word| !word.is_empty());
    words.map(|word| if word.len() > 3 { stem(word) } else { word.to_owned() }).collect()
}

/// The sentences of what a customer said, cut at marks that a space follows.
pub(crate) fn sentences<'a>(said: &[&'a str]) -> Vec<&'a str> {
    let mut found = Vec::new();
    for text in said {
        let mut from = 0;
        for (at, _) in text.match_indices(['.', '!', '?']) {
            let (sentence, rest) = text.split_at(at + 1);
            if rest.starts_with(char::is_whitespace) {
                found.push(sentence.get(from..).unwrap_or_default().trim());
                from = at + 1;
            }
        }
        found.push(text.get(from..).unwrap_or_default().trim());
    }
    found.retain(|sentence| !sentence.is_empty());
    found
}

fn grams(reference: &[String], summary: &[String], length: usize) -> f64 {
    let mut left: HashMap<&[String], usize> = HashMap::new();
    for gram in reference.windows(length) {
        *left.entry(gram).or_default() += 1;
    }
    let mut shared = 0;
    for gram in summary.windows(length) {
        if let Some(count) = left.get_mut(gram).filter(|count| **count > 0) {
            *count -= 1;
            shared += 1;
        }
    }
    f1(shared, reference.windows(length).len(), summary.windows(length).len())
}

/// By the longest common subsequence.
fn in_order(reference: &[String], summary: &[String]) -> f64 {
    let mut row = vec![0_usize; summary.len() + 1];
    for word in reference {
        let mut diagonal = 0;
        for (at, other) in summary.iter().enumerate() {
            let above = row.get(at + 1).copied().unwrap_or_default();
            let left = row.get(at).copied().unwrap_or_default();
            let longest = if word == other { diagonal + 1 } else { above.max(left) };
            if let Some(cell) = row.get_mut(at + 1) {
                *cell = longest;
            }
            diagonal = above;
        }
    }
    f1(row.last().copied().unwrap_or_default(), reference.len(), summary.len())
}

fn f1(shared: usize, reference: usize, summary: usize) -> f64 {
    // With precision shared / summary and recall shared / reference; the counts are small and exact.
    if shared == 0 { 0.0 } else { 2.0 * shared as f64 / (reference + summary) as f64 }
}
