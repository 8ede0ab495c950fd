//! What a hostile reader found: states nobody watched, and words that were not true.

use chrono::TimeDelta;
use escalate::ports::{Routing, Window};
use escalate::rules::{AfterShift, NobodyThere, Rules, Unanswered};
use escalate::testkit::{Fault, Flaky, ManualClock};
use escalate::{
    Actor, Desk, Escalate, Flag, MemoryStore, Priority, ReasonCode, Schedule, Shift, TeamId, Teammate,
    TeammateId, Ticket, Zone,
};
use futures::executor::block_on;

use crate::flow::world::{ACME, ANA, BEN, NOON, conversation, key, place, unlimited};

struct Office {
    store: MemoryStore,
    clock: ManualClock,
    desk: Desk,
}

impl Office {
    async fn new(rules: Rules, staff: impl IntoIterator<Item = Teammate>) -> Self {
        let (store, clock) = (MemoryStore::new(), ManualClock::at(NOON));
        for teammate in staff {
            store.put_teammate(teammate).await.unwrap();
        }
        let desk = Desk::on(store.clone()).clock(clock.clone()).rules(rules).build();
        desk.open(conversation(place(ACME, 1))).await.unwrap();
        Self { store, clock, desk }
    }

    async fn escalate(&self, under: &str) -> Routing {
        let asked = Escalate::because(ReasonCode::CustomerRequest);
        self.desk.escalate(place(ACME, 1), Actor::System, key(under), asked).await.unwrap().routing
    }

    async fn after(&self, span: TimeDelta) {
        self.clock.advance(span);
        for _ in 0..5 {
            assert_eq!(self.desk.run_due(100).await.unwrap().failed, 0);
        }
    }

    async fn ticket(&self) -> Ticket {
        self.desk.latest_ticket(place(ACME, 1)).await.unwrap().unwrap()
    }
}

fn mate(id: TeammateId) -> Teammate {
    Teammate::new(ACME, id, "T")
}

/// Every day, in UTC; it is a quarter past three in the afternoon.
fn works(hours: &str) -> Schedule {
    Schedule::new(Zone::utc()).with_shift(Shift::new(Zone::utc()).every_day(hours.parse().unwrap()))
}

#[test]
fn a_ticket_given_by_hand_and_released_is_the_machines_again() {
    block_on(async {
        let rules = unlimited().offering_again(Unanswered::new(TimeDelta::minutes(5), 1).unwrap());
        let office = Office::new(rules, [mate(ANA)]).await;
        office.escalate("e").await;
        office.after(TimeDelta::minutes(6)).await;
        assert_eq!(office.ticket().await.flags, [Flag::Unanswered]);
        office.desk.reassign(place(ACME, 1), Actor::System, BEN).await.unwrap_err();
        office.store.put_teammate(mate(BEN)).await.unwrap();
        office.desk.reassign(place(ACME, 1), Actor::System, BEN).await.unwrap();
        office.desk.release(place(ACME, 1), Actor::from(BEN)).await.unwrap();
        office.after(TimeDelta::seconds(5)).await;
        assert!(office.ticket().await.assigned_to().is_some(), "the next sweep gives it to somebody");
    });
}

/// What was done schedules more: a ticket that lapses is the sweep's at once.
#[test]
fn whoever_looks_when_the_last_look_said_misses_nothing() {
    block_on(async {
        let rules = unlimited().offering_again(Unanswered::new(TimeDelta::minutes(5), 2).unwrap());
        let office = Office::new(rules, [mate(ANA), mate(BEN)]).await;
        office.escalate("e").await;
        while office.ticket().await.flags.is_empty() {
            let next = office.desk.run_due(100).await.unwrap().next.expect("it is not lost from sight");
            office.clock.set(next.max(office.desk.now()));
        }
        let rounds = TimeDelta::minutes(5) * 4;
        assert_eq!(office.desk.now(), NOON + rounds, "both had it twice, and nobody waited for a look");
    });
}

#[test]
fn whoever_leaves_before_their_shift_loses_the_ticket() {
    block_on(async {
        let rules = unlimited().nobody_there(NobodyThere::NextShift);
        let office = Office::new(rules, [mate(ANA).working(works("09:00-10:00"))]).await;
        assert!(matches!(office.escalate("e").await, Routing::NextShift { teammate: ANA, .. }));
        assert_eq!(office.desk.went_off_duty(ACME, ANA).await.unwrap(), 0, "she comes");
        office.store.put_teammate(mate(ANA).working(works("09:00-10:00")).away()).await.unwrap();
        assert_eq!(office.desk.went_off_duty(ACME, ANA).await.unwrap(), 1);
        office.store.put_teammate(mate(BEN)).await.unwrap();
        office.after(TimeDelta::seconds(5)).await;
        assert_eq!(office.ticket().await.assigned_to(), Some(BEN));
    });
}

#[test]
fn a_ticket_taken_over_is_offered_at_the_end_of_the_shift_where_all_are() {
    for (what, expected) in [(AfterShift::OfferAll, BEN), (AfterShift::OfferUnanswered, ANA)] {
        block_on(async {
            let ana = mate(ANA).working(works("00:00-16:00"));
            let office = Office::new(unlimited().off_duty(what), [ana, mate(BEN)]).await;
            office.desk.take_over(place(ACME, 1), ANA, key("t")).await.unwrap();
            for _ in 0..60 {
                office.after(TimeDelta::minutes(1)).await;
            }
            assert_eq!(office.ticket().await.assigned_to(), Some(expected), "{what:?}");
        });
    }
}

/// To go home is not to let a ticket lapse: whoever does is not passed over for it the next day.
#[test]
fn the_end_of_a_shift_is_no_lapse() {
    block_on(async {
        let rules = unlimited().nobody_there(NobodyThere::NextShift);
        let ana = mate(ANA).working(works("00:00-16:00"));
        let office = Office::new(rules, [ana, mate(BEN).working(works("14:00-14:30"))]).await;
        assert_eq!(office.escalate("e").await, Routing::Assigned { teammate: ANA });
        for _ in 0..60 {
            office.after(TimeDelta::minutes(1)).await;
        }
        let ticket = office.ticket().await;
        assert_eq!(ticket.lapsed, [], "she went off duty");
        assert_eq!(ticket.assigned_to(), Some(ANA), "her shift starts next, at midnight");
    });
}

#[test]
fn who_was_chosen_by_hand_is_told_of_and_not_the_next_shift() {
    block_on(async {
        let mut rules = Rules::default().nobody_there(NobodyThere::NextShift);
        rules.loops.count = 9;
        let staff = [mate(ANA).away(), mate(BEN).working(works("09:00-10:00"))];
        let office = Office::new(rules.clone(), staff).await;
        let here = place(ACME, 1);
        assert!(matches!(office.escalate("e").await, Routing::NextShift { teammate: BEN, .. }));
        office.desk.reassign(here, Actor::System, ANA).await.unwrap();
        office.desk.hand_back(here, Actor::System, key("h")).await.unwrap();
        assert_eq!(office.escalate("again").await, Routing::Assigned { teammate: ANA });
        let thread = office.desk.transcript(here, Window::Before(None), 100).await.unwrap().messages;
        let told = thread.iter().rev().find(|entry| entry.visibility.for_customer()).unwrap();
        assert_eq!(told.body, rules.messages.texts(None).assigned, "the text agrees with the answer (E3)");
    });
}

/// One team's lower cap stops its ticket; the seat that was meant for it goes to the next in the line.
#[test]
fn a_seat_that_one_ticket_may_not_have_goes_to_the_next() {
    block_on(async {
        let rules = unlimited().offering_again(Unanswered::new(TimeDelta::minutes(5), 9).unwrap());
        let team = TeamId::from_u128(0x72);
        let office = Office::new(rules, [mate(ANA).in_teams([team]).with_capacity(3)]).await;
        office.store.put_team(ACME, team, 2).await.unwrap();
        for (n, priority, team) in [
            (2, Priority::Normal, None),
            (3, Priority::Low, None),
            (4, Priority::Normal, Some(team)),
            (5, Priority::High, None),
        ] {
            office.desk.open(conversation(place(ACME, n))).await.unwrap();
            let asked = Escalate::because(ReasonCode::CustomerRequest).with_priority(priority);
            let asked = team.map_or(asked.clone(), |team| asked.to_team(team));
            office.desk.escalate(place(ACME, n), Actor::System, key(format!("e{n}")), asked).await.unwrap();
        }
        office.after(TimeDelta::minutes(6)).await;
        let mut open = 0;
        for n in 2..=5 {
            let ticket = office.desk.latest_ticket(place(ACME, n)).await.unwrap().unwrap();
            open += usize::from(ticket.assigned_to().is_some());
        }
        assert_eq!(open, 3, "Ana has room for three, and three wait that she may have (A6)");
    });
}

/// Wherever the store fails while the first in the line is served, the seat that was meant for it is not kept from the next.
#[test]
fn a_seat_whose_ticket_fails_goes_to_the_next() {
    block_on(async {
        let mut failed = 0;
        for nth in 1..20 {
            let store = Flaky::new(MemoryStore::new());
            let desk = Desk::on(store.clone()).rules(unlimited()).build();
            for n in 1..=2 {
                desk.open(conversation(place(ACME, n))).await.unwrap();
                let asked = Escalate::because(ReasonCode::CustomerRequest);
                desk.escalate(place(ACME, n), Actor::System, key("e"), asked).await.unwrap();
            }
            store.get_ref().put_teammate(mate(ANA).with_capacity(1)).await.unwrap();
            store.fail(store.calls() + nth, Fault::Before);
            match desk.assign_waiting(ACME).await {
                Ok(assigned) => assert_eq!(assigned, 1, "with call {nth} failing (A6)"),
                Err(_) => failed += 1,
            }
        }
        assert!(failed < 6, "only what is read for all of them ends a sweep: {failed}");
    });
}
