//! N3: the right id in the wrong workspace is not there, whatever is asked; and what is another customer's stays so.

use escalate::ports::Window;
use escalate::{
    Actor, AfterClose, Control, Conversation, CustomerId, EventSequence, Inbox, Place, Refusal, Requester,
    Teammate, TeammateId, WorkspaceId,
};
use futures::executor::block_on;
use uuid::Uuid;

use super::office::{Office, asked, here, refusal};
use super::world::{ACME, ANA, CLEO, NOON, key, seen};

const OTHER: WorkspaceId = WorkspaceId::new(Uuid::from_u128(0x07E4));
const EVE: TeammateId = TeammateId::new(Uuid::from_u128(0xE7E));

#[test]
fn the_right_id_in_the_wrong_workspace_is_not_there() {
    block_on(async {
        let office = Office::new(0).await;
        let ticket = office.escalate(here()).await.ticket;
        let before = seen(&office.desk, here()).await;
        office.store.put_teammate(Teammate::new(OTHER, EVE, "Eve").supervising()).await.unwrap();
        let (desk, wrong) = (&office.desk, Place::new(OTHER, here().conversation));
        assert_eq!(desk.control(wrong).await.unwrap().control, Control::Ai);
        assert!(desk.begin_turn(wrong).await.unwrap_err().is_not_found());
        assert!(desk.customer_message(wrong, CLEO, key("m"), "Hi.").await.unwrap_err().is_not_found());
        assert!(desk.escalate(wrong, Actor::System, key("e"), asked()).await.unwrap_err().is_not_found());
        assert!(desk.take_over(wrong, EVE, key("t")).await.unwrap_err().is_not_found());
        assert!(desk.reply(wrong, EVE, key("r"), "Hi.").await.unwrap_err().is_not_found());
        assert!(desk.note(wrong, Actor::from(EVE), key("n"), "Hi.").await.unwrap_err().is_not_found());
        assert!(desk.hold(wrong, Actor::from(EVE)).await.unwrap_err().is_not_found());
        assert!(desk.reassign(wrong, Actor::from(EVE), EVE).await.unwrap_err().is_not_found());
        assert!(desk.hand_back(wrong, Actor::from(EVE), key("h")).await.unwrap_err().is_not_found());
        let close = desk.close(wrong, Actor::from(EVE), key("c"), AfterClose::StayOff).await;
        assert!(close.unwrap_err().is_not_found());
        assert!(desk.transcript(wrong, Window::Before(None), 10).await.unwrap_err().is_not_found());
        assert!(desk.customer_view(wrong, CLEO, Window::Before(None), 10).await.unwrap_err().is_not_found());
        assert!(desk.ticket(OTHER, ticket).await.unwrap_err().is_not_found());
        assert!(desk.briefing(OTHER, EVE, ticket).await.unwrap_err().is_not_found());
        assert!(desk.timeline(wrong, EventSequence(0), 10).await.unwrap().is_empty());
        assert!(desk.inbox(OTHER, Inbox::Open, None, 10).await.unwrap().items.is_empty());
        assert!(desk.conversations(OTHER, None, 10).await.unwrap().items.is_empty());
        let after = seen(desk, here()).await;
        assert_eq!(
            (before.epoch, before.events, before.messages),
            (after.epoch, after.events, after.messages)
        );
    });
}

#[test]
fn a_teammate_of_another_workspace_is_unknown_here() {
    block_on(async {
        let office = Office::new(0).await;
        let ticket = office.escalate(here()).await.ticket;
        office.store.put_teammate(Teammate::new(OTHER, EVE, "Eve").supervising()).await.unwrap();
        let (desk, unknown, eve) =
            (&office.desk, Refusal::UnknownTeammate { teammate: EVE }, Actor::from(EVE));
        assert_eq!(refusal(desk.take_over(here(), EVE, key("t")).await), unknown);
        assert_eq!(refusal(desk.reply(here(), EVE, key("r"), "Hi.").await), unknown);
        assert_eq!(refusal(desk.note(here(), eve, key("n"), "Hi.").await), unknown);
        assert_eq!(refusal(desk.hold(here(), eve).await), unknown);
        assert_eq!(refusal(desk.close(here(), eve, key("c"), AfterClose::StayOff).await), unknown);
        assert_eq!(refusal(desk.hand_back(here(), eve, key("h")).await), unknown);
        assert_eq!(refusal(desk.escalate(here(), eve, key("e"), asked()).await), unknown);
        assert_eq!(refusal(desk.reassign(here(), eve, ANA).await), unknown);
        assert_eq!(refusal(desk.reassign(here(), Actor::System, EVE).await), unknown);
        assert_eq!(refusal(desk.briefing(ACME, EVE, ticket).await), unknown);
        office.audit().await;
    });
}

#[test]
fn another_customers_conversation_is_not_yours() {
    block_on(async {
        let office = Office::new(0).await;
        let other = CustomerId::new(Uuid::from_u128(0xBAD));
        let desk = &office.desk;
        assert_eq!(refusal(desk.customer_message(here(), other, key("m"), "Hi.").await), Refusal::NotYours);
        assert_eq!(
            refusal(desk.escalate(here(), Actor::from(other), key("e"), asked()).await),
            Refusal::NotYours
        );
        office.escalate(here()).await;
        assert_eq!(refusal(desk.hand_back(here(), Actor::from(other), key("h")).await), Refusal::NotYours);
        assert_eq!(
            refusal(desk.customer_view(here(), other, Window::Before(None), 10).await),
            Refusal::NotYours
        );
        let stolen = Conversation::new(here(), Requester::verified(other), "web", NOON);
        assert_eq!(refusal(desk.open(stolen).await), Refusal::NotYours);
        office.audit().await;
    });
}
