//! Tickets go where the rules say.

use std::collections::BTreeSet;

use chrono::{TimeDelta, Weekday};
use escalate::ports::{Ask, Routing};
use escalate::rules::{Conditions, Method, NobodyThere, Route, RouteRule, Rules, Speaks};
use escalate::testkit::{Flaky, ManualClock};
use escalate::{
    Actor, AfterClose, Desk, Escalate, Fingerprint, Language, MemoryStore, Place, Priority, ReasonCode,
    Schedule, Shift, TeamId, Teammate, TeammateId, Ticket, TicketRepository, Zone,
};
use futures::executor::block_on;

use crate::flow::world::{ACME, ANA, BEN, CLEO, NOON, SUE, WORDS, conversation, key, place};

const BILLING: TeamId = TeamId::from_u128(71);
const LISBON: TeamId = TeamId::from_u128(72);

pub(super) struct Office {
    pub(super) store: Flaky<MemoryStore>,
    pub(super) clock: ManualClock,
    pub(super) desk: Desk,
}

impl Office {
    pub(super) async fn new(rules: Rules, staff: impl IntoIterator<Item = Teammate>) -> Self {
        let (memory, clock) = (MemoryStore::new(), ManualClock::at(NOON));
        for teammate in staff {
            memory.put_teammate(teammate).await.unwrap();
        }
        let store = Flaky::new(memory);
        let desk = Desk::on(store.clone()).clock(clock.clone()).rules(rules).build();
        Self { store, clock, desk }
    }

    pub(super) async fn begin(&self, n: u128) -> Place {
        let here = place(ACME, n);
        self.desk.open(conversation(here)).await.unwrap();
        self.desk.customer_message(here, CLEO, key("m"), WORDS).await.unwrap();
        here
    }

    async fn ask(&self, n: u128, request: Escalate) -> (Routing, Ticket) {
        let here = self.begin(n).await;
        let done = self.desk.escalate(here, Actor::System, key("e"), request).await.unwrap();
        (done.routing, self.desk.ticket(ACME, done.ticket).await.unwrap())
    }
}

pub(super) fn mate(id: TeammateId) -> Teammate {
    Teammate::new(ACME, id, "Somebody")
}

fn asked() -> Escalate {
    Escalate::because(ReasonCode::OutOfScope)
}

fn to(teammate: TeammateId) -> Routing {
    Routing::Assigned { teammate }
}

fn rules(routes: impl IntoIterator<Item = (&'static str, Conditions, Route)>) -> Rules {
    let rule = |(name, when, then)| RouteRule::new(name, when, then).unwrap();
    Rules::default().with_routes(routes.into_iter().map(rule)).unwrap()
}

#[test]
fn a_ticket_goes_where_its_rule_says_and_keeps_it() {
    block_on(async {
        let then = Route::default().to_team(BILLING).needing(["refunds"]).with_priority(Priority::Urgent);
        let when = Conditions::default().tagged(["refund"]).with_attribute("plan", "gold");
        let rules = rules([("gold refunds", when, then.by(Method::RoundRobin).speaking(Speaks::Preferred))]);
        let able = mate(BEN).in_teams([BILLING]).with_skills(["refunds", "french"]);
        let office = Office::new(rules, [mate(ANA), able]).await;
        let request = asked().tagged(["vip", "refund", "vip"]).needing(["french"]);
        let (routing, ticket) = office.ask(1, request.clone().with_attribute("plan", "gold")).await;
        assert_eq!(routing, to(BEN));
        assert_eq!(ticket.routed_by.as_deref(), Some("gold refunds"));
        assert_eq!((ticket.team, ticket.priority), (Some(BILLING), Priority::Urgent));
        assert_eq!((ticket.method, ticket.speaks), (Some(Method::RoundRobin), Speaks::Preferred));
        assert_eq!(ticket.skills, ["french", "refunds"]);
        assert_eq!(ticket.tags, ["refund", "vip"], "sorted, none twice");
        assert_eq!(ticket.language, Some(Language::from("en")), "as the customer's words say");
        let (_, plain) = office.ask(2, request.with_attribute("plan", "silver")).await;
        assert_eq!((plain.routed_by, plain.team, plain.method), (None, None, None));
        assert_eq!(plain.tags, ["refund", "vip"]);
    });
}

/// A team has a cap of its own, also where a rule chose the team after the staff was read.
#[test]
fn the_cap_of_the_team_that_a_rule_chose_holds() {
    block_on(async {
        let english = Conditions::default().in_languages(["en"]);
        let french = Conditions::default().in_languages(["fr"]);
        let (lisbon, billing) = (Route::default().to_team(LISBON), Route::default().to_team(BILLING));
        let rules = rules([("french", french, lisbon), ("english", english, billing)]);
        let office = Office::new(rules, [mate(ANA), mate(BEN).in_teams([BILLING, LISBON])]).await;
        office.store.get_ref().put_team(ACME, BILLING, 1).await.unwrap();
        assert_eq!(office.ask(1, asked()).await.0, to(BEN));
        assert_eq!(office.ask(2, asked()).await.0, Routing::Queued { position: 1 });
    });
}

#[test]
fn a_language_that_is_required_is_the_customers_whatever_the_region() {
    block_on(async {
        let rules = Rules::default().otherwise(Route::default().speaking(Speaks::Required)).unwrap();
        let office =
            Office::new(rules, [mate(ANA).speaking(["en-GB", "de"]), mate(BEN).speaking(["pt"])]).await;
        let here = place(ACME, 1);
        office.desk.open(conversation(here).in_language("pt-BR")).await.unwrap();
        office.desk.customer_message(here, CLEO, key("m"), WORDS).await.unwrap();
        let done = office.desk.escalate(here, Actor::System, key("e"), asked()).await.unwrap();
        assert_eq!(done.routing, to(BEN), "the host's word wins over the customer's words");
        assert_eq!(office.ask(2, asked()).await.0, to(ANA), "detected");
        let (routing, ticket) = office.ask(3, asked().answered_in("fr")).await;
        assert_eq!(routing, Routing::Waiting);
        assert_eq!((ticket.language, ticket.speaks), (Some("fr".into()), Speaks::Required));
        // It waits for one who does.
        office.store.get_ref().put_teammate(mate(SUE).speaking(["fr-CA"])).await.unwrap();
        assert_eq!(office.desk.assign_waiting(ACME).await.unwrap(), 1);
        assert_eq!(
            office.desk.latest_ticket(place(ACME, 3)).await.unwrap().unwrap().assigned_to(),
            Some(SUE)
        );
    });
}

/// Each ticket by its own method, also in the sweep: where people choose, the machine leaves it.
#[test]
fn a_method_holds_for_its_own_tickets() {
    block_on(async {
        let manual = Route::default().by(Method::Manual);
        let rules = rules([
            ("by hand", Conditions::default().tagged(["hand"]), manual),
            ("in turn", Conditions::default().tagged(["turn"]), Route::default().by(Method::RoundRobin)),
        ]);
        let office = Office::new(rules, [mate(ANA).away(), mate(BEN).away()]).await;
        for (n, tag) in [(1, "hand"), (2, "turn"), (3, "none"), (4, "turn"), (5, "hand")] {
            assert!(matches!(office.ask(n, asked().tagged([tag])).await.0, Routing::Waiting));
        }
        for teammate in [ANA, BEN] {
            office.store.get_ref().set_available(ACME, teammate, true).await.unwrap();
        }
        office.clock.advance(TimeDelta::seconds(10));
        office.desk.run_due(10).await.unwrap();
        let mut on = Vec::new();
        for n in 1..=5 {
            on.push(office.desk.latest_ticket(place(ACME, n)).await.unwrap().unwrap().assigned_to());
        }
        assert_eq!((on[0], on[4]), (None, None), "left to people");
        // The one between went to Ben, so it is Ana's turn again.
        assert_eq!(on[1..4], [Some(ANA), Some(BEN), Some(ANA)]);
    });
}

/// Who waits for somebody who is there does not keep another team's ticket from its next shift.
#[test]
fn a_line_elsewhere_does_not_hold_up_a_next_shift() {
    block_on(async {
        let rules = Rules::default().nobody_there(NobodyThere::NextShift);
        let utc = Zone::utc();
        let mondays = Shift::new(utc.clone()).on([Weekday::Mon], "09:00-17:00".parse().unwrap());
        let ana = mate(ANA).in_teams([LISBON]).working(Schedule::new(utc).with_shift(mondays));
        let ben = mate(BEN).in_teams([BILLING]).with_capacity(1);
        let office = Office::new(rules, [ana, ben]).await;
        let billing = || asked().to_team(BILLING);
        assert_eq!(office.ask(1, billing()).await.0, to(BEN));
        assert_eq!(office.ask(2, billing()).await.0, Routing::Queued { position: 1 });
        // It is Sunday.
        let starts_at = "2025-06-16T09:00:00Z".parse().unwrap();
        let next = Routing::NextShift { teammate: ANA, starts_at };
        assert_eq!(office.ask(3, asked().to_team(LISBON)).await.0, next);
    });
}

/// Balanced and round robin differ where one who had a ticket longer ago has more of them.
#[test]
fn balanced_and_round_robin_are_the_rules_own() {
    block_on(async {
        for (method, expected) in [(Method::Balanced, BEN), (Method::RoundRobin, ANA)] {
            let rules = Rules::default().otherwise(Route::default().by(method)).unwrap();
            let office = Office::new(rules, [mate(ANA), mate(BEN)]).await;
            for (n, teammate) in [(1, ANA), (2, ANA), (3, BEN)] {
                let here = office.begin(n).await;
                office.desk.take_over(here, teammate, key("t")).await.unwrap();
            }
            assert_eq!(office.ask(4, asked()).await.0, to(expected), "{method:?}");
        }
    });
}

#[test]
fn a_takeover_is_not_routed_and_a_second_escalation_is_again() {
    block_on(async {
        let rules = rules([
            ("first", Conditions::default().tagged(["one"]), Route::default().to_team(BILLING)),
            ("second", Conditions::default(), Route::default().with_priority(Priority::High)),
        ]);
        let office = Office::new(rules, [mate(ANA).in_teams([BILLING])]).await;
        let here = office.begin(1).await;
        office.desk.take_over(here, ANA, key("t")).await.unwrap();
        let taken = office.desk.latest_ticket(here).await.unwrap().unwrap();
        assert_eq!((taken.routed_by, taken.priority), (None, Priority::Normal));

        let (_, ticket) = office.ask(2, asked().tagged(["one"])).await;
        assert_eq!((ticket.routed_by.as_deref(), ticket.team), (Some("first"), Some(BILLING)));
        let here = ticket.place();
        office.desk.close(here, Actor::System, key("c"), AfterClose::StayOff).await.unwrap();
        let again = office.desk.escalate(here, Actor::System, key("e2"), asked()).await.unwrap();
        let reopened = office.desk.ticket(ACME, again.ticket).await.unwrap();
        assert_eq!(reopened.id, ticket.id);
        assert_eq!((reopened.routed_by.as_deref(), reopened.team), (Some("second"), None));
        assert_eq!((reopened.priority, reopened.tags.len()), (Priority::High, 0));
    });
}

/// Fingerprints are stored: an escalation that says nothing new has the one it always had.
#[test]
fn tags_and_attributes_count_for_the_key_and_older_keys_stay() {
    block_on(async {
        let office = Office::new(Rules::default(), [mate(ANA)]).await;
        let fingerprint = async |n, request| {
            let here = office.begin(n).await;
            office.desk.escalate(here, Actor::System, key("e"), request).await.unwrap();
            office.store.load(here, Ask::about(Some(key("e")))).await.unwrap().answered.unwrap().fingerprint
        };
        let team = BILLING.uuid().into_bytes();
        let old: &[&[u8]] = &[b"escalate", b"out_of_scope", b"", &[1], &team, b"a", b"b", b"", &[4]];
        let request = asked().to_team(BILLING).needing(["a", "b"]);
        assert_eq!(fingerprint(1, request.clone()).await, Fingerprint::of(old));
        let others = [
            request.clone().tagged(["a", "b"]),
            request.clone().tagged(["a", "z"]),
            request.clone().tagged(["a"]).with_attribute("b", "c"),
            request.clone().with_attribute("a", "b"),
            request.clone().with_attribute("a", "c"),
            request.clone().tagged(["a", "b", "c"]),
            request.clone().answered_in("a"),
        ];
        let mut seen = BTreeSet::from([format!("{:?}", Fingerprint::of(old))]);
        for (n, other) in (2..).zip(others) {
            assert!(seen.insert(format!("{:?}", fingerprint(n, other).await)), "{n}");
        }
        let swapped = [asked().tagged(["x", "y"]), asked().tagged(["y", "x"])];
        let [one, two] = swapped;
        assert_eq!(
            fingerprint(20, one).await,
            fingerprint(21, two).await,
            "the order of tags is no difference"
        );
        assert!(!format!("{:?}", asked().with_attribute("mail", "cleo@example.org")).contains("cleo"));
    });
}
