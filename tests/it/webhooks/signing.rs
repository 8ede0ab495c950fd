//! The official verifier takes what is sent, and nothing that was changed on the way.

use escalate::adapters::webhooks::WebhookSink;
use escalate::testkit::SequentialIds;
use escalate::{Actor, Desk, Escalate, EventSequence, EventSink, MemoryStore, ReasonCode, TicketRepository};
use serde_json::{Value, json};

use super::receiver::Receiver;
use super::{OTHER_SECRET, SECRET, clock, event, local, secret, tls};
use crate::flow::world::{ACME, ANA, CLEO, conversation, key, place, staff};

/// The vector of the reference library in Rust, and the one of those in Python and JavaScript.
#[test]
fn signatures_are_those_of_the_reference_libraries() {
    let body = br#"{"email":"test@example.com","username":"test_user"}"#;
    let signature = secret(SECRET).sign("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", 1_649_367_553, body);
    assert_eq!(signature, "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=");
    let body = br#"{"test": 2432232314}"#;
    let signature = secret(OTHER_SECRET).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
    assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

#[tokio::test]
async fn the_body_is_the_event_under_the_recommended_names() {
    let receiver = Receiver::start();
    let sink = local(receiver.port, "/hooks").clock(clock()).build().unwrap();
    let event = event(9, 1);
    sink.deliver(std::slice::from_ref(&event), 0).await.unwrap();
    let log = receiver.log();
    assert_eq!(log.len(), 1);
    assert_eq!(
        (&log[0]["status"], &log[0]["refused"], &log[0]["path"]),
        (&json!(200), &Value::Null, &json!("/hooks"))
    );
    assert_eq!(log[0]["headers"]["webhook-id"], json!(event.id));
    assert_eq!(log[0]["headers"]["content-type"], "application/json");
    let body = log[0]["body"].as_str().unwrap();
    let read: Value = serde_json::from_str(body).unwrap();
    assert_eq!(read, json!({ "type": "ticket.assigned", "timestamp": event.at, "data": event }));
    // Receivers are written against this.
    let begins = r#"{"type":"ticket.assigned","timestamp":"2025-06-15T15:06:40.000005Z","data":{"id":"#;
    assert!(body.starts_with(begins), "{body}");
}

#[tokio::test]
async fn anything_changed_on_the_way_is_refused() {
    let receiver = Receiver::start();
    let sink = local(receiver.port, "/").clock(clock()).build().unwrap();
    sink.deliver(&[event(9, 1)], 0).await.unwrap();
    let log = receiver.log();
    let (headers, body) = (&log[0]["headers"], log[0]["body"].as_str().unwrap());
    assert_eq!(receiver.verify(SECRET, headers, body), None);
    let refused = |headers: &Value, body: &str| receiver.verify(SECRET, headers, body).is_some();
    assert!(refused(headers, &body.replace("ticket.assigned", "ticket.closed")));
    assert!(refused(headers, &format!("{body} ")));
    for (header, value) in [("webhook-id", "another"), ("webhook-timestamp", "1")] {
        let mut changed = headers.clone();
        changed[header] = json!(value);
        assert!(refused(&changed, body), "{header}");
    }
    assert!(receiver.verify(OTHER_SECRET, headers, body).is_some());
}

#[tokio::test]
async fn while_secrets_are_rotated_both_receivers_verify() {
    let receiver = Receiver::start();
    let sink = local(receiver.port, "/").clock(clock()).build().unwrap();
    let verified = async |sequence: u64| {
        sink.deliver(&[event(9, sequence)], 0).await.ok();
        let log = receiver.log();
        let last = log.last().unwrap();
        let body = last["body"].as_str().unwrap();
        [SECRET, OTHER_SECRET].map(|secret| receiver.verify(secret, &last["headers"], body).is_none())
    };
    assert_eq!(verified(1).await, [true, false]);
    sink.rotate_secret(secret(OTHER_SECRET));
    assert_eq!(verified(2).await, [true, true]);
    sink.retire_previous_secret();
    assert_eq!(verified(3).await, [false, true]);
    // From the start, as after a restart in between.
    let sink =
        local(receiver.port, "/").clock(clock()).previous_secret(secret(OTHER_SECRET)).build().unwrap();
    sink.deliver(&[event(9, 4)], 0).await.unwrap();
    let log = receiver.log();
    let signature = log.last().unwrap()["headers"]["webhook-signature"].as_str().unwrap();
    assert_eq!(signature.split(' ').count(), 2);
}

/// The path that hosts use: TLS, by name, with their own roots of trust.
#[tokio::test]
async fn https_needs_a_certificate_that_the_hosts_roots_vouch_for() {
    let receiver = Receiver::start_tls();
    let url = format!("https://localhost:{}/hooks", receiver.port);
    let builder = || WebhookSink::builder(&url, secret(SECRET), tls()).allow_private_addresses();
    let sink = builder().build().unwrap();
    sink.deliver(&[event(9, 1), event(9, 2)], 0).await.unwrap();
    assert_eq!(receiver.came(), [(1, 200), (2, 200)]);
    assert_eq!(receiver.log()[0]["peer"], receiver.log()[1]["peer"], "one connection for both");

    let url = format!("https://127.0.0.1:{}/hooks", receiver.port);
    let sink = WebhookSink::builder(&url, secret(SECRET), tls()).allow_private_addresses().build().unwrap();
    let error = sink.deliver(&[event(9, 3)], 0).await.unwrap_err();
    assert!(super::told(&error).contains("certificate"), "{}", super::told(&error));
    assert_eq!(receiver.came().len(), 2);
}

/// What a desk commits arrives: everything, verified, in the timeline's order.
#[tokio::test]
async fn events_of_a_desk_arrive_in_the_order_of_the_timeline() {
    let receiver = Receiver::start();
    let (store, clock, here) = (MemoryStore::new(), clock(), place(ACME, 1));
    let sink = local(receiver.port, "/").clock(clock.clone()).only(|event| event.workspace == ACME);
    let desk = Desk::on(store.clone()).clock(clock.clone()).ids(SequentialIds::new());
    let desk = desk.sink("hooks".parse().unwrap(), sink.build().unwrap()).build();
    staff(&store, ACME, 5).await;
    desk.open(conversation(here)).await.unwrap();
    desk.customer_message(here, CLEO, key("m"), "A person, please.").await.unwrap();
    let turn = desk.begin_turn(here).await.unwrap();
    let _ticket = turn.escalate(key("e"), Escalate::because(ReasonCode::Sensitive)).await.unwrap();
    desk.take_over(here, ANA, key("t")).await.unwrap();
    desk.reply(here, ANA, key("r"), "Here I am.").await.unwrap();
    desk.hand_back(here, Actor::from(ANA), key("h")).await.unwrap();
    assert_eq!(desk.run_due(16).await.unwrap().failed, 0);

    let timeline = store.timeline(here, EventSequence(0), 100).await.unwrap();
    let log = receiver.log();
    let came: Vec<Value> = log.iter().map(|entry| entry["headers"]["webhook-id"].clone()).collect();
    assert_eq!(came, timeline.iter().map(|event| json!(event.id)).collect::<Vec<_>>());
    assert!(log.iter().all(|entry| entry["status"] == 200));
    assert!(log.iter().all(|entry| !entry["body"].as_str().unwrap().contains("person, please")));
}
