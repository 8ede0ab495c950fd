//! A turn of the AI agent: the permit that everything it does is fenced with.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use super::Desk;
use super::authority::check_text;
use super::request::Escalate;
use super::triggers::Replied;
use crate::chat::{MARKER, unsigned};
use crate::control::{Command, Control, Epoch, Principal};
use crate::error::Error;
use crate::event::Actor;
use crate::id::{MessageId, Place, TurnId};
use crate::key::Key;
use crate::message::{Author, Draft, Mark, Message, Sequence};
use crate::ports::{AiFence, Appended, Escalation, Receipt, Supersession, Transcript, Whereabouts, Window};

/// How much of a transcript is read at once, in entries.
const PAGE: usize = 200;
/// How many entries a turn gets at the least, where there are as many.
const LEAST: usize = 50;
/// How much is read at the most for anything but the last human stretch.
const MOST_PAGES: usize = 25;

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
    escalated: Arc<AtomicBool>,
    /// Set once the model has asked for a person, also where the customer's ticket is another conversation's.
    pub(super) has_asked: Arc<AtomicBool>,
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
        let (seen, context) = self.context(place).await?;
        let permit = Permit { place, epoch: state.epoch, seen, turn: TurnId::new(self.uuid()) };
        Ok(Turn { desk: self.clone(), permit, context, escalated: Arc::default(), has_asked: Arc::default() })
    }

    /// Goes on with a turn begun elsewhere. Its context is empty; the fence holds as ever.
    pub fn resume_turn(&self, permit: Permit) -> Turn {
        let (escalated, has_asked) = (Arc::default(), Arc::default());
        Turn { desk: self.clone(), permit, context: Vec::new(), escalated, has_asked }
    }

    /// The newest entry's place, and what a model may see: back to what the AI agent last said before the last human
    /// stretch, however long that was (H1).
    async fn context(&self, place: Place) -> Result<(Sequence, Vec<Message>), Error> {
        let mut window = Window::Before(None);
        let (mut seen, mut context, mut pages) = (None, Vec::new(), 0);
        loop {
            let Transcript { conversation, mut messages } =
                self.inner.transcripts.read(place, window, PAGE).await?;
            let seen = *seen.get_or_insert(conversation.last);
            let first = messages.first().map_or(Sequence(1), |entry| entry.sequence);
            messages.retain(|entry| entry.visibility.for_model());
            context.splice(0..0, messages);
            pages += 1;
            // A flood of notes, or a thread in which the AI agent never spoke, is not read to its beginning.
            let enough = match in_view(&context) {
                View::Beginning => context.len() >= LEAST || pages >= MOST_PAGES,
                View::PerhapsBeginning => pages >= MOST_PAGES,
                View::End => false,
            };
            if enough || first <= Sequence(1) {
                return Ok((seen, context));
            }
            window = Window::Before(Some(first));
        }
    }
}

/// How much of the last human stretch is in view.
enum View {
    /// All of it, or there is none.
    Beginning,
    /// Its beginning, with nothing said by the AI agent before it: another stretch may stand right in front.
    PerhapsBeginning,
    /// Its end and not its beginning.
    End,
}

fn in_view(context: &[Message]) -> View {
    match context.iter().enumerate().find_map(|(at, entry)| Some((at, entry.mark?))) {
        None => View::Beginning,
        Some((_, Mark::EpisodeEnded { .. })) => View::End,
        Some((at, Mark::EpisodeOpened { .. })) => {
            match context.iter().take(at).any(|entry| entry.author == Author::AiAgent) {
                true => View::Beginning,
                false => View::PerhapsBeginning,
            }
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
        // What the desk itself told the customer is no answer.
        let last = self.context.iter().rev().find(|entry| entry.author != Author::System);
        last.is_some_and(Message::is_from_customer)
    }

    /// Writes to the customer. The sign that [`chat`](crate::chat) puts before a teammate's words is left out.
    ///
    /// A text that promises the customer a person while the turn has not asked for one is not left at that (S5): by
    /// default the turn escalates in these words, so that the promise is true. See
    /// [`Triggers::promise`](crate::rules::Triggers::promise).
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] for a blank or over-long text, or an empty promise where rules refuse it; [`Error::Store`]:
    /// then it is not known to be written, and the same key finds out.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the entry or none.
    pub async fn reply(&self, key: Key, text: impl Into<String>) -> Result<Fenced<Replied>, Error> {
        let mut text = text.into();
        if text.contains(MARKER) {
            // A model repeats what it has seen; to the customer this would look like a teammate's.
            text = unsigned(&text);
        }
        check_text(&text)?;
        self.speak(key, text).await
    }

    pub(super) fn desk(&self) -> &Desk {
        &self.desk
    }

    /// Appends `text`, with what belongs to it, under the turn's fence.
    pub(super) async fn say(
        &self,
        key: Key,
        text: String,
        with: Option<Draft>,
    ) -> Result<Fenced<Receipt>, Error> {
        let Permit { place, mut epoch, seen, turn } = self.permit;
        if self.escalated.load(Ordering::Acquire) {
            // The customer has been told all (C4). No escalation leaves a fence below the first epoch, so this finds
            // what the turn said before and writes nothing new, also where the episode is over by now.
            epoch = Epoch(0);
        }
        let inner = &self.desk.inner;
        if inner.settings.whereabouts == Whereabouts::Elsewhere {
            // Tickets decide; the transcript's own fence may lag behind until somebody looks.
            let now = inner.tickets.control(place).await?.epoch;
            if now > epoch {
                inner.transcripts.raise_fence(place, now).await?;
            }
        }
        let draft = Draft::new(MessageId::new(self.desk.uuid()), key, Author::AiAgent, text, self.desk.now());
        let entries = std::iter::once(draft).chain(with).map(|draft| draft.of_turn(turn)).collect();
        let fence = AiFence { epoch, seen, turn };
        match inner.transcripts.append(place, entries, Some(fence)).await? {
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
    /// gets exactly one message (C4): the escalation's. A model often writes a text and calls the action in one
    /// completion: run the action first, and the text is superseded.
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
        let outcome = self.ask(key, request).await?;
        if matches!(outcome, Fenced::Done(_)) {
            self.has_asked.store(true, Ordering::Release);
        }
        Ok(outcome)
    }

    /// Asks for a person, for the model or for the desk itself.
    pub(super) async fn ask(&self, key: Key, request: Escalate) -> Result<Fenced<Escalation>, Error> {
        let place = self.permit.place;
        let outcome = self.desk.run_escalate(place, Actor::AiAgent, Some(&self.permit), key, request).await?;
        // Joined to a ticket elsewhere, the turn goes on: nobody told the customer anything.
        if matches!(&outcome, Fenced::Done(escalation) if escalation.joined.is_none()) {
            self.escalated.store(true, Ordering::Release);
        }
        Ok(outcome)
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn").field("permit", &self.permit).field("context", &self.context.len()).finish()
    }
}
