//! A turn of the AI agent: the permit that everything it does is fenced with.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::Desk;
use super::authority::check_text;
use super::escalate::Escalate;
use crate::control::{Command, Control, Epoch, Principal};
use crate::error::Error;
use crate::event::Actor;
use crate::id::{MessageId, Place, TicketId, TurnId};
use crate::key::Key;
use crate::message::{Author, Draft, Mark, Message, Sequence};
use crate::ports::{AiFence, Appended, Escalation, Receipt, Supersession, Transcript, Whereabouts, Window};

/// How much of the transcript a turn gets at the least, in entries, where there is as much.
const CONTEXT: usize = 200;

/// The right of one turn of the AI agent to act, until something newer happens.
///
/// Plain data: a host whose model runs elsewhere sends it along and goes on with [`Desk::resume_turn`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Permit {
    /// Where.
    pub place: Place,
    /// The epoch the turn began with.
    pub epoch: Epoch,
    /// The newest entry the turn has read.
    pub seen: Sequence,
    /// The turn.
    pub turn: TurnId,
}

impl Permit {
    /// The permit of a turn that began at `epoch`, having read up to `seen`.
    #[must_use]
    pub const fn new(place: Place, epoch: Epoch, seen: Sequence, turn: TurnId) -> Self {
        Self { place, epoch, seen, turn }
    }
}

/// What came of something the AI agent did.
///
/// Coming too late is an ordinary outcome: the host drops the turn's output.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a superseded turn must not act"]
#[allow(clippy::exhaustive_enums, reason = "in time or too late")]
pub enum Fenced<T> {
    /// In time: it is done.
    Done(T),
    /// Too late: nothing was done.
    Superseded(Supersession),
}

impl<T> Fenced<T> {
    /// The outcome, if it was in time.
    pub fn done(self) -> Option<T> {
        match self {
            Self::Done(outcome) => Some(outcome),
            Self::Superseded(_) => None,
        }
    }
}

/// A turn of the AI agent.
///
/// Ask for it before the model is called. Everything the turn does goes through it and is accepted only while
/// nobody has taken the conversation over, and no newer message or turn has overtaken it (C1, C2).
#[derive(Clone)]
#[must_use = "the AI agent may act only through its turn"]
pub struct Turn {
    desk: Desk,
    permit: Permit,
    context: Vec<Message>,
    /// Set once the turn has escalated.
    escalated: Arc<OnceLock<TicketId>>,
}

impl Desk {
    /// Begins a turn of the AI agent.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] while a person is awaited or answers: no model is to be called (C10). [`Error::Store`]:
    /// likewise (C3).
    pub async fn begin_turn(&self, place: Place) -> Result<Turn, Error> {
        // Control first: a change after this read raises the epoch above the permit's.
        let state = self.snapshot(place, None).await?.state;
        state.control.decide(Principal::AiAgent, Command::Speak, self.now())?;
        let mut transcript = self.inner.transcripts.read(place, Window::Before(None), CONTEXT).await?;
        let seen = transcript.conversation.last;
        self.extend_over_episode(place, &mut transcript).await?;
        let permit = Permit { place, epoch: state.epoch, seen, turn: TurnId::new(self.uuid()) };
        let context = transcript.messages.into_iter().filter(|entry| entry.visibility.for_model()).collect();
        Ok(Turn { desk: self.clone(), permit, context, escalated: Arc::default() })
    }

    /// Goes on with a turn begun elsewhere. Its context is empty; the fence holds as ever.
    pub fn resume_turn(&self, permit: Permit) -> Turn {
        Turn { desk: self.clone(), permit, context: Vec::new(), escalated: Arc::default() }
    }

    /// Reads back to where the last human stretch began, however long it was (H1).
    async fn extend_over_episode(&self, place: Place, transcript: &mut Transcript) -> Result<(), Error> {
        loop {
            let first = transcript.messages.first().map_or(Sequence(1), |entry| entry.sequence);
            // Where the first mark in view is an end, its beginning is out of view.
            let mark = transcript.messages.iter().find_map(|entry| entry.mark);
            if !matches!(mark, Some(Mark::EpisodeEnded { .. })) || first <= Sequence(1) {
                return Ok(());
            }
            let earlier = self.inner.transcripts.read(place, Window::Before(Some(first)), CONTEXT).await?;
            transcript.messages.splice(0..0, earlier.messages);
        }
    }
}

impl Turn {
    /// The permit, to go on elsewhere.
    #[must_use]
    pub const fn permit(&self) -> Permit {
        self.permit
    }

    /// What the model may see (N4), by ascending sequence: the newest entries, and at least everything since the
    /// last human stretch began, with facts where an episode began and ended (H1). Notes are left out.
    #[must_use]
    pub fn context(&self) -> &[Message] {
        &self.context
    }

    /// Whether the customer wrote last, so that there is something to answer.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        self.context.iter().rev().find(|entry| entry.mark.is_none()).is_some_and(Message::is_from_customer)
    }

    /// Writes to the customer.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] for a blank or over-long text; [`Error::Store`]: then it is not known to be written, and
    /// the same key finds out.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the entry or none.
    pub async fn reply(&self, key: Key, text: impl Into<String>) -> Result<Fenced<Receipt>, Error> {
        let text = text.into();
        check_text(&text)?;
        if let Some(ticket) = self.escalated.get() {
            let ended = Fenced::Superseded(Supersession::Escalated { ticket: *ticket });
            return Ok(match self.check().await? {
                Fenced::Done(()) => ended,
                Fenced::Superseded(superseded) => Fenced::Superseded(superseded),
            });
        }
        let Permit { place, epoch, seen, turn } = self.permit;
        let inner = &self.desk.inner;
        if inner.settings.whereabouts == Whereabouts::Elsewhere {
            // Tickets decide; the transcript's own fence may lag behind until somebody looks.
            let now = inner.tickets.control(place).await?.epoch;
            if now > epoch {
                inner.transcripts.raise_fence(place, now).await?;
            }
        }
        let draft = Draft::new(MessageId::new(self.desk.uuid()), key, Author::AiAgent, text, self.desk.now());
        let fence = AiFence { epoch, seen, turn };
        match inner.transcripts.append(place, vec![draft.of_turn(turn)], Some(fence)).await? {
            Appended::Superseded(superseded) => Ok(Fenced::Superseded(superseded)),
            Appended::Stored(receipts) => match receipts.first() {
                Some(receipt) => Ok(Fenced::Done(*receipt)),
                None => Err(self.desk.contended()),
            },
        }
    }

    /// Whether the turn may still act. Ask before every effect of a tool, and do nothing on an error (C2, C3).
    ///
    /// # Errors
    ///
    /// [`Error::Store`]: do nothing.
    pub async fn check(&self) -> Result<Fenced<()>, Error> {
        let state = self.desk.inner.tickets.control(self.permit.place).await?;
        if state.epoch == self.permit.epoch && state.control == Control::Ai {
            return Ok(Fenced::Done(()));
        }
        Ok(Fenced::Superseded(Supersession::Control { epoch: state.epoch }))
    }

    /// Asks for a person; see [`Desk::escalate`]. What the turn says afterwards is superseded, so the customer
    /// gets exactly one message (C4): the escalation's.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] with [`Refusal::HeldBy`](crate::Refusal::HeldBy) while a person answers (C5), or for
    /// over-long words; [`Error::Store`]; [`Error::Contended`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves all of the escalation or none; the same key finds out.
    pub async fn escalate(&self, key: Key, request: Escalate) -> Result<Fenced<Escalation>, Error> {
        let place = self.permit.place;
        let outcome = self.desk.run_escalate(place, Actor::AiAgent, Some(&self.permit), key, request).await?;
        if let Fenced::Done(escalation) = &outcome {
            // A second escalation of one turn is the same episode; the first stays set.
            let _ = self.escalated.set(escalation.ticket);
        }
        Ok(outcome)
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn").field("permit", &self.permit).field("context", &self.context.len()).finish()
    }
}
