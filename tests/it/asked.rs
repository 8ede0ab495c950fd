//! What an escalation is decided on comes in one call, where tickets, transcripts and roster are one database; and it
//! is what their own ports say.

use escalate::adapters::sqlite::SqliteStore;
use escalate::ports::{Ask, StaffOf, Staffed};
use escalate::rules::{Conditions, Route, RouteRule, Rules};
use escalate::testkit::{Flaky, Harness};
use escalate::{Actor, Desk, Escalate, MemoryStore, Place, ReasonCode, TeamId, Teammate};

use crate::flow::world::{ACME, ANA, BEN, CLEO, Shop, conversation, key, place, staff};
use crate::postgres::Postgres;

const TEAM: TeamId = TeamId::from_u128(7);

#[tokio::test]
async fn one_load_and_one_commit_escalate() {
    let store = MemoryStore::new();
    staff(&store, ACME, 0).await;
    let (tickets, transcripts) = (Flaky::new(store.clone()), Flaky::new(store.clone()));
    let roster = Flaky::new(store);
    let desk = Desk::builder(transcripts.clone(), tickets.clone(), roster.clone()).build();
    let here = asking(&desk, 1).await;
    let before = [tickets.calls(), transcripts.calls(), roster.calls()];
    desk.escalate(here, Actor::System, key("e"), Escalate::because(ReasonCode::OutOfScope)).await.unwrap();
    let calls = [tickets.calls(), transcripts.calls(), roster.calls()];
    let made: Vec<_> = calls.iter().zip(before).map(|(after, before)| after - before).collect();
    assert_eq!(made, [2, 0, 0], "calls of tickets, transcripts and roster (N6)");
}

/// Rules cost no round trip, but for one where they choose another team by what is only read with the conversation.
#[tokio::test]
async fn rules_cost_one_load_more_at_most() {
    let to = |team| Route::default().to_team(team);
    let by_reason = Conditions::default().because([ReasonCode::OutOfScope]);
    let (english, german) =
        (Conditions::default().in_languages(["en"]), Conditions::default().in_languages(["de"]));
    let other = TeamId::from_u128(8);
    for (routes, calls) in [
        (vec![("reason", by_reason, TEAM)], 2),
        (vec![("english", english.clone(), TEAM), ("german", german.clone(), other)], 2),
        (vec![("german", german, other), ("english", english, TEAM)], 3),
    ] {
        let routes =
            routes.into_iter().map(|(name, when, team)| RouteRule::new(name, when, to(team)).unwrap());
        let rules = Rules::default().with_routes(routes).unwrap();
        let store = Flaky::new(MemoryStore::new());
        store.get_ref().hire(Teammate::new(ACME, ANA, "Ana")).await.unwrap();
        store.get_ref().hire(Teammate::new(ACME, BEN, "Ben").in_teams([TEAM])).await.unwrap();
        let desk = Desk::on(store.clone()).rules(rules).build();
        let here = asking(&desk, 1).await;
        let before = store.calls();
        let request = Escalate::because(ReasonCode::OutOfScope);
        let escalation = desk.escalate(here, Actor::System, key("e"), request).await.unwrap();
        assert_eq!(store.calls() - before, calls);
        assert_eq!(escalation.routing, escalate::ports::Routing::Assigned { teammate: BEN });
    }
}

/// A conversation that had a ticket: one call more, that looks whether it is to go on (E6). A host's own transcripts:
/// one more, that asks what the customer has begun (N5).
#[tokio::test]
async fn a_repeat_costs_one_call_more() {
    for (elsewhere, calls) in [(false, [2, 3]), (true, [4, 4])] {
        let store = MemoryStore::new();
        staff(&store, ACME, 0).await;
        let transcripts = if elsewhere { MemoryStore::new() } else { store.clone() };
        let tickets = Flaky::new(store.clone());
        let desk = Desk::builder(transcripts, tickets.clone(), store).build();
        let here = asking(&desk, 1).await;
        let mut made = Vec::new();
        for n in 0..2 {
            let before = tickets.calls();
            let request = Escalate::because(ReasonCode::OutOfScope);
            desk.escalate(here, Actor::System, key(format!("e{n}")), request).await.unwrap();
            made.push(tickets.calls() - before);
            desk.hand_back(here, Actor::System, key(format!("h{n}"))).await.unwrap();
        }
        assert_eq!(made, calls, "calls of tickets, of a first escalation and of a repeat");
    }
}

/// A host's own roster is asked by itself, whatever stands in the tables of the tickets' database.
#[tokio::test]
async fn a_roster_elsewhere_is_asked() {
    let (store, roster) = (MemoryStore::new(), MemoryStore::new());
    store.hire(Teammate::new(ACME, ANA, "Ana")).await.unwrap();
    roster.hire(Teammate::new(ACME, BEN, "Ben")).await.unwrap();
    let desk = Desk::builder(store.clone(), store, roster).build();
    let here = asking(&desk, 1).await;
    let request = Escalate::because(ReasonCode::OutOfScope);
    let escalation = desk.escalate(here, Actor::System, key("e"), request).await.unwrap();
    assert_eq!(escalation.routing, escalate::ports::Routing::Assigned { teammate: BEN });
}

#[tokio::test]
async fn staff_in_memory_are_what_the_roster_says() {
    agrees(&MemoryStore::new()).await;
}

#[tokio::test]
async fn staff_on_sqlite_are_what_the_roster_says() {
    let folder = tempfile::tempdir().unwrap();
    agrees(&SqliteStore::open(folder.path().join("asked.db")).unwrap()).await;
}

#[tokio::test]
async fn staff_on_postgres_are_what_the_roster_says() {
    let (_guard, store) = Postgres.fresh().await;
    agrees(&store).await;
}

async fn agrees(store: &impl Shop) {
    staff(store, ACME, 3).await;
    store.hire(Teammate::new(ACME, BEN, "Ben").with_capacity(2).in_teams([TEAM])).await.unwrap();
    let desk = Desk::on(store.clone()).build();
    for n in 1..=3 {
        let here = asking(&desk, n).await;
        same(store, here).await;
        let request = Escalate::because(ReasonCode::OutOfScope);
        desk.escalate(here, Actor::System, key("e"), request).await.unwrap();
        same(store, here).await;
    }
}

async fn same(store: &impl Shop, here: Place) {
    for of in [StaffOf::Workspace, StaffOf::Team(TEAM), StaffOf::Team(TeamId::from_u128(8))] {
        let ask = Ask { staff: Some(of), ..Ask::default() };
        let given = store.load(here, ask).await.unwrap().staff.unwrap();
        let staff = store.staff(ACME, of.team()).await.unwrap();
        let ids = staff.teammates.iter().map(|teammate| teammate.id).collect();
        let loads = store.workload(ACME, ids).await.unwrap();
        assert_eq!(given, Staffed { staff, loads }, "{of:?}");
    }
}

async fn asking(desk: &Desk, n: u128) -> Place {
    let here = place(ACME, n);
    desk.open(conversation(here)).await.unwrap();
    desk.customer_message(here, CLEO, key("m"), "My order never came.").await.unwrap();
    here
}
