//! What is in the stream once a delivery has returned, and what is not.

use async_nats::jetstream::stream::{Config, DiscardPolicy};
use escalate::{Event, EventSink};

use super::bench::{Bench, event, events, place, size};

fn sequences(events: &[Event]) -> Vec<u64> {
    events.iter().map(|event| event.sequence.0).collect()
}

/// Subject, id, type and body of each, in order; and a workspace's consumer sees that workspace only (N3).
#[tokio::test]
async fn events_arrive_in_order_under_their_subjects() {
    let bench = Bench::new().await;
    let sink = bench.sink().await;
    let (here, there) = (place(1, 5), place(2, 6));
    for part in [events(here, 1..=7), events(there, 1..=4), events(here, 8..=9)] {
        sink.deliver(&part, 0).await.unwrap();
    }
    for (place, count) in [(here, 9_u8), (there, 4)] {
        let filter = format!("{}.{}.*.*", bench.prefix, place.workspace);
        let messages = bench.messages(&filter, count.into()).await;
        assert_eq!(messages.iter().map(event).collect::<Vec<_>>(), events(place, 1..=count.into()));
        for message in &messages {
            let event = event(message);
            let (workspace, conversation, kind) = (event.workspace, event.conversation, event.kind.as_str());
            assert_eq!(
                message.subject.as_str(),
                format!("{}.{workspace}.{conversation}.{kind}", bench.prefix)
            );
            let header = |name: &str| message.headers.as_ref().unwrap().get(name).unwrap().to_string();
            assert_eq!(header("Nats-Msg-Id"), event.id.to_string());
            assert_eq!(header("Content-Type"), "application/json");
        }
    }
    assert_eq!(bench.count().await, 13, "and nothing else");
}

/// A repeat inside the window is the same message, and what comes after it is new.
#[tokio::test]
async fn a_repeat_is_one_message() {
    let bench = Bench::new().await;
    let sink = bench.sink().await;
    for last in [3, 3, 5] {
        sink.deliver(&events(place(1, 1), 1..=last), 0).await.unwrap();
    }
    assert_eq!(sequences(&bench.events().await), [1, 2, 3, 4, 5]);
}

/// What the server refuses in the middle keeps everything after it out, so that first arrivals are in order.
#[tokio::test]
async fn nothing_overtakes_an_event_that_was_refused() {
    let bench = Bench::new().await;
    let sink = bench.sink().await;
    let all = events(place(1, 1), 1..=5);
    sink.deliver(&all[..1], 0).await.unwrap();
    let first = size(&bench.messages(&format!("{}.*.*.*", bench.prefix), 1).await[0]);
    let usual = bench.settings().await;
    // The second is longer than the first and the third.
    let small = Config { max_message_size: first.try_into().unwrap(), ..usual.clone() };
    bench.context.update_stream(small).await.unwrap();
    sink.deliver(&all, 0).await.unwrap_err();
    assert_eq!(sequences(&bench.events().await), [1], "the third would have fitted, but it is not its turn");
    bench.context.update_stream(usual).await.unwrap();
    sink.deliver(&all, 1).await.unwrap();
    assert_eq!(sequences(&bench.events().await), [1, 2, 3, 4, 5]);
}

/// A stream that is full and refuses new messages loses nothing: they stay where they are until there is room.
#[tokio::test]
async fn a_full_stream_refuses() {
    let bench = Bench::new().await;
    let sink = bench.sink().await;
    let usual = bench.settings().await;
    assert_eq!(usual.discard, DiscardPolicy::New);
    let full = Config { max_messages: 3, ..usual.clone() };
    bench.context.update_stream(full).await.unwrap();
    let all = events(place(1, 1), 1..=5);
    let error = sink.deliver(&all, 0).await.unwrap_err();
    let cause = std::error::Error::source(&error).and_then(std::error::Error::source).unwrap();
    assert!(cause.to_string().contains("maximum messages exceeded"), "the server's reason is told: {cause}");
    assert_eq!(sequences(&bench.events().await), [1, 2, 3]);
    bench.context.update_stream(usual).await.unwrap();
    sink.deliver(&all, 1).await.unwrap();
    assert_eq!(sequences(&bench.events().await), [1, 2, 3, 4, 5]);
}

/// Without the stream a delivery fails, and another that has the same subjects by now takes nothing.
#[tokio::test]
async fn no_other_stream_takes_an_event() {
    let bench = Bench::new().await;
    let sink = bench.sink().await;
    let usual = bench.settings().await;
    bench.context.delete_stream(&bench.stream).await.unwrap();
    sink.deliver(&events(place(1, 1), 1..=2), 0).await.unwrap_err();
    let other = format!("{}-other", bench.stream);
    bench.context.create_stream(Config { name: other.clone(), ..usual }).await.unwrap();
    sink.deliver(&events(place(1, 1), 1..=2), 1).await.unwrap_err();
    let other = bench.context.get_stream(other).await.unwrap();
    assert_eq!(other.cached_info().state.messages, 0);
    bench.context.delete_stream(&other.cached_info().config.name).await.unwrap();
}
