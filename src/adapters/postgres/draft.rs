//! What depends on the choice of an assignee, drawn up before the choice.
//!
//! The choice is made on the server, but what it means for the ticket, the event and the answer is written in one
//! place, [`Commit::place`]. So that is called here once for every way the choice can go, with a stand-in for the
//! teammate; the server puts the name of the chosen, or the place in the line, where the stand-in was.

use uuid::Uuid;

use super::commit::{ANSWERS, EVENTS, OWED};
use super::fault::Fault;
use super::row::{Param, json};
use super::tickets::TICKETS;
use crate::assignment::{Decision, Load, Offer, Rule};
use crate::id::TeammateId;
use crate::ports::{Commit, Placement, TranscriptWrite, Unplaced, Whereabouts};

/// Texts in two pieces each, around what is filled in: chosen with room, chosen over the cap, waiting.
#[derive(Default)]
pub(super) struct Drafts {
    pub(super) ticket: Vec<Option<Vec<u8>>>,
    pub(super) choice: Vec<Option<Vec<u8>>>,
    pub(super) answer: Vec<Option<Vec<u8>>>,
    /// Of the entry that the customer is told by.
    pub(super) told: Vec<Option<Vec<u8>>>,
    /// Of a transcript write that is owed.
    pub(super) owed: Vec<Option<Vec<u8>>>,
    /// `None`: nothing is kept of the choice.
    pub(super) decision: Option<Vec<Option<Vec<u8>>>>,
}

/// A commit's texts after one choice.
#[derive(Default)]
struct Written {
    ticket: Option<Vec<u8>>,
    choice: Option<Vec<u8>>,
    answer: Option<Vec<u8>>,
    told: Option<Vec<u8>>,
    owed: Option<Vec<u8>>,
    decision: Option<Vec<u8>>,
}

type Pieces = [Option<Vec<u8>>; 2];

/// The same for the choice of somebody with room only.
pub(super) struct WithRoom {
    ticket: Pieces,
    choice: Pieces,
    answer: Pieces,
    decision: Pieces,
    /// What the customer is told.
    pub(super) told: Option<Vec<u8>>,
}

impl WithRoom {
    pub(super) fn of(commit: &Commit, placement: &Placement) -> Result<Self, Fault> {
        let stand_in = TeammateId::new(Uuid::now_v7());
        let written = Written::after(commit, placement, Some((stand_in, 0)), 0)?;
        let name = stand_in.to_string();
        Ok(Self {
            ticket: at_name(written.ticket, &name),
            choice: at_name(written.choice, &name),
            answer: at_name(written.answer, &name),
            decision: at_name(written.decision, &name),
            told: written.told,
        })
    }

    /// Of the ticket, of the event that tells of the choice, of the answer, of what the choice was made on.
    pub(super) fn params(&self) -> [[Param<'_>; 2]; 4] {
        [&self.ticket, &self.choice, &self.answer, &self.decision]
            .map(|[before, after]| -> [Param<'_>; 2] { [before, after] })
    }
}

impl Drafts {
    pub(super) fn of(commit: &Commit) -> Result<Self, Fault> {
        let Some(placement) = commit.placement.as_ref().filter(|_| commit.ticket.is_some()) else {
            let written = Written::of(commit)?;
            let whole = |text: Option<Vec<u8>>| vec![text, None];
            return Ok(Self {
                ticket: whole(written.ticket),
                choice: Vec::new(),
                answer: whole(written.answer),
                told: Vec::new(),
                owed: whole(written.owed),
                decision: None,
            });
        };
        let stand_in = TeammateId::new(Uuid::now_v7());
        let with_room = Written::after(commit, placement, Some((stand_in, 0)), 0)?;
        let over_cap = match placement.rule {
            Rule::Given => Written::after(commit, placement, Some((stand_in, 1)), 0)?,
            _ => Written::default(),
        };
        let (first, second) = match placement.unplaced {
            Unplaced::Wait => {
                (Written::after(commit, placement, None, 0)?, Written::after(commit, placement, None, 1)?)
            }
            Unplaced::Abandon => Default::default(),
        };
        let name = stand_in.to_string();
        let around = |with_room, over_cap, first, second| {
            let pieces = [at_name(with_room, &name), at_name(over_cap, &name), at_difference(first, second)];
            pieces.into_iter().flatten().collect()
        };
        Ok(Self {
            ticket: around(with_room.ticket, over_cap.ticket, first.ticket, second.ticket),
            choice: around(with_room.choice, over_cap.choice, first.choice, second.choice),
            answer: around(with_room.answer, over_cap.answer, first.answer, second.answer),
            told: around(with_room.told, over_cap.told, first.told, second.told),
            owed: around(with_room.owed, over_cap.owed, first.owed, second.owed),
            decision: placement
                .decision
                .is_some()
                .then(|| around(with_room.decision, over_cap.decision, first.decision, second.decision)),
        })
    }

    pub(super) fn params(&self) -> [Param<'_>; 6] {
        [&self.ticket, &self.choice, &self.answer, &self.told, &self.owed, &self.decision]
    }
}

impl Written {
    fn of(commit: &Commit) -> Result<Self, Fault> {
        Ok(Self {
            ticket: commit.ticket.as_ref().map(|ticket| json(TICKETS, ticket)).transpose()?,
            choice: commit.events.last().map(|event| json(EVENTS, event)).transpose()?,
            answer: commit.answer.as_ref().map(|answered| json(ANSWERS, answered)).transpose()?,
            told: None,
            owed: commit
                .transcript
                .as_ref()
                .filter(|write| elsewhere(write))
                .map(|write| json(OWED, write))
                .transpose()?,
            decision: commit.decision.as_ref().map(|decision| json(EVENTS, decision)).transpose()?,
        })
    }

    /// The texts after the choice of somebody with this many open tickets above their room, or of nobody.
    fn after(
        commit: &Commit,
        placement: &Placement,
        chosen: Option<(TeammateId, u32)>,
        ahead: u32,
    ) -> Result<Self, Fault> {
        let mut draft = Commit {
            ticket: commit.ticket.clone(),
            answer: commit.answer.clone(),
            placement: Some(placement.clone()),
            transcript: commit.transcript.as_ref().map(|write| part(write, placement)),
            ..Commit::new(commit.place, commit.expected, commit.at, commit.state)
        };
        decide(&mut draft, chosen, ahead)?;
        let told = placement.telling.as_ref().and_then(|telling| {
            let entries = &draft.transcript.as_ref()?.entries;
            entries.iter().find(|entry| entry.key == telling.entry)
        });
        let told = told.map(|entry| entry.body.clone().into_bytes());
        Ok(Self { told, ..Self::of(&draft)? })
    }
}

fn elsewhere(write: &TranscriptWrite) -> bool {
    write.whereabouts == Whereabouts::Elsewhere
}

/// What of a transcript write depends on the choice: of one that is owed, all of it.
fn part(write: &TranscriptWrite, placement: &Placement) -> TranscriptWrite {
    if elsewhere(write) {
        return write.clone();
    }
    let telling = placement.telling.as_ref();
    let told = write.entries.iter().filter(|entry| telling.is_some_and(|telling| telling.entry == entry.key));
    TranscriptWrite { whereabouts: write.whereabouts, fence: write.fence, entries: told.cloned().collect() }
}

/// What the choice is made on, as far as it was seen; the server adds what it saw where that gives somebody else.
pub(super) fn seen(decision: &Decision, placement: &Placement) -> Decision {
    let loads: Vec<_> = decision.seen.iter().filter_map(|seen| seen.load).collect();
    decision.clone().among(placement.rule, &placement.offers, &loads)
}

/// Has [`Commit::place`] write this choice into `commit`: somebody, over the cap by so many, or nobody.
pub(super) fn decide(
    commit: &mut Commit,
    chosen: Option<(TeammateId, u32)>,
    ahead: u32,
) -> Result<(), Fault> {
    let Some(placement) = &mut commit.placement else { return Ok(()) };
    let among = placement.decision.as_ref().map(|decision| seen(decision, placement));
    // One offer that has room or not, as the choice says, leaves nothing to choose.
    placement.offers =
        chosen.map(|(teammate, over)| Offer { teammate, cap: over }).into_iter().collect::<Vec<_>>();
    let loads: Vec<_> =
        chosen.map(|(teammate, over)| Load { open: over, ..Load::none(teammate) }).into_iter().collect();
    let ahead = if chosen.is_some() { 0 } else { ahead };
    commit.place(&loads, ahead)?;
    if let (Some(decision), Some(among)) = (&mut commit.decision, among) {
        (decision.rule, decision.seen) = (among.rule, among.seen);
    }
    Ok(())
}

/// Splits `text` where `name` stands; it is a fresh identifier, so nobody else's words can hold it.
fn at_name(text: Option<Vec<u8>>, name: &str) -> Pieces {
    let Some(text) = text else { return [None, None] };
    match text.windows(name.len()).position(|window| window == name.as_bytes()) {
        Some(start) => {
            let after = text.get(start + name.len()..).map(<[u8]>::to_vec);
            [text.get(..start).map(<[u8]>::to_vec), after]
        }
        None => [Some(text), None],
    }
}

/// Splits `first` where it has another digit than `second`.
fn at_difference(first: Option<Vec<u8>>, second: Option<Vec<u8>>) -> Pieces {
    let (Some(first), Some(second)) = (first, second) else { return [None, None] };
    match first.iter().zip(&second).position(|(one, other)| one != other) {
        Some(start) => {
            let after = first.get(start + 1..).map(<[u8]>::to_vec);
            [first.get(..start).map(<[u8]>::to_vec), after]
        }
        None => [Some(first), None],
    }
}
