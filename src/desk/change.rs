//! A commit being put together.

use chrono::{DateTime, Utc};

use super::Desk;
use super::due::later;
use super::snapshot::KeyUse;
use crate::control::{ControlEvent, ControlState, Epoch};
use crate::error::{Error, StoreError};
use crate::event::{Actor, Event, EventKind, EventSequence};
use crate::id::{EventId, MessageId, Place, TicketId};
use crate::key::Key;
use crate::message::{Author, Draft, Mark, Visibility};
use crate::ports::{
    Answer, Claim, Commit, Committed, Placement, Snapshot, TranscriptWrite, Whereabouts, Work, WorkKind,
};
use crate::ticket::Ticket;

/// One change of one conversation, on its way to one commit.
pub(super) struct Change<'a> {
    desk: &'a Desk,
    commit: Commit,
    actor: Actor,
    before: ControlState,
    next_event: EventSequence,
    entries: Vec<Draft>,
}

impl<'a> Change<'a> {
    pub(super) fn new(
        desk: &'a Desk,
        place: Place,
        snapshot: &Snapshot,
        actor: Actor,
        at: DateTime<Utc>,
    ) -> Self {
        let commit =
            Commit { assumed: snapshot.assumed, ..Commit::new(place, snapshot.revision, at, snapshot.state) };
        let next_event = EventSequence(snapshot.events).next();
        Self { desk, commit, actor, before: snapshot.state, next_event, entries: Vec::new() }
    }

    pub(super) fn desk(&self) -> &'a Desk {
        self.desk
    }

    pub(super) fn place(&self) -> Place {
        self.commit.place
    }

    pub(super) fn epoch_before(&self) -> Epoch {
        self.before.epoch
    }

    pub(super) fn at(&self) -> DateTime<Utc> {
        self.commit.at
    }

    /// Changes who answers; the epoch grows by one.
    pub(super) fn control(&mut self, change: ControlEvent) {
        self.commit.state = self.commit.state.after(&change);
        self.event(change.ticket(), EventKind::Control { change });
    }

    pub(super) fn event(&mut self, ticket: TicketId, kind: EventKind) {
        let event = self.numbered(ticket, kind);
        self.commit.events.push(event);
    }

    fn numbered(&mut self, ticket: TicketId, kind: EventKind) -> Event {
        let sequence = self.next_event;
        self.next_event = sequence.next();
        Event {
            id: EventId::new(self.desk.uuid()),
            workspace: self.commit.place.workspace,
            conversation: self.commit.place.conversation,
            ticket,
            sequence,
            epoch: self.commit.state.epoch,
            at: self.commit.at,
            actor: self.actor,
            kind,
        }
    }

    /// Writes the ticket, with a [`EventKind::StatusMoved`] where `before` had another status.
    pub(super) fn ticket(&mut self, before: Option<&Ticket>, ticket: Ticket) {
        if let Some(before) = before.filter(|before| before.status != ticket.status) {
            self.event(ticket.id, EventKind::StatusMoved { from: before.status, to: ticket.status });
            // What came due while it was closed was not told of; it goes on from here.
            let next = ticket.due.next(ticket.clocks.first_reply.is_some());
            if let Some(due_at) = next.filter(|_| !before.status.is_open() && ticket.status.is_open()) {
                self.work(WorkKind::Deadline { ticket: ticket.id }, due_at);
            }
        }
        self.commit.ticket = Some(ticket);
    }

    /// Writes into the ticket whether the policy leaves the choice to a person, where it was asked.
    pub(super) fn policy_says(&mut self, by_hand: Option<bool>) {
        if let (Some(by_hand), Some(ticket)) = (by_hand, &mut self.commit.ticket) {
            ticket.by_hand = by_hand;
        }
    }

    /// Has the store choose the assignee. Call it last: its event comes after all others.
    pub(super) fn placement(&mut self, ticket: TicketId, build: impl FnOnce(Event) -> Placement) {
        // The store sets the kind to what it has chosen.
        let event = self.numbered(ticket, EventKind::Waiting { position: 0 });
        self.commit.placement = Some(build(event));
    }

    pub(super) fn entry(&mut self, draft: Draft) {
        self.entries.push(draft);
    }

    /// Adds a fact about the episode for the AI agent's next turn (H1).
    pub(super) fn mark(&mut self, mark: Mark) {
        let (name, ticket, text) = match mark {
            Mark::EpisodeOpened { ticket } => (
                "opened",
                ticket,
                format!("Escalation {ticket} was opened: a person was asked for or took over."),
            ),
            Mark::EpisodeEnded { ticket } => ("ended", ticket, format!("Escalation {ticket} has ended.")),
        };
        // One episode may begin and end again (E6): the epoch tells these apart.
        let epoch = self.commit.state.epoch;
        let key = Key::internal(&format!("{name}:{ticket}:{epoch}"));
        let draft = Draft::new(MessageId::new(self.desk.uuid()), key, Author::System, text, self.commit.at);
        self.entry(draft.visible_to(Visibility::Fact).marking(mark));
    }

    pub(super) fn work(&mut self, kind: WorkKind, due_at: DateTime<Utc>) {
        self.commit.work.push(Work { kind, due_at });
    }

    pub(super) fn answer(&mut self, key: &KeyUse, answer: Answer) {
        self.commit.answer = Some(key.answered(answer));
    }

    pub(super) fn settles(&mut self, claim: Claim) {
        self.commit.settles = Some(claim);
    }

    /// Commits, and writes the transcript where that is another database.
    ///
    /// `None`: somebody else was faster; decide again.
    pub(super) async fn commit(mut self) -> Result<Option<Committed>, Error> {
        let (desk, place) = (self.desk, self.commit.place);
        self.add_transcript();
        if !self.commit.events.is_empty() || self.commit.placement.is_some() {
            for sink in desk.inner.sinks.keys() {
                self.work(WorkKind::Deliver { sink: *sink }, self.commit.at);
            }
        }
        let due = self.due();
        let committed = match desk.inner.tickets.commit(self.commit).await {
            Ok(committed) => committed,
            Err(StoreError::Conflict) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        desk.ring_for(&due);
        let elsewhere = |write: &TranscriptWrite| write.whereabouts == Whereabouts::Elsewhere;
        if let Some(write) = committed.transcript.clone().filter(elsewhere) {
            desk.write_transcript(place, write).await?;
            if let Some(claim) = committed.owed {
                desk.settle_owed(claim).await?;
            }
        }
        Ok(Some(committed))
    }

    /// What this schedules that is due at once.
    fn due(&self) -> Vec<WorkKind> {
        let sweep = self.commit.placement.as_ref().and_then(|placement| placement.sweep.as_ref());
        let work = self.commit.work.iter().chain(sweep);
        work.filter(|work| work.due_at <= self.commit.at).map(|work| work.kind).collect()
    }

    fn add_transcript(&mut self) {
        let fence = self.commit.state.epoch;
        if fence == self.before.epoch && self.entries.is_empty() {
            return;
        }
        let whereabouts = self.desk.inner.settings.whereabouts;
        if whereabouts == Whereabouts::Elsewhere {
            // Should this machine die in between, a worker finishes it after one lease.
            self.work(WorkKind::FinishTranscript, later(self.commit.at, self.desk.inner.settings.lease));
        }
        let entries = std::mem::take(&mut self.entries);
        self.commit.transcript = Some(TranscriptWrite { whereabouts, fence, entries });
    }
}

impl Desk {
    pub(super) fn change(&self, place: Place, snapshot: &Snapshot, actor: Actor) -> Change<'_> {
        Change::new(self, place, snapshot, actor, self.now())
    }

    /// How often to try; then [`Error::Contended`].
    pub(super) fn attempts(&self) -> std::ops::RangeInclusive<u32> {
        0..=self.inner.settings.conflict_retries
    }

    pub(super) fn contended(&self) -> Error {
        Error::Contended { attempts: self.inner.settings.conflict_retries.saturating_add(1) }
    }
}
