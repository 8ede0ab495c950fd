//! The whole way: commands on a desk, its worker, the stream, a consumer.

use async_nats::jetstream::consumer::pull;
use chrono::TimeDelta;
use escalate::testkit::ManualClock;
use escalate::{Actor, Desk, Escalate, Event, EventSequence, MemoryStore, Place, ReasonCode};
use futures::StreamExt;

use super::bench::{Bench, event};
use crate::flow::world::{ACME, ANA, NOON, conversation, key, place, staff};

/// Escalated, taken over, answered, handed back.
async fn episode(desk: &Desk, place: Place) {
    desk.open(conversation(place)).await.unwrap();
    let asked = Escalate::because(ReasonCode::CustomerRequest);
    desk.escalate(place, Actor::System, key("escalate"), asked).await.unwrap();
    desk.take_over(place, ANA, key("take")).await.unwrap();
    desk.reply(place, ANA, key("reply"), "I am on it.").await.unwrap();
    desk.hand_back(place, ANA.into(), key("back")).await.unwrap();
}

async fn timeline(desk: &Desk, place: Place) -> Vec<Event> {
    desk.timeline(place, EventSequence(0), 100).await.unwrap()
}

/// While there is no stream, nothing is retired; once there is, a consumer gets each timeline as it is.
#[tokio::test]
async fn a_consumer_reads_every_timeline() {
    let bench = Bench::new().await;
    let (store, clock) = (MemoryStore::new(), ManualClock::at(NOON));
    staff(&store, ACME, 5).await;
    let sink = bench.sink().await;
    let desk = Desk::on(store).clock(clock.clone()).sink("nats".parse().unwrap(), sink).build();
    bench.context.delete_stream(&bench.stream).await.unwrap();
    let places = [place(ACME, 1), place(ACME, 2), place(ACME, 3)];
    for place in places {
        episode(&desk, place).await;
    }
    let report = desk.run_due(100).await.unwrap();
    assert_eq!(report.failed, places.len(), "{report:?}");

    bench.options().ensure_stream(bench.context.clone()).await.unwrap();
    clock.advance(TimeDelta::minutes(5));
    let report = desk.run_due(100).await.unwrap();
    assert_eq!(report.failed, 0, "{report:?}");
    let stream = bench.context.get_stream(&bench.stream).await.unwrap();
    let durable = pull::Config { durable_name: Some("reader".to_owned()), ..pull::Config::default() };
    let mut messages = stream.create_consumer(durable).await.unwrap().messages().await.unwrap();
    let mut expected: Vec<Vec<Event>> = Vec::new();
    for place in places {
        expected.push(timeline(&desk, place).await);
    }
    let mut read: Vec<Vec<Event>> = vec![Vec::new(); places.len()];
    for _ in 0..expected.iter().map(Vec::len).sum() {
        let message = messages.next().await.unwrap().unwrap();
        message.ack().await.unwrap();
        let event = event(&message);
        read[places.iter().position(|place| *place == event.place()).unwrap()].push(event);
    }
    assert_eq!(read, expected);
    clock.advance(TimeDelta::minutes(5));
    desk.run_due(100).await.unwrap();
    assert_eq!(bench.count().await, expected.iter().map(Vec::len).sum::<usize>() as u64, "once each");
}
