//! Who answers, one command after the other: written anew, to be compared with.

use escalate::control::Refusal;
use escalate::{
    Actor, Control, ControlState, Desk, Error, Escalate, Key, Place, ReasonCode, StoreError, TeammateId,
    TicketId,
};
use stateright::semantics::SequentialSpec;
use uuid::Uuid;

#[derive(Clone, Copy, Debug)]
pub(super) enum Ask {
    Read,
    Escalate,
    TakeOver(TeammateId),
    HandBack,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Told {
    Is(ControlState),
    Ticket(TicketId),
    Refused(Refusal),
}

/// Asks a desk, under a key of its own; nothing if nobody knows whether it was done.
pub(super) async fn ask(desk: &Desk, place: Place, ask: Ask) -> Option<Told> {
    let key = Key::from(Uuid::now_v7());
    let told = match ask {
        Ask::Read => desk.control(place).await.map(Told::Is),
        Ask::Escalate => {
            let request = Escalate::because(ReasonCode::CustomerRequest);
            desk.escalate(place, Actor::System, key, request).await.map(|answer| Told::Ticket(answer.ticket))
        }
        Ask::TakeOver(who) => desk.take_over(place, who, key).await.map(|answer| Told::Ticket(answer.ticket)),
        Ask::HandBack => {
            desk.hand_back(place, Actor::System, key).await.map(|answer| Told::Ticket(answer.ticket))
        }
    };
    match told {
        Ok(told) => Some(told),
        Err(Error::Refused(refusal)) => Some(Told::Refused(refusal)),
        Err(Error::Store(StoreError::Backend { .. })) => None,
        Err(error) => panic!("{ask:?}: {error:?}"),
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Holder {
    Ai,
    Queued,
    Human(TeammateId),
}

/// One conversation. A ticket's id is the system's to choose, so it is known from the first answer that names it.
#[derive(Clone, Debug)]
pub(super) struct Conversation {
    holder: Holder,
    ticket: Option<TicketId>,
    ended: Vec<TicketId>,
    epoch: u64,
}

impl Default for Conversation {
    fn default() -> Self {
        Self { holder: Holder::Ai, ticket: None, ended: Vec::new(), epoch: 0 }
    }
}

impl Conversation {
    fn moves_to(&mut self, holder: Holder) {
        if self.holder == Holder::Ai || holder == Holder::Ai {
            self.ended.extend(self.ticket.take());
        }
        self.holder = holder;
        self.epoch += 1;
    }

    /// Whether `ticket` can be the one that is open.
    fn is_open(&mut self, ticket: TicketId) -> bool {
        *self.ticket.get_or_insert(ticket) == ticket && !self.ended.contains(&ticket)
    }

    fn is(&mut self, state: ControlState) -> bool {
        let fits = match (&self.holder, state.control) {
            (Holder::Ai, Control::Ai) => true,
            (Holder::Queued, Control::Queued { ticket }) => self.is_open(ticket),
            (Holder::Human(who), Control::Human { ticket, teammate }) => {
                *who == teammate && self.is_open(ticket)
            }
            _ => false,
        };
        fits && state.epoch.0 == self.epoch
    }

    /// Done, by whatever answer fits.
    fn step(&mut self, ask: Ask, told: Option<Told>) -> bool {
        match (ask, self.holder.clone()) {
            (Ask::Read, _) => match told {
                Some(Told::Is(state)) => self.is(state),
                told => told.is_none(),
            },
            (Ask::Escalate, Holder::Ai) => {
                self.moves_to(Holder::Queued);
                self.answers(told)
            }
            // It joins the one that is open.
            (Ask::Escalate, Holder::Queued | Holder::Human(_)) => self.answers(told),
            (Ask::TakeOver(who), Holder::Human(holder)) if who == holder => self.answers(told),
            (Ask::TakeOver(_), Holder::Human(teammate)) => refuses(told, Refusal::HeldBy { teammate }),
            (Ask::TakeOver(who), Holder::Ai | Holder::Queued) => {
                self.moves_to(Holder::Human(who));
                self.answers(told)
            }
            (Ask::HandBack, Holder::Ai) => refuses(told, Refusal::HeldByAi),
            (Ask::HandBack, Holder::Queued | Holder::Human(_)) => {
                let fits = self.answers(told);
                self.moves_to(Holder::Ai);
                fits
            }
        }
    }

    fn answers(&mut self, told: Option<Told>) -> bool {
        match told {
            Some(Told::Ticket(ticket)) => self.is_open(ticket),
            told => told.is_none(),
        }
    }
}

fn refuses(told: Option<Told>, refusal: Refusal) -> bool {
    told.is_none_or(|told| told == Told::Refused(refusal))
}

impl SequentialSpec for Conversation {
    type Op = Ask;
    /// Nothing where nobody was told.
    type Ret = Option<Told>;

    fn invoke(&mut self, ask: &Ask) -> Option<Told> {
        assert!(self.step(*ask, None), "whatever is asked can be done");
        None
    }

    fn is_valid_step(&mut self, ask: &Ask, told: &Option<Told>) -> bool {
        self.step(*ask, *told)
    }
}
