//! The action within a turn: what comes of it in every state, and what it cannot change.

use escalate::action::EscalateAction;
use escalate::rules::{Conditions, Route, RouteRule};
use escalate::{
    ActionResult, Actor, Control, Desk, Escalate, MemoryStore, Place, Priority, ReasonCode, Refusal, Rules,
    TeamId, Ticket, TicketKind, Turn,
};
use futures::executor::block_on;
use serde_json::json;

use crate::flow::world::{
    ACME, ANA, BEN, CLEO, WORDS, audit, conversation, is_handoff, key, place, seen, staff, tickets, unlimited,
};

const ASKED: &str = r#"{"reason": "customer_request", "details": "wants a person", "urgency": "urgent"}"#;

async fn shop(capacity: u32) -> (Desk, MemoryStore) {
    let store = MemoryStore::new();
    staff(&store, ACME, capacity).await;
    (Desk::on(store.clone()).rules(unlimited()).build(), store)
}

/// A turn that has something to answer.
async fn turn(desk: &Desk, place: Place) -> Turn {
    desk.open(conversation(place)).await.unwrap();
    desk.customer_message(place, CLEO, key("m1"), WORDS).await.unwrap();
    desk.begin_turn(place).await.unwrap()
}

async fn only_ticket(store: &MemoryStore) -> Ticket {
    let mut all = tickets(store, ACME).await;
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[test]
fn results_tell_what_became_of_it() {
    block_on(async {
        let (desk, store) = shop(1).await;
        let action = EscalateAction::new();
        let places: Vec<_> = (1..=4).map(|n| place(ACME, n)).collect();
        let mut results = Vec::new();
        for place in &places {
            let turn = turn(&desk, *place).await;
            results.push(turn.act(&action, key("a"), ASKED).await.unwrap());
            let again = turn.act(&action, key("a"), ASKED).await.unwrap();
            assert_eq!(results.last(), Some(&again), "the same key gives the same result (E2)");
            let other = turn.act(&action, key("b"), r#"{"reason": "other"}"#).await.unwrap();
            assert_eq!(other.to_json()["outcome"], "already_open");
            assert_eq!(other.ticket(), again.ticket());
            assert!(turn.reply(key("late"), "A person comes.").await.unwrap().done().is_none(), "C4");
            assert_eq!(
                seen(&desk, *place).await.messages.iter().filter(|entry| is_handoff(entry)).count(),
                1
            );
        }
        let outcomes: Vec<_> = results.iter().map(|result| result.to_json()["outcome"].clone()).collect();
        assert_eq!(outcomes, ["assigned", "assigned", "queued", "queued"]);
        assert_eq!(results[3].to_json()["position"], 2);
        for result in &results {
            let text = result.to_text();
            assert!(
                text.contains(&result.ticket().unwrap().to_string()) && text.ends_with("has been told."),
                "{text}"
            );
            assert!(!result.to_json().to_string().contains(&ANA.to_string()), "no teammate is named (N4)");
        }
        audit(&desk, &store, ACME, &places).await;
    });
}

#[test]
fn nobody_there_and_a_call_not_understood() {
    block_on(async {
        let desk = Desk::on(MemoryStore::new()).build();
        let turn = turn(&desk, place(ACME, 1)).await;
        let action = EscalateAction::new();
        let fault = turn.act(&action, key("a"), r#"{"reason": 1}"#).await.unwrap();
        assert_eq!(fault.to_text(), "Nothing was done: `reason` is of type number; it has to be a string.");
        assert_eq!(fault.to_json()["outcome"], "invalid_call");
        assert_eq!(desk.control(place(ACME, 1)).await.unwrap().control, Control::Ai);
        // The key is still free for the call as the model mends it.
        let result = turn.act(&action, key("a"), &json!({ "reason": "other" })).await.unwrap();
        assert!(matches!(result, ActionResult::Waiting { .. }));
    });
}

/// C2 and C5: with a person there the call is refused; and once the conversation is back, the old turn comes too late.
#[test]
fn a_takeover_before_the_call_stops_it() {
    block_on(async {
        let (desk, store) = shop(5).await;
        let here = place(ACME, 1);
        let (action, turn) = (EscalateAction::new(), turn(&desk, here).await);
        desk.take_over(here, ANA, key("t")).await.unwrap();
        let before = (seen(&desk, here).await.messages, tickets(&store, ACME).await);
        let refused = turn.act(&action, key("a"), ASKED).await.unwrap();
        assert!(
            matches!(refused, ActionResult::Refused { refusal: Refusal::HeldBy { teammate } } if teammate == ANA)
        );
        assert_eq!(
            refused.to_text(),
            "No ticket was opened: a person of the team was answering this conversation."
        );
        assert_eq!(refused.to_json()["refusal"], "held_by", "the teammate's id is not for the model (N4)");
        desk.reply(here, ANA, key("r"), "Done.").await.unwrap();
        desk.hand_back(here, Actor::from(ANA), key("h")).await.unwrap();
        let late = turn.act(&action, key("a"), ASKED).await.unwrap();
        assert!(matches!(late, ActionResult::Superseded { .. }), "{late:?}");
        let after = seen(&desk, here).await.messages;
        assert_eq!(after.len(), before.0.len() + 2, "a reply and the end, and nothing of the call");
        assert_eq!(tickets(&store, ACME).await.len(), before.1.len());
        audit(&desk, &store, ACME, &[here]).await;
    });
}

/// Two threads, one conversation: whichever is first, the call is done whole or not at all (C1, C2, C4).
#[test]
fn a_takeover_races_the_call() {
    for round in 0..200 {
        let (desk, store) = block_on(shop(5));
        let here = place(ACME, 1);
        let turn = block_on(turn(&desk, here));
        let start = std::sync::Barrier::new(2);
        let result = std::thread::scope(|scope| {
            let call = scope.spawn(|| {
                start.wait();
                block_on(turn.act(&EscalateAction::new(), key("a"), ASKED)).unwrap()
            });
            start.wait();
            block_on(desk.take_over(here, BEN, key("t"))).unwrap();
            call.join().unwrap()
        });
        let told = block_on(seen(&desk, here)).messages.iter().filter(|entry| is_handoff(entry)).count();
        match result {
            ActionResult::Assigned { .. } => assert_eq!(told, 1, "round {round}"),
            ActionResult::Refused { .. } => assert_eq!(told, 0, "round {round}"),
            other => panic!("round {round}: {other:?}"),
        }
        block_on(audit(&desk, &store, ACME, &[here]));
    }
}

/// S4: whatever a model says, who gets the ticket, and how soon, is what it would have been.
#[test]
fn what_a_model_says_moves_no_ticket() {
    let billing = TeamId::from_u128(0xB1);
    let when = Conditions::default().because([ReasonCode::Sensitive]);
    let route = RouteRule::new("complaints", when, Route::default().to_team(billing)).unwrap();
    let rules = unlimited().with_routes([route]).unwrap();
    let arguments = [
        r#"{"reason": "other"}"#,
        r#"{"reason": "sensitive", "urgency": "urgent", "details": "assign to Sue, team billing, kind email, priority 1"}"#,
        r#"{"reason": "customer_request", "urgency": "low", "message_to_customer": "Ticket assigned to Sue."}"#,
    ];
    let of = |action: EscalateAction, arguments: &'static str, rules: Rules| {
        block_on(async move {
            let store = MemoryStore::new();
            staff(&store, ACME, 5).await;
            let desk = Desk::on(store.clone()).rules(rules).build();
            let turn = turn(&desk, place(ACME, 1)).await;
            let request = Escalate::because(ReasonCode::Other).tagged(["vip"]);
            turn.act_as(&action, key("a"), arguments, request).await.unwrap();
            only_ticket(&store).await
        })
    };
    let told = |ticket: &Ticket| {
        let Ticket { priority, team, kind, tags, skills, .. } = ticket.clone();
        (ticket.assigned_to(), priority, team, kind, tags, skills)
    };
    let plain = told(&of(EscalateAction::new(), arguments[0], rules.clone()));
    assert_eq!((plain.1, plain.2, plain.3), (Priority::Normal, None, TicketKind::LiveChat));
    for said in &arguments[1..] {
        let ticket = of(EscalateAction::new(), said, rules.clone());
        assert_eq!(told(&ticket), plain, "{said}");
        assert!(ticket.reason.urgency.is_some(), "but it is kept");
    }
    // Only a host that says so lets a model's words count, and only that far.
    let raised = of(EscalateAction::new().raising_priority_to(Priority::High), arguments[1], rules.clone());
    assert_eq!((raised.priority, raised.team), (Priority::High, None));
    assert_eq!(raised.reason.code, ReasonCode::Sensitive);
    let routed = of(EscalateAction::new().routing_by_reason(), arguments[1], rules);
    assert_eq!((routed.priority, routed.team), (Priority::Normal, Some(billing)));
}

/// The customer's message: the model's words, else the host's, else the desk's own.
#[test]
fn whose_words_the_customer_reads() {
    let words = r#"{"reason": "other", "message_to_customer": "Um momento."}"#;
    let cases = [
        (EscalateAction::new().saying("We call you."), words, Some("Um momento.")),
        (EscalateAction::new().saying("We call you."), ASKED, Some("We call you.")),
        (EscalateAction::new().saying(" "), ASKED, None),
    ];
    for (action, arguments, expected) in cases {
        block_on(async {
            let (desk, _) = shop(5).await;
            let here = place(ACME, 1);
            turn(&desk, here).await.act(&action, key("a"), arguments).await.unwrap();
            let told: Vec<_> = seen(&desk, here).await.messages.into_iter().filter(is_handoff).collect();
            assert_eq!(told.len(), 1, "one message (C4)");
            match expected {
                Some(words) => assert_eq!(told[0].body, words),
                None => assert!(told[0].body.starts_with("I have passed this on")),
            }
        });
    }
}
