//! When the next attempt is made: the specification's table, on virtual time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{TimeDelta, Utc};
use escalate::{Clock, EventSink};
use serde_json::json;

use super::receiver::Receiver;
use super::{clock, event, local, told};

const SECONDS: [i64; 9] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];

fn within(wait: TimeDelta, seconds: i64) -> bool {
    (TimeDelta::seconds(seconds)..=TimeDelta::seconds(seconds * 6 / 5)).contains(&wait)
}

#[tokio::test]
async fn the_table_is_followed_to_its_end_and_the_endpoint_disabled() {
    let receiver = Receiver::start();
    let clock = clock();
    let disabled = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&disabled);
    let sink = local(receiver.port, "/").clock(clock.clone());
    let sink = sink.on_disabled(move |_| _ = count.fetch_add(1, Ordering::Relaxed)).build().unwrap();
    receiver.statuses(&[500; 21]);
    for (attempt, seconds) in (0..).zip(SECONDS) {
        let error = sink.deliver(&[event(9, 1)], attempt).await.unwrap_err();
        let wait = error.wait().unwrap();
        assert!(within(wait, seconds), "after attempt {attempt}: {wait}");
        assert!(told(&error).contains("500"), "{}", told(&error));
        clock.advance(wait);
    }
    assert!(!sink.is_disabled());
    assert!(sink.deliver(&[event(9, 1)], 9).await.is_err());
    assert!(sink.is_disabled());
    assert!(sink.deliver(&[event(9, 1)], 10).await.is_err());
    assert_eq!((receiver.log().len(), disabled.load(Ordering::Relaxed)), (10, 1));

    // Enabled again, it is given the whole table again, though the worker goes on counting.
    sink.enable();
    for (attempt, seconds) in (11..).zip(SECONDS) {
        let wait = sink.deliver(&[event(9, 1)], attempt).await.unwrap_err().wait().unwrap();
        assert!(within(wait, seconds), "after attempt {attempt}: {wait}");
        assert!(!sink.is_disabled());
    }
    assert!(sink.deliver(&[event(9, 1)], 20).await.is_err());
    assert!(sink.is_disabled());
    assert_eq!((receiver.log().len(), disabled.load(Ordering::Relaxed)), (20, 2));
    sink.enable();
    clock.set(Utc::now());
    receiver.statuses(&[200]);
    assert!(sink.deliver(&[event(9, 1)], 21).await.is_err(), "the 21st answer was a 500 too");
    sink.deliver(&[event(9, 1)], 22).await.unwrap();
}

/// What failed together does not come back together, and the same failure waits the same time everywhere.
#[tokio::test]
async fn waits_are_spread_by_the_events_ids() {
    let receiver = Receiver::start();
    receiver.statuses(&[500; 17]);
    let sink = local(receiver.port, "/").clock(clock()).build().unwrap();
    let mut waits = Vec::new();
    for conversation in (1..=16).chain([1]) {
        waits.push(sink.deliver(&[event(conversation, 1)], 0).await.unwrap_err().wait().unwrap());
    }
    assert_eq!(waits.first(), waits.last());
    waits.sort();
    waits.dedup();
    assert!(waits.len() > 8, "{waits:?}");
}

#[tokio::test]
async fn retry_after_lengthens_the_wait_within_bounds() {
    let receiver = Receiver::start();
    let clock = clock();
    let sink = local(receiver.port, "/").clock(clock.clone()).build().unwrap();
    let asked = async |status: u16, retry_after: &str| {
        receiver.answers(json!([{ "status": status, "headers": { "retry-after": retry_after } }]));
        clock.advance(TimeDelta::days(2));
        sink.deliver(&[event(9, 1)], 0).await.unwrap_err().wait().unwrap()
    };
    assert!(within(asked(429, "7200").await, 7200));
    assert!(within(asked(503, "7200").await, 7200));
    assert!(within(asked(503, "0").await, 5), "it never shortens the table");
    assert!(within(asked(503, "nonsense").await, 5));
    assert!(within(asked(429, "4000000000").await, 86_400), "no longer than a day");
    clock.advance(TimeDelta::days(2));
    // An HTTP date; the clock is moved by two days before the answer is read.
    let date = (clock.now() + TimeDelta::days(2) + TimeDelta::hours(1)).format("%a, %d %b %Y %H:%M:%S GMT");
    assert!(within(asked(429, &date.to_string()).await + TimeDelta::seconds(1), 3600));
    assert!(within(asked(429, "Sun, 06 Nov 1994 08:49:37 GMT").await, 5), "a date that has passed");
}

/// While a receiver has asked to be left alone, or cannot be reached, other conversations do not call it.
#[tokio::test]
async fn an_overloaded_receiver_is_left_alone() {
    let receiver = Receiver::start();
    for (answer, seconds) in [
        (json!({ "status": 429, "headers": { "retry-after": "600" } }), 600),
        (json!({ "status": 502 }), 5),
        (json!({ "status": 504 }), 5),
    ] {
        let (clock, before) = (clock(), receiver.log().len());
        let sink = local(receiver.port, "/").clock(clock.clone()).build().unwrap();
        receiver.answers(json!([answer]));
        assert!(sink.deliver(&[event(9, 1)], 0).await.is_err());
        let wait = sink.deliver(&[event(8, 1)], 0).await.unwrap_err().wait().unwrap();
        assert!(within(wait, seconds), "{wait}");
        assert_eq!(receiver.log().len(), before + 1, "the receiver was called");
        clock.advance(wait);
        // The verifier, on real time, may refuse the date; what counts here is that it is called.
        sink.deliver(&[event(8, 1)], 1).await.ok();
        assert_eq!(receiver.log().len(), before + 2);
    }
}

/// Waiting for an overloaded receiver never is the last attempt.
#[tokio::test]
async fn only_an_attempt_can_be_the_last_one() {
    let receiver = Receiver::start();
    let sink = local(receiver.port, "/").clock(clock()).build().unwrap();
    receiver.answers(json!([{ "status": 503, "headers": { "retry-after": "86400" } }]));
    assert!(sink.deliver(&[event(9, 1)], 0).await.is_err());
    for attempt in 0..12 {
        assert!(sink.deliver(&[event(8, 1)], attempt).await.is_err());
    }
    assert!(!sink.is_disabled());
    assert_eq!(receiver.log().len(), 1);
}

/// Workers that die or drop calls count as failures, minutes apart. The endpoint is disabled after three days all the
/// same and no sooner: at a first refusal of a young event, whatever the count, it is not.
#[tokio::test]
async fn a_young_event_disables_nothing() {
    let receiver = Receiver::start();
    let clock = clock();
    let young = event(9, 1);
    clock.set(young.at + TimeDelta::minutes(10));
    let sink = local(receiver.port, "/").clock(clock.clone()).build().unwrap();
    receiver.statuses(&[500; 2]);
    let wait = sink.deliver(std::slice::from_ref(&young), 9).await.unwrap_err().wait().unwrap();
    assert!(!sink.is_disabled() && wait >= TimeDelta::hours(24), "{wait}");
    clock.set(young.at + TimeDelta::hours(76));
    assert!(sink.deliver(&[young], 9).await.is_err());
    assert!(sink.is_disabled());
}

/// A worker may drop a call before the receiver's time is up. It counts that; the table does not.
#[tokio::test]
async fn a_dropped_call_uses_up_no_attempt() {
    let receiver = Receiver::start();
    let sink = local(receiver.port, "/").clock(clock()).build().unwrap();
    receiver.answers(json!([{ "hang": true }, { "hang": true }, { "status": 500 }, { "status": 500 }]));
    let events = [event(9, 1)];
    for attempt in 0..2 {
        let call = sink.deliver(&events, attempt);
        let came = async {
            while receiver.log().len() <= attempt as usize {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            _ = call => panic!("it hangs"),
            () = came => {}
        }
    }
    for (attempt, seconds) in [(2, 5), (3, 300)] {
        let wait = sink.deliver(&events, attempt).await.unwrap_err().wait().unwrap();
        assert!(within(wait, seconds), "{wait}");
    }
}
