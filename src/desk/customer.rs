//! The customer writes.

use super::Desk;
use super::authority::check_text;
use super::placing::Had;
use crate::control::{AiPresence, Command, Control, ControlEvent, Principal, Refusal};
use crate::error::Error;
use crate::event::Actor;
use crate::id::{CustomerId, MessageId, Place, TeammateId, TicketId};
use crate::key::Key;
use crate::message::{Author, Draft, Sequence, Visibility};
use crate::ports::{Receipt, Window};
use crate::rules::{Presence, Routed};
use crate::teammate::Teammate;
use crate::ticket::{AssignedBy, Ticket, TicketStatus};

/// What a customer's message calls for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Next {
    /// A turn of the AI agent.
    AiTurn,
    /// Nothing: a person is awaited, and no model is to be called (C10).
    WaitForPerson {
        /// The episode.
        ticket: TicketId,
    },
    /// A teammate's answer.
    Teammate {
        /// The episode.
        ticket: TicketId,
        /// Whose.
        teammate: TeammateId,
    },
    /// An escalation by the host: nobody is there, neither an AI agent nor a person.
    Nobody,
    /// Nothing: the message came before, and has been answered since.
    Answered,
}

/// A customer's message, durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Received {
    /// Its id.
    pub message: MessageId,
    /// Its place in the transcript.
    pub sequence: Sequence,
    /// Whether it had been taken before, under the same key.
    pub repeated: bool,
    /// What it calls for.
    pub next: Next,
}

impl Desk {
    /// Takes a message of the customer: stores it, then says what it calls for (E8).
    ///
    /// It moves a ticket that waits for the customer, and reopens one that was closed without resume inside the
    /// grace period. The same key again finds the same message.
    ///
    /// Where [`Rules::triggers`](crate::Rules::triggers) say so, a message that asks for a person in plain words gets one
    /// in the same call, and so does one that the host's own rule picks out: then nothing is left to call for but a
    /// person.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] with [`Refusal::NotYours`] in another customer's conversation, or for a blank or
    /// over-long text; [`Error::Store`]; [`Error::Contended`]. With an error the message may be stored; with the
    /// same key it is not stored twice.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the message stored or not; the same key finds out.
    pub async fn customer_message(
        &self,
        place: Place,
        customer: CustomerId,
        key: Key,
        text: impl Into<String>,
    ) -> Result<Received, Error> {
        let text = text.into();
        check_text(&text)?;
        if self.conversation(place).await?.requester.customer != customer {
            return Err(Refusal::NotYours.into());
        }
        let author = Author::Customer { id: customer };
        let draft = Draft::new(MessageId::new(self.uuid()), key, author, text, self.now());
        let heard = self.listens(place).then(|| draft.clone());
        let receipt = self.append_one(place, draft).await?;
        let answered = receipt.repeated && self.answered_since(place, receipt).await?;
        let next = if answered { Next::Answered } else { self.route(place, customer, receipt).await? };
        let Receipt { message, sequence, repeated } = receipt;
        let next = match (next, heard) {
            (Next::AiTurn | Next::Nobody, Some(mut heard)) => {
                heard.id = message;
                let heard = heard.at_sequence(place.workspace, place.conversation, sequence);
                self.listen(place, customer, &heard, next).await?
            }
            (next, _) => next,
        };
        Ok(Received { message, sequence, repeated, next })
    }

    /// Whether somebody has answered the customer since that entry.
    async fn answered_since(&self, place: Place, receipt: Receipt) -> Result<bool, Error> {
        const PAGE: usize = 100;
        let mut after = receipt.sequence;
        loop {
            let page = self.inner.transcripts.read(place, Window::After(after), PAGE).await?.messages;
            let Some(last) = page.last() else { return Ok(false) };
            let is_answer = |author| matches!(author, Author::AiAgent | Author::Teammate { .. });
            if page.iter().any(|entry| entry.visibility == Visibility::Public && is_answer(entry.author)) {
                return Ok(true);
            }
            after = last.sequence;
        }
    }

    async fn route(&self, place: Place, customer: CustomerId, receipt: Receipt) -> Result<Next, Error> {
        for _ in self.attempts() {
            let snapshot = self.snapshot(place, None).await?;
            let ai = self.ai_for(place, snapshot.ticket.as_ref());
            let command = Command::CustomerWrite { ai };
            let decided = snapshot.state.control.decide(Principal::Customer, command, self.now())?;
            let mut change = self.change(place, &snapshot, Actor::from(customer));
            let after = match (decided, &snapshot.ticket) {
                (None, before) => {
                    let mut moved = before.clone().filter(|ticket| ticket.status.is_open());
                    // A teammate who has answered since waits for the customer, not the other way round.
                    if !moved.as_mut().is_some_and(Ticket::customer_wrote)
                        || self.answered_since(place, receipt).await?
                    {
                        return Ok(next(snapshot.state.control, ai));
                    }
                    if let Some(moved) = moved {
                        change.ticket(before.as_ref(), moved);
                    }
                    snapshot.state.control
                }
                (Some(event @ ControlEvent::HandedBack { .. }), _) => {
                    change.hand_back(event, &snapshot, TicketStatus::Closed);
                    snapshot.state.control.apply(&event)
                }
                (Some(event), Some(before)) => {
                    let event = self.with_whoever_is_there(place, event, before).await?;
                    let untouched = matches!(snapshot.state.control, Control::Closed { teammate: None, .. });
                    self.reopen(&mut change, event, before, untouched).await?;
                    snapshot.state.control.apply(&event)
                }
                (Some(_), None) => return Err(self.contended()),
            };
            if change.commit().await?.is_some() {
                return Ok(next(after, ai));
            }
        }
        Err(self.contended())
    }

    /// Whoever answered last gets the conversation again if they still take tickets, or if a person chose them; else
    /// it waits in the line (N1).
    async fn with_whoever_is_there(
        &self,
        place: Place,
        event: ControlEvent,
        before: &Ticket,
    ) -> Result<ControlEvent, Error> {
        let ControlEvent::Reopened { ticket, teammate: Some(teammate) } = event else { return Ok(event) };
        let known = self.inner.roster.teammate(place.workspace, teammate).await?;
        let rules = self.rules(place.workspace);
        let presence = Presence::at(&rules, before.team, self.now());
        let is_there = |known: &Teammate| known.available && presence.check(known).is_ok();
        let teammate = known
            .filter(|known| is_there(known) || before.given_to() == Some(known.id))
            .map(|known| known.id);
        Ok(ControlEvent::Reopened { ticket, teammate })
    }

    /// The episode goes on: with whoever answered last, or in the line.
    async fn reopen(
        &self,
        change: &mut super::change::Change<'_>,
        event: ControlEvent,
        before: &Ticket,
        untouched: bool,
    ) -> Result<(), Error> {
        change.control(event);
        let mut ticket = before.clone();
        ticket.reopened();
        match event {
            ControlEvent::Reopened { teammate: Some(teammate), .. } => {
                let cap = self.cap_of(ticket.workspace, ticket.team, teammate).await?;
                change.ticket(Some(before), ticket.clone());
                let by = match ticket.given_to() == Some(teammate) {
                    true => AssignedBy::Hand,
                    false => AssignedBy::Reopening,
                };
                change.place_with(&ticket, teammate, cap, by);
            }
            _ => {
                let routed = Routed::from(&ticket);
                let offers = self.offers(ticket.place(), &routed, &Had::of(&ticket), None).await;
                if untouched {
                    ticket.status = TicketStatus::New;
                }
                change.ticket(Some(before), ticket.clone());
                let given = self.given(&ticket).await;
                change.place_again(self, &ticket, offers, given, None);
            }
        }
        Ok(())
    }
}

pub(super) const fn next(control: Control, ai: AiPresence) -> Next {
    match (control, ai) {
        (Control::Ai, AiPresence::Present | AiPresence::Barred) => Next::AiTurn,
        (Control::Ai, AiPresence::Absent) | (Control::Closed { .. }, _) => Next::Nobody,
        (Control::Queued { ticket }, _) => Next::WaitForPerson { ticket },
        (Control::Human { ticket, teammate }, _) => Next::Teammate { ticket, teammate },
    }
}
