//! One step of a history: a command with its actor and key, or time that passes.

use chrono::TimeDelta;
use escalate::testkit::ManualClock;
use escalate::{
    Actor, AfterClose, CustomerId, Desk, Error, Escalate, Fenced, MemoryStore, Place, Priority, ReasonCode,
    TeamId, TeammateId, Turn, WorkspaceId,
};
use proptest::prelude::*;
use uuid::Uuid;

use crate::flow::world::{ACME, ANA, BEN, CLEO, SUE, key, place};

pub(super) const OTHER: WorkspaceId = WorkspaceId::new(Uuid::from_u128(0x07E4));
/// Ben's.
pub(super) const TEAM: TeamId = TeamId::from_u128(9);
const STRANGER: CustomerId = CustomerId::new(Uuid::from_u128(0xBAD));

/// What is done, in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Do {
    CustomerWrites,
    StrangerWrites,
    BeginTurn,
    TurnReplies,
    TurnEscalates,
    Escalate(Who),
    TakeOver(Who),
    Reply(Who),
    Note(Who),
    Hold(Who),
    Close(Who),
    HandBack(Who),
    Reassign(Who, Who),
    ReassignToTeam(Who),
    Release(Who),
    Available(Who, bool),
    RunDue,
    Sweep,
    Pass(i64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Ana,
    Ben,
    Sue,
    Customer,
    Stranger,
    Ai,
    Host,
}

impl Who {
    pub(super) fn actor(self) -> Actor {
        match self {
            Self::Customer => Actor::from(CLEO),
            Self::Stranger => Actor::from(STRANGER),
            Self::Ai => Actor::AiAgent,
            Self::Host => Actor::System,
            Self::Ana | Self::Ben | Self::Sue => Actor::from(self.teammate()),
        }
    }

    /// Somebody; a stranger where it is no teammate.
    pub(super) fn teammate(self) -> TeammateId {
        match self {
            Self::Ana => ANA,
            Self::Ben => BEN,
            Self::Sue => SUE,
            _ => TeammateId::new(Uuid::from_u128(404)),
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// Which of the four conversations, two a workspace.
    pub(super) at: usize,
    /// Keys come again: there are few.
    pub(super) key: u8,
    pub(super) what: Do,
}

pub(super) fn places() -> [Place; 4] {
    // The same conversation ids in both workspaces: only the pair tells them apart (N3).
    [place(ACME, 1), place(ACME, 2), place(OTHER, 1), place(OTHER, 2)]
}

pub(super) fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let step = (0..4_usize, 0..6_u8, what()).prop_map(|(at, key, what)| Step { at, key, what });
    prop::collection::vec(step, 1..most)
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![
        4 => Just(Who::Ana),
        3 => Just(Who::Ben),
        2 => Just(Who::Sue),
        2 => Just(Who::Customer),
        1 => Just(Who::Stranger),
        1 => Just(Who::Ai),
        2 => Just(Who::Host),
    ]
}

pub(super) fn what() -> impl Strategy<Value = Do> {
    prop_oneof![
        6 => Just(Do::CustomerWrites),
        1 => Just(Do::StrangerWrites),
        3 => Just(Do::BeginTurn),
        3 => Just(Do::TurnReplies),
        3 => Just(Do::TurnEscalates),
        3 => who().prop_map(Do::Escalate),
        3 => who().prop_map(Do::TakeOver),
        4 => who().prop_map(Do::Reply),
        1 => who().prop_map(Do::Note),
        2 => who().prop_map(Do::Hold),
        2 => who().prop_map(Do::Close),
        3 => who().prop_map(Do::HandBack),
        2 => (who(), who()).prop_map(|(by, to)| Do::Reassign(by, to)),
        1 => who().prop_map(Do::ReassignToTeam),
        3 => who().prop_map(Do::Release),
        1 => (prop_oneof![Just(Who::Ana), Just(Who::Ben)], any::<bool>()).prop_map(|(who, is)| Do::Available(who, is)),
        2 => Just(Do::RunDue),
        1 => Just(Do::Sweep),
        2 => prop_oneof![Just(1), Just(7), Just(3_600), Just(90_000)].prop_map(Do::Pass),
    ]
}

/// A desk with what the steps need besides.
pub(super) struct Bench {
    pub(super) desk: Desk,
    pub(super) store: MemoryStore,
    pub(super) clock: ManualClock,
    /// The newest turn of each place.
    turns: [Option<Turn>; 4],
}

impl Bench {
    pub(super) fn new(desk: Desk, store: MemoryStore, clock: ManualClock) -> Self {
        Self { desk, store, clock, turns: [const { None }; 4] }
    }

    /// Takes the step. `Ok(false)`: the AI agent's turn came too late, or there is none.
    pub(super) async fn take(&mut self, step: Step) -> Result<bool, Error> {
        let (desk, here) = (&self.desk, places()[step.at]);
        let key = key(format!("{}", step.key));
        let asked = || {
            let priority = [Priority::Low, Priority::Normal, Priority::High][usize::from(step.key) % 3];
            let asked = Escalate::because(ReasonCode::CustomerRequest).with_priority(priority);
            if step.key == 5 { asked.needing(["french"]) } else { asked }
        };
        let turn = self.turns[step.at].clone();
        match step.what {
            Do::CustomerWrites => desk.customer_message(here, CLEO, key, said(step.key)).await.map(|_| true),
            Do::StrangerWrites => desk.customer_message(here, STRANGER, key, "Hi.").await.map(|_| true),
            Do::BeginTurn => {
                self.turns[step.at] = Some(desk.begin_turn(here).await?);
                Ok(true)
            }
            Do::TurnReplies => match turn {
                Some(turn) => turn.reply(key, "Let me see.").await.map(is_done),
                None => Ok(false),
            },
            Do::TurnEscalates => match turn {
                Some(turn) => turn.escalate(key, asked()).await.map(is_done),
                None => Ok(false),
            },
            Do::Escalate(who) => desk.escalate(here, who.actor(), key, asked()).await.map(|_| true),
            Do::TakeOver(who) => desk.take_over(here, who.teammate(), key).await.map(|_| true),
            Do::Reply(who) => desk.reply(here, who.teammate(), key, "I am on it.").await.map(|_| true),
            Do::Note(who) => desk.note(here, who.actor(), key, "NOTE: be kind.").await.map(|_| true),
            Do::Hold(who) => desk.hold(here, who.actor()).await.map(|_| true),
            Do::Close(who) => desk.close(here, who.actor(), key, AfterClose::StayOff).await.map(|_| true),
            Do::HandBack(who) => desk.hand_back(here, who.actor(), key).await.map(|_| true),
            Do::Reassign(by, to) => desk.reassign(here, by.actor(), to.teammate()).await.map(|_| true),
            Do::ReassignToTeam(by) => desk.reassign_to_team(here, by.actor(), TEAM).await.map(|_| true),
            Do::Release(by) => desk.release(here, by.actor()).await.map(|_| true),
            Do::Available(who, is) => {
                self.store.set_available(here.workspace, who.teammate(), is).await?;
                Ok(true)
            }
            Do::RunDue => desk.run_due(100).await.map(|_| true),
            Do::Sweep => desk.assign_waiting(here.workspace).await.map(|_| true),
            Do::Pass(seconds) => {
                self.clock.advance(TimeDelta::seconds(seconds));
                Ok(true)
            }
        }
    }
}

fn is_done<T>(fenced: Fenced<T>) -> bool {
    fenced.done().is_some()
}

/// Under the same key always the same, but for one that breaks the rule.
fn said(key: u8) -> String {
    match key {
        0 => "Where is my order 1234? It never came. I am very cross.".to_owned(),
        1 => "\u{202e}Ich möchte <b>mein Geld</b> zurück.\n\n\nBitte!".to_owned(),
        2 => "x".repeat(3_000),
        3 => "…".to_owned(),
        _ => format!("Message {key}. Please help me with it. Thank you very much."),
    }
}
