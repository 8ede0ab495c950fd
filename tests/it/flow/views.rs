//! What a teammate sees: inbox, live conversations, briefing.

use std::collections::HashSet;

use chrono::TimeDelta;
use escalate::{Actor, AfterClose, Conversation, Inbox, Place, Priority, Requester, TicketId, WorkspaceId};
use futures::executor::block_on;

use super::office::{Office, asked, here};
use super::world::{ACME, ANA, BEN, CLEO, WORDS, key, place};

/// All pages of an inbox, `size` at a time.
async fn paged(office: &Office, inbox: Inbox, size: usize) -> Vec<TicketId> {
    let (mut all, mut after) = (Vec::new(), None);
    // Bounded: nobody has more pages than tickets.
    for _ in 0..100 {
        let page = office.desk.inbox(ACME, inbox, after, size).await.unwrap();
        assert!(page.items.len() <= size);
        all.extend(page.items.iter().map(|ticket| ticket.id));
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
    panic!("the pages have no end");
}

#[test]
fn inboxes_page_in_order() {
    block_on(async {
        let office = Office::new(0).await;
        for teammate in [ANA, BEN] {
            office.store.set_available(ACME, teammate, false).await.unwrap();
        }
        let mut line = Vec::new();
        for n in 2..=12 {
            let here = place(ACME, n);
            office.begin(here).await;
            office.wait(TimeDelta::seconds(i64::from(n % 3 == 0)));
            let priority = if n % 4 == 0 { Priority::Urgent } else { Priority::Normal };
            let request = asked().with_priority(priority);
            let ticket = office.desk.escalate(here, Actor::System, key("e"), request).await.unwrap().ticket;
            let requested = office.desk.ticket(ACME, ticket).await.unwrap().clocks.requested;
            line.push((std::cmp::Reverse(priority), requested, ticket));
        }
        line.sort_unstable();
        let line: Vec<_> = line.into_iter().map(|(.., ticket)| ticket).collect();
        for size in [1, 3, 11, 50] {
            assert_eq!(paged(&office, Inbox::Unassigned, size).await, line, "{size} a page");
        }
        let taken = office.desk.take_over(place(ACME, 5), ANA, key("t")).await.unwrap().ticket;
        office.desk.close(place(ACME, 6), Actor::System, key("c"), AfterClose::StayOff).await.unwrap();
        assert_eq!(paged(&office, Inbox::Mine(ANA), 2).await, [taken]);
        assert_eq!(paged(&office, Inbox::Closed, 2).await.len(), 1);
        assert_eq!(paged(&office, Inbox::Unassigned, 2).await.len(), 9);
        assert_eq!(paged(&office, Inbox::Open, 2).await.len(), 10);
        let nothing = office.desk.inbox(ACME, Inbox::Open, None, 0).await.unwrap();
        assert!(nothing.items.is_empty());
    });
}

#[test]
fn conversations_are_those_without_an_open_ticket() {
    block_on(async {
        let office = Office::new(0).await;
        for n in 2..=30 {
            office.begin(place(ACME, n)).await;
            if n % 3 > 0 {
                office.escalate(place(ACME, n)).await;
            }
        }
        let wanted: HashSet<Place> =
            (1..=30).filter(|n| *n == 1 || n % 3 == 0).map(|n| place(ACME, n)).collect();
        for size in [1, 4, 100] {
            let (mut found, mut after) = (Vec::new(), None);
            for _ in 0..100 {
                let page = office.desk.conversations(ACME, after, size).await.unwrap();
                assert!(page.items.len() <= size);
                found.extend(page.items.iter().map(Conversation::place));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(found.len(), wanted.len(), "{size} a page, none twice");
            assert_eq!(found.into_iter().collect::<HashSet<_>>(), wanted);
        }
    });
}

/// Whoever only claims to be a customer is not told of that customer's earlier tickets, nor are theirs told.
#[test]
fn earlier_tickets_are_shown_to_verified_customers_only() {
    block_on(async {
        let office = Office::new(0).await;
        let open = async |n: u128, requester: Requester, workspace: WorkspaceId| {
            let place = place(workspace, n);
            let conversation = Conversation::new(place, requester, "web", office.desk.now());
            office.desk.open(conversation).await.unwrap();
            office.desk.customer_message(place, CLEO, key("m"), WORDS).await.unwrap();
            office.wait(TimeDelta::seconds(1));
            office.escalate(place).await.ticket
        };
        let first = office.escalate(here()).await.ticket;
        let claimed = open(2, Requester::claimed(CLEO), ACME).await;
        let verified = open(3, Requester::verified(CLEO), ACME).await;
        let earlier = async |ticket| {
            let briefing = office.desk.briefing(ACME, ANA, ticket).await.unwrap();
            briefing.earlier.iter().map(|ticket| ticket.id).collect::<Vec<_>>()
        };
        assert_eq!(earlier(verified).await, [first]);
        assert_eq!(earlier(claimed).await, []);
        assert_eq!(earlier(first).await, [], "what came later is not earlier");
    });
}

#[test]
fn a_briefing_has_all_a_teammate_needs() {
    block_on(async {
        let office = Office::new(0).await;
        let ticket = office.escalate(here()).await.ticket;
        office.desk.note(here(), Actor::from(ANA), key("n"), "Be kind.").await.unwrap();
        let briefing = office.desk.briefing(ACME, BEN, ticket).await.unwrap();
        assert_eq!((briefing.ticket.id, briefing.conversation.id), (ticket, here().conversation));
        assert!(briefing.messages.iter().any(|entry| entry.body == "Be kind."), "notes are for teammates");
        assert!(briefing.messages.iter().any(|entry| entry.body == WORDS));
        assert_eq!(briefing.timeline.first().map(|event| event.kind.as_str()), Some("escalated"));
        // The same customer again: this episode is the earlier one of the next.
        office.desk.reply(here(), BEN, key("r"), "It is on its way.").await.unwrap();
        office.desk.hand_back(here(), Actor::System, key("h")).await.unwrap();
        office.wait(TimeDelta::seconds(1));
        let next = office.desk.escalate(here(), Actor::System, key("e2"), asked()).await.unwrap().ticket;
        let briefing = office.desk.briefing(ACME, BEN, next).await.unwrap();
        assert_eq!(briefing.earlier.iter().map(|ticket| ticket.id).collect::<Vec<_>>(), [ticket]);
        assert_eq!(briefing.ticket.previous, Some(ticket));
    });
}
