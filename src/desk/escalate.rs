//! The first door: a person is asked for.

use super::Desk;
use super::authority::check_text;
use super::change::Change;
use super::opening::summarise;
use super::placing::{Had, Offers};
use super::request::Escalate;
use super::snapshot::KeyUse;
use super::turn::{Fenced, Permit};
use crate::control::{Command, Control, ControlEvent, Epoch, Principal, Refusal};
use crate::error::Error;
use crate::event::{Actor, EventKind};
use crate::id::{CustomerId, Place, TeammateId, TicketId};
use crate::key::Key;
use crate::message::Mark;
use crate::ports::{
    Answer, Ask, Escalation, Routing, Snapshot, StaffOf, Supersession, TicketFilter, Transcript,
};
use crate::rules::{Limit, Routed, Rules};
use crate::summary::Summary;
use crate::ticket::{Flag, ReasonCode, Ticket, TicketStatus};

impl Desk {
    /// Asks for a person: the conversation is marked, the AI agent paused, a ticket opened, summarised, assigned
    /// or left waiting, and the customer told, in one atomic commit.
    ///
    /// For a customer, a teammate or the host; the AI agent escalates through its
    /// [`Turn`](crate::Turn). While an episode lasts, every call gets that episode (E1), and the same key gets the
    /// same answer for ever (E2).
    ///
    /// An episode that was given back without a person's reply goes on under the same ticket if a person is asked for
    /// again within [`Rules::loops`](crate::Rules::loops); asked for that often, it is [flagged](crate::Flag::Looping)
    /// and stays with people (E6). A customer who has begun as many episodes as
    /// [`Rules::per_customer`](crate::Rules::per_customer) allows gets their open ticket in another conversation,
    /// as [`Escalation::joined`] tells: here nothing is opened and the AI agent goes on; with no ticket of theirs open,
    /// or where the runtime failed ([`ReasonCode::AiFailure`]), one is opened all the same (N5).
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
        request.words().map_or(Ok(()), check_text)?;
        let key = request.key_use(key, actor);
        let rules = self.rules(place.workspace);
        let mut ask = self.ask_to_escalate(place, permit, &key, request.likely_team(&rules).into());
        let mut attempts = self.attempts();
        while attempts.next().is_some() {
            let mut snapshot = self.look(place, &ask).await?;
            ask.may_assume = false;
            if snapshot.assumed.is_some() {
                // One from memory is none of those that conflicts are counted by.
                attempts = self.attempts();
            }
            if let Some(answer) = key.first_answer(&mut snapshot)? {
                let Answer::Escalation(escalation) = answer else { return Err(key.reused()) };
                return Ok(Fenced::Done(escalation));
            }
            if let Some(superseded) = permit.and_then(|permit| permit.superseded_by(snapshot.state)) {
                return Ok(Fenced::Superseded(superseded));
            }
            let thread = self.thread(place, snapshot.transcript.take()).await?;
            let customer = thread.conversation.requester.customer;
            let Some(by) = self.who_asks(place, customer, actor, &snapshot).await? else { continue };
            let again = self.again(place, &snapshot).await?;
            let command =
                Command::Escalate { ticket: TicketId::new(self.uuid()), again: again.as_ref().map(|t| t.id) };
            let change = match snapshot.state.control.decide(by, command, self.now()) {
                Ok(Some(change)) => change,
                Ok(None) => return Err(self.contended()),
                Err(Refusal::AlreadyEscalated { .. }) => match self.join(place, &key, &snapshot).await? {
                    Some(escalation) => return Ok(Fenced::Done(escalation)),
                    None => continue,
                },
                Err(_) if snapshot.assumed.is_some() => continue,
                Err(refusal) => return Err(refusal.into()),
            };
            // A runtime that failed cannot go on with the customer: somebody has to come here.
            if let ControlEvent::Escalated { .. } = change
                && request.reason.code != ReasonCode::AiFailure
                && let Some(open) = self.bounded(place, customer, &mut snapshot).await?
            {
                let Some(joined) = self.join_elsewhere(place, &key, &open).await? else { continue };
                return Ok(Fenced::Done(joined));
            }
            let before = snapshot.ticket.take().or(again).filter(|ticket| ticket.id == change.ticket());
            let summary = summarise(&thread);
            let routed = request.route(&rules, &thread.conversation, summary.language.as_ref());
            let routed = request.going_on(actor, before.as_ref(), routed);
            let staff = self.staff_of(place, &mut ask, routed.need.team, snapshot.staff.take()).await;
            let previous = self.previous_assignee(&rules, place, customer).await;
            let had = before.as_ref().map_or_else(Had::default, Had::of);
            let offers = self.offers(place, &routed, &Had { previous, ..had }, staff).await;
            let before = before.as_ref();
            let opening = Opening { request: &request, permit, key: &key, before, routed, previous, summary };
            let committed = opening.commit(self, place, actor, &snapshot, change, &thread, offers).await?;
            if let Some(Answer::Escalation(escalation)) = committed {
                return Ok(Fenced::Done(escalation));
            }
        }
        Err(self.contended())
    }

    /// `None`: nobody is refused for what was not read.
    async fn who_asks(
        &self,
        place: Place,
        customer: CustomerId,
        actor: Actor,
        snapshot: &Snapshot,
    ) -> Result<Option<Principal>, Error> {
        match self.principal(place.workspace, Some(customer), actor).await {
            Err(Error::Refused(_)) if snapshot.assumed.is_some() => Ok(None),
            by => by.map(Some),
        }
    }

    /// What is read, unless the store answers from memory: whether that holds is found out by the commit. What a host's policy makes of the loads no commit finds out. After a turn that began behind a commit it is known not to hold.
    fn ask_to_escalate(&self, place: Place, permit: Option<&Permit>, key: &KeyUse, staff: StaffOf) -> Ask {
        let recent = self.recent_of(place, None).filter(|_| self.knows_customers());
        let is_first = permit.is_none_or(|permit| permit.epoch == Epoch::default());
        let may_assume = is_first && !self.inner.settings.has_own_policy;
        Ask { recent, may_assume, ..self.ask_to_open(key, Some(staff)) }
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
}

/// An escalation that opens an episode, or reopens one.
struct Opening<'a> {
    request: &'a Escalate,
    permit: Option<&'a Permit>,
    key: &'a KeyUse,
    /// The ticket that goes on; `None`: a new one is opened.
    before: Option<&'a Ticket>,
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
        let mut ticket = match self.before {
            Some(closed) => self.reopen(&mut change, closed, snapshot.state.control),
            None => {
                let reason = self.request.reason.clone();
                let (id, summary) = (event.ticket(), self.summary.clone());
                change.open_ticket(desk, id, thread, snapshot, reason, summary, &self.key.key)
            }
        };
        // Also where it is reopened: it is assigned by what is asked for now, with what stays of before.
        self.routed.onto(&mut ticket);
        if self.before.is_none() || !self.request.tags.is_empty() || self.request.begins_anew(actor) {
            ticket.tags.clone_from(&self.request.tags);
        }
        ticket.previous_assignee = self.previous;
        let rules = desk.rules(place.workspace);
        if self.before.is_none() {
            change.set_deadlines(&rules, &mut ticket);
        }
        let given = desk.given(&ticket).await;
        let offers = match given {
            // Whoever a person chose has it now, whatever the next shift is.
            Some(_) => offers.at_once(),
            None => offers,
        };
        let told = desk.told(&change, &ticket, self.request.words(), self.permit, &offers);
        change.entry(told.entry);
        // The store sets it to what it has chosen.
        let escalation = Escalation::of(&ticket, Routing::Waiting);
        change.answer(self.key, Answer::Escalation(escalation));
        let Limit { count, within } = rules.loops;
        if ticket.break_loop(count, within, change.at()) {
            change.event(ticket.id, EventKind::Flagged { flag: Flag::Looping });
        }
        change.ticket(self.before, ticket.clone());
        change.place_again(desk, &ticket, offers, given, told.telling);
        Ok(change.commit().await?.and_then(|committed| committed.answer))
    }

    /// The ticket as it goes on: as new, about what is asked for now.
    fn reopen(&self, change: &mut Change<'_>, closed: &Ticket, control: Control) -> Ticket {
        let mut ticket = closed.clone();
        ticket.reopened();
        ticket.status = TicketStatus::New;
        ticket.reason = self.request.reason.clone();
        ticket.summary = self.summary.clone();
        ticket.escalated_again(change.at());
        ticket.reopened_by = Some(self.key.key.clone());
        // One that was closed without resume has not ended; one that was handed back begins again.
        if control == Control::Ai {
            change.mark(Mark::EpisodeOpened { ticket: ticket.id });
        }
        ticket
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
