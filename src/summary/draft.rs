//! A summary from the customer's own words, without a model (E4, S1).

use unicode_segmentation::UnicodeSegmentation;

use super::clean::clean;
use super::identifiers::identifiers;
use super::marks::{Clause, is_mark};
use super::rank::{Frequencies, Profile, without_opening};
use super::script::Script;
use super::sentences::sentences;
use super::window::window;
use super::{Language, Summary, SummaryAuthor, detect};
use crate::message::Sequence;

/// Drafts a summary from what the customer said, in order: a subject and two or three of their own sentences.
///
/// The same words give the same summary. A language the host gave as `hint` wins over what the words look like.
/// Order numbers, codes, addresses and amounts are kept even where their sentence is not. The cost is bounded:
/// only the beginning and the end of a very long conversation are read.
///
/// # Examples
///
/// ```
/// use escalate::Sequence;
/// use escalate::summary::draft;
///
/// let said = ["Hi there!", "My kettle arrived broken. The order is #W5490111.", "I'd like a refund, please."];
/// let summary = draft(&said, None, Sequence(5));
///
/// assert_eq!(summary.subject, "My kettle arrived broken");
/// assert_eq!(summary.text, "My kettle arrived broken. The order is #W5490111. I'd like a refund, please.");
/// assert_eq!(summary.language.map(|language| language.to_string()).as_deref(), Some("en"));
/// ```
#[must_use]
pub fn draft(said: &[&str], hint: Option<&Language>, covers: Sequence) -> Summary {
    let lines: Vec<String> =
        window(said, HEAD, TAIL).iter().flat_map(|text| text.split(is_break)).map(clean).collect();
    let candidates = candidates(&lines);
    let (subject, text) = match best_subject(&candidates) {
        Some(subject) => (subject, compose(&choose(&candidates), &wanted(&candidates))),
        None => wordless(&lines),
    };
    let language = hint.cloned().or_else(|| detect(said));
    Summary { subject, text, language, author: SummaryAuthor::Deterministic, covers }
}

/// A sentence that may be taken.
struct Candidate<'a> {
    clause: Clause,
    profile: Profile,
    identifiers: Vec<&'a str>,
    /// Its worth and place, before it is compared with the others.
    score: f32,
    /// What its length adds to that, for a sentence of the text.
    breadth: f32,
}

fn candidates(lines: &[String]) -> Vec<Candidate<'_>> {
    let mut found: Vec<Candidate<'_>> = Vec::new();
    for sentence in lines.iter().flat_map(|line| sentences(line)) {
        let Some(mut clause) = Clause::of(sentence) else { continue };
        let profile = Profile::of(&clause.body);
        let opened = without_opening(&clause.body);
        if opened.len() < clause.body.len() {
            clause.body = capitalised(opened, &clause.body);
        }
        let score = profile.worth();
        found.push(Candidate { clause, profile, identifiers: identifiers(sentence), score, breadth: 0.0 });
    }
    place(&mut found);
    found
}

/// Adds what the place of a sentence says: the first states the matter, the last led to the escalation.
fn place(candidates: &mut [Candidate<'_>]) {
    let last = candidates.len().saturating_sub(1).max(1) as f32;
    let mut opened = false;
    for (at, candidate) in candidates.iter_mut().enumerate() {
        if candidate.profile.is_chatter() {
            continue;
        }
        candidate.score += 0.5 * candidate.score.min(1.0) * (at as f32 / last);
        let opens = !opened && candidate.score > 0.8;
        candidate.breadth = candidate.profile.breadth(opens);
        if opens {
            opened = true;
            candidate.score += 0.6;
        }
    }
}

/// Takes up to three sentences, each the best beside those already taken, in their own order.
fn choose<'a, 'b>(candidates: &'b [Candidate<'a>]) -> Vec<&'b Candidate<'a>> {
    let mut frequencies = Frequencies::of(candidates.iter().map(|candidate| &candidate.profile));
    let mut taken: Vec<usize> = Vec::new();
    let mut told: Vec<&str> = Vec::new();
    while taken.len() < MOST {
        let inner = taken.iter().filter_map(|at| candidates.get(*at)).map(|taken| taken.clause.inner).sum();
        let room = MARKS.saturating_sub(inner);
        let gain = |candidate: &Candidate<'_>| {
            let fresh = candidate.identifiers.iter().filter(|found| !told.contains(found)).count();
            let crowded =
                if candidate.clause.inner > room { 4.0 } else { 0.2 * candidate.clause.inner as f32 };
            let (weight, told_before) = frequencies.weigh(&candidate.profile);
            (candidate.score + candidate.breadth) * (1.0 - 0.7 * told_before)
                + 1.5 * weight
                + 0.4 * fresh.min(2) as f32
                - crowded
        };
        let left = candidates.iter().enumerate().filter(|(at, _)| !taken.contains(at));
        let rated = left.map(|(at, candidate)| (at, candidate, gain(candidate)));
        let Some((at, best, _)) = rated.max_by(|(_, _, a), (_, _, b)| a.total_cmp(b)) else { break };
        let worthless = best.profile.is_chatter() || best.clause.inner > room;
        if taken.len() >= LEAST && worthless {
            break;
        }
        taken.push(at);
        told.extend(&best.identifiers);
        frequencies.tell(&best.profile);
    }
    taken.sort_unstable();
    taken.iter().filter_map(|at| candidates.get(*at)).collect()
}

/// Every identifier the customer gave, once, in order.
fn wanted<'a>(candidates: &[Candidate<'a>]) -> Vec<&'a str> {
    let mut wanted: Vec<&str> = Vec::new();
    for found in candidates.iter().flat_map(|candidate| &candidate.identifiers) {
        if !wanted.contains(found) && wanted.len() < IDENTIFIERS {
            wanted.push(found);
        }
    }
    wanted
}

/// Writes the sentences one after the other, the identifiers they lack after the last.
fn compose(taken: &[&Candidate<'_>], wanted: &[&str]) -> String {
    let mut text = String::new();
    for limit in [Summary::MAX_TEXT / 3 - 20, 120, SHORT] {
        let clauses = within_marks(taken.iter().map(|candidate| clip(&candidate.clause, limit)));
        let mut missing: Vec<&str> = wanted
            .iter()
            .copied()
            .filter(|found| !clauses.iter().any(|clause| clause.body.contains(found)))
            .collect();
        loop {
            text = join(&clauses, &missing);
            if text.chars().nth(Summary::MAX_TEXT).is_none() {
                return text;
            }
            if limit > SHORT || missing.is_empty() {
                break;
            }
            // Even short sentences leave no room for all of them: the latest matter most.
            missing.remove(0);
        }
    }
    text
}

/// Takes care that no more marks stay inside the clauses together than may stay inside one.
fn within_marks(clauses: impl Iterator<Item = Clause>) -> Vec<Clause> {
    let mut room = MARKS;
    let fit = |mut clause: Clause| {
        // What is over stays as it is written: better a count too high than an amount that reads otherwise.
        clause.inner = clause.inner.min(room);
        room -= clause.inner;
        clause
    };
    clauses.map(fit).collect()
}

fn join(clauses: &[Clause], missing: &[&str]) -> String {
    let mut room = MARKS.saturating_sub(clauses.iter().map(|clause| clause.inner).sum());
    let mut listed: Vec<&str> = Vec::new();
    for found in missing {
        let inner = found.chars().filter(|c| is_mark(*c)).count();
        if inner <= room {
            room -= inner;
            listed.push(found);
        }
    }
    let mut text = String::new();
    for (at, clause) in clauses.iter().enumerate() {
        text.push_str(&clause.body);
        if at + 1 == clauses.len() {
            if !listed.is_empty() {
                text.push_str(" (");
                text.push_str(&listed.join(", "));
                text.push(')');
            }
            text.push(clause.end);
        } else if room > 0 {
            room -= 1;
            text.push(clause.end);
            if !matches!(clause.end, '。' | '！' | '？') {
                text.push(' ');
            }
        } else {
            // The marks inside numbers and addresses already make three sentences for whoever counts marks.
            text.push_str(pause(&text));
        }
    }
    text
}

/// What stands between two clauses of one sentence, in the script that a text ends in.
fn pause(text: &str) -> &'static str {
    match text.chars().rev().find_map(Script::of) {
        Some(Script::Han | Script::Kana) => "；",
        Some(Script::Arabic) => "؛ ",
        _ => "; ",
    }
}

/// The one line that says best what it is about, rather early and whole than late and cut.
fn best_subject(candidates: &[Candidate<'_>]) -> Option<String> {
    let frequencies = Frequencies::of(candidates.iter().map(|candidate| &candidate.profile));
    let last = candidates.len().saturating_sub(1).max(1) as f32;
    let rank = |(at, candidate): &(usize, &Candidate<'_>)| {
        let early = 0.4 * (1.0 - *at as f32 / last);
        let long = if candidate.clause.body.chars().count() > Summary::MAX_SUBJECT { 0.5 } else { 0.0 };
        candidate.score.min(2.5) + early * candidate.score.min(1.0) + frequencies.weigh(&candidate.profile).0
            - long
    };
    let (_, best) = candidates.iter().enumerate().max_by(|a, b| rank(a).total_cmp(&rank(b)))?;
    let clause = clip(&best.clause, Summary::MAX_SUBJECT - 1);
    let mut subject = clause.body;
    if matches!(clause.end, '?' | '？' | '؟' | '…') {
        subject.push(clause.end);
    }
    Some(subject)
}

/// Shortens a clause to at most `limit` characters with an ellipsis in place of its end.
fn clip(clause: &Clause, limit: usize) -> Clause {
    let mut clause = clause.clone();
    if clause.body.chars().nth(limit).is_none() {
        return clause;
    }
    let mut count = 0;
    let mut end = 0;
    let mut pause = None;
    for (at, grapheme) in clause.body.grapheme_indices(true) {
        count += grapheme.chars().count();
        if count > limit {
            let body = clause.body.get(..end).unwrap_or_default();
            let cut = pause.unwrap_or_else(|| before_code(body));
            let body = clause.body.get(..cut).unwrap_or_default();
            let body = body.trim_end_matches(|c: char| {
                c.is_whitespace() || matches!(c, ',' | '，' | '、' | ';' | ':' | '-' | '(' | '.')
            });
            clause = Clause {
                body: body.to_owned(),
                end: '…',
                inner: body.chars().filter(|c| is_mark(*c)).count(),
            };
            break;
        }
        end = at + grapheme.len();
        if grapheme.chars().all(|c| c.is_whitespace() || matches!(c, '，' | '、' | '；')) && count * 2 > limit
        {
            pause = Some(at);
        }
    }
    clause
}

/// Where the code begins that a text without spaces would be cut in.
fn before_code(body: &str) -> usize {
    let kept = body.trim_end_matches(|c: char| c.is_ascii_alphanumeric());
    if kept.is_empty() || body.len() - kept.len() > 48 { body.len() } else { kept.len() }
}

/// A summary where no sentence has a letter or digit, or nothing was said at all.
fn wordless(lines: &[String]) -> (String, String) {
    let shown = |c: &str| !c.chars().all(|c| is_mark(c) || c.is_whitespace());
    let signs = lines.iter().flat_map(|line| line.graphemes(true)).filter(|sign| shown(sign));
    let signs: String = signs.take(SIGNS).collect();
    if !signs.is_empty() {
        return (signs.clone(), signs);
    }
    match lines.iter().flat_map(|line| line.chars()).find(|c| is_mark(*c)) {
        Some(mark) => (mark.to_string(), mark.to_string()),
        None => (NOTHING_SUBJECT.to_owned(), NOTHING_TEXT.to_owned()),
    }
}

fn capitalised(body: &str, model: &str) -> String {
    let mut rest = body.chars();
    match rest.next() {
        Some(first) if model.starts_with(char::is_uppercase) => first.to_uppercase().chain(rest).collect(),
        _ => body.to_owned(),
    }
}

const fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

const NOTHING_SUBJECT: &str = "No message from the customer yet";
const NOTHING_TEXT: &str = "No message was written yet. What the customer wants is not known.";

/// Bytes read at the beginning and at the end of a conversation.
const HEAD: usize = 8 * 1024;
const TAIL: usize = 24 * 1024;
/// The length to which sentences are cut where identifiers need the room, in characters.
const SHORT: usize = 80;
/// Sentences of a summary.
const LEAST: usize = 2;
const MOST: usize = 3;
/// Marks before the last end that still make three sentences for whoever counts them by their marks.
const MARKS: usize = 2;
/// More identifiers than this are a list, not a summary.
const IDENTIFIERS: usize = 40;
/// Signs shown of a conversation without a word.
const SIGNS: usize = 10;

#[cfg(test)]
#[path = "draft_test.rs"]
mod tests;
