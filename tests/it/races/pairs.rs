//! Every ordered pair of commands, from every state of control.

use escalate::{
    Actor, AfterClose, Desk, Error, Escalate, Fenced, MemoryStore, Place, ReasonCode, TeamId, Turn,
    WorkspaceId,
};
use uuid::Uuid;

use super::{at_once, two_handles, wait};
use crate::flow::world::{ACME, ANA, BEN, CLEO, Shop, WORDS, audit, conversation, key, place, staff};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    CustomerWrites,
    CustomerEscalates,
    TurnReplies,
    TurnEscalates,
    HostEscalates,
    AnaTakesOver,
    BenTakesOver,
    AnaReplies,
    BenReplies,
    Note,
    Hold,
    Close,
    HandBack,
    Reassign,
    ReassignToTeam,
    Release,
    Sweep,
}

const ACTS: [Act; 17] = [
    Act::CustomerWrites,
    Act::CustomerEscalates,
    Act::TurnReplies,
    Act::TurnEscalates,
    Act::HostEscalates,
    Act::AnaTakesOver,
    Act::BenTakesOver,
    Act::AnaReplies,
    Act::BenReplies,
    Act::Note,
    Act::Hold,
    Act::Close,
    Act::HandBack,
    Act::Reassign,
    Act::ReassignToTeam,
    Act::Release,
    Act::Sweep,
];

#[derive(Clone, Copy, Debug)]
enum From {
    Ai,
    Queued,
    Ana,
    Closed,
}

const STATES: [From; 4] = [From::Ai, From::Queued, From::Ana, From::Closed];

impl Act {
    /// Does it, as the racer `who`. `Ok(false)`: too late, by the AI agent's turn.
    async fn run(self, desk: &Desk, place: Place, turn: &Turn, who: usize) -> Result<bool, Error> {
        let key = key(format!("{self:?}-{who}"));
        let asked = Escalate::because(ReasonCode::CustomerRequest);
        match self {
            Self::CustomerWrites => desk.customer_message(place, CLEO, key, "Hello?").await.map(|_| true),
            Self::CustomerEscalates => {
                desk.escalate(place, Actor::from(CLEO), key, asked).await.map(|_| true)
            }
            Self::TurnReplies => desk.resume_turn(turn.permit()).reply(key, "Let me see.").await.map(is_done),
            Self::TurnEscalates => desk.resume_turn(turn.permit()).escalate(key, asked).await.map(is_done),
            Self::HostEscalates => desk.escalate(place, Actor::System, key, asked).await.map(|_| true),
            Self::AnaTakesOver => desk.take_over(place, ANA, key).await.map(|_| true),
            Self::BenTakesOver => desk.take_over(place, BEN, key).await.map(|_| true),
            Self::AnaReplies => desk.reply(place, ANA, key, "I am on it.").await.map(|_| true),
            Self::BenReplies => desk.reply(place, BEN, key, "I am on it.").await.map(|_| true),
            Self::Note => desk.note(place, Actor::from(ANA), key, "VIP.").await.map(|_| true),
            Self::Hold => desk.hold(place, Actor::from(ANA)).await.map(|_| true),
            Self::Close => desk.close(place, Actor::System, key, AfterClose::StayOff).await.map(|_| true),
            Self::HandBack => desk.hand_back(place, Actor::System, key).await.map(|_| true),
            Self::Reassign => desk.reassign(place, Actor::System, BEN).await.map(|_| true),
            Self::ReassignToTeam => {
                desk.reassign_to_team(place, Actor::System, TeamId::from_u128(9)).await.map(|_| true)
            }
            Self::Release => desk.release(place, Actor::from(ANA)).await.map(|_| true),
            Self::Sweep => desk.assign_waiting(place.workspace).await.map(|_| true),
        }
    }
}

fn is_done<T>(fenced: Fenced<T>) -> bool {
    fenced.done().is_some()
}

/// A conversation with a turn under way, brought into a state.
async fn prepare(shop: &impl Shop, desk: &Desk, place: Place, from: From) -> Turn {
    staff(shop, place.workspace, 1).await;
    desk.open(conversation(place)).await.unwrap();
    desk.customer_message(place, CLEO, key("first"), WORDS).await.unwrap();
    let turn = desk.begin_turn(place).await.unwrap();
    match from {
        From::Ai => {}
        From::Queued => {
            let asked = Escalate::because(ReasonCode::Sensitive).needing(["a skill nobody has"]);
            desk.escalate(place, Actor::System, key("before"), asked).await.unwrap();
        }
        From::Ana | From::Closed => {
            desk.take_over(place, ANA, key("before")).await.unwrap();
        }
    }
    if matches!(from, From::Closed) {
        desk.close(place, Actor::from(ANA), key("closed"), AfterClose::StayOff).await.unwrap();
    }
    turn
}

/// Two commands at once; both outcomes are an answer, a typed refusal or *too late*, and everything agrees after.
fn race<S: Shop>(shops: &[S; 2], desks: &[Desk; 2], place: Place, from: From, acts: [Act; 2]) {
    let turn = wait(prepare(&shops[0], &desks[0], place, from));
    let turn = &turn;
    let run = |who: usize| -> Box<dyn FnOnce() -> Result<bool, Error> + Send + '_> {
        Box::new(move || wait(acts[who].run(&desks[who], place, turn, who)))
    };
    for (who, outcome) in at_once(vec![run(0), run(1)]).into_iter().enumerate() {
        if let Err(error) = outcome {
            assert!(error.refusal().is_some(), "{acts:?} from {from:?}: {:?} failed: {error:?}", acts[who]);
        }
    }
    wait(audit(&desks[1], &shops[0], place.workspace, &[place]));
    // The same again gives the same answer, refusal or silence: nothing was half done (E2).
    for who in [0, 1] {
        let again = wait(acts[who].run(&desks[1 - who], place, turn, who));
        assert!(
            again.as_ref().map_or_else(|error| error.refusal().is_some(), |_| true),
            "{acts:?}: {again:?}"
        );
    }
    wait(audit(&desks[0], &shops[1], place.workspace, &[place]));
}

fn pairs() -> impl Iterator<Item = [Act; 2]> {
    ACTS.into_iter().flat_map(|first| ACTS.map(|second| [first, second]))
}

#[test]
fn every_pair_of_commands_in_memory() {
    const ROUNDS: u128 = 4;
    let mut races = 0;
    for round in 0..ROUNDS {
        for acts in pairs() {
            for from in STATES {
                let shop = MemoryStore::new();
                let desks = [Desk::on(shop.clone()).build(), Desk::on(shop.clone()).build()];
                let workspace = WorkspaceId::new(Uuid::from_u128(round + 1));
                race(&[shop.clone(), shop], &desks, place(workspace, 1), from, acts);
                races += 1;
            }
        }
    }
    assert_eq!(races, 17 * 17 * 4 * ROUNDS);
}

/// Tickets decide, transcripts follow: both desks finish what the other owes.
#[test]
fn every_pair_of_commands_over_two_databases() {
    for acts in pairs() {
        for from in STATES {
            let (transcripts, shop) = (MemoryStore::new(), MemoryStore::new());
            let desk = || Desk::builder(transcripts.clone(), shop.clone(), shop.clone()).build();
            race(&[shop.clone(), shop.clone()], &[desk(), desk()], place(ACME, 1), from, acts);
        }
    }
}

#[test]
fn every_pair_of_commands_over_one_sqlite_file() {
    let directory = tempfile::tempdir().unwrap();
    let shops = two_handles(&directory);
    let desks = shops.each_ref().map(|shop| Desk::on(shop.clone()).build());
    // A pair meets one state here and the others in other pairs: four states come round in turn.
    for (n, acts) in pairs().enumerate() {
        let workspace = WorkspaceId::new(Uuid::from_u128(n as u128 + 1));
        let from = STATES[(n + n / ACTS.len()) % STATES.len()];
        race(&shops, &desks, place(workspace, n as u128 + 1), from, acts);
    }
}

/// A few races at a time: most of a race is waiting for the server. Every pair in every state.
#[test]
fn every_pair_of_commands_over_one_postgresql_database() {
    const AT_ONCE: usize = 4;
    let (_guard, shops) = wait(crate::postgres::two_nodes());
    let desks = shops.each_ref().map(|shop| Desk::on(shop.clone()).build());
    let races: Vec<_> = pairs().flat_map(|acts| STATES.map(|from| (acts, from))).collect();
    let run = |lane: usize| -> Box<dyn FnOnce() + Send + '_> {
        let (shops, desks, races) = (&shops, &desks, &races);
        Box::new(move || {
            for (n, (acts, from)) in races.iter().enumerate().skip(lane).step_by(AT_ONCE) {
                let workspace = WorkspaceId::new(Uuid::from_u128(n as u128 + 1));
                race(shops, desks, place(workspace, n as u128 + 1), *from, *acts);
            }
        })
    };
    at_once((0..AT_ONCE).map(run).collect());
}
