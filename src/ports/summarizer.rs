//! The writer of better summaries.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use crate::error::SummarizeError;
use crate::id::{Place, TicketId};
use crate::message::Message;
use crate::summary::{Flaw, Language, Summary};

/// What a summarizer gets. Only entries a model may see (N4), and a bounded number of them (S3).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SummaryRequest {
    /// Where.
    pub place: Place,
    /// The episode.
    pub ticket: TicketId,
    /// The entries to summarise, by ascending sequence.
    pub messages: Vec<Message>,
    /// The customer's language, if known: the language to write in (S2).
    pub language: Option<Language>,
    /// The summary the ticket has now.
    pub current: Summary,
    /// What was wrong with the proposal before, to be named to the model; `None`: this is the first.
    pub flaw: Option<Flaw>,
    /// How long the desk waits for the answer, from now on; `None`: it does not say. Under [`Desk::work`](crate::Desk::work)
    /// a call that takes notably longer is dropped, and nobody learns what came of it.
    pub within: Option<Duration>,
}

impl SummaryRequest {
    /// A request about `ticket`; for hosts that test their summarizer.
    #[must_use]
    pub const fn new(
        place: Place,
        ticket: TicketId,
        messages: Vec<Message>,
        language: Option<Language>,
        current: Summary,
    ) -> Self {
        Self { place, ticket, messages, language, current, flaw: None, within: None }
    }
}

/// What a summarizer proposes; it is checked before a teammate sees it (S1).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proposal {
    /// One line.
    pub subject: String,
    /// Two or three sentences.
    pub text: String,
    /// The name of the model.
    pub model: String,
    /// How often the model was called for it.
    pub attempts: u32,
}

impl Proposal {
    /// A proposal by `model`.
    #[must_use]
    pub fn new(subject: impl Into<String>, text: impl Into<String>, model: impl Into<String>) -> Self {
        Self { subject: subject.into(), text: text.into(), model: model.into(), attempts: 1 }
    }
}

// A model's text quotes the customer.
impl fmt::Debug for Proposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proposal")
            .field("subject_bytes", &self.subject.len())
            .field("text_bytes", &self.text.len())
            .field("model", &self.model)
            .field("attempts", &self.attempts)
            .finish()
    }
}

/// Writes a subject and two or three sentences about a transcript, usually by a model.
///
/// It is never on the path of an escalation: the ticket has a summary from the customer's own words before this is
/// asked, and keeps it if this fails, hangs or writes rubbish (E4, S1).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Summarizer: fmt::Debug + Send + Sync + 'static {
    /// Proposes a summary.
    ///
    /// # Errors
    ///
    /// [`SummarizeError`]: the ticket keeps the summary it has.
    async fn summarize(&self, request: SummaryRequest) -> Result<Proposal, SummarizeError>;
}
