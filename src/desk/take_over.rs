//! The second door: a teammate starts answering.

use super::Desk;
use super::change::Change;
use super::opening::summarise;
use super::snapshot::KeyUse;
use crate::control::{Command, ControlEvent, Refusal};
use crate::error::Error;
use crate::event::Actor;
use crate::id::{Place, TeammateId, TicketId};
use crate::key::Key;
use crate::ports::{Answer, Snapshot, TakeOver, Transcript};
use crate::ticket::{AssignedBy, ReasonCode, Ticket};

impl Desk {
    /// Has `teammate` answer from now on, with a ticket opened where there is none.
    ///
    /// When this returns, no entry of the AI agent's older turns can get into the transcript any more (C1). A cap
    /// may be exceeded; the excess is marked on the ticket. A supervisor may take over from another teammate.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] with [`Refusal::HeldBy`] while another teammate answers; [`Error::Store`];
    /// [`Error::Contended`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves all of the takeover or none; the same key finds out.
    pub async fn take_over(&self, place: Place, teammate: TeammateId, key: Key) -> Result<TakeOver, Error> {
        let key = KeyUse::new(key, "take over", &[teammate.uuid().as_bytes()]);
        let actor = Actor::from(teammate);
        for _ in self.attempts() {
            let mut snapshot = self.look(place, &self.ask_to_open(&key, None)).await?;
            match key.first_answer(&mut snapshot)? {
                Some(Answer::TakeOver(answer)) => return Ok(answer),
                Some(_) => return Err(key.reused()),
                None => {}
            }
            let thread = self.thread(place, snapshot.transcript.take()).await?;
            let by = self.principal(place.workspace, None, actor).await?;
            let command = Command::TakeOver { ticket: TicketId::new(self.uuid()) };
            let event = match snapshot.state.control.decide(by, command, self.now()) {
                Ok(Some(event)) => event,
                Ok(None) => return Err(self.contended()),
                Err(Refusal::AlreadyYours { ticket }) => {
                    let answer = TakeOver { ticket, teammate };
                    if self.remember(place, &key, Answer::TakeOver(answer)).await? {
                        return Ok(answer);
                    }
                    continue;
                }
                Err(refusal) => return Err(refusal.into()),
            };
            let mut change = self.change(place, &snapshot, actor);
            let before = snapshot.ticket.clone();
            let taken = change.take(self, event, &thread, &snapshot, teammate, &key).await?;
            let answer = TakeOver { ticket: taken.ticket.id, teammate };
            change.answer(&key, Answer::TakeOver(answer));
            change.finish_taking(before.as_ref(), taken, teammate);
            if change.commit().await?.is_some() {
                return Ok(answer);
            }
        }
        Err(self.contended())
    }
}

/// A ticket in a teammate's hands, but for the assignment.
pub(super) struct Taken {
    pub(super) ticket: Ticket,
    /// The cap to mark an excess over, where they were not the assignee before.
    placed: Option<u32>,
}

impl Change<'_> {
    /// Puts the conversation into `teammate`'s hands: by a takeover, or by a reply that is one (C7).
    pub(super) async fn take(
        &mut self,
        desk: &Desk,
        event: ControlEvent,
        thread: &Transcript,
        snapshot: &Snapshot,
        teammate: TeammateId,
        key: &KeyUse,
    ) -> Result<Taken, Error> {
        self.control(event);
        let mut ticket = match snapshot.ticket.as_ref().filter(|ticket| ticket.id == event.ticket()) {
            Some(ticket) => ticket.clone(),
            None => {
                let reason = ReasonCode::Takeover.into();
                let (id, summary) = (event.ticket(), summarise(thread));
                let mut ticket = self.open_ticket(desk, id, thread, snapshot, reason, summary, &key.key);
                self.set_deadlines(&desk.rules(ticket.workspace), &mut ticket);
                ticket.unasked();
                ticket
            }
        };
        let was_closed = !ticket.status.is_open();
        if was_closed {
            ticket.reopened();
        }
        ticket.waits_for_teammate();
        let placed = match ticket.assignee {
            Some(assignee) if assignee.teammate == teammate && !was_closed => {
                ticket.given(teammate, AssignedBy::Takeover, assignee.over_cap, self.at());
                None
            }
            // The store puts them on, and counts it as an assignment.
            Some(_) | None => Some(desk.cap_of(ticket.workspace, ticket.team, teammate).await?),
        };
        Ok(Taken { ticket, placed })
    }

    /// Writes the ticket and, where the assignee is new, the assignment. Call it last.
    pub(super) fn finish_taking(&mut self, before: Option<&Ticket>, taken: Taken, teammate: TeammateId) {
        let Taken { ticket, placed } = taken;
        let before = before.filter(|before| before.id == ticket.id);
        self.ticket(before, ticket.clone());
        if let Some(cap) = placed {
            self.place_with(&ticket, teammate, cap, AssignedBy::Takeover);
        }
    }
}
