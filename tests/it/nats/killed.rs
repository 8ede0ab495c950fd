//! Servers that die in the middle of a load, as with SIGKILL.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use escalate::adapters::nats::NatsSink;
use escalate::{EventSink, Place};
use futures::future::join_all;

use super::bench::{Bench, events, place};
use super::server::Cluster;

const CONVERSATIONS: u64 = 8;
const EACH: u64 = 120;

/// Delivers the events of one conversation as a worker does: a few at a time, again from the first of them on error.
async fn deliver_all(sink: &NatsSink, place: Place, done: &AtomicU64) {
    let mut next = 1;
    while next <= EACH {
        let last = EACH.min(next + place.conversation.uuid().as_u64_pair().1 % 4);
        let some = events(place, next..=last);
        if sink.deliver(&some, 0).await.is_ok() {
            done.fetch_add(last + 1 - next, Ordering::SeqCst);
            next = last + 1;
        }
    }
}

async fn until(done: &AtomicU64, count: u64) {
    while done.load(Ordering::SeqCst) < count {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// The leader of the stream is killed a third into the load, and comes back two thirds into it: what was reported
/// as delivered is in the stream, in order per conversation and without gaps.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_leader_loses_nothing_that_was_delivered() {
    let mut cluster = Cluster::start();
    let mut bench = Bench::on(&cluster.addresses()).await;
    // What the dead leader was sent is never answered.
    bench.context.set_timeout(Duration::from_secs(2));
    let sink = bench.sink().await;
    let done = AtomicU64::new(0);
    let places: Vec<_> = (0..CONVERSATIONS).map(|n| place(1, u128::from(n))).collect();
    let load = join_all(places.iter().map(|place| deliver_all(&sink, *place, &done)));
    let faults = async {
        until(&done, CONVERSATIONS * EACH / 3).await;
        let stream = bench.context.get_stream(&bench.stream).await.unwrap();
        let leader = stream.cached_info().cluster.clone().unwrap().leader.unwrap();
        cluster.kill(&leader);
        let reported = done.load(Ordering::SeqCst);
        until(&done, CONVERSATIONS * EACH * 2 / 3).await;
        cluster.restart(&leader);
        reported
    };
    let both = async { tokio::join!(load, faults) };
    let (_, reported) =
        tokio::time::timeout(Duration::from_secs(120), both).await.expect("the load comes to an end");
    assert!(reported < CONVERSATIONS * EACH, "it was killed in the middle");

    let mut seen: HashMap<Place, u64> = HashMap::new();
    for event in bench.events().await {
        let last = seen.entry(event.place()).or_default();
        // A repeat is allowed where its first arrival is there; a gap or an overtaking is not.
        assert!(event.sequence.0 <= *last + 1, "{event:?} came after {last}");
        *last = event.sequence.0.max(*last);
    }
    let whole: HashMap<_, _> = places.into_iter().map(|place| (place, EACH)).collect();
    assert_eq!(seen, whole, "everything that was reported as delivered is there");
}
