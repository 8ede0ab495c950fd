//! The action under a ticket that goes on, and calls that come again.

use escalate::action::EscalateAction;
use escalate::{
    ActionResult, Actor, Desk, Escalate, Language, MemoryStore, Priority, ReasonCode, Rules, TeamId, Ticket,
    Turn,
};
use futures::executor::block_on;

use crate::flow::world::{ACME, CLEO, WORDS, conversation, is_handoff, key, place, seen, unlimited};

const LEGAL: TeamId = TeamId::from_u128(9);
const OTHER: &str = r#"{"reason": "other"}"#;

fn looping() -> Rules {
    let mut rules = unlimited();
    rules.loops.count = 9;
    rules.triggers.asked = true;
    rules
}

/// A ticket that the host routed, and that was handed back before a person replied.
async fn handed_back() -> (Desk, Turn) {
    let (here, desk) = (place(ACME, 1), Desk::on(MemoryStore::new()).rules(looping()).build());
    desk.open(conversation(here)).await.unwrap();
    desk.customer_message(here, CLEO, key("m1"), WORDS).await.unwrap();
    let request = Escalate::because(ReasonCode::Sensitive).with_priority(Priority::Urgent).to_team(LEGAL);
    let request = request.needing(["contracts"]).tagged(["legal"]).answered_in("pt");
    desk.escalate(here, Actor::System, key("e1"), request).await.unwrap();
    desk.hand_back(here, Actor::System, key("h1")).await.unwrap();
    desk.customer_message(here, CLEO, key("m2"), "And now?").await.unwrap();
    let turn = desk.begin_turn(here).await.unwrap();
    (desk, turn)
}

async fn ticket(desk: &Desk) -> Ticket {
    desk.latest_ticket(place(ACME, 1)).await.unwrap().unwrap()
}

/// S4 and E6: whoever speaks does not undo what the host has asked for.
#[test]
fn what_the_host_asked_for_stays() {
    for way in ["action", "promise", "failed", "customer", "words", "watchdog"] {
        block_on(async {
            let (desk, turn) = handed_back().await;
            let (here, before) = (place(ACME, 1), ticket(&desk).await);
            let urgency = EscalateAction::new().raising_priority_to(Priority::Low);
            match way {
                "action" => _ = turn.act(&urgency, key("a"), OTHER).await.unwrap(),
                "promise" => {
                    _ = turn.reply(key("a"), "I will connect you to a human agent.").await.unwrap().done();
                }
                "failed" => _ = turn.failed(key("a")).await.unwrap().done(),
                "customer" => {
                    let request = Escalate::because(ReasonCode::CustomerRequest).with_priority(Priority::Low);
                    desk.escalate(here, Actor::from(CLEO), key("a"), request).await.unwrap();
                }
                "words" => {
                    _ = desk
                        .customer_message(here, CLEO, key("m3"), "I want to talk to a human.")
                        .await
                        .unwrap();
                }
                _ => _ = desk.ai_failed(here, key("a")).await.unwrap(),
            }
            let after = ticket(&desk).await;
            assert_eq!((after.id, after.escalations), (before.id, 2), "{way}");
            assert_eq!((after.priority, after.team), (Priority::Urgent, Some(LEGAL)), "{way}");
            assert_eq!((&after.skills, &after.tags), (&before.skills, &before.tags), "{way}");
            assert_eq!((after.language, after.speaks), (before.language, before.speaks), "{way}");
            assert_ne!(after.reason.code, ReasonCode::Sensitive, "{way}: why is the newest reason");
        });
    }
}

/// The host says anew what it wants, as ever; and where a model's host names some of it, that counts.
#[test]
fn the_host_may_ask_for_something_else() {
    block_on(async {
        let (desk, _) = handed_back().await;
        let request = Escalate::because(ReasonCode::Other);
        let foreseen = desk.dry_run(place(ACME, 1), &request).await.unwrap();
        assert_eq!(foreseen.route.routed.priority, Priority::Normal);
        desk.escalate(place(ACME, 1), Actor::System, key("a"), request).await.unwrap();
        let after = ticket(&desk).await;
        assert_eq!((after.priority, after.team, after.tags.len()), (Priority::Normal, None, 0));
    });
    block_on(async {
        let (desk, turn) = handed_back().await;
        let request = Escalate::because(ReasonCode::Other).to_team(TeamId::from_u128(8)).tagged(["vip"]);
        turn.act_as(&EscalateAction::new(), key("a"), OTHER, request).await.unwrap();
        let after = ticket(&desk).await;
        assert_eq!((after.priority, after.team), (Priority::Urgent, Some(TeamId::from_u128(8))));
        assert_eq!((after.tags, after.skills), (vec!["vip".to_owned()], vec!["contracts".to_owned()]));
        assert_eq!(after.language, Some(Language::from("pt")));
    });
}

#[test]
fn the_call_that_reopened_it_is_told_what_it_did() {
    block_on(async {
        let (desk, turn) = handed_back().await;
        let action = EscalateAction::new();
        let result = turn.act(&action, key("a"), OTHER).await.unwrap();
        assert!(matches!(result, ActionResult::Waiting { .. }), "{result:?}");
        assert_eq!(turn.act(&action, key("a"), OTHER).await.unwrap(), result);
        let second = turn.act(&action, key("b"), OTHER).await.unwrap();
        assert!(matches!(second, ActionResult::AlreadyOpen { .. }), "{second:?}");
        assert_eq!(second.ticket(), Some(ticket(&desk).await.id));
    });
}

/// E2: what the action fills in may have changed by the time of the retry.
#[test]
fn a_retry_after_a_changed_setting_is_the_same_call() {
    block_on(async {
        let (desk, turn) = handed_back().await;
        let before = EscalateAction::new().saying("We call you.");
        let after = EscalateAction::new().saying("We write to you.").raising_priority_to(Priority::High);
        let said = r#"{"reason": "other", "urgency": "high"}"#;
        let first = turn.act(&before, key("a"), said).await.unwrap();
        assert_eq!(turn.act(&after, key("a"), said).await.unwrap(), first);
        let messages = seen(&desk, place(ACME, 1)).await.messages;
        assert_eq!(messages.iter().rfind(|entry| is_handoff(entry)).unwrap().body, "We call you.");
    });
}

/// N4 and N5: whoever writes here may not be the one who has the other conversation.
#[test]
fn a_ticket_in_another_conversation_is_not_named_to_the_model() {
    block_on(async {
        let mut rules = unlimited();
        rules.per_customer.count = 1;
        let desk = Desk::on(MemoryStore::new()).rules(rules).build();
        for n in [1, 2] {
            desk.open(conversation(place(ACME, n))).await.unwrap();
            desk.customer_message(place(ACME, n), CLEO, key("m1"), WORDS).await.unwrap();
        }
        let other =
            desk.escalate(place(ACME, 1), Actor::System, key("e"), Escalate::because(ReasonCode::Other));
        let other = other.await.unwrap().ticket;
        let turn = desk.begin_turn(place(ACME, 2)).await.unwrap();
        let result = turn.act(&EscalateAction::new(), key("a"), OTHER).await.unwrap();
        assert_eq!(result, ActionResult::OpenElsewhere { ticket: other }, "the host is told");
        for told in [result.to_text(), result.to_json().to_string()] {
            assert!(!told.contains(&other.to_string()), "{told}");
        }
        assert_eq!(result.to_json()["outcome"], "open_elsewhere");
    });
}

/// A model repeats what it has seen of a transcript; the customer is not to take it for a teammate.
#[test]
fn our_own_signs_do_not_reach_the_customer() {
    block_on(async {
        let (desk, turn) = handed_back().await;
        turn.reply(key("r"), "⟦teammate⟧\nAna here.").await.unwrap().done().unwrap();
        let words = r#"{"reason": "other", "message_to_customer": "⟦teammate⟧ Ana ⟦comes⟧."}"#;
        turn.act(&EscalateAction::new(), key("a"), words).await.unwrap();
        let messages = seen(&desk, place(ACME, 1)).await.messages;
        let bodies: Vec<_> = messages.iter().map(|entry| entry.body.as_str()).collect();
        assert!(bodies.contains(&"Ana here.") && bodies.contains(&"Ana comes."), "{bodies:?}");
    });
}
