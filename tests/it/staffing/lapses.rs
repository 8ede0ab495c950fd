//! Unanswered, late or resting: what time does is done once, whatever fails and however many look.

use chrono::TimeDelta;
use escalate::ports::Routing;
use escalate::rules::{AfterShift, Deadlines, Idle, Rules, Then, Unanswered};
use escalate::schedule::DateRange;
use escalate::testkit::{Fault, Flaky, ManualClock, SequentialIds};
use escalate::{
    Actor, AssignedBy, Control, Desk, Escalate, EventKind, EventSequence, Flag, Lapse, MemoryStore, Priority,
    ReasonCode, Roster, Schedule, Shift, Teammate, TeammateId, TicketRepository, TranscriptStore,
};
use futures::executor::block_on;

use crate::flow::world::{ACME, ANA, BEN, NOON, audit, conversation, key, place, staff, tickets, unlimited};

const MINUTE: TimeDelta = TimeDelta::minutes(1);

fn rules(rounds: u32) -> Rules {
    let soon = Deadlines::default().replying_within(MINUTE * 7).unwrap();
    let soon = soon.warning_before(MINUTE * 2).unwrap();
    let mut rules = unlimited().offering_again(Unanswered::new(MINUTE * 5, rounds).unwrap());
    rules.on_customer = Some(Idle::new(MINUTE * 5, Then::HandBack).unwrap());
    rules.with_deadlines(Priority::Normal, soon)
}

fn desk<S>(store: S, clock: &ManualClock, rules: Rules) -> Desk
where
    S: TranscriptStore + TicketRepository + Roster + Clone,
{
    Desk::on(store).clock(clock.clone()).ids(SequentialIds::new()).rules(rules).build()
}

/// What happened to the ticket, and nothing of who asked.
async fn kinds(desk: &Desk) -> Vec<EventKind> {
    let events = desk.timeline(place(ACME, 1), EventSequence(0), 1_000).await.unwrap();
    events.into_iter().map(|event| event.kind).collect()
}

async fn escalated(store: &MemoryStore, clock: &ManualClock, rules: Rules) -> Desk {
    let desk = desk(store.clone(), clock, rules);
    desk.open(conversation(place(ACME, 1))).await.unwrap();
    let asked = Escalate::because(ReasonCode::CustomerRequest);
    desk.escalate(place(ACME, 1), Actor::System, key("e"), asked).await.unwrap();
    desk
}

/// A worker comes by until nothing is due, again after what failed.
async fn work(desk: &Desk) {
    for _ in 0..20 {
        let Ok(report) = desk.run_due(100).await else { continue };
        if report.done == 0 && report.failed == 0 && report.next.is_none_or(|next| next > desk.now()) {
            return;
        }
    }
    panic!("the worker found no end");
}

fn lapsed(kinds: &[EventKind]) -> Vec<TeammateId> {
    let who = |kind: &EventKind| match kind {
        EventKind::Lapsed { teammate, why: Lapse::Unanswered } => Some(*teammate),
        _ => None,
    };
    kinds.iter().filter_map(who).collect()
}

/// Everybody is asked once a round, in the same order, and then people are called.
#[test]
fn rounds_of_three_and_then_a_flag() {
    block_on(async {
        let (store, clock) = (MemoryStore::new(), ManualClock::at(NOON));
        for n in 1..=3 {
            store.put_teammate(Teammate::new(ACME, TeammateId::from_u128(n), "T")).await.unwrap();
        }
        let desk = escalated(&store, &clock, rules(2)).await;
        for _ in 0..40 {
            clock.advance(MINUTE);
            work(&desk).await;
        }
        let kinds = kinds(&desk).await;
        let asked: Vec<_> = lapsed(&kinds).iter().map(|id| id.uuid().as_u128()).collect();
        assert_eq!(asked, [1, 2, 3, 1, 2, 3], "each once a round (A7)");
        let flags = kinds.iter().filter(|kind| matches!(kind, EventKind::Flagged { flag: Flag::Unanswered }));
        assert_eq!(flags.count(), 1);
        let ticket = tickets(&store, ACME).await.remove(0);
        assert!(ticket.is_waiting() && ticket.flags == [Flag::Unanswered]);
        let asked = Escalate::because(ReasonCode::CustomerRequest);
        let joined = desk.escalate(place(ACME, 1), Actor::System, key("again"), asked).await.unwrap();
        assert_eq!(joined.routing, Routing::Waiting, "no place in the line for what a person is to choose");
        // A person chooses; the machine leaves it there.
        desk.reassign(place(ACME, 1), Actor::System, TeammateId::from_u128(2)).await.unwrap();
        clock.advance(TimeDelta::days(3));
        work(&desk).await;
        let on = tickets(&store, ACME).await.remove(0).assignee.unwrap();
        assert_eq!((on.teammate.uuid().as_u128(), on.by), (2, AssignedBy::Hand));
    });
}

/// Who says that they are gone loses what they have not answered; what they answer only where the host wants it so.
#[test]
fn whoever_goes_off_duty() {
    for (off_duty, answers, moves) in [
        (AfterShift::OfferUnanswered, false, true),
        (AfterShift::OfferUnanswered, true, false),
        (AfterShift::OfferAll, true, true),
        (AfterShift::Keep, false, false),
    ] {
        block_on(async {
            let (store, clock) = (MemoryStore::new(), ManualClock::at(NOON));
            staff(&store, ACME, 0).await;
            let desk = escalated(&store, &clock, unlimited().off_duty(off_duty)).await;
            if answers {
                desk.reply(place(ACME, 1), ANA, key("r"), "One moment.").await.unwrap();
            }
            store.set_available(ACME, ANA, false).await.unwrap();
            let offered = desk.went_off_duty(ACME, ANA).await.unwrap();
            work(&desk).await;
            let on = tickets(&store, ACME).await.remove(0).assigned_to();
            let expected = if moves { (1, Some(BEN)) } else { (0, Some(ANA)) };
            assert_eq!((offered, on), expected, "{off_duty:?}, answered: {answers}");
            audit(&desk, &store, ACME, &[place(ACME, 1)]).await;
        });
    }
}

/// What came due while it was closed is told of once it goes on.
#[test]
fn deadlines_go_on_after_a_reopening() {
    block_on(async {
        let (store, clock) = (MemoryStore::new(), ManualClock::at(NOON));
        staff(&store, ACME, 0).await;
        let desk = escalated(&store, &clock, rules(2)).await;
        desk.close(place(ACME, 1), Actor::System, key("c"), escalate::AfterClose::StayOff).await.unwrap();
        clock.advance(MINUTE * 6);
        work(&desk).await;
        let cleo = crate::flow::world::CLEO;
        desk.customer_message(place(ACME, 1), cleo, key("m"), "Hello?").await.unwrap();
        work(&desk).await;
        clock.advance(MINUTE * 2);
        work(&desk).await;
        let told = kinds(&desk).await;
        let missed = told.iter().filter(|kind| matches!(kind, EventKind::Deadline { .. })).count();
        assert_eq!(missed, 2, "near when it went on, missed two minutes later: {told:?}");
    });
}

/// A fault at every call of a worker: nothing is lost, and nothing is told twice (E5).
#[test]
fn a_fault_at_every_call_of_a_worker() {
    let run = async |fault: Option<(u64, Fault)>| {
        let (store, clock) = (MemoryStore::new(), ManualClock::at(NOON));
        staff(&store, ACME, 0).await;
        let sound = escalated(&store, &clock, rules(1)).await;
        let flaky = Flaky::new(store.clone());
        if let Some((nth, fault)) = fault {
            flaky.fail(nth, fault);
        }
        let worker = desk(flaky.clone(), &clock, rules(1));
        for minute in 0..24 {
            clock.advance(MINUTE);
            work(&worker).await;
            // What failed is tried again after its patience or its lease.
            clock.advance(MINUTE);
            work(&worker).await;
            if minute == 10 {
                sound.take_over(place(ACME, 1), ANA, key("t")).await.unwrap();
                sound.reply(place(ACME, 1), ANA, key("r"), "Is it solved?").await.unwrap();
            }
        }
        audit(&sound, &store, ACME, &[place(ACME, 1)]).await;
        let state = sound.control(place(ACME, 1)).await.unwrap().control;
        (kinds(&sound).await, state, flaky.calls())
    };
    let (clean, state, calls) = block_on(run(None));
    assert_eq!(state, Control::Ai, "handed back as the customer was silent");
    assert_eq!(lapsed(&clean), [ANA, BEN]);
    assert!(calls > 20, "only {calls} calls");
    let step = calls.div_ceil(120).max(1);
    for nth in (1..=calls).step_by(usize::try_from(step).unwrap()) {
        for fault in [Fault::Before, Fault::After] {
            let (kinds, ended, _) = block_on(run(Some((nth, fault))));
            assert_eq!(ended, state, "{fault:?} at call {nth}");
            let once = |kinds: &[EventKind]| {
                let of_time = |kind: &&EventKind| {
                    matches!(
                        kind,
                        EventKind::Deadline { .. } | EventKind::Lapsed { .. } | EventKind::Flagged { .. }
                    )
                };
                let mut names: Vec<_> =
                    kinds.iter().filter(of_time).map(|kind| format!("{kind:?}")).collect();
                names.sort();
                names
            };
            assert_eq!(once(&kinds), once(&clean), "{fault:?} at call {nth}");
        }
    }
}

/// Two workers race on what is due at one instant: each deadline is told of once, and it lapses once.
#[test]
fn two_workers_tell_each_thing_once() {
    for _ in 0..40 {
        let (store, clock) = (MemoryStore::new(), ManualClock::at(NOON));
        block_on(staff(&store, ACME, 0));
        let sound = block_on(escalated(&store, &clock, rules(1)));
        for minutes in [5, 2, 3] {
            clock.advance(MINUTE * minutes);
            std::thread::scope(|scope| {
                for _ in 0..2 {
                    let worker = desk(store.clone(), &clock, rules(1));
                    scope.spawn(move || (0..4).for_each(|_| assert!(block_on(worker.run_due(100)).is_ok())));
                }
            });
        }
        let kinds = block_on(kinds(&sound));
        assert_eq!(lapsed(&kinds), [ANA, BEN], "{kinds:?}");
        let told = kinds.iter().filter(|kind| matches!(kind, EventKind::Deadline { .. })).count();
        let flagged = kinds.iter().filter(|kind| matches!(kind, EventKind::Flagged { .. })).count();
        assert_eq!((told, flagged), (2, 1), "{kinds:?}");
        block_on(audit(&sound, &store, ACME, &[place(ACME, 1)]));
    }
}

/// With nobody there, a round is over once all who ever could have had it: people are called, and nobody waits for ever.
#[test]
fn a_round_ends_though_nobody_is_there() {
    block_on(async {
        let (store, clock) = (MemoryStore::new(), ManualClock::at(NOON));
        store.put_teammate(Teammate::new(ACME, ANA, "Ana")).await.unwrap();
        let desk = escalated(&store, &clock, rules(1).off_duty(AfterShift::Keep)).await;
        store.set_available(ACME, ANA, false).await.unwrap();
        clock.advance(MINUTE * 5);
        work(&desk).await;
        assert_eq!(tickets(&store, ACME).await.remove(0).flags, [Flag::Unanswered]);
    });
}

/// Also of one whose schedule has days off and no shift; and of one who has said that they are away, on shift or not.
#[test]
fn days_off_and_words_end_a_duty_too() {
    block_on(async {
        let zone = escalate::Zone::utc();
        let tomorrow = DateRange::day(NOON.date_naive().succ_opt().unwrap());
        let by_word = Schedule::new(zone.clone()).with_time_off([tomorrow]);
        let always = Shift::new(zone.clone()).every_day("00:00-00:00".parse().unwrap());
        let on_shift = Schedule::new(zone).with_shift(always);
        for (schedule, away) in [(by_word, false), (on_shift, true)] {
            let (store, clock) = (MemoryStore::new(), ManualClock::at(NOON));
            staff(&store, ACME, 0).await;
            store.put_teammate(Teammate::new(ACME, ANA, "Ana").working(schedule)).await.unwrap();
            let desk = escalated(&store, &clock, unlimited()).await;
            assert_eq!(tickets(&store, ACME).await.remove(0).assigned_to(), Some(ANA));
            clock.advance(MINUTE);
            work(&desk).await;
            if away {
                store.set_available(ACME, ANA, false).await.unwrap();
                assert_eq!(desk.went_off_duty(ACME, ANA).await.unwrap(), 1);
            } else {
                clock.advance(TimeDelta::hours(10));
            }
            work(&desk).await;
            assert_eq!(tickets(&store, ACME).await.remove(0).assigned_to(), Some(BEN), "away: {away}");
        }
    });
}
