//! What time does to a ticket: deadlines that are told of, episodes that end by themselves.

use chrono::{DateTime, TimeDelta, Utc, Weekday};
use escalate::rules::{Deadlines, Idle, Rules, Then};
use escalate::schedule::{Calendar, Week};
use escalate::testkit::ManualClock;
use escalate::{
    Actor, AfterClose, Control, DeadlineOf, DeadlineState, Desk, EventKind, EventSequence, Next, Priority,
    TicketStatus,
};
use futures::executor::block_on;

use super::office::{Office, asked, here};
use super::world::{ANA, CLEO, key};

impl Office {
    /// The same store and clock under these rules.
    pub(super) fn under(&self, rules: Rules) -> Desk {
        Desk::on(self.store.clone()).clock(self.clock.clone()).rules(rules).build()
    }

    /// Lets time pass minute by minute with a worker at it, and says when which deadline was told of.
    async fn told(&self, desk: &Desk, minutes: i64) -> Vec<(i64, DeadlineOf, DeadlineState)> {
        let from = desk.now();
        for _ in 0..minutes {
            self.wait(TimeDelta::minutes(1));
            assert_eq!(desk.run_due(100).await.unwrap().failed, 0);
        }
        let events = desk.timeline(here(), EventSequence(0), 1_000).await.unwrap();
        let told = events.iter().filter_map(|event| match event.kind {
            EventKind::Deadline { of, state, .. } => Some(((event.at - from).num_minutes(), of, state)),
            _ => None,
        });
        told.collect()
    }
}

fn deadlines(first: i64, resolution: i64, warn: i64) -> Rules {
    let minutes = TimeDelta::minutes;
    let deadlines = Deadlines::default().replying_within(minutes(first)).unwrap();
    let deadlines = deadlines.closing_within(minutes(resolution)).unwrap();
    let deadlines = deadlines.warning_before(minutes(warn)).unwrap();
    let mut rules = Rules::default();
    rules.deadlines.insert(Priority::Normal, deadlines);
    rules
}

use DeadlineOf::{FirstReply, Resolution};
use DeadlineState::{Missed, Near};

/// Each deadline is told of twice: before it, and when it has passed; by however many workers.
#[test]
fn deadlines_are_told_of_once_each() {
    block_on(async {
        let office = Office::new(0).await;
        let desk = office.under(deadlines(30, 60, 10));
        desk.escalate(here(), Actor::System, key("e"), asked()).await.unwrap();
        let told = office.told(&desk, 90).await;
        assert_eq!(
            told,
            [
                (20, FirstReply, Near),
                (30, FirstReply, Missed),
                (50, Resolution, Near),
                (60, Resolution, Missed)
            ]
        );
        office.audit().await;
    });
}

/// A reply meets the first deadline, and an end the second; a worker that comes late warns of nothing any more.
#[test]
fn what_is_met_is_not_told_of() {
    block_on(async {
        let office = Office::new(0).await;
        let desk = office.under(deadlines(30, 60, 10));
        desk.escalate(here(), Actor::System, key("e"), asked()).await.unwrap();
        office.wait(TimeDelta::minutes(5));
        desk.reply(here(), ANA, key("r"), "I am looking into it.").await.unwrap();
        assert_eq!(office.told(&desk, 40).await, [], "the first reply came in time");
        office.wait(TimeDelta::minutes(30));
        assert_eq!(office.told(&desk, 1).await, [(1, Resolution, Missed)], "nobody looked in time to warn");
        assert_eq!(office.ticket().await.due.resolution.unwrap().told, Some(Missed));
        desk.hand_back(here(), Actor::from(ANA), key("h")).await.unwrap();
        assert_eq!(office.told(&desk, 90).await.len(), 1, "an episode that is over has no deadlines");
    });
}

/// A deadline counts the open hours of the team, over a night, a weekend and a change of the clocks.
#[test]
fn deadlines_count_open_hours() {
    block_on(async {
        let office = Office::new(0).await;
        let friday: DateTime<Utc> = "2026-03-27T15:30:00Z".parse().unwrap();
        let mut hours = Week::default();
        for day in [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri] {
            hours.add(day, "09:00-17:00".parse().unwrap());
        }
        let mut rules = deadlines(60, 600, 15);
        rules.calendar = Some(Calendar::new("Europe/Berlin".parse().unwrap()).with_hours(hours));
        let desk = Desk::on(office.store.clone()).clock(ManualClock::at(friday)).rules(rules).build();
        desk.escalate(here(), Actor::System, key("e"), asked()).await.unwrap();
        let due = office.ticket().await.due;
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let first = due.first_reply.unwrap();
        // Half an hour on Friday, in winter time; half an hour on Monday, in summer time.
        assert_eq!((first.near_at, first.at), (at("2026-03-30T07:15:00Z"), at("2026-03-30T07:30:00Z")));
        assert_eq!(due.resolution.unwrap().at, at("2026-03-31T08:30:00Z"));
    });
}

/// A ticket that waits for the customer for too long is handed back or closed as the workspace says.
#[test]
fn a_resting_ticket_ends() {
    for (then, ai, on_hold) in [
        (Then::HandBack, true, false),
        (Then::HandBack, false, false),
        (Then::Close, true, false),
        (Then::Close, true, true),
        (Then::HandBack, true, true),
    ] {
        block_on(async {
            let office = Office::new(0).await;
            let idle = Idle::new(TimeDelta::hours(2), then).unwrap();
            let mut rules = Rules::default();
            (rules.on_customer, rules.on_hold) = (Some(idle), Some(idle));
            let desk = Desk::on(office.store.clone())
                .clock(office.clock.clone())
                .rules(rules)
                .ai_agent_in(move |_| ai)
                .build();
            desk.take_over(here(), ANA, key("t")).await.unwrap();
            desk.reply(here(), ANA, key("r"), "Does it work now?").await.unwrap();
            office.wait(TimeDelta::minutes(90));
            // Writing once more begins the wait anew.
            desk.reply(here(), ANA, key("r2"), "Please tell me.").await.unwrap();
            if on_hold {
                desk.hold(here(), Actor::from(ANA)).await.unwrap();
            }
            office.wait(TimeDelta::minutes(119));
            desk.run_due(10).await.unwrap();
            assert!(office.status().await.is_open(), "{then:?}: too early");
            office.wait(TimeDelta::minutes(1));
            assert_eq!(desk.run_due(10).await.unwrap().failed, 0);
            let control = desk.control(here()).await.unwrap().control;
            match (then, ai) {
                (Then::HandBack, true) => assert_eq!(control, Control::Ai),
                _ => assert!(
                    matches!(control, Control::Closed { teammate: Some(ANA), .. }),
                    "{then:?} {control:?}"
                ),
            }
            assert_eq!(office.status().await, TicketStatus::Closed);
            office.audit().await;
        });
    }
}

/// The customer wrote just before: the ticket waits for a teammate, and stays.
#[test]
fn who_answers_in_time_keeps_the_teammate() {
    block_on(async {
        let office = Office::new(0).await;
        let mut rules = Rules::default();
        rules.on_customer = Some(Idle::new(TimeDelta::hours(2), Then::HandBack).unwrap());
        let desk = office.under(rules);
        desk.take_over(here(), ANA, key("t")).await.unwrap();
        desk.reply(here(), ANA, key("r"), "Does it work now?").await.unwrap();
        office.wait(TimeDelta::hours(2));
        let next = desk.customer_message(here(), CLEO, key("no"), "No!").await.unwrap().next;
        assert!(matches!(next, Next::Teammate { teammate: ANA, .. }));
        assert_eq!(desk.run_due(10).await.unwrap().failed, 0);
        assert_eq!(office.status().await, TicketStatus::OnYou);
        // Closed by hand and reopened, it does not end by the old timer.
        desk.close(here(), Actor::from(ANA), key("c"), AfterClose::StayOff).await.unwrap();
        desk.customer_message(here(), CLEO, key("yet"), "One more thing.").await.unwrap();
        office.wait(TimeDelta::hours(3));
        desk.run_due(10).await.unwrap();
        assert_eq!(office.status().await, TicketStatus::OnYou);
    });
}
