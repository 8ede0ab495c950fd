//! Several sinks: one that is down holds up no other, and is tried again when it is time.

mod log;
mod slow;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use escalate::testkit::ManualClock;
use escalate::*;
use futures::executor::block_on;

use self::log::Log;
use self::slow::Slow;
use crate::aside::step_aside;

const NOON: DateTime<Utc> = DateTime::from_timestamp(1_750_000_000, 0).unwrap();
const CLEO: CustomerId = CustomerId::from_u128(3);

fn place(n: u128) -> Place {
    Place::new(WorkspaceId::from_u128(1), ConversationId::from_u128(n))
}

/// What a sink does; with nothing left, it takes everything.
#[derive(Clone, Copy, Debug)]
enum Ill {
    Takes,
    Fails,
    Asks(TimeDelta),
    /// Takes this many and fails.
    Part(usize),
    /// Tries nothing, for an hour.
    Closed,
    Hangs,
}

#[derive(Clone, Debug, Default)]
struct Sink {
    ills: Arc<Mutex<VecDeque<Ill>>>,
    calls: Arc<Mutex<Vec<Call>>>,
}

/// The attempt, and the sequences.
type Call = (u32, Vec<u64>);

impl Sink {
    fn ill(ills: &[Ill]) -> Self {
        Self { ills: Arc::new(Mutex::new(ills.iter().copied().collect())), ..Self::default() }
    }

    fn attempts(&self) -> Vec<u32> {
        self.calls.lock().unwrap().iter().map(|(attempt, _)| *attempt).collect()
    }

    fn last(&self) -> Vec<u64> {
        self.calls.lock().unwrap().last().map(|(_, sequences)| sequences.clone()).unwrap_or_default()
    }
}

#[async_trait]
impl EventSink for Sink {
    async fn deliver(&self, events: &[Event], attempt: u32) -> Result<(), SinkError> {
        let sequences = events.iter().map(|event| event.sequence.0).collect();
        self.calls.lock().unwrap().push((attempt, sequences));
        let ill = self.ills.lock().unwrap().pop_front();
        match ill {
            None | Some(Ill::Takes) => Ok(()),
            Some(Ill::Fails) => Err(SinkError::new("down")),
            Some(Ill::Asks(wait)) => Err(SinkError::new("busy").retry_after(wait)),
            Some(Ill::Part(part)) => Err(SinkError::new("down").taken_up_to(events[part - 1].sequence)),
            Some(Ill::Closed) => Err(SinkError::new("closed").retry_after(TimeDelta::hours(1)).untried()),
            Some(Ill::Hangs) => futures::future::pending().await,
        }
    }
}

/// A store, a clock, and desks on them.
struct Shop {
    store: MemoryStore,
    clock: ManualClock,
}

impl Shop {
    fn new() -> Self {
        Self { store: MemoryStore::new(), clock: ManualClock::at(NOON) }
    }

    /// A desk with these sinks: a new machine, as far as the store can tell.
    fn desk(&self, sinks: &[(&str, &Sink)]) -> Desk {
        let mut desk = Desk::on(self.store.clone()).clock(self.clock.clone()).lease(TimeDelta::seconds(30));
        for (name, sink) in sinks {
            desk = desk.sink(name.parse().unwrap(), (*sink).clone());
        }
        desk.build()
    }

    async fn escalated(&self, desk: &Desk, n: u128) {
        let header = Conversation::new(place(n), Requester::verified(CLEO), "web", desk.now());
        desk.open(header).await.unwrap();
        let request = Escalate::because(ReasonCode::Other);
        desk.escalate(place(n), Actor::System, "e".parse().unwrap(), request).await.unwrap();
    }

    /// Something happens in the conversation: two events.
    async fn busy(&self, desk: &Desk, n: u128) {
        let ana = TeammateId::from_u128(4);
        let key = Key::from(uuid::Uuid::now_v7());
        self.store.put_teammate(Teammate::new(place(n).workspace, ana, "Ana")).await.unwrap();
        match desk.control(place(n)).await.unwrap().control {
            Control::Human { .. } => drop(desk.hand_back(place(n), Actor::from(ana), key).await.unwrap()),
            _ => drop(desk.take_over(place(n), ana, key).await.unwrap()),
        }
    }

    async fn after(&self, desk: &Desk, seconds: i64) -> DueReport {
        self.clock.advance(TimeDelta::seconds(seconds));
        desk.run_due(64).await.unwrap()
    }

    async fn events(&self, desk: &Desk, n: u128) -> Vec<u64> {
        let events = desk.timeline(place(n), EventSequence(0), 9_999).await.unwrap();
        events.iter().map(|event| event.sequence.0).collect()
    }
}

#[test]
fn a_sink_that_is_down_holds_up_no_other() {
    block_on(async {
        let shop = Shop::new();
        let (dead, alive) = (Sink::ill(&[Ill::Fails; 99]), Sink::default());
        let desk = shop.desk(&[("webhook", &dead), ("nats", &alive)]);
        shop.escalated(&desk, 1).await;
        let report = shop.after(&desk, 0).await;
        assert_eq!((report.done, report.failed), (1, 1), "{report:?}");
        for _ in 0..5 {
            shop.busy(&desk, 1).await;
            shop.after(&desk, 0).await;
            assert_eq!(alive.last().last(), shop.events(&desk, 1).await.last(), "it gets everything at once");
        }
        assert_eq!(alive.attempts(), [0; 6], "the other's failures do not count for it");
        assert_eq!(
            dead.attempts(),
            [0],
            "what happened in the conversation did not hurry the one that is down"
        );
    });
}

#[test]
fn failures_count_on_from_machine_to_machine_until_something_got_through() {
    block_on(async {
        let shop = Shop::new();
        let sink = Sink::ill(&[Ill::Fails; 4]);
        shop.escalated(&shop.desk(&[("webhook", &sink)]), 1).await;
        for pause in [0, 1, 2, 4, 8] {
            // A desk of its own each time, as after a restart; a second before its time it does nothing.
            let before = sink.attempts().len();
            shop.after(&shop.desk(&[("webhook", &sink)]), (pause - 1).max(0)).await;
            assert_eq!(sink.attempts().len(), before + usize::from(pause == 0), "not before it is due");
            shop.after(&shop.desk(&[("webhook", &sink)]), pause.min(1)).await;
        }
        assert_eq!(sink.attempts(), [0, 1, 2, 3, 4], "1, 2, 4 and 8 seconds apart");
        let desk = shop.desk(&[("webhook", &sink)]);
        shop.busy(&desk, 1).await;
        shop.after(&desk, 0).await;
        assert_eq!(sink.attempts().last(), Some(&0), "it had got through");
    });
}

#[test]
fn a_sink_is_left_alone_for_as_long_as_it_asks() {
    block_on(async {
        let shop = Shop::new();
        let five = TimeDelta::minutes(5);
        let asks = [Ill::Asks(five), Ill::Asks(TimeDelta::MAX), Ill::Asks(TimeDelta::seconds(-9))];
        let sink = Sink::ill(&asks);
        let desk = shop.desk(&[("webhook", &sink)]);
        shop.escalated(&desk, 1).await;
        for (asked, kept) in [(0, 299), (1, 7 * 86_400 - 1), (2, 0)] {
            shop.after(&desk, i64::from(asked > 0)).await;
            assert_eq!(sink.attempts().len(), asked + 1);
            shop.busy(&desk, 1).await;
            let calls = usize::from(asked == 2);
            shop.after(&desk, kept).await;
            assert_eq!(
                sink.attempts().len(),
                asked + 1 + calls,
                "neither sooner than asked nor after 7 days"
            );
        }
        assert_eq!(sink.last(), shop.events(&desk, 1).await);
    });
}

#[test]
fn a_new_sink_gets_an_old_conversation_from_the_start() {
    block_on(async {
        let shop = Shop::new();
        let (old, new) = (Sink::default(), Sink::default());
        let desk = shop.desk(&[("nats", &old)]);
        shop.escalated(&desk, 1).await;
        shop.after(&desk, 0).await;
        let desk = shop.desk(&[("nats", &old), ("webhook", &new)]);
        shop.after(&desk, 0).await;
        assert_eq!(new.attempts(), [0; 0], "nothing has happened since");
        shop.busy(&desk, 1).await;
        shop.after(&desk, 0).await;
        assert_eq!(new.last(), shop.events(&desk, 1).await, "from the first event on");
        assert!(old.last()[0] > 1, "the old one goes on where it was");
    });
}

/// More than a page, and a sink that hangs now and then: what it took is not sent again.
#[test]
fn a_long_conversation_gets_on_page_by_page() {
    block_on(async {
        let shop = Shop::new();
        let quiet = shop.desk(&[("webhook", &Sink::ill(&[Ill::Fails; 999]))]);
        shop.escalated(&quiet, 1).await;
        for _ in 0..150 {
            shop.busy(&quiet, 1).await;
        }
        let all = shop.events(&quiet, 1).await;
        assert!(all.len() > 250, "{}", all.len());
        // The second page hangs: `work` gives it half a lease.
        let sink = Sink::ill(&[Ill::Takes, Ill::Hangs]);
        let desk = shop.desk(&[("webhook", &sink)]);
        let clock = shop.clock.clone();
        let work = desk.work(Duration::from_secs(1), move |pause| {
            let clock = clock.clone();
            async move {
                step_aside().await;
                clock.advance(TimeDelta::from_std(pause).unwrap());
            }
        });
        let done = async {
            while sink.last().last() != all.last() {
                step_aside().await;
            }
        };
        futures::pin_mut!(work, done);
        futures::future::select(work, done).await;
        let calls = sink.calls.lock().unwrap();
        let took: Vec<_> = calls.iter().map(|(n, page)| (*n, page[0], page.len())).collect();
        assert_eq!(
            took[..3],
            [(0, 1, 100), (0, 101, 100), (1, 101, 50)],
            "only the page that hung goes out again, half of it"
        );
    });
}

/// What a sink took before it failed is kept in the store: another machine does not send it again, and what was tried in
/// vain for the first event does not count for the next.
#[test]
fn what_was_taken_before_a_failure_does_not_go_out_again() {
    block_on(async {
        let shop = Shop::new();
        let sink = Sink::ill(&[Ill::Fails, Ill::Fails, Ill::Part(2), Ill::Fails]);
        shop.escalated(&shop.desk(&[("webhook", &sink)]), 1).await;
        shop.busy(&shop.desk(&[("webhook", &sink)]), 1).await;
        let all = shop.events(&shop.desk(&[]), 1).await;
        for pause in [0, 1, 2, 4, 4] {
            shop.after(&shop.desk(&[("webhook", &sink)]), pause).await;
        }
        assert_eq!(sink.attempts(), [0, 1, 2, 1, 2]);
        assert_eq!(sink.last(), all[2..], "behind what was taken");
    });
}

/// A sink that tries nothing uses up no attempts, and is asked when something happens.
#[test]
fn a_closed_sink_has_not_failed() {
    block_on(async {
        let shop = Shop::new();
        let sink = Sink::ill(&[Ill::Fails, Ill::Closed, Ill::Closed, Ill::Closed]);
        let desk = shop.desk(&[("webhook", &sink)]);
        shop.escalated(&desk, 1).await;
        for pause in [0, 1, 3600] {
            shop.after(&desk, pause).await;
        }
        shop.busy(&desk, 1).await;
        shop.after(&desk, 0).await;
        assert_eq!(sink.attempts(), [0, 1, 0, 0], "by the hour, and when something happens");
        shop.after(&desk, 3599).await;
        assert_eq!(sink.attempts().len(), 4);
        shop.after(&desk, 1).await;
        assert_eq!(sink.last(), shop.events(&desk, 1).await);
    });
}

/// The log says why a sink failed, not only that it did.
#[test]
fn the_log_says_why_a_sink_failed() {
    let log = Log::default();
    tracing::subscriber::with_default(log.clone(), || {
        block_on(async {
            let shop = Shop::new();
            let desk = shop.desk(&[("webhook", &Sink::ill(&[Ill::Fails]))]);
            shop.escalated(&desk, 1).await;
            shop.after(&desk, 0).await;
        });
    });
    let lines = log.0.lock().unwrap();
    let told = lines.iter().any(|line| line.contains("a sink failed") && line.contains("down"));
    assert!(told, "{lines:?}");
}

/// A sink that refuses at once and wants to be asked again at once takes nobody else's turn. The worker is on a thread
/// of its own: one that goes round without a rest never gives it back.
#[test]
fn a_sink_in_a_hurry_leaves_others_their_turn() {
    let (told, heard) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        block_on(async {
            let shop = Shop::new();
            let (hasty, calm) = (Hasty, Sink::default());
            let desk = Desk::on(shop.store.clone()).sink("a-hasty".parse().unwrap(), hasty);
            let desk = desk.sink("calm".parse().unwrap(), calm.clone()).build();
            shop.escalated(&desk, 1).await;
            let work = desk.work(Duration::from_secs(1), |_| step_aside());
            let done = async {
                while calm.attempts().is_empty() {
                    step_aside().await;
                }
            };
            futures::pin_mut!(work, done);
            futures::future::select(work, done).await;
            told.send(()).unwrap();
        });
    });
    heard.recv_timeout(Duration::from_secs(60)).expect("the other sink never had its turn");
}

/// Refuses for ever, and wants no pause.
#[derive(Debug)]
struct Hasty;

#[async_trait]
impl EventSink for Hasty {
    async fn deliver(&self, _: &[Event], _: u32) -> Result<(), SinkError> {
        Err(SinkError::new("at once, please").retry_after(TimeDelta::zero()))
    }
}

/// A sink too slow for a page of a hundred gets smaller ones until it gets on: nothing waits for ever.
#[test]
fn a_slow_sink_gets_on_with_smaller_pages() {
    block_on(async {
        let shop = Shop::new();
        let quiet = shop.desk(&[("slow", &Sink::ill(&[Ill::Fails; 999]))]);
        shop.escalated(&quiet, 1).await;
        for _ in 0..55 {
            shop.busy(&quiet, 1).await;
        }
        let all = shop.events(&quiet, 1).await;
        assert!(all.len() > 100, "{}", all.len());
        for most in [7, 60] {
            let slow = Slow { most, got: Arc::default() };
            let name = format!("slow-{most}").parse().unwrap();
            let desk =
                Desk::on(shop.store.clone()).clock(shop.clock.clone()).sink(name, slow.clone()).build();
            shop.busy(&desk, 1).await;
            for _ in 0..200 {
                shop.after(&desk, 300).await;
            }
            let events = shop.events(&desk, 1).await;
            let got = slow.got.lock().unwrap();
            assert_eq!(*got, events, "in order, once, to the end, {most} at most at a time");
        }
    });
}
