//! What asks for a person besides the model.

use serde::{Deserialize, Serialize};

use super::InvalidRules;

/// What escalates without the model calling its action, and what becomes of a promise that nothing is behind. All of it
/// goes through the same door as [`Desk::escalate`](crate::Desk::escalate), under a key of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Triggers {
    /// The customer asks for a person in plain words
    /// ([`phrases::asks_for_person`](crate::phrases::asks_for_person)). Default: off, as some hosts have the AI agent try
    /// first.
    pub asked: bool,
    /// So many turns in a row that could not answer
    /// ([`Turn::could_not_answer`](crate::Turn::could_not_answer)), at most [`Triggers::MOST_FAILED_ANSWERS`]. 0: never.
    /// Default: 3.
    pub failed_answers: u32,
    /// The AI runtime failed or timed out, as the host tells ([`Turn::failed`](crate::Turn::failed)). Default: on.
    pub ai_failure: bool,
    /// The rule that the host gave to [`DeskBuilder::trigger`](crate::DeskBuilder::trigger). Default: on.
    pub host_rule: bool,
    /// A reply of the AI agent that promises a person, with no escalation behind it (S5). Default: it is kept.
    pub promise: OnPromise,
}

/// What becomes of a reply that promises a person where nobody has been asked (S5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OnPromise {
    /// It is not looked for.
    Ignore,
    /// It is written, and the outcome says so.
    Report,
    /// It is not written: [`Refusal::EmptyPromise`](crate::Refusal::EmptyPromise), so that the host can have the model
    /// call its action, or say something else.
    Refuse,
    /// It is made true: the turn escalates, and the reply is the one message that the customer gets of it (C4).
    #[default]
    Keep,
}

impl Default for Triggers {
    fn default() -> Self {
        Self { asked: false, failed_answers: 3, ai_failure: true, host_rule: true, promise: OnPromise::Keep }
    }
}

impl Triggers {
    /// The most that [`Triggers::failed_answers`] can be: it is counted in the newest entries of the transcript.
    pub const MOST_FAILED_ANSWERS: u32 = 20;

    /// Nothing but the escalate action, teammates and the host's own calls ask for a person.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            asked: false,
            failed_answers: 0,
            ai_failure: false,
            host_rule: false,
            promise: OnPromise::Ignore,
        }
    }

    /// Has a customer who asks for a person in plain words get one.
    #[must_use]
    pub const fn when_asked(mut self) -> Self {
        self.asked = true;
        self
    }

    /// Escalates after so many turns in a row that could not answer; 0: never.
    ///
    /// # Errors
    ///
    /// [`InvalidRules`] above [`Triggers::MOST_FAILED_ANSWERS`].
    pub fn after_failed_answers(mut self, count: u32) -> Result<Self, InvalidRules> {
        self.failed_answers = count;
        self.check().map(|()| self)
    }

    /// Sets what becomes of a promise without an escalation (S5).
    #[must_use]
    pub const fn on_promise(mut self, what: OnPromise) -> Self {
        self.promise = what;
        self
    }

    pub(super) fn check(&self) -> Result<(), InvalidRules> {
        match self.failed_answers <= Self::MOST_FAILED_ANSWERS {
            true => Ok(()),
            false => Err(InvalidRules::FailedAnswers { count: self.failed_answers }),
        }
    }
}
