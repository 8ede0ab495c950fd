//! The first door: a person is asked for.

use std::fmt;

use super::Desk;
use super::authority::check_text;
use super::change::Change;
use super::opening::summarise;
use super::placing::Offers;
use super::snapshot::KeyUse;
use super::turn::{Fenced, Permit};
use crate::assignment::Need;
use crate::control::{Command, Control, ControlEvent, Refusal};
use crate::error::Error;
use crate::event::{Actor, EventKind};
use crate::id::{MessageId, Place, TeamId, TicketId};
use crate::key::Key;
use crate::message::{Author, Draft, Mark};
use crate::ports::{Answer, Ask, Escalation, Routing, Snapshot, Supersession, Transcript};
use crate::rules::Limit;
use crate::ticket::{Flag, Priority, Reason, Ticket, TicketStatus};

/// What an escalation says.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Escalate {
    /// Why.
    pub reason: Reason,
    /// How soon.
    pub priority: Priority,
    /// The team and skills asked for.
    pub need: Need,
    /// The AI agent's own words to the customer, instead of the desk's own text.
    pub words: Option<String>,
}

impl Escalate {
    /// An escalation of normal priority to anybody.
    pub fn because(reason: impl Into<Reason>) -> Self {
        Self { reason: reason.into(), priority: Priority::Normal, need: Need::default(), words: None }
    }

    /// Sets how soon.
    #[must_use]
    pub fn with_priority(mut self, priority: Priority) -> Self {
        self.priority = priority;
        self
    }

    /// Asks for a team.
    #[must_use]
    pub fn to_team(mut self, team: TeamId) -> Self {
        self.need.team = Some(team);
        self
    }

    /// Asks for skills, all of them.
    #[must_use]
    pub fn needing<S: Into<String>>(mut self, skills: impl IntoIterator<Item = S>) -> Self {
        self.need.skills = skills.into_iter().map(Into::into).collect();
        self
    }

    /// Tells the customer this, instead of the desk's own text. Blank words count as none.
    #[must_use]
    pub fn saying(mut self, words: impl Into<String>) -> Self {
        self.words = Some(words.into());
        self
    }

    fn key_use(&self, key: Key, actor: Actor) -> KeyUse {
        let mut parts: Vec<&[u8]> = vec![self.reason.code.as_str().as_bytes(), self.reason.text.as_bytes()];
        let (priority, team) = ([self.priority.rank()], self.need.team.map(|team| team.uuid().into_bytes()));
        let actor = actor.tag();
        parts.push(&priority);
        parts.push(team.as_ref().map_or(&[], |team| team.as_slice()));
        parts.extend(self.need.skills.iter().map(String::as_bytes));
        parts.push(self.words.as_deref().unwrap_or_default().as_bytes());
        parts.push(&actor);
        KeyUse::new(key, "escalate", &parts)
    }
}

impl fmt::Debug for Escalate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Escalate")
            .field("reason", &self.reason)
            .field("priority", &self.priority)
            .field("need", &self.need)
            .finish_non_exhaustive()
    }
}

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
    /// one is opened all the same (N5).
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
        let recent = self.recent_of(place, None).filter(|_| self.knows_customers());
        let ask = Ask { recent, ..self.ask_to_open(&key, Some(request.need.team.into())) };
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
                Err(refusal) => return Err(refusal.into()),
            };
            if let ControlEvent::Escalated { .. } = change
                && let Some(open) = self.bounded(place, customer, &mut snapshot).await?
            {
                match self.join_elsewhere(place, &key, &open).await? {
                    Some(escalation) => return Ok(Fenced::Done(escalation)),
                    None => continue,
                }
            }
            let before = snapshot.ticket.take().or(again).filter(|ticket| ticket.id == change.ticket());
            let lapsed = before.as_ref().map_or(&[][..], |ticket| &ticket.lapsed);
            let staff = snapshot.staff.take();
            let offers = self.offers(place, request.priority, &request.need, staff, lapsed).await;
            let before = before.as_ref();
            let opening = Opening { request: &request, words, permit, key: &key, before };
            let committed = opening.commit(self, place, actor, &snapshot, change, &thread, offers).await?;
            if let Some(Answer::Escalation(escalation)) = committed {
                return Ok(Fenced::Done(escalation));
            }
        }
        Err(self.contended())
    }
}

/// An escalation that opens an episode, or reopens one.
struct Opening<'a> {
    request: &'a Escalate,
    words: Option<&'a str>,
    permit: Option<&'a Permit>,
    key: &'a KeyUse,
    /// The ticket that goes on; `None`: a new one is opened.
    before: Option<&'a Ticket>,
}

impl Opening<'_> {
    #[allow(clippy::too_many_arguments, reason = "each is read by the loop that calls this, once")]
    async fn commit(
        &self,
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
            Some(closed) => self.reopen(&mut change, closed, thread, snapshot.state.control),
            None => {
                let reason = self.request.reason.clone();
                change.open_ticket(desk, event.ticket(), thread, snapshot, reason, &self.key.key)
            }
        };
        // Also where it is reopened: it is assigned by what is asked for now.
        ticket.priority = self.request.priority;
        ticket.team = self.request.need.team;
        ticket.skills.clone_from(&self.request.need.skills);
        change.entry(self.told(desk, &change, &ticket, snapshot));
        let routing = Routing::Waiting { position: 0 };
        let escalation =
            Escalation { ticket: ticket.id, opened_by: ticket.opened_by.clone(), routing, joined: None };
        change.answer(self.key, Answer::Escalation(escalation));
        let Limit { count, within } = desk.rules(place.workspace).loops;
        if ticket.break_loop(count, within, change.at()) {
            change.event(ticket.id, EventKind::Flagged { flag: Flag::Looping });
        }
        change.ticket(self.before, ticket.clone());
        change.place_again(desk, &ticket, offers).await;
        Ok(change.commit().await?.and_then(|committed| committed.answer))
    }

    /// The ticket as it goes on: as new, about what is asked for now.
    fn reopen(
        &self,
        change: &mut Change<'_>,
        closed: &Ticket,
        thread: &Transcript,
        control: Control,
    ) -> Ticket {
        let mut ticket = closed.clone();
        ticket.reopened();
        ticket.status = TicketStatus::New;
        ticket.reason = self.request.reason.clone();
        ticket.summary = summarise(thread);
        ticket.escalated_again(change.at());
        ticket.reopened_by = Some(self.key.key.clone());
        // One that was closed without resume has not ended; one that was handed back begins again.
        if control == Control::Ai {
            change.mark(Mark::EpisodeOpened { ticket: ticket.id });
        }
        ticket
    }

    /// The one message that the customer gets (C4), durable with the escalation it tells of (E3).
    fn told(&self, desk: &Desk, change: &Change<'_>, ticket: &Ticket, snapshot: &Snapshot) -> Draft {
        let (author, text) = match self.words {
            Some(words) => (Author::AiAgent, words),
            None => (Author::System, desk.inner.settings.escalation_text.as_str()),
        };
        // A reopened episode is another escalation, so it tells again: the epoch tells them apart.
        let key = Key::internal(&format!("told:{}:{}", ticket.id, snapshot.state.epoch));
        let draft = Draft::new(MessageId::new(desk.uuid()), key, author, text, change.at());
        match self.permit {
            Some(permit) => draft.of_turn(permit.turn),
            None => draft,
        }
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
