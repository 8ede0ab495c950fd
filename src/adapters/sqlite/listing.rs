//! Tickets and events, page by page.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};

use super::commit::EVENTS;
use super::fault::Fault;
use super::readers::at_one_instant;
use super::row::{Bytes, all, bound, bytes, first, parsed, rows};
use super::tickets::{body, ticket, urgency};
use crate::event::{Event, EventSequence};
use crate::id::{ConversationId, Place, WorkspaceId};
use crate::ports::{Decided, Page, TicketCursor, TicketFilter};
use crate::ticket::Ticket;

pub(super) const UNASSIGNED: &str = "SELECT body FROM escalate_tickets
    WHERE workspace = ?1 AND open = 1 AND assignee IS NULL AND (urgency, requested, id) > (?2, ?3, ?4)
    ORDER BY urgency, requested, id LIMIT ?5";
pub(super) const OPEN: &str = "SELECT body FROM escalate_tickets
    WHERE workspace = ?1 AND open = 1 AND (urgency, requested, id) > (?2, ?3, ?4)
    ORDER BY urgency, requested, id LIMIT ?5";
pub(super) const ASSIGNED_TO: &str = "SELECT body FROM escalate_tickets
    WHERE workspace = ?1 AND open = 1 AND assignee = ?6 AND (urgency, requested, id) > (?2, ?3, ?4)
    ORDER BY urgency, requested, id LIMIT ?5";
pub(super) const CLOSED: &str = "SELECT body FROM escalate_tickets
    WHERE workspace = ?1 AND open = 0 AND (requested, id) < (?2, ?3)
    ORDER BY requested DESC, id DESC LIMIT ?4";
pub(super) const OF_CUSTOMER: &str = "SELECT body FROM escalate_tickets
    WHERE workspace = ?1 AND customer = ?5 AND (requested, id) < (?2, ?3)
    ORDER BY requested DESC, id DESC LIMIT ?4";
pub(super) const OPEN_IN: &str =
    "SELECT body FROM escalate_tickets WHERE workspace = ?1 AND conversation = ?2 AND open = 1";
pub(super) const TIMELINE: &str = "SELECT body FROM escalate_events
    WHERE workspace = ?1 AND conversation = ?2 AND sequence > ?3 ORDER BY sequence LIMIT ?4";
pub(super) const DECISIONS: &str = "SELECT body, decision FROM escalate_events
    WHERE workspace = ?1 AND conversation = ?2 AND sequence > ?3 AND decision IS NOT NULL ORDER BY sequence LIMIT ?4";

pub(super) fn tickets(
    connection: &Connection,
    workspace: WorkspaceId,
    filter: &TicketFilter,
    after: Option<TicketCursor>,
    limit: usize,
) -> Result<Page<Ticket, TicketCursor>, Fault> {
    // One more than asked for tells whether there is a further page.
    let most = limit.saturating_add(1);
    let edge = Edge::after(workspace, after, most);
    let found = match filter {
        TicketFilter::Id(id) => beyond(after, ticket(connection, workspace, *id)?.into_iter().collect()),
        TicketFilter::OpenIn(conversations) => beyond(after, open_in(connection, workspace, conversations)?),
        TicketFilter::Unassigned => edge.served(connection, UNASSIGNED)?,
        TicketFilter::Open => edge.served(connection, OPEN)?,
        TicketFilter::AssignedTo(teammate) => edge.served_by(connection, bytes(*teammate))?,
        TicketFilter::Closed => edge.newest(connection, CLOSED)?,
        TicketFilter::OfCustomer(customer) => edge.newest_of(connection, bytes(*customer))?,
    };
    let more = found.len() > limit;
    let items: Vec<Ticket> = found.into_iter().take(limit).collect();
    let next = items.last().filter(|_| more).map(TicketCursor::from);
    Ok(Page { items, next })
}

pub(super) fn timeline(
    connection: &Connection,
    place: Place,
    after: EventSequence,
    limit: usize,
) -> Result<Vec<Event>, Fault> {
    let page = params![bytes(place.workspace), bytes(place.conversation), bound(after.0), rows(limit)];
    all(connection, TIMELINE, page, |row| parsed(EVENTS, row, 0))
}

pub(super) fn decisions(
    connection: &Connection,
    place: Place,
    after: EventSequence,
    limit: usize,
) -> Result<Vec<Decided>, Fault> {
    let page = params![bytes(place.workspace), bytes(place.conversation), bound(after.0), rows(limit)];
    all(connection, DECISIONS, page, |row| {
        Ok(Decided { event: parsed(EVENTS, row, 0)?, decision: parsed(EVENTS, row, 1)? })
    })
}

/// There is one at most in each conversation, so it is a look-up for each, and a sort.
fn open_in(
    connection: &Connection,
    workspace: WorkspaceId,
    conversations: &[ConversationId],
) -> Result<Vec<Ticket>, Fault> {
    let distinct: BTreeSet<_> = conversations.iter().copied().collect();
    at_one_instant(connection, |connection| {
        let look =
            |conversation| first(connection, OPEN_IN, params![bytes(workspace), bytes(conversation)], body);
        distinct.into_iter().filter_map(|conversation| look(conversation).transpose()).collect()
    })
}

/// Those of `found` that are served after the cursor, in that order.
fn beyond(after: Option<TicketCursor>, mut found: Vec<Ticket>) -> Vec<Ticket> {
    let key = |cursor: TicketCursor| (urgency(cursor.priority), cursor.requested, cursor.id);
    found.retain(|ticket| after.is_none_or(|after| key(ticket.into()) > key(after)));
    found.sort_unstable_by_key(|ticket| key(ticket.into()));
    found
}

/// Where a page begins, with what stands for the beginning of all.
struct Edge {
    workspace: Bytes,
    after: Option<(u8, i64, Bytes)>,
    most: i64,
}

impl Edge {
    fn after(workspace: WorkspaceId, after: Option<TicketCursor>, most: usize) -> Self {
        let after = after.map(|TicketCursor { priority, requested, id }| {
            (urgency(priority), requested.timestamp_micros(), bytes(id))
        });
        Self { workspace: bytes(workspace), after, most: rows(most) }
    }

    fn served(&self, connection: &Connection, sql: &str) -> Result<Vec<Ticket>, Fault> {
        let (urgency, requested, id) = self.first_served();
        all(connection, sql, params![self.workspace, urgency, requested, id, self.most], body)
    }

    fn served_by(&self, connection: &Connection, assignee: Bytes) -> Result<Vec<Ticket>, Fault> {
        let (urgency, requested, id) = self.first_served();
        all(
            connection,
            ASSIGNED_TO,
            params![self.workspace, urgency, requested, id, self.most, assignee],
            body,
        )
    }

    fn newest(&self, connection: &Connection, sql: &str) -> Result<Vec<Ticket>, Fault> {
        let (requested, id) = self.newest_first();
        all(connection, sql, params![self.workspace, requested, id, self.most], body)
    }

    fn newest_of(&self, connection: &Connection, customer: Bytes) -> Result<Vec<Ticket>, Fault> {
        let (requested, id) = self.newest_first();
        all(connection, OF_CUSTOMER, params![self.workspace, requested, id, self.most, customer], body)
    }

    fn first_served(&self) -> (i64, i64, Bytes) {
        self.after
            .map_or((-1, 0, Bytes::default()), |(urgency, requested, id)| (urgency.into(), requested, id))
    }

    fn newest_first(&self) -> (i64, Bytes) {
        self.after.map_or((i64::MAX, Bytes::default()), |(_, requested, id)| (requested, id))
    }
}
