//! What becomes of an event, by what the receiver answers.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::TimeDelta;
use escalate::adapters::webhooks::Because;
use escalate::{EventSequence, EventSink};
use serde_json::json;

use super::receiver::Receiver;
use super::{clock, event, local, told};

#[tokio::test]
async fn a_batch_that_fails_in_the_middle_goes_on_where_it_failed() {
    let receiver = Receiver::start();
    let sink = local(receiver.port, "/").clock(clock()).build().unwrap();
    let events: Vec<_> = (1..=5).map(|sequence| event(9, sequence)).collect();
    receiver.statuses(&[200, 201, 500, 204, 500]);
    assert!(sink.deliver(&events, 0).await.is_err());
    let error = sink.deliver(&events, 1).await.unwrap_err();
    assert_eq!(error.taken(), Some(EventSequence(3)), "the worker learns what need not go out again");
    sink.deliver(&events, 1).await.unwrap();
    let came = [(1, 200), (2, 201), (3, 500), (3, 204), (4, 500), (4, 200), (5, 200)];
    assert_eq!(receiver.came(), came);
    // A replay after that is sent as a whole.
    sink.deliver(&events, 0).await.unwrap();
    assert_eq!(receiver.came().len(), came.len() + 5);
    // A repeat is known by its id, and dated anew.
    let log = receiver.log();
    assert_eq!(log[2]["headers"]["webhook-id"], log[3]["headers"]["webhook-id"]);
}

#[tokio::test]
async fn attempts_are_counted_from_the_event_that_failed() {
    let receiver = Receiver::start();
    let sink = local(receiver.port, "/").clock(clock()).build().unwrap();
    receiver.statuses(&[200, 500, 500]);
    let events = [event(9, 1), event(9, 2)];
    // The worker's mark moved past the first, so its count begins again.
    let waits = [sink.deliver(&events, 3).await, sink.deliver(&events[1..], 1).await];
    let waits = waits.map(|outcome| outcome.unwrap_err().wait().unwrap());
    // The first and the second row of the table, as the second event has failed once and twice.
    assert!(waits[0] < TimeDelta::seconds(10) && waits[1] > TimeDelta::minutes(4), "{waits:?}");
}

#[tokio::test]
async fn gone_disables_at_once_and_nothing_is_passed_over() {
    let receiver = Receiver::start();
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = Arc::clone(&told);
    let sink = local(receiver.port, "/").clock(clock());
    let sink = sink.on_disabled(move |disabled| tell.lock().unwrap().push(disabled.clone())).build().unwrap();
    receiver.statuses(&[200, 410]);
    let events = [event(9, 1), event(9, 2)];
    assert!(sink.deliver(&events, 0).await.is_err());
    assert!(sink.is_disabled());
    for (attempt, event) in [(1, event(9, 2)), (0, event(8, 1))] {
        let error = sink.deliver(&[event], attempt).await.unwrap_err();
        assert_eq!(error.wait(), Some(TimeDelta::hours(1)));
        assert!(error.is_untried(), "while it is disabled no attempt is used up");
    }
    assert_eq!(receiver.came(), [(1, 200), (2, 410)], "a disabled endpoint was called");
    let told = told.lock().unwrap().clone();
    assert_eq!(told.len(), 1, "the host is told once");
    assert_eq!((told[0].because, told[0].event), (Because::Gone, events[1].id));
    assert_eq!(told[0].host, format!("127.0.0.1:{}", receiver.port));

    // Enabled again, its table begins anew, whatever the worker has counted meanwhile.
    sink.enable();
    receiver.statuses(&[500]);
    let wait = sink.deliver(&events[1..], 7).await.unwrap_err().wait().unwrap();
    assert!(wait <= TimeDelta::seconds(6), "{wait}");
    sink.deliver(&events[1..], 8).await.unwrap();
    assert_eq!(receiver.came().last(), Some(&(2, 200)));
}

#[tokio::test]
async fn redirects_are_failures_and_their_target_is_not_called() {
    let receiver = Receiver::start();
    let sink = local(receiver.port, "/hooks").clock(clock()).build().unwrap();
    let target = format!("http://127.0.0.1:{}/target", receiver.port);
    for status in [301, 302, 303, 307, 308] {
        receiver.answers(json!([{ "status": status, "headers": { "location": target } }]));
        let error = sink.deliver(&[event(status, 1)], 0).await.unwrap_err();
        assert!(told(&error).contains(&status.to_string()), "{}", told(&error));
    }
    let paths: Vec<_> = receiver.log().iter().map(|entry| entry["path"].clone()).collect();
    assert_eq!(paths, ["/hooks"; 5]);
}

#[tokio::test]
async fn a_receiver_that_does_not_answer_has_failed_within_the_timeout() {
    let receiver = Receiver::start();
    let sink = local(receiver.port, "/").clock(clock()).timeout(Duration::from_millis(200)).build().unwrap();
    receiver.answers(json!([{ "hang": true }]));
    let error = sink.deliver(&[event(9, 1)], 0).await.unwrap_err();
    assert!(told(&error).contains("within the timeout"), "{}", told(&error));
    assert!(error.wait().unwrap() >= TimeDelta::seconds(5));
}

/// One call takes no longer than one request may, so that the worker does not drop it in the middle; an event that
/// was given less time than is its due has not failed.
#[tokio::test]
async fn what_did_not_fit_into_one_call_follows_at_once() {
    let receiver = Receiver::start();
    let sink = local(receiver.port, "/").clock(clock()).timeout(Duration::from_millis(2500)).build().unwrap();
    receiver.answers(json!([{ "status": 200 }, { "hang": true }, { "hang": true }]));
    let events = [event(9, 1), event(9, 2)];
    let rest = sink.deliver(&events, 4).await.unwrap_err();
    assert_eq!(
        (rest.wait(), rest.taken(), rest.is_untried()),
        (Some(TimeDelta::zero()), Some(EventSequence(1)), true)
    );
    let wait = sink.deliver(&events, 0).await.unwrap_err().wait().unwrap();
    assert!((TimeDelta::seconds(5)..=TimeDelta::seconds(6)).contains(&wait), "{wait}");
    let came = receiver.came();
    assert!(came[0] == (1, 200) && came[1..].iter().all(|came| *came == (2, 0)), "{came:?}");
}

#[tokio::test]
async fn the_host_may_disable_an_endpoint_too() {
    let receiver = Receiver::start();
    let sink = local(receiver.port, "/").clock(clock()).on_disabled(|_| panic!("told what it did")).build();
    let sink = sink.unwrap();
    sink.clone().disable();
    let error = sink.deliver(&[event(9, 1)], 0).await.unwrap_err();
    assert!(sink.is_disabled() && told(&error).contains("disabled"), "{}", told(&error));
    sink.enable();
    sink.deliver(&[event(9, 1)], 1).await.unwrap();
    assert_eq!(receiver.came(), [(1, 200)]);
}

#[tokio::test]
async fn a_receiver_that_is_not_there_has_failed() {
    let port = Receiver::start().port;
    let sink = local(port, "/").clock(clock()).build().unwrap();
    let error = sink.deliver(&[event(9, 1)], 0).await.unwrap_err();
    assert!(told(&error).contains(&format!("no answer from 127.0.0.1:{port}")), "{}", told(&error));
}

/// A body that goes on for ever is not waited for: the status has said all.
#[tokio::test]
async fn long_answers_are_not_read() {
    let receiver = Receiver::start();
    let sink = local(receiver.port, "/").clock(clock()).build().unwrap();
    receiver.answers(json!([{ "status": 200, "body": "x".repeat(100_000) }]));
    sink.deliver(&[event(9, 1), event(9, 2)], 0).await.unwrap();
    let log = receiver.log();
    assert_ne!(log[0]["peer"], log[1]["peer"], "the connection with a long body is closed");
}

#[tokio::test]
async fn unwanted_events_are_passed_over() {
    let receiver = Receiver::start();
    let sink =
        local(receiver.port, "/").clock(clock()).only(|event| event.sequence.0 % 2 == 0).build().unwrap();
    let events: Vec<_> = (1..=4).map(|sequence| event(9, sequence)).collect();
    sink.deliver(&events, 0).await.unwrap();
    assert_eq!(receiver.came(), [(2, 200), (4, 200)]);
}

/// Outside a Tokio runtime there is an error that says so, and no panic.
#[test]
fn without_a_runtime_there_is_an_error() {
    let sink = local(1, "/").build().unwrap();
    let error = futures::executor::block_on(sink.deliver(&[event(9, 1)], 0)).unwrap_err();
    assert!(told(&error).contains("Tokio runtime"), "{}", told(&error));
}
