//! The first door: a person is asked for.

use super::Desk;
use super::authority::check_text;
use super::opening::summarise;
use super::placing::Offers;
use super::request::Escalate;
use super::snapshot::KeyUse;
use super::turn::{Fenced, Permit};
use crate::control::{Command, Control, ControlEvent, Refusal};
use crate::error::Error;
use crate::event::Actor;
use crate::id::{CustomerId, Place, TeammateId, TicketId};
use crate::key::Key;
use crate::ports::{Answer, Ask, Escalation, Routing, Snapshot, Supersession, TicketFilter, Transcript};
use crate::rules::{Routed, Rules};
use crate::summary::Summary;
use crate::ticket::{Assignee, Ticket, TicketStatus};

impl Desk {
    /// Asks for a person: the conversation is marked, the AI agent paused, a ticket opened, summarised, assigned
    /// or left waiting, and the customer told, in one atomic commit.
    ///
    /// For a customer, a teammate or the host; the AI agent escalates through its
    /// [`Turn`](crate::Turn). While an episode lasts, every call gets that episode (E1), and the same key gets the
    /// same answer for ever (E2).
    ///
    /// # Errors
    ///
    /// [`Error::Refused`], for example with [`Refusal::NotYours`]; [`Error::Store`]; [`Error::Contended`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves all of the escalation or none; the same key finds out.
    pub async fn escalate(
        &self,
        place: Place,
        actor: Actor,
        key: Key,
        request: Escalate,
    ) -> Result<Escalation, Error> {
        // Without a turn there is nothing to fence: control may have changed hands and back.
        if actor == Actor::AiAgent {
            return Err(Refusal::NotAllowed.into());
        }
        match self.run_escalate(place, actor, None, key, request).await? {
            Fenced::Done(escalation) => Ok(escalation),
            Fenced::Superseded(_) => Err(self.contended()),
        }
    }

    pub(super) async fn run_escalate(
        &self,
        place: Place,
        actor: Actor,
        permit: Option<&Permit>,
        key: Key,
        request: Escalate,
    ) -> Result<Fenced<Escalation>, Error> {
        let words = request.words.as_deref().filter(|words| !words.trim().is_empty());
        words.map_or(Ok(()), check_text)?;
        let key = request.key_use(key, actor);
        let rules = self.rules(place.workspace);
        let mut ask = self.ask_to_open(&key, Some(request.likely_team(&rules).into()));
        for _ in self.attempts() {
            let mut snapshot = self.look(place, &ask).await?;
            match key.first_answer(&mut snapshot)? {
                Some(Answer::Escalation(escalation)) => return Ok(Fenced::Done(escalation)),
                Some(_) => return Err(key.reused()),
                None => {}
            }
            if let Some(superseded) = permit.and_then(|permit| permit.superseded_by(snapshot.state)) {
                return Ok(Fenced::Superseded(superseded));
            }
            let thread = self.thread(place, snapshot.transcript.take()).await?;
            let customer = thread.conversation.requester.customer;
            let by = self.principal(place.workspace, Some(customer), actor).await?;
            let new = TicketId::new(self.uuid());
            let decided = snapshot.state.control.decide(by, Command::Escalate { ticket: new }, self.now());
            let change = match decided {
                Ok(Some(change)) => change,
                Ok(None) => return Err(self.contended()),
                Err(Refusal::AlreadyEscalated { .. }) => match self.join(place, &key, &snapshot).await? {
                    Some(escalation) => return Ok(Fenced::Done(escalation)),
                    None => continue,
                },
                Err(refusal) => return Err(refusal.into()),
            };
            let summary = summarise(&thread);
            let routed = request.route(&rules, &thread.conversation, summary.language.as_ref());
            let staff = self.staff_of(place, &mut ask, routed.need.team, snapshot.staff.take()).await;
            let previous = self.previous_assignee(&rules, place, customer).await;
            let offers = self.offers(place, &routed, previous, staff).await;
            let opening = Opening { request: &request, words, permit, key: &key, routed, previous, summary };
            let committed = opening.commit(self, place, actor, &snapshot, change, &thread, offers).await?;
            if let Some(Answer::Escalation(escalation)) = committed {
                return Ok(Fenced::Done(escalation));
            }
        }
        Err(self.contended())
    }

    /// The answer for one who asks while an episode lasts. `None`: it has changed; look again.
    async fn join(
        &self,
        place: Place,
        key: &KeyUse,
        snapshot: &Snapshot,
    ) -> Result<Option<Escalation>, Error> {
        let Some(ticket) = &snapshot.ticket else { return Ok(None) };
        let routing = match ticket.assignee {
            Some(Assignee { teammate, starts_at: Some(starts_at), .. }) if starts_at > self.now() => {
                Routing::NextShift { teammate, starts_at }
            }
            Some(Assignee { teammate, .. }) => Routing::Assigned { teammate },
            None => self.waits(place, ticket).await?,
        };
        let escalation = Escalation { ticket: ticket.id, opened_by: ticket.opened_by.clone(), routing };
        let kept = self.remember(place, key, Answer::Escalation(escalation.clone())).await?;
        Ok(kept.then_some(escalation))
    }

    /// Whom the customer had last, where the workspace prefers them. A preference is not worth a failure (E4).
    async fn previous_assignee(
        &self,
        rules: &Rules,
        place: Place,
        customer: CustomerId,
    ) -> Option<TeammateId> {
        const LOOKS: usize = 8;
        if !rules.previous_assignee {
            return None;
        }
        let filter = TicketFilter::OfCustomer(customer);
        let earlier = self.inner.tickets.tickets(place.workspace, filter, None, LOOKS).await.ok()?;
        earlier.items.iter().find_map(Ticket::assigned_to)
    }

    /// What the opener was told, so that n callers get one answer (E1).
    async fn waits(&self, place: Place, ticket: &Ticket) -> Result<Routing, Error> {
        let opened = self.inner.tickets.load(place, Ask::about(Some(ticket.opened_by.clone()))).await?;
        match opened.answered.map(|answered| answered.answer) {
            Some(Answer::Escalation(Escalation {
                routing: routing @ (Routing::Queued { .. } | Routing::Waiting),
                ..
            })) => Ok(routing),
            // It has lost its assignee since: the line says where it stands now, as far as one page goes.
            _ => {
                let line =
                    self.inner.tickets.tickets(place.workspace, TicketFilter::Unassigned, None, 100).await?;
                let ahead = line.items.iter().take_while(|other| other.id != ticket.id).count();
                Ok(Routing::Queued { position: u32::try_from(ahead).unwrap_or(u32::MAX).saturating_add(1) })
            }
        }
    }
}

/// An escalation that opens an episode, or reopens one.
struct Opening<'a> {
    request: &'a Escalate,
    words: Option<&'a str>,
    permit: Option<&'a Permit>,
    key: &'a KeyUse,
    routed: Routed,
    previous: Option<TeammateId>,
    summary: Summary,
}

impl Opening<'_> {
    #[allow(clippy::too_many_arguments, reason = "each is read by the loop that calls this, once")]
    async fn commit(
        self,
        desk: &Desk,
        place: Place,
        actor: Actor,
        snapshot: &Snapshot,
        event: ControlEvent,
        thread: &Transcript,
        offers: Offers,
    ) -> Result<Option<Answer>, Error> {
        let mut change = desk.change(place, snapshot, actor);
        change.control(event);
        let before = snapshot.ticket.as_ref().filter(|ticket| ticket.id == event.ticket());
        let mut ticket = match before {
            Some(closed) => {
                let mut ticket = closed.clone();
                ticket.reopened();
                ticket.status = TicketStatus::New;
                ticket.reason = self.request.reason.clone();
                ticket.summary = self.summary.clone();
                ticket
            }
            None => {
                let reason = self.request.reason.clone();
                let (id, summary) = (event.ticket(), self.summary.clone());
                change.open_ticket(desk, id, thread, snapshot, reason, summary, &self.key.key)
            }
        };
        // Also where it is reopened: it is assigned by what is asked for now.
        self.routed.onto(&mut ticket);
        ticket.tags.clone_from(&self.request.tags);
        ticket.previous_assignee = self.previous;
        if before.is_none() {
            change.set_deadlines(&desk.rules(place.workspace), &mut ticket);
        }
        let told = desk.told(&change, &ticket, self.words, self.permit, &offers);
        change.entry(told.entry);
        // The store sets it to what it has chosen.
        let routing = Routing::Waiting;
        let escalation = Escalation { ticket: ticket.id, opened_by: ticket.opened_by.clone(), routing };
        change.answer(self.key, Answer::Escalation(escalation));
        change.ticket(before, ticket.clone());
        change.place_by_policy(desk, &ticket, offers, told.telling);
        Ok(change.commit().await?.and_then(|committed| committed.answer))
    }
}

impl Permit {
    /// Why an effect of the turn comes too late, unless a person is awaited or answers: then the machine says so
    /// with more to show.
    fn superseded_by(&self, state: crate::control::ControlState) -> Option<Supersession> {
        let changed = state.epoch != self.epoch && state.control == Control::Ai;
        changed.then_some(Supersession::Control { epoch: state.epoch })
    }
}
