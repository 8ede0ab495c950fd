//! Everything a desk does, each from a state in which it has something to do.

use escalate::{Actor, AfterClose, Desk, Error, Escalate, Fenced, ReasonCode, Turn};

use super::office::{Office, here};
use crate::flow::world::{ACME, ANA, BEN, CLEO, WORDS, key};

/// Where a deed starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    Ai,
    Queued,
    Ana,
    /// Ana has replied; it is the customer's turn.
    Replied,
    Closed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    CustomerWrites,
    BeginTurn,
    TurnChecks,
    TurnReplies,
    TurnEscalates,
    TurnPromises,
    TurnCannotAnswer,
    TurnFails,
    CustomerAsks,
    HostEscalates,
    TakeOver,
    Reply,
    Note,
    Hold,
    Close,
    HandBack,
    Withdraw,
    Reassign,
    Briefing,
}

/// Each deed from every state in which it is not refused.
pub(super) const DEEDS: [(Deed, From); 33] = [
    (Deed::CustomerWrites, From::Ai),
    (Deed::CustomerWrites, From::Queued),
    (Deed::CustomerWrites, From::Replied),
    (Deed::CustomerWrites, From::Closed),
    (Deed::BeginTurn, From::Ai),
    (Deed::TurnChecks, From::Ai),
    (Deed::TurnReplies, From::Ai),
    (Deed::TurnEscalates, From::Ai),
    (Deed::TurnPromises, From::Ai),
    (Deed::TurnCannotAnswer, From::Ai),
    (Deed::TurnFails, From::Ai),
    (Deed::CustomerAsks, From::Ai),
    (Deed::HostEscalates, From::Ai),
    (Deed::HostEscalates, From::Queued),
    (Deed::HostEscalates, From::Closed),
    (Deed::TakeOver, From::Ai),
    (Deed::TakeOver, From::Queued),
    (Deed::TakeOver, From::Ana),
    (Deed::TakeOver, From::Closed),
    (Deed::Reply, From::Ai),
    (Deed::Reply, From::Queued),
    (Deed::Reply, From::Ana),
    (Deed::Reply, From::Closed),
    (Deed::Note, From::Ana),
    (Deed::Hold, From::Ana),
    (Deed::Close, From::Queued),
    (Deed::Close, From::Ana),
    (Deed::HandBack, From::Replied),
    (Deed::HandBack, From::Closed),
    (Deed::Withdraw, From::Queued),
    (Deed::Reassign, From::Queued),
    (Deed::Reassign, From::Ana),
    (Deed::Briefing, From::Ana),
];

impl Deed {
    /// Does it, and says what it answered, ids left out.
    pub(super) async fn run(self, desk: &Desk, turn: &Turn) -> Result<&'static str, Error> {
        let (here, own) = (here(), key(format!("{self:?}")));
        let asked = Escalate::because(ReasonCode::CustomerRequest);
        match self {
            Self::CustomerWrites => desk.customer_message(here, CLEO, own, "Hello?").await.map(|_| "stored"),
            Self::BeginTurn => desk.begin_turn(here).await.map(|_| "permit"),
            Self::TurnChecks => desk.resume_turn(turn.permit()).check().await.map(fenced),
            Self::TurnReplies => desk.resume_turn(turn.permit()).reply(own, "Let me see.").await.map(fenced),
            Self::TurnEscalates => desk.resume_turn(turn.permit()).escalate(own, asked).await.map(fenced),
            Self::TurnPromises => {
                let promise = "A colleague will call you back.";
                desk.resume_turn(turn.permit()).reply(own, promise).await.map(fenced)
            }
            Self::TurnCannotAnswer => {
                desk.resume_turn(turn.permit()).could_not_answer(own, "I do not know.").await.map(fenced)
            }
            Self::TurnFails => desk.resume_turn(turn.permit()).failed(own).await.map(fenced),
            Self::CustomerAsks => {
                desk.customer_message(here, CLEO, own, "I want to talk to a person.").await.map(|_| "stored")
            }
            Self::HostEscalates => desk.escalate(here, Actor::System, own, asked).await.map(|_| "escalated"),
            Self::TakeOver => desk.take_over(here, ANA, own).await.map(|_| "taken"),
            Self::Reply => desk.reply(here, ANA, own, "I am on it.").await.map(|_| "replied"),
            Self::Note => desk.note(here, Actor::from(ANA), own, "VIP.").await.map(|_| "noted"),
            Self::Hold => desk.hold(here, Actor::from(ANA)).await.map(|_| "held"),
            Self::Close => desk.close(here, Actor::System, own, AfterClose::StayOff).await.map(|_| "closed"),
            Self::HandBack => desk.hand_back(here, Actor::from(ANA), own).await.map(|_| "back"),
            Self::Withdraw => desk.hand_back(here, Actor::from(CLEO), own).await.map(|_| "back"),
            Self::Reassign => desk.reassign(here, Actor::System, BEN).await.map(|_| "reassigned"),
            Self::Briefing => {
                let page = desk.inbox(ACME, escalate::Inbox::Open, None, 10).await?;
                for ticket in page.items {
                    desk.briefing(ACME, ANA, ticket.id).await?;
                }
                Ok("seen")
            }
        }
    }

    /// Whether it has a key, so that a retry of what was done gets the first answer.
    pub(super) fn has_key(self) -> bool {
        !matches!(self, Self::Close | Self::Hold | Self::Reassign)
    }

    pub(super) fn escalates(self) -> bool {
        matches!(
            self,
            Self::TurnEscalates
                | Self::TurnPromises
                | Self::TurnCannotAnswer
                | Self::TurnFails
                | Self::HostEscalates
        )
    }
}

fn fenced<T>(outcome: Fenced<T>) -> &'static str {
    if outcome.done().is_some() { "done" } else { "too late" }
}

/// Brings a new office into `from`, with a turn of the AI agent under way since before.
pub(super) async fn prepare(office: &Office, from: From) -> Turn {
    let desk = &office.sound;
    desk.customer_message(here(), CLEO, key("first"), WORDS).await.unwrap();
    let turn = desk.begin_turn(here()).await.unwrap();
    match from {
        From::Ai => {}
        From::Queued => {
            let asked = Escalate::because(ReasonCode::Sensitive).needing(["a skill nobody has"]);
            desk.escalate(here(), Actor::System, key("before"), asked).await.unwrap();
        }
        From::Ana | From::Replied | From::Closed => {
            desk.take_over(here(), ANA, key("before")).await.unwrap();
        }
    }
    if matches!(from, From::Replied | From::Closed) {
        desk.reply(here(), ANA, key("earlier"), "One moment.").await.unwrap();
    }
    if from == From::Closed {
        desk.close(here(), Actor::from(ANA), key("closed"), AfterClose::StayOff).await.unwrap();
    }
    turn
}
