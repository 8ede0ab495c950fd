//! What asks for a person besides the model's own call: all of it through the same door.
//!
//! Every trigger has a key derived from the command that it follows, so a retry of that command finishes what a crash
//! left half done, and does nothing twice.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

use super::Desk;
use super::authority::check_text;
use super::customer::{Next, next};
use super::request::Escalate;
use super::turn::{Fenced, Turn};
use crate::control::Refusal;
use crate::error::{Error, StoreError};
use crate::event::Actor;
use crate::id::{CustomerId, MessageId, Place};
use crate::key::Key;
use crate::message::{Author, Draft, Message, Sequence, Visibility};
use crate::phrases::{Phrase, asks_for_person, promises_person};
use crate::ports::{Ask, Escalation, Receipt, Window};
use crate::rules::{OnPromise, Triggers};
use crate::ticket::{Reason, ReasonCode};

/// How much of a transcript is read to count failed answers, or to see what overtook a turn, in entries.
const PAGE: usize = 200;
/// What the key of the fact that a turn could not answer begins with.
const UNANSWERED: &str = "unanswered";

/// What the AI agent wrote to the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Replied {
    /// Its id: the first one, if it was written before.
    pub message: MessageId,
    /// Its place in the transcript.
    pub sequence: Sequence,
    /// Whether it had been written before, under the same key.
    pub repeated: bool,
    /// Set where it promises a person and the turn had not asked for one (S5).
    pub promised: Option<Promised>,
}

/// What became of a promise (S5).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Promised {
    /// Nothing is behind it: nobody has been asked ([`OnPromise::Report`]).
    Unkept(Phrase),
    /// The desk has kept it: a person has been asked for, and the reply was the one message of it
    /// ([`OnPromise::Keep`]). The turn is over.
    Kept(Box<Escalation>),
}

/// What became of a turn that could not answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failed {
    /// The customer was told so.
    Told {
        /// Where.
        receipt: Receipt,
        /// How many turns could not answer, in a row and with this one.
        in_a_row: u32,
        /// Where the words promise a person whom nobody has asked for ([`OnPromise::Report`]).
        promised: Option<Phrase>,
    },
    /// It was once too often: a person has been asked for, and the customer was told that instead.
    Escalated(Escalation),
}

/// What came of escalating in place of a text.
struct Asked {
    outcome: Fenced<Escalation>,
    /// Whether that had been done before, under the same key.
    repeated: bool,
}

impl Replied {
    fn new(receipt: Receipt, promised: Option<Promised>) -> Self {
        let Receipt { message, sequence, repeated } = receipt;
        Self { message, sequence, repeated, promised }
    }
}

impl Desk {
    /// Says that the AI runtime failed or timed out before there was a turn, or so that its permit is lost (E7); with a
    /// turn, say [`Turn::failed`]. `None`: [`Triggers::ai_failure`] is off.
    ///
    /// A turn that was begun and never ended is not noticed: only the host knows how long its model may take.
    ///
    /// # Errors
    ///
    /// As of [`Desk::escalate`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves all of the escalation or none; the same key finds out.
    pub async fn ai_failed(&self, place: Place, key: Key) -> Result<Option<Escalation>, Error> {
        if !self.triggers(place).ai_failure {
            return Ok(None);
        }
        let request = Escalate::because(ReasonCode::AiFailure);
        self.escalate(place, Actor::System, key, request).await.map(Some)
    }

    pub(super) fn triggers(&self, place: Place) -> Triggers {
        self.rules(place.workspace).triggers
    }

    /// Whether anything looks at customers' messages.
    pub(super) fn listens(&self, place: Place) -> bool {
        let triggers = self.triggers(place);
        triggers.asked || (triggers.host_rule && self.inner.trigger.is_some())
    }

    /// What the customer's message calls for, once it has been looked at. `calls_for` is an answer that no person has
    /// been asked for yet.
    pub(super) async fn listen(
        &self,
        place: Place,
        customer: CustomerId,
        message: &Message,
        calls_for: Next,
    ) -> Result<Next, Error> {
        let triggers = self.triggers(place);
        let (name, actor, reason) = if triggers.asked && asks_for_person(&message.body).is_some() {
            ("asked", Actor::from(customer), ReasonCode::CustomerRequest.into())
        } else {
            match self.host_rule(message).filter(|_| triggers.host_rule) {
                Some(reason) => ("rule", Actor::System, reason),
                None => return Ok(calls_for),
            }
        };
        let key = message.key.derived(name);
        match self.escalate(place, actor, key, Escalate::because(reason)).await {
            // The host's rule gave another reason the first time; that one stays.
            Ok(_) | Err(Error::Refused(_) | Error::Store(StoreError::KeyReused { .. })) => {}
            Err(error) => return Err(error),
        }
        // A teammate may have been faster, or the customer may have a ticket elsewhere.
        let snapshot = self.snapshot(place, None).await?;
        Ok(next(snapshot.state.control, self.ai_for(place, snapshot.ticket.as_ref())))
    }

    fn host_rule(&self, message: &Message) -> Option<Reason> {
        let rule = self.inner.trigger.as_ref()?;
        // The message is stored and has to be routed, whatever a rule does.
        catch_unwind(AssertUnwindSafe(|| rule(message))).unwrap_or_else(|_| {
            tracing::error!(message = %message.id, "the host's trigger panicked; it counts as having nothing to say");
            None
        })
    }
}

impl Turn {
    /// Says that the turn could not answer, in `words` to the customer: nothing relevant was found, or a tool that was
    /// needed failed.
    ///
    /// After [`Triggers::failed_answers`] such turns in a row a person is asked for, with [`ReasonCode::OutOfScope`], and
    /// the customer is told that instead of `words` (C4). The count is of the transcript: a fact stands behind the words
    /// of each such turn. An answer, a teammate's reply and the edge of an episode begin it anew.
    ///
    /// # Errors
    ///
    /// As of [`Turn::reply`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves all of it or none; the same key finds out.
    pub async fn could_not_answer(
        &self,
        key: Key,
        words: impl Into<String>,
    ) -> Result<Fenced<Failed>, Error> {
        let words = words.into();
        check_text(&words)?;
        let triggers = self.desk().triggers(self.permit().place);
        let found = if triggers.promise == OnPromise::Ignore { None } else { self.promised(&words) };
        let (promises, promised) = match (found, triggers.promise) {
            (Some(_), OnPromise::Refuse) => return Err(Refusal::EmptyPromise.into()),
            (Some(_), OnPromise::Keep) => (true, None),
            (found, _) => (false, found),
        };
        let own = key.derived(UNANSWERED);
        let in_a_row = self.failed_with(&own).await?;
        if promises || (triggers.failed_answers > 0 && in_a_row >= triggers.failed_answers) {
            let (code, text) = match promises {
                true => (ReasonCode::Promise, String::new()),
                false => (ReasonCode::OutOfScope, format!("{in_a_row} turns in a row could not answer")),
            };
            let request = Escalate::because(Reason::new(code, text));
            match self.ask_instead(&key, "escalates", request).await?.map(|asked| asked.outcome) {
                Some(Fenced::Done(escalation)) if escalation.joined.is_none() => {
                    return Ok(Fenced::Done(Failed::Escalated(escalation)));
                }
                Some(Fenced::Superseded(superseded)) => return Ok(Fenced::Superseded(superseded)),
                Some(Fenced::Done(_)) | None => {}
            }
        }
        let now = self.desk().now();
        let id = MessageId::new(self.desk().uuid());
        let fact = Draft::new(id, own, Author::System, "The AI agent could not answer.", now);
        let told = self.say(key, words, Some(fact.visible_to(Visibility::Fact))).await?;
        Ok(match told {
            Fenced::Done(receipt) => Fenced::Done(Failed::Told { receipt, in_a_row, promised }),
            Fenced::Superseded(superseded) => Fenced::Superseded(superseded),
        })
    }

    /// Says that the AI runtime failed or timed out in this turn (E7): a person is asked for, with
    /// [`ReasonCode::AiFailure`]. `None`: [`Triggers::ai_failure`] is off.
    ///
    /// # Errors
    ///
    /// As of [`Turn::escalate`].
    ///
    /// # Cancel safety
    ///
    /// As of [`Turn::escalate`].
    pub async fn failed(&self, key: Key) -> Result<Fenced<Option<Escalation>>, Error> {
        if !self.desk().triggers(self.permit().place).ai_failure {
            return Ok(Fenced::Done(None));
        }
        let request = Escalate::because(ReasonCode::AiFailure);
        Ok(match self.escalate(key, request).await? {
            Fenced::Done(escalation) => Fenced::Done(Some(escalation)),
            Fenced::Superseded(superseded) => Fenced::Superseded(superseded),
        })
    }

    /// Where `text` promises a person, unless the turn has asked for one.
    fn promised(&self, text: &str) -> Option<Phrase> {
        if self.has_asked.load(Ordering::Acquire) { None } else { promises_person(text) }
    }

    /// Writes `text`, or what becomes of one that promises a person (S5).
    pub(super) async fn speak(&self, key: Key, text: String) -> Result<Fenced<Replied>, Error> {
        let what = self.desk().triggers(self.permit().place).promise;
        let found = if what == OnPromise::Ignore { None } else { self.promised(&text) };
        let promised = match (found, what) {
            (Some(_), OnPromise::Refuse) => return Err(Refusal::EmptyPromise.into()),
            (Some(_), OnPromise::Keep) => return self.keep(key, text).await,
            (found, _) => found.map(Promised::Unkept),
        };
        Ok(match self.say(key, text, None).await? {
            Fenced::Done(receipt) => Fenced::Done(Replied::new(receipt, promised)),
            Fenced::Superseded(superseded) => Fenced::Superseded(superseded),
        })
    }

    /// Makes the promise true: asks for a person, in these words.
    async fn keep(&self, key: Key, text: String) -> Result<Fenced<Replied>, Error> {
        let reason = Reason::new(ReasonCode::Promise, "the AI agent's reply promised a person");
        let request = Escalate::because(reason).saying(text.clone());
        let kept = match self.ask_instead(&key, "promised", request).await? {
            Some(Asked { outcome: Fenced::Superseded(superseded), .. }) => {
                return Ok(Fenced::Superseded(superseded));
            }
            Some(Asked { outcome: Fenced::Done(escalation), repeated }) => Some((escalation, repeated)),
            None => None,
        };
        if let Some((escalation, repeated)) = kept.as_ref().filter(|(kept, _)| kept.joined.is_none()) {
            let said = |entry: &&Message| entry.author == Author::AiAgent && entry.body == text;
            let newer = self.newer().await?;
            // Not there: somebody else had escalated, and these words come too late.
            if let Some(entry) = newer.iter().find(said) {
                let receipt = Receipt { message: entry.id, sequence: entry.sequence, repeated: *repeated };
                return Ok(Fenced::Done(Replied::new(
                    receipt,
                    Some(Promised::Kept(Box::new(escalation.clone()))),
                )));
            }
        }
        // The customer's ticket in another conversation keeps it, or the fence says why it comes too late.
        Ok(match self.say(key, text, None).await? {
            Fenced::Done(receipt) => {
                Fenced::Done(Replied::new(receipt, kept.map(|(kept, _)| Promised::Kept(Box::new(kept)))))
            }
            Fenced::Superseded(superseded) => Fenced::Superseded(superseded),
        })
    }

    /// Escalates in place of the text under `said`. `None`: that comes too late or is refused, as the text is, or there
    /// is a text under that key, and the transcript has to say whether it is the same one (E2).
    async fn ask_instead(&self, said: &Key, name: &str, request: Escalate) -> Result<Option<Asked>, Error> {
        let place = self.permit().place;
        let key = said.derived(name);
        let known = self.desk().inner.tickets.load(place, Ask::about(Some(key.clone()))).await?.answered;
        if known.is_none() {
            let newer = self.newer().await?;
            // A text that something newer has overtaken is not said, so nothing is done because of it.
            let is_overtaken = newer.iter().any(|entry| self.is_overtaken_by(entry));
            let is_said = |entries: &[Message]| entries.iter().any(|entry| entry.key == *said);
            if is_overtaken || is_said(&newer) || is_said(&self.read_before().await?) {
                return Ok(None);
            }
        }
        match self.ask(key, request).await {
            Ok(outcome) => Ok(Some(Asked { outcome, repeated: known.is_some() })),
            Err(Error::Refused(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What was written after what the turn had read.
    async fn newer(&self) -> Result<Vec<Message>, Error> {
        let after = Window::After(self.permit().seen);
        Ok(self.desk().inner.transcripts.read(self.permit().place, after, PAGE).await?.messages)
    }

    /// The newest of what the turn had read.
    async fn read_before(&self) -> Result<Vec<Message>, Error> {
        let newest = Window::Before(Some(Sequence(self.permit().seen.0.saturating_add(1))));
        Ok(self.desk().inner.transcripts.read(self.permit().place, newest, PAGE).await?.messages)
    }

    fn is_overtaken_by(&self, entry: &Message) -> bool {
        let answers = entry.author == Author::AiAgent && entry.turn != Some(self.permit().turn);
        entry.is_from_customer() || answers
    }

    /// How many turns in a row could not answer, with this one, whose fact has the key `own`.
    async fn failed_with(&self, own: &Key) -> Result<u32, Error> {
        let entries = self.read_before().await?;
        // Said again in a later turn, it counts as when it was said first.
        let said = entries.iter().position(|entry| entry.key == *own);
        Ok(match said.and_then(|at| entries.get(..=at)) {
            Some(entries) => failed_in_a_row(entries),
            None => failed_in_a_row(&entries).saturating_add(1),
        })
    }
}

fn failed_in_a_row(entries: &[Message]) -> u32 {
    let (mut count, mut failed) = (0_u32, None);
    for entry in entries.iter().rev() {
        match entry.author {
            _ if entry.mark.is_some() => break,
            Author::System if entry.key.is_derived(UNANSWERED) => {
                (count, failed) = (count.saturating_add(1), entry.turn);
            }
            Author::AiAgent if entry.turn != failed || failed.is_none() => break,
            Author::Teammate { .. } if entry.visibility == Visibility::Public => break,
            _ => {}
        }
    }
    count
}
