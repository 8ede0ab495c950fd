//! A dry run says what then happens, and leaves nothing behind.

use escalate::adapters::sqlite::SqliteStore;
use escalate::assignment::Exclusion;
use escalate::ports::Routing;
use escalate::rules::{Method, Route, Rules};
use escalate::{Actor, Desk, DryRun, Escalate, Foreseen, Manual, Priority, ReasonCode, TeamId, Waits};
use futures::executor::block_on;
use proptest::prelude::*;

use super::desk::{Office, mate};
use super::{Told, rules, told};
use crate::flow::world::{ACME, ANA, BEN, CLEO, SUE, WORDS, conversation, key, place, staff};
use crate::properties::config;

fn request(told: &Told) -> Escalate {
    let request = Escalate::because(told.reason).with_priority(told.priority).tagged(told.tags.clone());
    let attributes = told.attributes.iter();
    attributes.fold(request, |request, (name, value)| request.with_attribute(name, value))
}

fn agrees(foreseen: Foreseen, routing: Routing) -> bool {
    match (foreseen, routing) {
        (Foreseen::Assigned { teammate }, Routing::Assigned { teammate: got }) => teammate == got,
        (Foreseen::Waiting { position, .. }, Routing::Queued { position: got }) => position == got,
        (Foreseen::Waiting { because, .. }, Routing::Waiting) => {
            matches!(because, Waits::PersonChooses | Waits::NobodyEligible)
        }
        _ => false,
    }
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn what_it_says_is_what_happens(
        rules in rules(),
        all in proptest::collection::vec(told(), 1..8),
        caps in [0_u32..3, 0..3, 0..3],
        away in 0_usize..4,
    ) {
        block_on(async {
            let staff = [ANA, BEN, SUE].into_iter().enumerate().map(|(n, id)| {
                let team = TeamId::from_u128(n as u128 + 1);
                let mate = mate(id).with_capacity(caps[n]).in_teams([team, TeamId::from_u128(1)]);
                let mate = if n == 1 { mate } else { mate.with_skills(["refunds"]).speaking(["pt", "en"]) };
                if n == away { mate.away() } else { mate }
            });
            let office = Office::new(rules, staff).await;
            office.store.get_ref().put_team(ACME, TeamId::from_u128(1), 1).await.unwrap();
            for (n, told) in (1..).zip(&all) {
                let here = place(ACME, n);
                let mut conversation = conversation(here);
                conversation.channel = told.channel.clone();
                conversation.language = told.language.clone();
                office.desk.open(conversation).await.unwrap();
                office.desk.customer_message(here, CLEO, key("m"), WORDS).await.unwrap();
                let said = office.desk.dry_run(here, &request(told)).await.unwrap();
                let done = office.desk.escalate(here, Actor::System, key("e"), request(told)).await.unwrap();
                let ticket = office.desk.ticket(ACME, done.ticket).await.unwrap();
                assert!(agrees(said.foreseen, done.routing), "{said:?} but {:?}", done.routing);
                assert_eq!(said.route.routed.rule, ticket.routed_by);
                assert_eq!(said.route.routed.priority, ticket.priority);
                let then = office.desk.dry_run(here, &request(told)).await.unwrap();
                assert_eq!(then.foreseen, Foreseen::Joins { ticket: ticket.id });
            }
        });
    }
}

/// SQLite counts every commit of another connection.
#[test]
fn nothing_is_written() {
    block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("dry.db");
        let store = SqliteStore::open(&file).unwrap();
        staff(&store, ACME, 1).await;
        let desk = Desk::on(store).build();
        let here = place(ACME, 1);
        desk.open(conversation(here)).await.unwrap();
        desk.customer_message(here, CLEO, key("m"), WORDS).await.unwrap();
        let witness = rusqlite::Connection::open(&file).unwrap();
        let version = || witness.query_row("PRAGMA data_version", [], |row| row.get::<_, i64>(0)).unwrap();
        let (before, request) = (version(), Escalate::because(ReasonCode::OutOfScope));
        let said = desk.dry_run(here, &request).await.unwrap();
        assert_eq!(said.foreseen, Foreseen::Assigned { teammate: ANA });
        assert_eq!(version(), before, "a dry run wrote");
        let stored = serde_json::to_string(&said).unwrap();
        assert_eq!(serde_json::from_str::<DryRun>(&stored).unwrap(), said);
        assert!(!stored.contains("order"), "the customer's words");
        desk.escalate(here, Actor::System, key("e"), request).await.unwrap();
        assert_ne!(version(), before, "the witness sees a write");
    });
}

#[test]
fn it_says_why_a_ticket_waits() {
    block_on(async {
        let why = |said: &DryRun| match said.foreseen {
            Foreseen::Waiting { because, .. } => Some(because),
            _ => None,
        };
        let ask = Escalate::because(ReasonCode::OutOfScope);
        let office = Office::new(Rules::default(), [mate(ANA).away(), mate(BEN).with_capacity(1)]).await;
        let here = office.begin(1).await;
        let said = office.desk.dry_run(here, &ask.clone().needing(["refunds"])).await.unwrap();
        assert_eq!(why(&said), Some(Waits::NobodyEligible));
        let verdicts: Vec<_> = said.teammates.iter().map(|one| (one.teammate, one.excluded)).collect();
        assert_eq!(verdicts, [(ANA, Some(Exclusion::LacksSkill)), (BEN, Some(Exclusion::LacksSkill))]);
        let said = office.desk.dry_run(here, &ask).await.unwrap();
        assert_eq!(said.teammates[0].excluded, Some(Exclusion::Away));
        assert_eq!(said.foreseen, Foreseen::Assigned { teammate: BEN });

        let there = office.begin(2).await;
        office.desk.take_over(there, BEN, key("t")).await.unwrap();
        let said = office.desk.dry_run(here, &ask).await.unwrap();
        assert_eq!(why(&said), Some(Waits::NobodyHasRoom));
        assert_eq!(
            (said.teammates[1].cap, said.teammates[1].open, said.teammates[1].has_room),
            (1, 1, false)
        );
        office.desk.escalate(here, Actor::System, key("e"), ask.clone()).await.unwrap();
        office.store.get_ref().put_teammate(mate(SUE)).await.unwrap();
        let next = office.begin(3).await;
        let said = office.desk.dry_run(next, &ask).await.unwrap();
        assert_eq!((why(&said), said.ahead), (Some(Waits::OthersAhead), 1));
        let said = office.desk.dry_run(next, &ask.clone().with_priority(Priority::High)).await.unwrap();
        assert_eq!((said.foreseen, said.ahead), (Foreseen::Assigned { teammate: SUE }, 0));

        let manual = Rules::default().otherwise(Route::default().by(Method::Manual)).unwrap();
        let office = Office::new(manual, [mate(ANA)]).await;
        let here = office.begin(1).await;
        assert_eq!(why(&office.desk.dry_run(here, &ask).await.unwrap()), Some(Waits::PersonChooses));
        let desk = Desk::on(office.store.clone()).policy(Manual).build();
        assert_eq!(why(&desk.dry_run(here, &ask).await.unwrap()), Some(Waits::PersonChooses));
    });
}
