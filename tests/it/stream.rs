//! The in-process stream of events.

use chrono::{DateTime, Utc};
use escalate::adapters::stream::{EventStream, Streamed, Subscription};
use escalate::testkit::{ManualClock, SequentialIds};
use escalate::{Desk, Event, EventSequence, EventSink, MemoryStore, TicketRepository};
use futures::executor::block_on;
use futures::stream::{FusedStream, StreamExt};
use futures::task::noop_waker_ref;
use futures::{FutureExt, future};
use serde_json::json;

use crate::flow::world::{ACME, ANA, CLEO, NOON, conversation, key, place, staff};

fn events(conversation: u32, sequences: std::ops::RangeInclusive<u64>) -> Vec<Event> {
    let uuid = |number: u64| format!("00000000-0000-7000-8000-{number:012x}");
    let one = |sequence| {
        let at: DateTime<Utc> = NOON;
        let event = json!({
            "id": uuid(u64::from(conversation) * 1000 + sequence), "workspace": uuid(1), "ticket": uuid(2),
            "conversation": uuid(u64::from(conversation)), "sequence": sequence, "epoch": 1, "at": at,
            "actor": { "type": "system" }, "kind": { "type": "summarised" },
        });
        serde_json::from_value(event).unwrap()
    };
    sequences.map(one).collect()
}

/// All that waits, by sequence; a gap by its length, negative.
fn waiting(subscription: &mut Subscription) -> Vec<i64> {
    let number = |item| match item {
        Streamed::Event(event) => i64::try_from(event.sequence.0).unwrap(),
        Streamed::Lagged { missed } => -i64::try_from(missed).unwrap(),
    };
    let mut all = Vec::new();
    while let Some(Some(item)) = subscription.next().now_or_never() {
        all.push(number(item));
    }
    all
}

#[test]
fn every_subscriber_gets_what_is_delivered_from_then_on() {
    block_on(async {
        let stream = EventStream::new();
        stream.deliver(&events(1, 1..=1), 0).await.unwrap();
        let mut first = stream.subscribe();
        stream.deliver(&events(1, 2..=3), 0).await.unwrap();
        let mut second = stream.clone().subscribe();
        stream.deliver(&events(1, 4..=4), 0).await.unwrap();
        assert_eq!(waiting(&mut first), [2, 3, 4]);
        assert_eq!(waiting(&mut second), [4]);
    });
}

#[test]
fn a_slow_subscriber_holds_nobody_up_and_is_told_what_it_missed() {
    block_on(async {
        let stream = EventStream::with_capacity(3);
        let (mut slow, mut quick) = (stream.subscribe(), stream.subscribe());
        let mut got = Vec::new();
        for sequence in 1..=10 {
            let delivered = stream.deliver(&events(1, sequence..=sequence), 0).now_or_never();
            delivered.expect("delivery waited for a subscriber").unwrap();
            got.extend(waiting(&mut quick));
        }
        assert_eq!(got, (1..=10).collect::<Vec<_>>());
        assert_eq!(waiting(&mut slow), [-7, 8, 9, 10]);
        // It is told once, and follows from there on.
        stream.deliver(&events(1, 11..=11), 0).await.unwrap();
        assert_eq!(waiting(&mut slow), [11]);
        // A batch that does not fit by itself.
        stream.deliver(&events(1, 12..=20), 0).await.unwrap();
        assert_eq!(waiting(&mut slow), [-6, 18, 19, 20]);
    });
}

#[test]
fn a_subscriber_may_ask_for_a_part() {
    block_on(async {
        let stream = EventStream::with_capacity(2);
        let mine = events(7, 1..=2);
        let conversation = mine[0].conversation;
        let mut part = stream.subscribe_where(move |event| event.conversation == conversation);
        stream.deliver(&mine, 0).await.unwrap();
        // What it does not want takes no room.
        stream.deliver(&events(8, 1..=9), 0).await.unwrap();
        assert_eq!(waiting(&mut part), [1, 2]);
    });
}

#[test]
fn a_waiting_subscriber_is_woken_and_a_dropped_one_forgotten() {
    let stream = EventStream::new();
    let mut waits = stream.subscribe();
    let kept = std::sync::Arc::new(());
    let held = std::sync::Arc::clone(&kept);
    drop(stream.subscribe_where(move |_| std::sync::Arc::strong_count(&held) > 0));
    let (got, ()) = block_on(future::join(waits.next(), async {
        stream.deliver(&events(1, 1..=1), 0).await.unwrap();
    }));
    assert!(matches!(got, Some(Streamed::Event(_))));
    assert_eq!(std::sync::Arc::strong_count(&kept), 1, "a dropped subscriber is kept");
}

#[test]
fn the_stream_ends_with_the_last_clone_of_its_sink() {
    let stream = EventStream::new();
    let (mut subscription, other) = (stream.subscribe(), stream.clone());
    block_on(stream.deliver(&events(1, 1..=2), 0)).unwrap();
    drop(stream);
    let mut context = std::task::Context::from_waker(noop_waker_ref());
    assert_eq!(waiting(&mut subscription), [1, 2]);
    assert!(subscription.poll_next_unpin(&mut context).is_pending());
    drop(other);
    assert_eq!(subscription.next().now_or_never(), Some(None));
    assert!(subscription.is_terminated());
}

/// With one node, a subscriber sees a desk's timeline.
#[test]
fn what_a_desk_commits_comes_in_the_timelines_order() {
    block_on(async {
        let (store, stream, here) = (MemoryStore::new(), EventStream::new(), place(ACME, 1));
        let subscription = stream.subscribe();
        let desk = Desk::on(store.clone()).clock(ManualClock::at(NOON)).ids(SequentialIds::new());
        let desk = desk.sink("stream".parse().unwrap(), stream).build();
        staff(&store, ACME, 5).await;
        desk.open(conversation(here)).await.unwrap();
        desk.customer_message(here, CLEO, key("m"), "A person, please.").await.unwrap();
        desk.take_over(here, ANA, key("t")).await.unwrap();
        desk.reply(here, ANA, key("r"), "Here I am.").await.unwrap();
        desk.run_due(16).await.unwrap();
        drop(desk);
        let timeline = store.timeline(here, EventSequence(0), 100).await.unwrap();
        let got = subscription.collect::<Vec<_>>().now_or_never().expect("the stream ends with the desk");
        assert!(timeline.len() >= 2);
        assert_eq!(got, timeline.into_iter().map(Streamed::Event).collect::<Vec<_>>());
    });
}

/// One subscriber's filter that panics ends that subscription, and neither the delivery nor what others get.
#[test]
fn a_filter_that_panics_ends_its_own_subscription_only() {
    let stream = EventStream::new();
    let mut before = stream.subscribe();
    let mut broken = stream.subscribe_where(|event| {
        assert!(event.sequence.0 < 2, "a fault of the host's");
        true
    });
    let mut behind = stream.subscribe();
    block_on(stream.deliver(&events(1, 1..=1), 0)).unwrap();
    block_on(stream.deliver(&events(1, 2..=3), 0)).unwrap();
    assert_eq!((waiting(&mut before), waiting(&mut behind)), (vec![1, 2, 3], vec![1, 2, 3]));
    assert_eq!(waiting(&mut broken), [1]);
    assert!(broken.is_terminated());
}
