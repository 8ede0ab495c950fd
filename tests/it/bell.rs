//! Whoever schedules work wakes the workers. The sleeps here never end, so a wake-up that is lost hangs a test.

use std::collections::BTreeMap;
use std::future::pending;
use std::time::Duration;

use async_trait::async_trait;
use escalate::*;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

fn place(n: u128) -> Place {
    Place::new(WorkspaceId::from_u128(1), ConversationId::from_u128(n))
}

/// Passes on what it gets.
#[derive(Debug)]
struct Sink(UnboundedSender<Event>);

#[async_trait]
impl EventSink for Sink {
    async fn deliver(&self, events: &[Event], _: u32) -> Result<(), SinkError> {
        let gone = events.iter().any(|event| self.0.send(event.clone()).is_err());
        if gone { Err(SinkError::new("nobody listens")) } else { Ok(()) }
    }
}

fn desk(store: &MemoryStore) -> (Desk, UnboundedReceiver<Event>) {
    let (sink, got) = unbounded_channel();
    (Desk::on(store.clone()).sink("stream".parse().unwrap(), Sink(sink)).build(), got)
}

/// Looks once, and from then on only when it is woken.
fn work(desk: &Desk) -> tokio::task::JoinHandle<std::convert::Infallible> {
    let desk = desk.clone();
    tokio::spawn(async move { desk.work(Duration::MAX, |_| pending::<()>()).await })
}

async fn escalate(desk: &Desk, n: u128) {
    let header =
        Conversation::new(place(n), Requester::verified(CustomerId::from_u128(n)), "web", desk.now());
    desk.open(header).await.unwrap();
    let request = Escalate::because(ReasonCode::Other);
    desk.escalate(place(n), Actor::System, "e".parse().unwrap(), request).await.unwrap();
}

async fn next(got: &mut UnboundedReceiver<Event>) -> Event {
    let patience = Duration::from_secs(60);
    tokio::time::timeout(patience, got.recv()).await.expect("a wake-up was lost").unwrap()
}

/// Three workers on clones of one desk; eight tasks that escalate: whatever the interleaving, all goes out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_wake_up_is_lost() {
    const TASKS: u128 = 8;
    const EACH: u128 = 250;
    let (desk, mut got) = desk(&MemoryStore::new());
    let workers = [work(&desk), work(&desk), work(&desk)];
    for task in 0..TASKS {
        let desk = desk.clone();
        tokio::spawn(async move {
            for n in 0..EACH {
                escalate(&desk, task * EACH + n).await;
                // Now and then the workers fall asleep in between.
                if n % 5 == 0 {
                    tokio::task::yield_now().await;
                }
            }
        });
    }
    let mut seen: BTreeMap<ConversationId, u64> = BTreeMap::new();
    while seen.values().filter(|last| **last == 2).count() < usize::try_from(TASKS * EACH).unwrap() {
        let event = next(&mut got).await;
        let last = seen.entry(event.conversation).or_default();
        assert!(event.sequence.0 <= *last + 1, "in order");
        *last = event.sequence.0.max(*last);
    }
    workers.iter().for_each(tokio::task::JoinHandle::abort);
}

/// One after the other, so that the worker is asleep each time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sleeping_worker_is_woken() {
    let (desk, mut got) = desk(&MemoryStore::new());
    let worker = work(&desk);
    for n in 0..500 {
        escalate(&desk, n).await;
        for sequence in 1..=2 {
            let event = next(&mut got).await;
            assert_eq!((event.conversation, event.sequence.0), (place(n).conversation, sequence));
        }
    }
    worker.abort();
}

/// What another machine schedules rings no bell here; `wake` does.
#[tokio::test]
async fn the_host_may_ring() {
    let store = MemoryStore::new();
    let ((here, mut got), (there, _)) = (desk(&store), desk(&store));
    let worker = work(&here);
    // It has looked once, found nothing and fallen asleep when this has come.
    escalate(&here, 1).await;
    for _ in 0..2 {
        next(&mut got).await;
    }
    escalate(&there, 2).await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(got.try_recv().is_err(), "nobody has told it");
    here.wake();
    assert_eq!(next(&mut got).await.conversation, place(2).conversation);
    worker.abort();
}
