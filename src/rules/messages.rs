//! What the customer is told about who answers, in the customer's language.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::summary::Language;

/// What became of an escalation, as the customer is told it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "every one needs a text")]
pub enum Outcome {
    /// Somebody has it.
    Assigned,
    /// It waits, with a place in the line.
    Queued {
        /// From 1.
        position: u32,
    },
    /// It is with somebody who is not there yet.
    NextShift {
        /// When they are, written for the customer: in their zone and language.
        starts_at: String,
    },
    /// It waits, and nobody can say for how long.
    Waiting,
}

/// The texts of one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Texts {
    /// For [`Outcome::Assigned`].
    pub assigned: String,
    /// For [`Outcome::Queued`]; `{position}` stands for the place in the line, and may be left out.
    pub queued: String,
    /// For [`Outcome::NextShift`]; `{starts_at}` stands for the time, and may be left out.
    pub next_shift: String,
    /// For [`Outcome::Waiting`].
    pub waiting: String,
}

impl Texts {
    /// These texts, in the order of the fields.
    pub fn new(
        assigned: impl Into<String>,
        queued: impl Into<String>,
        next_shift: impl Into<String>,
        waiting: impl Into<String>,
    ) -> Self {
        let (assigned, queued) = (assigned.into(), queued.into());
        Self { assigned, queued, next_shift: next_shift.into(), waiting: waiting.into() }
    }

    fn english() -> Self {
        Self::new(
            "I have passed this on to our team. It is with one of our people now; the answer comes here.",
            "I have passed this on to our team. At the moment you are number {position} in the line; the answer comes here.",
            "I have passed this on to our team. The person who has it starts at {starts_at}; the answer comes here.",
            "I have passed this on to our team. I cannot say when somebody is free; the answer comes here.",
        )
    }

    fn fields(&self) -> [(&'static str, &str, Option<&'static str>); 4] {
        [
            ("assigned", &self.assigned, None),
            ("queued", &self.queued, Some(POSITION)),
            ("next_shift", &self.next_shift, Some(STARTS_AT)),
            ("waiting", &self.waiting, None),
        ]
    }
}

const POSITION: &str = "{position}";
const STARTS_AT: &str = "{starts_at}";

/// What customers are told, by language. English is built in, and may be replaced.
///
/// ```
/// use escalate::rules::{Messages, Outcome, Texts};
/// let texts = Texts::new("É com a Ana.", "Você é o número {position}.", "Começa às {starts_at}.", "Aguarde aqui.");
/// let messages = Messages::default().with("pt", texts)?;
/// let outcome = Outcome::Queued { position: 3 };
/// assert_eq!(messages.compose(Some(&"pt-BR".into()), &outcome), "Você é o número 3.");
/// assert!(messages.compose(Some(&"ja".into()), &outcome).contains("number 3"));
/// # Ok::<(), escalate::rules::InvalidMessages>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<Language, Texts>", into = "BTreeMap<Language, Texts>")]
pub struct Messages(BTreeMap<Language, Texts>);

/// Why texts are refused: the language, the field, and what stands there.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidMessages {
    /// The language has no name.
    #[error("a language of the messages is blank; give a tag such as `pt` or `pt-BR`")]
    NoLanguage,
    /// A text is blank.
    #[error("the text `{field}` in `{language}` is blank; the customer has to be told something")]
    Blank {
        /// In.
        language: Language,
        /// Which.
        field: &'static str,
    },
    /// A brace opens something that is no placeholder of this text.
    #[error("the text `{field}` in `{language}` holds {found:?}, which stands for nothing there; {known}", known = advice(*.allowed))]
    Placeholder {
        /// In.
        language: Language,
        /// Which.
        field: &'static str,
        /// What was found.
        found: String,
        /// The one that the field may hold.
        allowed: Option<&'static str>,
    },
}

fn advice(allowed: Option<&str>) -> String {
    allowed.map_or_else(
        || "it takes no placeholder".to_owned(),
        |allowed| format!("it takes {allowed:?} only, and once"),
    )
}

impl Messages {
    /// Sets the texts of a language.
    ///
    /// # Errors
    ///
    /// [`InvalidMessages`] for a blank text, and for a brace that is not part of the text's own placeholder.
    pub fn with(mut self, language: impl Into<Language>, texts: Texts) -> Result<Self, InvalidMessages> {
        let language = language.into();
        check(&language, &texts)?;
        self.0.insert(language, texts);
        Ok(self)
    }

    /// What the customer is told: in their language where there are texts in it, whatever the region; else in English.
    #[must_use]
    pub fn compose(&self, language: Option<&Language>, outcome: &Outcome) -> String {
        fill(&self.texts(language), outcome)
    }

    /// The texts for a customer who speaks `language`.
    #[must_use]
    pub fn texts(&self, language: Option<&Language>) -> Texts {
        let found = language.and_then(|language| self.find(language));
        let found = found.or_else(|| self.find(&Language::from("en")));
        found.cloned().unwrap_or_else(Texts::english)
    }

    /// The texts of the longest tag that the language is within (RFC 4647, section 3.4), else of another region's.
    fn find(&self, language: &Language) -> Option<&Texts> {
        let fits = self.0.iter().filter(|(tag, _)| language.is_within(tag));
        let longest = fits.max_by_key(|(tag, _)| tag.as_str().len());
        let found = longest.or_else(|| self.0.iter().find(|(tag, _)| language.is_same_as(tag)));
        found.map(|(_, texts)| texts)
    }
}

fn fill(texts: &Texts, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Assigned => texts.assigned.clone(),
        Outcome::Queued { position } => texts.queued.replace(POSITION, &position.to_string()),
        Outcome::NextShift { starts_at } => texts.next_shift.replace(STARTS_AT, starts_at),
        Outcome::Waiting => texts.waiting.clone(),
    }
}

fn check(language: &Language, texts: &Texts) -> Result<(), InvalidMessages> {
    if language.primary().trim().is_empty() {
        return Err(InvalidMessages::NoLanguage);
    }
    for (field, text, allowed) in texts.fields() {
        if text.trim().is_empty() {
            return Err(InvalidMessages::Blank { language: language.clone(), field });
        }
        // Once: a store fills in one place in the line.
        let rest = allowed.map_or_else(|| text.to_owned(), |allowed| text.replacen(allowed, "", 1));
        if let Some(at) = rest.find(['{', '}']) {
            let found = rest.split_at(at).1;
            let end = found.find('}').map_or(found.len(), |end| end + 1);
            let found = found.split_at(end).0.chars().take(40).collect();
            return Err(InvalidMessages::Placeholder { language: language.clone(), field, found, allowed });
        }
    }
    Ok(())
}

impl TryFrom<BTreeMap<Language, Texts>> for Messages {
    type Error = InvalidMessages;

    fn try_from(read: BTreeMap<Language, Texts>) -> Result<Self, InvalidMessages> {
        read.iter().try_for_each(|(language, texts)| check(language, texts))?;
        Ok(Self(read))
    }
}

impl From<Messages> for BTreeMap<Language, Texts> {
    fn from(messages: Messages) -> Self {
        messages.0
    }
}

#[cfg(test)]
#[path = "messages_test.rs"]
mod tests;
