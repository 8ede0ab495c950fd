//! What becomes of an escalation, and what the customer is told of it (E3).

use chrono::{DateTime, TimeDelta, Utc};
use escalate::ports::Routing;
use escalate::rules::{Conditions, Messages, Method, NobodyThere, Route, RouteRule, Rules, Speaks, Texts};
use escalate::schedule::DateRange;
use escalate::testkit::ManualClock;
use escalate::{
    Actor, Calendar, Desk, Escalate, EventKind, Foreseen, Inbox, Manual, MemoryStore, Place, ReasonCode,
    Schedule, Shift, TeamId, Teammate, TeammateId, Zone,
};
use futures::executor::block_on;

use super::random::messages;
use crate::flow::world::{ACME, ANA, BEN, CLEO, conversation, is_handoff, key, place, seen, unlimited};

/// A desk, and when it is: Friday noon in Berlin, the day before the clocks go forward.
struct Office {
    desk: Desk,
    store: MemoryStore,
    clock: ManualClock,
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn berlin() -> Zone {
    "Europe/Berlin".parse().unwrap()
}

fn mate(id: TeammateId) -> Teammate {
    Teammate::new(ACME, id, "T").with_capacity(1)
}

fn works(hours: &str) -> Schedule {
    Schedule::new(berlin()).with_shift(Shift::new(berlin()).on_weekdays(hours.parse().unwrap()))
}

impl Office {
    async fn new(rules: Rules, staff: impl IntoIterator<Item = Teammate>) -> Self {
        let (store, clock) = (MemoryStore::new(), ManualClock::at(at("2026-03-27T11:00:00Z")));
        for one in staff {
            store.put_teammate(one).await.unwrap();
        }
        let desk = Desk::on(store.clone()).clock(clock.clone()).rules(rules.saying(messages())).build();
        Self { desk, store, clock }
    }

    /// Escalates the conversation with this number: what became of it, and what the customer was told.
    async fn ask(&self, n: u128, language: &str) -> (Routing, String) {
        let here: Place = place(ACME, n);
        self.desk.open(conversation(here).in_language(language)).await.unwrap();
        let asked = Escalate::because(ReasonCode::CustomerRequest);
        let routing = self.desk.escalate(here, Actor::System, key("e"), asked).await.unwrap().routing;
        let told = seen(&self.desk, here).await.messages;
        let told: Vec<_> = told.into_iter().filter(is_handoff).map(|entry| entry.body).collect();
        assert_eq!(told.len(), 1, "told once (C4)");
        (routing, told[0].clone())
    }

    async fn open(&self, n: u128) -> Place {
        let here = place(ACME, n);
        self.desk.open(conversation(here)).await.unwrap();
        here
    }

    /// The place in the line that the newest event of the conversation tells.
    async fn told_place(&self, n: u128) -> Option<u32> {
        match seen(&self.desk, place(ACME, n)).await.events.last().unwrap().kind {
            EventKind::Waiting { position } => Some(position),
            _ => None,
        }
    }

    async fn on(&self, n: u128) -> Option<TeammateId> {
        let open = self.desk.inbox(ACME, Inbox::Open, None, 100).await.unwrap().items;
        open.iter().find(|ticket| ticket.place() == place(ACME, n)).and_then(|ticket| ticket.assigned_to())
    }
}

/// Those tagged as special are assigned in this way.
fn tagged_by(method: Method) -> Rules {
    let when = Conditions::default().tagged(["special"]);
    unlimited().with_routes([RouteRule::new("special", when, Route::default().by(method)).unwrap()]).unwrap()
}

fn is(routing: Routing, text: &str) -> (Routing, String) {
    (routing, text.to_owned())
}

#[test]
fn assigned_and_then_in_the_line() {
    block_on(async {
        let office = Office::new(unlimited(), [mate(ANA).working(works("09:00-17:00"))]).await;
        assert_eq!(office.ask(1, "pt-BR").await, is(Routing::Assigned { teammate: ANA }, "Alguém."));
        assert_eq!(
            office.ask(2, "pt-PT").await,
            is(Routing::Queued { position: 1 }, "Número 1."),
            "Ana is full"
        );
        let english = office.ask(3, "ja").await.1;
        assert!(english.contains("number 2 in the line"), "English is built in: {english}");
        office.clock.advance(TimeDelta::hours(9));
        assert!(office.ask(4, "ja").await.1.contains("I cannot say when"), "nobody is on duty");
    });
}

/// Somebody has room, and others are ahead: the place in the line, by number.
#[test]
fn queued_with_the_place_in_the_line() {
    block_on(async {
        let office = Office::new(unlimited(), []).await;
        assert_eq!(office.ask(1, "pt").await, is(Routing::Waiting, "Aguarde."));
        assert_eq!(office.ask(2, "pt").await, is(Routing::Waiting, "Aguarde."));
        office.store.put_teammate(mate(ANA).with_capacity(2)).await.unwrap();
        assert_eq!(office.ask(3, "pt").await, is(Routing::Queued { position: 3 }, "Número 3."));
        assert!(office.ask(4, "en").await.1.contains("number 4 in the line"));
        assert_eq!(office.desk.assign_waiting(ACME).await.unwrap(), 2);
        assert_eq!(
            (office.on(1).await, office.on(2).await, office.on(3).await),
            (Some(ANA), Some(ANA), None)
        );
    });
}

/// Every answer tells the same place: in the line of the team, behind nobody whom only a person assigns.
#[test]
fn one_place_in_the_line_whoever_asks() {
    block_on(async {
        let [billing, sales] = [1, 2].map(TeamId::from_u128);
        let office = Office::new(tagged_by(Method::Manual), [mate(ANA).in_teams([billing, sales])]).await;
        office.desk.take_over(office.open(9).await, ANA, key("t")).await.unwrap();
        let ask = Escalate::because(ReasonCode::CustomerRequest);
        let queued = |position| Routing::Queued { position };
        for (n, team, tag, expected) in [
            (1, Some(billing), None, queued(1)),
            (2, Some(sales), None, queued(1)),
            (3, Some(sales), Some("special"), Routing::Waiting),
            (4, None, None, queued(1)),
            (5, Some(sales), None, queued(2)),
        ] {
            let here = office.open(n).await;
            let ask = team.into_iter().fold(ask.clone(), Escalate::to_team).tagged(tag);
            let foreseen = office.desk.dry_run(here, &ask).await.unwrap();
            let done = office.desk.escalate(here, Actor::System, key("e"), ask.clone()).await.unwrap();
            assert_eq!(done.routing, expected, "ticket {n}");
            let Foreseen::Waiting { position, .. } = foreseen.foreseen else { panic!("{foreseen:?}") };
            assert_eq!(Some(position), office.told_place(n).await, "a dry run of ticket {n}");
            let joined = office.desk.escalate(here, Actor::System, key("again"), ask.clone()).await.unwrap();
            assert_eq!(joined.routing, expected, "who joins ticket {n} (E1)");
            let then = office.desk.dry_run(here, &ask).await.unwrap();
            assert_eq!(then.ahead + 1, position, "a dry run beside ticket {n}");
        }
        office.desk.reassign_to_team(place(ACME, 1), Actor::System, sales).await.unwrap();
        assert_eq!(office.told_place(1).await, Some(1), "older than those of the team it is sent to");
        assert_eq!(office.desk.dry_run(place(ACME, 5), &ask).await.unwrap().ahead, 2, "which moved back");
        office.desk.reassign(place(ACME, 2), Actor::System, ANA).await.unwrap();
        office.desk.release(place(ACME, 2), Actor::System).await.unwrap();
        assert_eq!(office.told_place(2).await, Some(2), "released: behind the older one");
    });
}

/// Under a policy that leaves all to people, these wait apart from those that a rule has the machine assign.
#[test]
fn whom_the_policy_leaves_to_people_is_in_nobodys_way() {
    block_on(async {
        let office = Office::new(Rules::default(), [mate(ANA)]).await;
        let desk = Desk::on(office.store.clone()).clock(office.clock.clone()).policy(Manual);
        let office = Office { desk: desk.rules(tagged_by(Method::Balanced)).build(), ..office };
        let ask = Escalate::because(ReasonCode::CustomerRequest);
        let machine = ask.clone().tagged(["special"]);
        for (n, ask, expected) in [
            (1, &ask, Routing::Waiting),
            (2, &ask, Routing::Waiting),
            (3, &machine, Routing::Assigned { teammate: ANA }),
            (4, &machine, Routing::Queued { position: 1 }),
        ] {
            let here = office.open(n).await;
            let foreseen = office.desk.dry_run(here, ask).await.unwrap();
            let done = office.desk.escalate(here, Actor::System, key("e"), ask.clone()).await.unwrap();
            assert_eq!(done.routing, expected, "ticket {n}");
            let place = match foreseen.foreseen {
                Foreseen::Waiting { position, .. } => Some(position),
                _ => None,
            };
            assert_eq!(place, office.told_place(n).await, "a dry run of ticket {n}");
        }
        assert_eq!(office.told_place(2).await, Some(2), "people have a line of their own");
    });
}

/// The next shift over a weekend in which the clocks go forward, by the team's clock; the next ticket to the next.
#[test]
fn next_shift_at_the_right_hour() {
    block_on(async {
        let rules = unlimited().nobody_there(NobodyThere::NextShift);
        let rules = rules.open_by(Calendar::new(berlin()));
        let staff = [mate(ANA).working(works("10:00-17:00")), mate(BEN).working(works("09:00-11:00"))];
        let office = Office::new(rules, staff).await;
        office.clock.advance(TimeDelta::hours(10));
        let starts_at = at("2026-03-30T07:00:00Z");
        let ben = Routing::NextShift { teammate: BEN, starts_at };
        assert_eq!(office.ask(1, "pt").await, is(ben, "Começa: 2026-03-30 09:00 (Europe/Berlin)."));
        let starts_at = at("2026-03-30T08:00:00Z");
        let ana = Routing::NextShift { teammate: ANA, starts_at };
        assert_eq!(office.ask(2, "pt").await, is(ana, "Começa: 2026-03-30 10:00 (Europe/Berlin)."));
        assert_eq!(
            office.ask(3, "pt").await,
            is(Routing::Waiting, "Aguarde."),
            "all have what they may have"
        );
    });
}

/// A ticket that nobody can serve is ahead in the line: the others go to the next shift all the same.
#[test]
fn one_that_nobody_can_serve_holds_up_no_next_shift() {
    block_on(async {
        let rules = unlimited().nobody_there(NobodyThere::NextShift);
        let office = Office::new(rules, [mate(ANA).working(works("09:00-10:00"))]).await;
        let here = place(ACME, 9);
        office.desk.open(conversation(here)).await.unwrap();
        let asked = Escalate::because(ReasonCode::CustomerRequest).needing(["sign language"]);
        office.desk.escalate(here, Actor::System, key("e"), asked).await.unwrap();
        let starts_at = at("2026-03-30T07:00:00Z");
        assert_eq!(office.ask(1, "pt").await.0, Routing::NextShift { teammate: ANA, starts_at });
        assert_eq!(office.desk.assign_waiting(ACME).await.unwrap(), 0);
        assert_eq!((office.on(1).await, office.on(9).await), (Some(ANA), None));
    });
}

/// Time off and holidays take a shift away; without scheduling nothing of it counts.
#[test]
fn time_off_and_holidays() {
    block_on(async {
        let today = || DateRange::day(at("2026-03-27T11:00:00Z").date_naive());
        let all_day = || works("00:00-00:00");
        let on_leave = mate(ANA).working(all_day().with_time_off([today()]));
        for (rules, one, expected) in [
            (unlimited(), on_leave.clone(), Routing::Waiting),
            (unlimited().without_scheduling(), on_leave, Routing::Assigned { teammate: ANA }),
            (
                unlimited().open_by(Calendar::new(berlin()).with_closed([today()])),
                mate(ANA).working(all_day()),
                Routing::Waiting,
            ),
            (unlimited(), mate(ANA).working(all_day()), Routing::Assigned { teammate: ANA }),
            (unlimited(), mate(ANA).working(all_day()).away(), Routing::Waiting),
        ] {
            let office = Office::new(rules, [one]).await;
            assert_eq!(office.ask(1, "en").await.0, expected);
        }
    });
}

/// Who speaks the language goes first, or is the only one; whom the customer had goes before equals.
#[test]
fn languages_and_whom_the_customer_had() {
    block_on(async {
        let staff = || [mate(ANA).with_capacity(3), mate(BEN).with_capacity(1).speaking(["pt"])];
        let ruled = |speaks| unlimited().otherwise(Route::default().speaking(speaks)).unwrap();
        let office = Office::new(ruled(Speaks::Preferred), staff()).await;
        assert_eq!(office.ask(1, "pt-BR").await.0, Routing::Assigned { teammate: BEN });
        assert_eq!(office.ask(2, "pt-BR").await.0, Routing::Assigned { teammate: ANA }, "Ben is full");
        let office = Office::new(ruled(Speaks::Required), staff()).await;
        assert_eq!(office.ask(1, "pt-BR").await.0, Routing::Assigned { teammate: BEN });
        assert_eq!(
            office.ask(2, "pt-BR").await,
            is(Routing::Queued { position: 1 }, "Número 1."),
            "nobody else speaks it"
        );
        let mut rules = unlimited().preferring_previous_assignee();
        rules.otherwise = Route::default().by(Method::RoundRobin);
        let office = Office::new(rules, [mate(ANA).with_capacity(0), mate(BEN).with_capacity(0)]).await;
        office.desk.open(conversation(place(ACME, 7))).await.unwrap();
        office.desk.take_over(place(ACME, 7), BEN, key("t")).await.unwrap();
        for n in 1..4 {
            assert_eq!(
                office.ask(n, "en").await.0,
                Routing::Assigned { teammate: BEN },
                "round robin or not"
            );
        }
    });
}

/// One who is off shift does not get back what the customer reopens; one who is on shift does.
#[test]
fn reopened_with_whoever_is_there() {
    block_on(async {
        for (hours, again) in [(6, None), (1, Some(ANA))] {
            let office = Office::new(unlimited(), [mate(ANA).working(works("09:00-17:00"))]).await;
            let here = place(ACME, 1);
            office.desk.open(conversation(here)).await.unwrap();
            office.desk.take_over(here, ANA, key("t")).await.unwrap();
            let after = escalate::AfterClose::StayOff;
            office.desk.close(here, Actor::from(ANA), key("c"), after).await.unwrap();
            office.clock.advance(TimeDelta::hours(hours));
            office.desk.customer_message(here, CLEO, key("m"), "Hello?").await.unwrap();
            assert_eq!(office.on(1).await, again, "{hours} hours later");
        }
    });
}

/// A store fills in one place in the line, so a text has one.
#[test]
fn a_text_names_the_place_once() {
    let texts = Texts::new("A", "{position} of {position}", "N", "W");
    assert!(Messages::default().with("en", texts).unwrap_err().to_string().contains("once"));
}
