//! E6 and N5, recounted by a list of what was asked and when.

use chrono::{DateTime, TimeDelta, Utc};
use escalate::ports::HandBack;
use escalate::testkit::{ManualClock, SequentialIds};
use escalate::{
    Actor, AfterClose, Control, Conversation, CustomerId, Desk, Error, Escalate, Fenced, MemoryStore,
    ReasonCode, Refusal, Requester, Rules, TicketId,
};
use futures::executor::block_on;
use proptest::prelude::*;

use super::config;
use crate::flow::world::{ACME, ANA, CLEO, NOON, WORDS, audit, conversation, key, place, staff, tickets};

const OFTEN: usize = 3;
const HOUR: TimeDelta = TimeDelta::hours(1);

#[derive(Clone, Copy, Debug)]
enum Do {
    TurnEscalates,
    HostEscalates,
    CustomerWithdraws,
    HostHandsBack,
    AnaTakesOver,
    AnaReplies,
    AnaReleases,
    Close,
    CustomerWrites,
    Work,
    Pass(i64),
}

fn what() -> impl Strategy<Value = Do> {
    prop_oneof![
        6 => Just(Do::TurnEscalates),
        2 => Just(Do::HostEscalates),
        6 => Just(Do::CustomerWithdraws),
        3 => Just(Do::HostHandsBack),
        1 => Just(Do::AnaTakesOver),
        1 => Just(Do::AnaReplies),
        1 => Just(Do::AnaReleases),
        1 => Just(Do::Close),
        1 => Just(Do::CustomerWrites),
        1 => Just(Do::Work),
        4 => prop_oneof![Just(60), Just(1_200), Just(3_599), Just(3_600), Just(90_000)].prop_map(Do::Pass),
    ]
}

/// What was asked since a person last did something, and of which ticket.
#[derive(Default)]
struct Streak {
    asked: Vec<(DateTime<Utc>, TicketId)>,
    flagged: bool,
}

impl Streak {
    /// `anew`: the AI agent had the conversation, so that nothing but the loop breaker keeps the ticket.
    fn asked(&mut self, at: DateTime<Utc>, ticket: TicketId, anew: bool) {
        if let Some((then, before)) = self.asked.last() {
            if at - *then < HOUR {
                assert_eq!(*before, ticket, "no person in between: one ticket (E6)");
            } else if anew {
                assert_ne!(*before, ticket, "that was long ago: a new ticket");
                *self = Self::default();
            } else if ticket != *before {
                *self = Self::default();
            }
        }
        self.asked.push((at, ticket));
        self.flagged |= self.asked.iter().filter(|(then, _)| at - *then < HOUR).count() >= OFTEN;
    }
}

/// A customer takes nothing back that people are to look at, and is told so.
fn withdrawn(streak: &Streak, before: Control, outcome: Result<HandBack, Error>) {
    let Err(error) = outcome else {
        return assert!(!streak.flagged, "the customer took it back from people (E6)");
    };
    let nobody_answers = matches!(before, Control::Queued { .. } | Control::Closed { .. });
    let is_loop = matches!(error.refusal(), Some(Refusal::Looping { .. }));
    assert_eq!(is_loop, nobody_answers && streak.flagged, "{error:?}");
}

async fn looping(steps: &[Do], elsewhere: bool) {
    let (store, clock) = (MemoryStore::new(), ManualClock::at(NOON));
    let transcripts = if elsewhere { MemoryStore::new() } else { store.clone() };
    let desk = Desk::builder(transcripts, store.clone(), store.clone());
    let desk = desk.clock(clock.clone()).ids(SequentialIds::new()).build();
    staff(&store, ACME, 1).await;
    let here = place(ACME, 1);
    desk.open(conversation(here)).await.unwrap();
    desk.customer_message(here, CLEO, key("m"), WORDS).await.unwrap();
    let mut streak = Streak::default();
    for (n, step) in steps.iter().enumerate() {
        let (key, before, now) = (key(format!("{n}")), desk.control(here).await.unwrap(), desk.now());
        let asked = Escalate::because(ReasonCode::AiFailure);
        let mut escalated = None;
        match step {
            Do::TurnEscalates => {
                if let Ok(turn) = desk.begin_turn(here).await
                    && let Ok(Fenced::Done(answer)) = turn.escalate(key, asked).await
                {
                    escalated = Some(answer.ticket);
                }
            }
            Do::HostEscalates => {
                escalated = Some(desk.escalate(here, Actor::System, key, asked).await.unwrap().ticket);
            }
            Do::CustomerWithdraws => {
                withdrawn(&streak, before.control, desk.hand_back(here, Actor::from(CLEO), key).await);
            }
            Do::HostHandsBack => _ = desk.hand_back(here, Actor::System, key).await,
            Do::AnaTakesOver => {
                if desk.take_over(here, ANA, key).await.is_ok() && before.control == Control::Ai {
                    // An episode that nobody asked for: a person came by.
                    streak = Streak::default();
                }
            }
            Do::AnaReplies => {
                if desk.reply(here, ANA, key, "I am on it.").await.is_ok() {
                    streak = Streak::default();
                }
            }
            Do::AnaReleases => _ = desk.release(here, Actor::from(ANA)).await,
            Do::Close => _ = desk.close(here, Actor::System, key, AfterClose::StayOff).await,
            Do::CustomerWrites => _ = desk.customer_message(here, CLEO, key, "Hello?").await.unwrap(),
            Do::Work => _ = desk.run_due(100).await.unwrap(),
            Do::Pass(seconds) => clock.advance(TimeDelta::seconds(*seconds)),
        }
        let after = desk.control(here).await.unwrap();
        if let (Some(ticket), true) = (escalated, after.epoch != before.epoch) {
            streak.asked(now, ticket, before.control == Control::Ai);
        }
        if streak.flagged && !matches!(step, Do::HostHandsBack) && before.control != Control::Ai {
            assert_ne!(after.control, Control::Ai, "{step:?} gave it back, and only people may (E6)");
        }
        if let Some((_, ticket)) = streak.asked.last() {
            let ticket = desk.ticket(ACME, *ticket).await.unwrap();
            assert_eq!(ticket.is_looping(), streak.flagged, "{step:?}: {ticket:?}");
        }
        audit(&desk, &store, ACME, &[here]).await;
    }
}

/// The newest open ticket of a customer, by a look at all of them.
async fn newest_open(store: &MemoryStore, customer: CustomerId) -> Option<TicketId> {
    let all = tickets(store, ACME).await;
    let open = all.iter().filter(|ticket| ticket.status.is_open() && ticket.requester.customer == customer);
    open.max_by_key(|ticket| (ticket.clocks.requested, ticket.id)).map(|ticket| ticket.id)
}

/// Steps: a conversation, whether it ends instead of beginning, and how long it takes.
async fn bounded(steps: &[(u128, bool, i64)], elsewhere: bool) {
    const MOST: usize = 3;
    let (store, clock) = (MemoryStore::new(), ManualClock::at(NOON));
    let transcripts = if elsewhere { MemoryStore::new() } else { store.clone() };
    let mut rules = Rules::default();
    rules.loops.count = 0;
    rules.per_customer.count = MOST as u32;
    let desk = Desk::builder(transcripts, store.clone(), store.clone()).rules(rules);
    let desk = desk.clock(clock.clone()).ids(SequentialIds::new()).build();
    let customer = |n: u128| CustomerId::from_u128(n % 2 + 1);
    for n in 0..8 {
        let header = Conversation::new(place(ACME, n), Requester::verified(customer(n)), "web", NOON);
        desk.open(header).await.unwrap();
    }
    let mut begun: Vec<(CustomerId, DateTime<Utc>)> = Vec::new();
    for (at, (n, ends, seconds)) in steps.iter().enumerate() {
        let (here, whose, key) = (place(ACME, *n), customer(*n), key(format!("{at}")));
        clock.advance(TimeDelta::seconds(*seconds));
        if *ends {
            _ = desk.hand_back(here, Actor::System, key).await;
            continue;
        }
        let (before, now) = (desk.control(here).await.unwrap(), desk.now());
        let recent = begun.iter().filter(|(who, then)| *who == whose && now - *then < HOUR).count();
        let open = newest_open(&store, whose).await;
        let asked = || Escalate::because(ReasonCode::Other);
        let turn = desk.begin_turn(here).await;
        let answer = match &turn {
            Ok(turn) => turn.escalate(key.clone(), asked()).await.unwrap().done().unwrap(),
            Err(_) => desk.escalate(here, Actor::System, key.clone(), asked()).await.unwrap(),
        };
        let joins = before.control == Control::Ai && recent >= MOST && open.is_some();
        assert_eq!(answer.joined.is_some(), joins, "{recent} begun, {open:?} open (N5)");
        let after = desk.control(here).await.unwrap();
        if let (true, Ok(turn)) = (joins, turn) {
            assert_eq!(Some(answer.ticket), open, "their newest open ticket");
            assert_eq!(after, before, "nothing was opened here");
            let said = turn.reply(self::key(format!("said-{at}")), "A colleague is on it.").await.unwrap();
            assert!(said.done().is_some(), "the turn goes on");
            let again = desk.escalate(here, Actor::AiAgent, key, asked()).await;
            assert!(again.is_err(), "without a turn there is nothing to fence");
        } else if before.control == Control::Ai {
            assert_eq!(after.control, Control::Queued { ticket: answer.ticket });
            begun.push((whose, now));
        }
    }
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn a_loop_is_one_ticket_and_stays_with_people(
        steps in prop::collection::vec(what(), 1..40), elsewhere in any::<bool>(),
    ) {
        block_on(looping(&steps, elsewhere));
    }

    #[test]
    fn a_customer_begins_so_many_episodes(
        steps in prop::collection::vec((0..8_u128, any::<bool>(), prop_oneof![Just(1_i64), Just(600), Just(1_800)]), 1..50),
        elsewhere in any::<bool>(),
    ) {
        block_on(bounded(&steps, elsewhere));
    }
}
