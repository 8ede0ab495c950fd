//! A commit is all or nothing, whatever it breaks.

use futures::executor::block_on;
use rusqlite::Connection;

use super::SqliteStore;
use super::fixture::{
    ACME, at, commit, deliver, dump, escalation, event, failure, id, key, kinds, nothing, open, place, said,
    temporary, ticket,
};
use crate::assignment::{Load, Offer, Rule};
use crate::control::Epoch;
use crate::error::StoreError;
use crate::id::TeammateId;
use crate::key::Fingerprint;
use crate::ports::{
    Answer, Answered, Ask, Commit, Placement, Revision, TakeOver, TicketFilter, TicketRepository,
    TranscriptStore, TranscriptWrite, Unplaced, Whereabouts, Work, WorkKind,
};
use crate::ticket::{AssignedBy, Priority, TicketStatus};

fn answered(text: &str) -> Answered {
    let answer = Answer::TakeOver(TakeOver { ticket: id(7), teammate: id(0xaa) });
    Answered { key: key(text), fingerprint: Fingerprint::of(&[b"x"]), answer }
}

fn placement(of: u128, cap: u32, unplaced: Unplaced, rule: Rule) -> Placement {
    let offers = [0xaa, 0xbb].map(|n| Offer { teammate: id(n), cap }).to_vec();
    Placement { unplaced, ..Placement::new(rule, offers, AssignedBy::Policy, event(of, id(7), 2)) }
}

fn here(entries: Vec<crate::message::Draft>) -> Option<TranscriptWrite> {
    Some(TranscriptWrite { whereabouts: Whereabouts::Here, fence: Epoch(9), entries })
}

/// A conversation with an open ticket, an answer, an entry and a piece of work; one more without anything.
fn furnished() -> (tempfile::TempDir, SqliteStore) {
    let (directory, store) = temporary();
    open(&store, 1);
    open(&store, 2);
    let work = vec![Work { kind: deliver(), due_at: at(0) }];
    let full = Commit { answer: Some(answered("first")), work, ..escalation(7, 1) };
    commit(&store, full).unwrap();
    (directory, store)
}

/// A commit on top of it that holds something of everything, so that anything left of it would show.
fn full() -> Commit {
    Commit {
        ticket: Some(ticket(7, 1)),
        placement: Some(placement(1, 0, Unplaced::Wait, Rule::FewestOpen)),
        answer: Some(answered("second")),
        work: vec![Work { kind: WorkKind::Sweep, due_at: at(9) }],
        transcript: here(vec![said(5)]),
        ..nothing(1, 1)
    }
}

type Judge = fn(&StoreError) -> bool;

#[test]
fn a_breach_of_the_contract_leaves_the_database_as_it_was() {
    let (_directory, store) = furnished();
    let claim = block_on(store.claim(at(1), at(9), 1, kinds())).unwrap().claims[0];
    let mut lost = claim;
    lost.token -= 1;
    let mut reused = said(0xff);
    reused.body = "something else".to_owned();
    let mut elsewhere = nothing(2, 0);
    elsewhere.ticket = Some(ticket(7, 1));
    let mut taken_over = nothing(2, 0);
    taken_over.ticket = Some(ticket(7, 2));
    let before = dump(&store);
    let refused: [(&str, Commit, Judge); 9] = [
        ("an older revision", Commit { expected: Revision(0), ..full() }, StoreError::is_conflict),
        ("a later revision", Commit { expected: Revision(2), ..full() }, StoreError::is_conflict),
        ("a second open ticket", Commit { ticket: Some(ticket(8, 1)), ..full() }, StoreError::is_conflict),
        (
            "a key that is there",
            Commit { answer: Some(answered("first")), ..full() },
            StoreError::is_conflict,
        ),
        (
            "an event that is there",
            Commit { events: vec![event(1, id(7), 1)], ..full() },
            StoreError::is_conflict,
        ),
        ("a lost claim", Commit { settles: Some(lost), ..full() }, |e| matches!(e, StoreError::ClaimLost)),
        (
            "an entry's key with other words",
            Commit { transcript: here(vec![said(6), reused]), ..full() },
            |e| matches!(e, StoreError::KeyReused { key } if key.as_str() == "said-255"),
        ),
        ("a ticket of another conversation", elsewhere, |e| matches!(e, StoreError::Backend { .. })),
        ("a ticket's id in another conversation", taken_over, |e| matches!(e, StoreError::Backend { .. })),
    ];
    for (what, change, is_right) in refused {
        let error = commit(&store, change).unwrap_err();
        assert!(is_right(&error), "{what}: {error:?}");
        assert_eq!(dump(&store), before, "{what}");
    }
    let nobody = Placement { offers: Vec::new(), ..placement(1, 0, Unplaced::Abandon, Rule::Ranked) };
    let error = commit(&store, Commit { placement: Some(nobody), ..full() }).unwrap_err();
    assert!(error.is_conflict(), "nobody has room");
    assert_eq!(dump(&store), before);
    let nowhere = Commit { transcript: here(vec![said(1)]), ..nothing(3, 0) };
    assert!(matches!(commit(&store, nowhere), Err(StoreError::NotFound { entity: "conversation" })));
    assert_eq!(dump(&store), before);
    commit(&store, Commit { settles: Some(claim), ..full() }).unwrap();
}

#[test]
fn the_choice_is_made_from_the_loads_of_the_moment() {
    let (_directory, store) = furnished();
    let (ana, ben): (TeammateId, TeammateId) = (id(0xaa), id(0xbb));
    let placed = commit(&store, full()).unwrap();
    assert_eq!(placed.ticket.unwrap().assigned_to(), Some(ana), "equal loads: the lower id");
    let loads = block_on(store.workload(ACME, vec![ben, ana])).unwrap();
    assert_eq!(loads, [Load::none(ben), Load { teammate: ana, open: 1, last_assigned: 1 }]);
    // Again, for the ticket Ana holds: it does not stand in her way.
    let again = Commit {
        placement: Some(placement(1, 1, Unplaced::Abandon, Rule::Ranked)),
        answer: None,
        transcript: None,
        ..full()
    };
    let mut again = Commit { expected: Revision(2), ..again };
    again.placement.as_mut().unwrap().event.sequence.0 = 3;
    assert_eq!(commit(&store, again).unwrap().ticket.unwrap().assigned_to(), Some(ana));
    let next = Commit {
        ticket: Some(ticket(8, 2)),
        placement: Some(Placement {
            event: event(2, id(8), 2),
            ..placement(2, 1, Unplaced::Wait, Rule::Ranked)
        }),
        ..escalation(8, 2)
    };
    assert_eq!(commit(&store, next).unwrap().ticket.unwrap().assigned_to(), Some(ben), "Ana is full");
    let loads = block_on(store.workload(ACME, vec![ana, ben])).unwrap();
    assert_eq!(loads.map_last(), [1, 2]);
}

trait Last {
    fn map_last(&self) -> Vec<u64>;
}

impl Last for Vec<Load> {
    fn map_last(&self) -> Vec<u64> {
        self.iter().map(|load| load.last_assigned).collect()
    }
}

#[test]
fn the_line_is_counted_and_listed_in_one_order() {
    let (_directory, store) = temporary();
    let mut positions = Vec::new();
    for (of, priority) in
        [(1, Priority::Normal), (2, Priority::Urgent), (3, Priority::Low), (4, Priority::Urgent)]
    {
        open(&store, of);
        let mut waiting = escalation(0x70 + of, of);
        if let Some(ticket) = &mut waiting.ticket {
            ticket.priority = priority;
        }
        let event = event(of, id(0x70 + of), 2);
        waiting.placement =
            Some(Placement { offers: Vec::new(), event, ..placement(of, 0, Unplaced::Wait, Rule::Ranked) });
        commit(&store, waiting).unwrap();
        let timeline = block_on(store.timeline(place(of), crate::event::EventSequence(1), 9)).unwrap();
        positions.push(format!("{:?}", timeline[0].kind));
    }
    assert_eq!(positions, [1, 1, 3, 2].map(|position| format!("Waiting {{ position: {position} }}")));
    let mut listed = Vec::new();
    let mut after = None;
    loop {
        let page = block_on(store.tickets(ACME, TicketFilter::Unassigned, after, 3)).unwrap();
        listed.extend(page.items.iter().map(|ticket| ticket.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(listed, [0x72, 0x74, 0x71, 0x73].map(id));
}

#[test]
fn an_older_ticket_does_not_become_the_newest() {
    let (_directory, store) = furnished();
    let mut closed = ticket(7, 1);
    closed.status = TicketStatus::Closed;
    commit(&store, Commit { ticket: Some(closed.clone()), ..nothing(1, 1) }).unwrap();
    commit(&store, Commit { ticket: Some(ticket(8, 1)), ..nothing(1, 2) }).unwrap();
    commit(&store, Commit { ticket: Some(closed), ..nothing(1, 3) }).unwrap();
    let snapshot = block_on(store.load(place(1), Ask::default())).unwrap();
    assert_eq!(snapshot.latest, Some(id(8)));
    let third = commit(&store, Commit { ticket: Some(ticket(9, 1)), ..nothing(1, 4) });
    assert!(third.unwrap_err().is_conflict(), "ticket 8 is still open");
}

#[test]
fn a_row_that_does_not_parse_is_an_error_that_quotes_nothing() {
    let (directory, store) = furnished();
    let host = Connection::open(directory.path().join("desk.db")).unwrap();
    host.execute("UPDATE escalate_tickets SET body = '{\"id\":\"my secret\"}'", []).unwrap();
    let (operation, source) = failure(block_on(store.load(place(1), Ask::default())));
    assert_eq!(operation, "load a conversation");
    assert!(source.contains("escalate_tickets") && !source.contains("secret"), "{source}");
    host.execute("UPDATE escalate_controls SET holder = 'nobody'", []).unwrap();
    assert!(failure(block_on(store.control(place(1)))).1.contains("escalate_controls"));
    assert!(!format!("{store:?}").contains("desk.db"));
}

#[test]
fn the_same_key_twice_in_one_append_is_one_entry() {
    let (_directory, store) = temporary();
    open(&store, 1);
    let twice = block_on(TranscriptStore::append(&store, place(1), vec![said(1), said(1)], None)).unwrap();
    let crate::ports::Appended::Stored(receipts) = twice else { panic!("superseded") };
    assert_eq!(
        receipts.iter().map(|receipt| (receipt.sequence.0, receipt.repeated)).collect::<Vec<_>>(),
        [(1, false), (1, true)]
    );
    let mut other = said(2);
    other.body = "other words".to_owned();
    let before = dump(&store);
    let reused = block_on(TranscriptStore::append(&store, place(1), vec![said(2), other], None));
    assert!(matches!(reused, Err(StoreError::KeyReused { .. })));
    assert_eq!(dump(&store), before);
}
