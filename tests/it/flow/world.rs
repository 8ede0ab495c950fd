//! A workspace to play in, and an audit of everything a run may have left in it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use escalate::adapters::postgres::PostgresStore;
use escalate::adapters::sqlite::SqliteStore;
use escalate::control::ControlEvent;
use escalate::ports::{Page, TicketFilter, Window};
use escalate::{
    Author, Control, Conversation, ConversationId, CustomerId, Desk, Epoch, Event, EventKind, EventSequence,
    Key, Mark, MemoryStore, Message, Place, Requester, Roster, Rules, StoreError, Teammate, TeammateId,
    Ticket, TicketId, TicketRepository, TicketStatus, TranscriptStore, Visibility, WorkspaceId,
};
use futures::future::BoxFuture;
use uuid::Uuid;

pub(crate) const NOON: DateTime<Utc> = DateTime::from_timestamp(1_750_000_000, 0).unwrap();
pub(crate) const ACME: WorkspaceId = WorkspaceId::new(Uuid::from_u128(0xACE));
pub(crate) const CLEO: CustomerId = CustomerId::new(Uuid::from_u128(0xC1E0));
pub(crate) const ANA: TeammateId = TeammateId::new(Uuid::from_u128(0xA1));
pub(crate) const BEN: TeammateId = TeammateId::new(Uuid::from_u128(0xB2));
/// A supervisor.
pub(crate) const SUE: TeammateId = TeammateId::new(Uuid::from_u128(0xC3));
pub(crate) const WORDS: &str = "My order 1234 never came. I want my money back.";

pub(crate) fn place(workspace: WorkspaceId, n: u128) -> Place {
    Place::new(workspace, ConversationId::new(Uuid::from_u128(n)))
}

pub(crate) fn key(text: impl Into<String>) -> Key {
    Key::try_from(text.into()).unwrap()
}

pub(crate) fn conversation(place: Place) -> Conversation {
    Conversation::new(place, Requester::verified(CLEO), "web", NOON)
}

/// Rules that let one customer begin as many episodes as a test needs, and a conversation go round as often.
pub(crate) fn unlimited() -> Rules {
    let mut rules = Rules::default();
    rules.loops.count = 0;
    rules.per_customer.count = 0;
    rules
}

/// All three stores in one, with a roster that can be filled.
pub(crate) trait Shop: TranscriptStore + TicketRepository + Roster + Clone {
    fn hire(&self, teammate: Teammate) -> BoxFuture<'_, Result<(), StoreError>>;
}

impl Shop for MemoryStore {
    fn hire(&self, teammate: Teammate) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(self.put_teammate(teammate))
    }
}

impl Shop for SqliteStore {
    fn hire(&self, teammate: Teammate) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(self.put_teammate(teammate))
    }
}

impl Shop for PostgresStore {
    fn hire(&self, teammate: Teammate) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(self.put_teammate(teammate))
    }
}

/// Ana and Ben take tickets; Sue supervises and takes none by herself.
pub(crate) async fn staff(shop: &impl Shop, workspace: WorkspaceId, capacity: u32) {
    for (id, name) in [(ANA, "Ana"), (BEN, "Ben")] {
        shop.hire(Teammate::new(workspace, id, name).with_capacity(capacity)).await.unwrap();
    }
    shop.hire(Teammate::new(workspace, SUE, "Sue").supervising().away()).await.unwrap();
}

/// Everything of one conversation that can be seen from outside.
pub(crate) struct Seen {
    pub(crate) control: Control,
    pub(crate) epoch: Epoch,
    pub(crate) events: Vec<Event>,
    pub(crate) messages: Vec<Message>,
}

pub(crate) async fn seen(desk: &Desk, place: Place) -> Seen {
    let state = desk.control(place).await.unwrap();
    let events = desk.timeline(place, EventSequence(0), 10_000).await.unwrap();
    let messages = desk.transcript(place, Window::Before(None), 10_000).await.unwrap().messages;
    Seen { control: state.control, epoch: state.epoch, events, messages }
}

pub(crate) async fn tickets(store: &dyn TicketRepository, workspace: WorkspaceId) -> Vec<Ticket> {
    let mut all = Vec::new();
    for filter in [TicketFilter::Open, TicketFilter::Closed] {
        let Page { items, next } = store.tickets(workspace, filter, None, 10_000).await.unwrap();
        assert!(next.is_none());
        all.extend(items);
    }
    all
}

/// Fails unless all that the stores hold of `places` agrees with the invariants.
pub(crate) async fn audit(
    desk: &Desk,
    store: &dyn TicketRepository,
    workspace: WorkspaceId,
    places: &[Place],
) {
    let tickets = tickets(store, workspace).await;
    for place in places {
        let seen = seen(desk, *place).await;
        let own: Vec<_> = tickets.iter().filter(|ticket| ticket.conversation == place.conversation).collect();
        timeline(&seen);
        episodes(&seen, &own);
        transcript(&seen);
        nothing_lost(&seen, own.len());
        statuses(&seen, &own);
    }
    loads(store, workspace, &tickets).await;
}

/// C6, and the epoch grows by exactly one at every change (H3).
fn timeline(seen: &Seen) {
    let numbers: Vec<u64> = seen.events.iter().map(|event| event.sequence.0).collect();
    assert_eq!(numbers, (1..=seen.events.len() as u64).collect::<Vec<_>>(), "the timeline has gaps");
    let changes = changes(&seen.events);
    assert_eq!(changes.len() as u64, seen.epoch.0, "one epoch a change of who answers (H3)");
    let epochs: Vec<u64> = changes.iter().map(|(epoch, _)| epoch.0).collect();
    assert_eq!(epochs, (1..=seen.epoch.0).collect::<Vec<_>>());
    let twice_backwards = changes.iter().rev().chain(&changes).map(|(epoch, change)| (*epoch, change));
    for replayed in [
        Control::replay(changes.iter().map(|(epoch, change)| (*epoch, change))),
        Control::replay(twice_backwards),
    ] {
        assert_eq!((replayed.control, replayed.epoch), (seen.control, seen.epoch), "replay differs (C6)");
    }
}

pub(crate) fn changes(events: &[Event]) -> Vec<(Epoch, ControlEvent)> {
    let change = |event: &Event| match event.kind {
        EventKind::Control { change } => Some((event.epoch, change)),
        _ => None,
    };
    events.iter().filter_map(change).collect()
}

/// E1, and control names the one ticket that is open, or one that is closed.
fn episodes(seen: &Seen, tickets: &[&Ticket]) {
    let open: Vec<TicketId> =
        tickets.iter().filter(|ticket| ticket.status.is_open()).map(|ticket| ticket.id).collect();
    assert_eq!(
        open,
        Vec::from_iter(seen.control.open_ticket()),
        "one open ticket, the one control names (E1)"
    );
    if let Some(named) = seen.control.ticket() {
        let named =
            tickets.iter().find(|ticket| ticket.id == named).expect("control names a ticket that is there");
        assert!(!named.ai_replies, "AI replies are off while control names the ticket");
        if let Control::Human { teammate, .. } = seen.control {
            assert_eq!(named.assigned_to(), Some(teammate), "who answers is on the ticket");
        }
    }
    for ticket in tickets.iter().filter(|ticket| ticket.ai_replies) {
        assert!(
            !ticket.status.is_open() && ticket.clocks.handed_back.is_some(),
            "AI replies on means handed back"
        );
    }
}

/// C1 and C4 as the customer sees them: no word of the AI agent within a human stretch but the handoff message.
fn transcript(seen: &Seen) {
    let mut stretch = None;
    for (index, entry) in seen.messages.iter().enumerate() {
        assert_eq!(entry.sequence.0, index as u64 + 1, "the transcript has gaps");
        assert!(
            !seen.messages[..index].iter().any(|earlier| earlier.key == entry.key),
            "an entry stands twice"
        );
        match entry.mark {
            Some(Mark::EpisodeOpened { ticket }) => stretch = Some(ticket),
            Some(_) => stretch = None,
            None if entry.author == Author::AiAgent && !is_handoff(entry) => {
                assert_eq!(stretch, None, "the AI agent spoke within an episode (C1)");
            }
            None => {}
        }
        // Facts are the edges of episodes, and that a turn could not answer.
        let is_fact = entry.mark.is_some() || entry.key.to_string().starts_with("unanswered:");
        assert_eq!(is_fact, entry.visibility == Visibility::Fact);
    }
    let count =
        |is: fn(&ControlEvent) -> bool| changes(&seen.events).iter().filter(|(_, change)| is(change)).count();
    let escalated = count(|change| matches!(change, ControlEvent::Escalated { .. }));
    // Into the line again: by an escalation, which tells the customer, or by the customer's message, which does not.
    let reopened = count(|change| matches!(change, ControlEvent::Reopened { teammate: None, .. }));
    let told = seen.messages.iter().filter(|entry| is_handoff(entry)).count();
    assert!((escalated..=escalated + reopened).contains(&told), "one message an escalation (C4)");
}

/// E5: what the timeline tells of is in the transcript, once: replies, and where episodes began and ended.
fn nothing_lost(seen: &Seen, tickets: usize) {
    let events = |is: fn(&EventKind) -> bool| seen.events.iter().filter(|event| is(&event.kind)).count();
    let entries = |is: fn(&Message) -> bool| seen.messages.iter().filter(|entry| is(entry)).count();
    let by_teammate = |entry: &Message| {
        matches!(entry.author, Author::Teammate { .. }) && entry.visibility == Visibility::Public
    };
    let replied = events(|kind| matches!(kind, EventKind::Replied { .. }));
    assert_eq!(entries(by_teammate), replied, "a reply is missing, or there twice (E5)");
    let opened = entries(|entry| matches!(entry.mark, Some(Mark::EpisodeOpened { .. })));
    let episodes = tickets + begun_again(seen);
    assert_eq!(opened, episodes, "a beginning is missing (E5)");
    let back = events(|kind| matches!(kind, EventKind::Control { change: ControlEvent::HandedBack { .. } }));
    let ended = entries(|entry| matches!(entry.mark, Some(Mark::EpisodeEnded { .. })));
    assert!((back..=episodes).contains(&ended), "an end is missing (E5, H1)");
}

/// How often a ticket went on that had been handed back (E6).
fn begun_again(seen: &Seen) -> usize {
    let changes = changes(&seen.events);
    let again = changes.windows(2).filter(|pair| {
        matches!((pair[0].1, pair[1].1), (ControlEvent::HandedBack { .. }, ControlEvent::Reopened { .. }))
    });
    again.count()
}

/// The library's own key tells the handoff message apart.
pub(crate) fn is_handoff(entry: &Message) -> bool {
    entry.key.to_string().starts_with("told:")
}

/// Every ticket's moves join up, from new to where the ticket is.
fn statuses(seen: &Seen, tickets: &[&Ticket]) {
    let mut at: HashMap<TicketId, TicketStatus> = HashMap::new();
    for event in &seen.events {
        if let EventKind::StatusMoved { from, to } = event.kind {
            let before = at.insert(event.ticket, to);
            // A ticket opened by a takeover or a reply starts where that puts it.
            assert!(before.is_none_or(|before| before == from), "{before:?} became {from:?} unseen");
        }
    }
    for ticket in tickets {
        assert!(
            at.get(&ticket.id).is_none_or(|last| *last == ticket.status),
            "{at:?} is not {:?}",
            ticket.status
        );
    }
}

/// A5: the load equals a recount. A1: it is within the cap, but for what was put there by hand and is marked.
async fn loads(store: &dyn TicketRepository, workspace: WorkspaceId, tickets: &[Ticket]) {
    let people = vec![ANA, BEN, SUE];
    let loads = store.workload(workspace, people.clone()).await.unwrap();
    for (teammate, load) in people.into_iter().zip(loads) {
        let open =
            tickets.iter().filter(|ticket| ticket.status.is_open() && ticket.assigned_to() == Some(teammate));
        assert_eq!(
            (load.teammate, load.open as usize),
            (teammate, open.count()),
            "the load is not a recount (A5)"
        );
    }
}

/// A1, where `cap` holds for everybody.
pub(crate) fn within_cap(tickets: &[Ticket], cap: usize) {
    for teammate in [ANA, BEN, SUE] {
        let of = |ticket: &&Ticket| ticket.status.is_open() && ticket.assigned_to() == Some(teammate);
        let unmarked = |ticket: &&Ticket| ticket.assignee.is_some_and(|assignee| !assignee.over_cap);
        let (all, fair) =
            (tickets.iter().filter(of).count(), tickets.iter().filter(of).filter(unmarked).count());
        assert!(fair <= cap, "{fair} of {all} tickets unmarked over a cap of {cap} (A1)");
    }
}
