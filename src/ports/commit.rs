//! One atomic write.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::answer::{Answer, Answered, Routing};
use super::snapshot::Assumed;
use super::work::{Claim, Work};
use crate::assignment::{Decision, Load, Offer, Rule, pick};
use crate::control::{ControlState, Epoch};
use crate::error::StoreError;
use crate::event::{Event, EventKind};
use crate::id::Place;
use crate::key::Key;
use crate::message::Draft;
use crate::ticket::{AssignedBy, Ticket};

/// The version of all that a ticket repository keeps of one conversation: grows by one at every commit.
///
/// Finer than the [`Epoch`], so that a status move and an assignment do not overwrite each other either. Zero
/// before the first commit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[allow(clippy::exhaustive_structs, reason = "a number with a meaning")]
pub struct Revision(pub u64);

impl Revision {
    /// The revision after one commit more.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where the transcripts are, seen from the ticket repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "here or elsewhere")]
pub enum Whereabouts {
    /// In the same database: they are written in the commit's own transaction.
    Here,
    /// In another database: the write is owed, and kept with the commit until it is confirmed.
    Elsewhere,
}

/// The part of a change that belongs into the transcript.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs, reason = "stores take it apart")]
pub struct TranscriptWrite {
    /// Where the transcripts are.
    pub whereabouts: Whereabouts,
    /// AI entries under an older epoch are refused from now on (C1).
    pub fence: Epoch,
    /// Entries to append, in order; one whose key is there already is passed over.
    pub entries: Vec<Draft>,
}

/// What to do if nobody has room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "wait or not at all")]
pub enum Unplaced {
    /// The ticket waits; the rest of the commit stands. It also waits while others are ahead of it in its line,
    /// so that a newcomer does not overtake them (A3).
    Wait,
    /// Nothing is written, and the commit fails with [`StoreError::Conflict`].
    Abandon,
}

/// A choice of assignee, to be made inside the commit from the loads of that instant (A1, A4).
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "stores read it")]
pub struct Placement {
    /// How to choose.
    pub rule: Rule,
    /// Among whom. Empty: the ticket waits.
    pub offers: Vec<Offer>,
    /// What the assignment is recorded as.
    pub by: AssignedBy,
    /// What to do if nobody has room.
    pub unplaced: Unplaced,
    /// When whoever is chosen begins, where that is not now: the next shift (UTC).
    pub starts_at: Option<DateTime<Utc>>,
    /// Whether anybody who could serve the ticket is on duty; where it waits, the answer says so.
    pub is_staffed: bool,
    /// Scheduled if the ticket waits.
    pub sweep: Option<Work>,
    /// What the customer is told, which depends on the choice.
    pub telling: Option<Telling>,
    /// What the choice is made on, with the loads that were seen; [`Commit::place`] adds the choice, and the loads that
    /// it was made from.
    pub decision: Option<Decision>,
    /// The event that tells of it; [`Commit::place`] sets its kind.
    pub event: Event,
}

impl Placement {
    /// A choice to be told of by `event`; where nobody has room the ticket waits, and nothing else.
    #[must_use]
    pub const fn new(rule: Rule, offers: Vec<Offer>, by: AssignedBy, event: Event) -> Self {
        Self {
            rule,
            offers,
            by,
            unplaced: Unplaced::Wait,
            starts_at: None,
            is_staffed: true,
            sweep: None,
            telling: None,
            decision: None,
            event,
        }
    }

    /// Whether the ticket waits while others are ahead of it (A3). One for a next shift does not: those ahead wait for
    /// somebody who is there, and nobody who could serve it is.
    #[must_use]
    pub fn stands_in_line(&self) -> bool {
        self.by == AssignedBy::Policy && self.unplaced == Unplaced::Wait && self.starts_at.is_none()
    }
}

/// The text of a transcript's entry that depends on the choice (E3).
#[derive(Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "desks build it")]
pub struct Telling {
    /// The entry, by its key.
    pub entry: Key,
    /// Its text if somebody is chosen.
    pub placed: String,
    /// Its text if the ticket waits; the first [`Telling::POSITION`] in it becomes the place in the line, from 1.
    pub waits: String,
}

impl Telling {
    /// Where a text says the place in the line.
    pub const POSITION: &'static str = "{position}";

    fn text(&self, position: Option<u32>) -> String {
        match position {
            None => self.placed.clone(),
            Some(position) => self.waits.replacen(Self::POSITION, &position.to_string(), 1),
        }
    }
}

// The texts may be a model's words.
impl fmt::Debug for Telling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telling").field("entry", &self.entry).finish_non_exhaustive()
    }
}

/// One atomic write: all of it, or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "stores take it apart; a new part is a new duty of every store")]
pub struct Commit {
    /// Where.
    pub place: Place,
    /// The revision it was decided on; anything else is a [`StoreError::Conflict`].
    pub expected: Revision,
    /// When, UTC, microseconds.
    pub at: DateTime<Utc>,
    /// Who answers from now on, with the epoch of it.
    pub state: ControlState,
    /// The ticket to insert or replace.
    pub ticket: Option<Ticket>,
    /// The choice of an assignee for `ticket`.
    pub placement: Option<Placement>,
    /// What the choice was made on, kept with the newest of `events`. [`Commit::place`] sets it.
    pub decision: Option<Decision>,
    /// What happened, numbered on from [`Snapshot::events`](super::Snapshot::events).
    pub events: Vec<Event>,
    /// What is answered, kept under its key. A key that is there already is a [`StoreError::Conflict`].
    pub answer: Option<Answered>,
    /// Work to be done later; see [`Work`].
    pub work: Vec<Work>,
    /// Claimed work that this commit does. If the claim is lost, nothing is written.
    pub settles: Option<Claim>,
    /// What belongs into the transcript.
    pub transcript: Option<TranscriptWrite>,
    /// What it rests on that was not read; where that does not hold, it is a [`StoreError::Conflict`].
    pub assumed: Option<Assumed>,
}

impl Commit {
    /// A commit of nothing but a revision.
    #[must_use]
    pub const fn new(place: Place, expected: Revision, at: DateTime<Utc>, state: ControlState) -> Self {
        Self {
            place,
            expected,
            at,
            state,
            ticket: None,
            placement: None,
            decision: None,
            events: Vec::new(),
            answer: None,
            work: Vec::new(),
            settles: None,
            transcript: None,
            assumed: None,
        }
    }

    /// Chooses the assignee and writes the choice into the ticket, the events and the answer.
    ///
    /// For stores, inside the atomic write. `loads` are the loads of the offers at this instant, in the same
    /// order; `ahead` is the number of other waiting tickets in [its line](Ticket::line) that go before this one: of a
    /// higher priority, or of the same and requested earlier, or then too and of a lower id. Without a placement it
    /// changes nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] if nobody has room and the placement is to be abandoned then.
    pub fn place(&mut self, loads: &[Load], ahead: u32) -> Result<(), StoreError> {
        let Some(placement) = self.placement.take() else { return Ok(()) };
        let stands_in_line = placement.stands_in_line();
        let Placement {
            rule,
            offers,
            by,
            unplaced,
            starts_at,
            is_staffed,
            sweep,
            telling,
            decision,
            mut event,
        } = placement;
        let Some(ticket) = &mut self.ticket else { return Ok(()) };
        let in_line = stands_in_line && ahead > 0;
        let chosen = if in_line { None } else { pick(rule, &offers, loads) };
        let routing = match chosen {
            Some(chosen) => {
                let teammate = chosen.teammate;
                match by {
                    AssignedBy::Policy => ticket.assigned(teammate, starts_at, self.at),
                    AssignedBy::Hand | AssignedBy::Takeover | AssignedBy::Reopening => {
                        ticket.given(teammate, by, chosen.over_cap, self.at);
                    }
                }
                event.kind = EventKind::Assigned { teammate, by, over_cap: chosen.over_cap, starts_at };
                match starts_at {
                    Some(starts_at) => Routing::NextShift { teammate, starts_at },
                    None => Routing::Assigned { teammate },
                }
            }
            None if unplaced == Unplaced::Abandon => return Err(StoreError::Conflict),
            None => {
                let position = ahead.saturating_add(1);
                ticket.queued(self.at);
                self.work.extend(sweep);
                event.kind = EventKind::Waiting { position };
                if is_staffed { Routing::Queued { position } } else { Routing::Waiting }
            }
        };
        self.events.push(event);
        let chosen = chosen.map(|chosen| chosen.teammate);
        self.decision = decision.map(|decision| Decision {
            in_line: stands_in_line,
            position: chosen.is_none().then(|| ahead.saturating_add(1)),
            chosen,
            ..decision.among(rule, &offers, loads)
        });
        if let (Some(telling), Some(write)) = (telling, &mut self.transcript) {
            let position = chosen.is_none().then(|| ahead.saturating_add(1));
            let entry = write.entries.iter_mut().find(|entry| entry.key == telling.entry);
            if let Some(entry) = entry {
                entry.body = telling.text(position);
            }
        }
        if let Some(Answered { answer: Answer::Escalation(escalation), .. }) = &mut self.answer {
            escalation.routing = routing;
        }
        Ok(())
    }
}

/// What a commit left.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "stores build it")]
pub struct Committed {
    /// The revision from now on.
    pub revision: Revision,
    /// The ticket as written, with the assignee chosen.
    pub ticket: Option<Ticket>,
    /// The answer as kept.
    pub answer: Option<Answer>,
    /// The transcript write, with the text that depended on the choice.
    pub transcript: Option<TranscriptWrite>,
    /// The claim on it, if [`Whereabouts::Elsewhere`] made it owed.
    pub owed: Option<Claim>,
}
