//! Tickets and events, page by page.

use tokio_postgres::Row;
use uuid::Uuid;

use super::PostgresStore;
use super::commit::EVENTS;
use super::fault::Fault;
use super::row::{Param, bound, parsed, parsed_if_any, rows};
use super::tickets::{body, urgency};
use crate::assignment::{Decision, Load, Offer, Seen};
use crate::event::{Event, EventSequence};
use crate::id::{Place, TeammateId, WorkspaceId};
use crate::ports::{Decided, Page, TicketCursor, TicketFilter};
use crate::ticket::Ticket;

pub(super) const TICKET: &str = "SELECT body FROM escalate_tickets
    WHERE workspace = $1 AND id = $6 AND (urgency, requested, id) > ($2, $3, $4) LIMIT $5";
pub(super) const UNASSIGNED: &str = "SELECT body FROM escalate_tickets
    WHERE workspace = $1 AND open AND assignee IS NULL AND (urgency, requested, id) > ($2, $3, $4)
    ORDER BY urgency, requested, id LIMIT $5";
pub(super) const OPEN: &str = "SELECT body FROM escalate_tickets
    WHERE workspace = $1 AND open AND (urgency, requested, id) > ($2, $3, $4)
    ORDER BY urgency, requested, id LIMIT $5";
pub(super) const ASSIGNED_TO: &str = "SELECT body FROM escalate_tickets
    WHERE workspace = $1 AND open AND assignee = $6 AND (urgency, requested, id) > ($2, $3, $4)
    ORDER BY urgency, requested, id LIMIT $5";
pub(super) const OPEN_IN: &str = "SELECT body FROM escalate_tickets
    WHERE workspace = $1 AND open AND conversation = ANY ($6) AND (urgency, requested, id) > ($2, $3, $4)
    ORDER BY urgency, requested, id LIMIT $5";
pub(super) const CLOSED: &str = "SELECT body FROM escalate_tickets
    WHERE workspace = $1 AND NOT open AND (requested, id) < ($2, $3)
    ORDER BY requested DESC, id DESC LIMIT $4";
pub(super) const OF_CUSTOMER: &str = "SELECT body FROM escalate_tickets
    WHERE workspace = $1 AND customer = $5 AND (requested, id) < ($2, $3)
    ORDER BY requested DESC, id DESC LIMIT $4";
pub(super) const TIMELINE: &str = "SELECT body FROM escalate_events
    WHERE workspace = $1 AND conversation = $2 AND sequence > $3 ORDER BY sequence LIMIT $4";

pub(super) const DECISIONS: &str = "SELECT body, decision, loads FROM escalate_events
    WHERE workspace = $1 AND conversation = $2 AND sequence > $3 AND decision IS NOT NULL
    ORDER BY sequence LIMIT $4";

impl PostgresStore {
    pub(super) async fn page(
        &self,
        workspace: WorkspaceId,
        filter: &TicketFilter,
        after: Option<TicketCursor>,
        limit: usize,
    ) -> Result<Page<Ticket, TicketCursor>, Fault> {
        // One more than asked for tells whether there is a further page.
        let most = rows(limit.saturating_add(1));
        let found = match filter {
            TicketFilter::Id(id) => self.served(TICKET, workspace, after, most, Some(&id.uuid())).await?,
            TicketFilter::OpenIn(conversations) => {
                let conversations: Vec<_> = conversations.iter().copied().map(Uuid::from).collect();
                self.served(OPEN_IN, workspace, after, most, Some(&conversations)).await?
            }
            TicketFilter::AssignedTo(teammate) => {
                self.served(ASSIGNED_TO, workspace, after, most, Some(&teammate.uuid())).await?
            }
            TicketFilter::Unassigned => self.served(UNASSIGNED, workspace, after, most, None).await?,
            TicketFilter::Open => self.served(OPEN, workspace, after, most, None).await?,
            TicketFilter::Closed => self.newest(CLOSED, workspace, after, most, None).await?,
            TicketFilter::OfCustomer(customer) => {
                self.newest(OF_CUSTOMER, workspace, after, most, Some(&customer.uuid())).await?
            }
        };
        let more = found.len() > limit;
        let items: Vec<Ticket> = found.into_iter().take(limit).collect();
        let next = items.last().filter(|_| more).map(TicketCursor::from);
        Ok(Page { items, next })
    }

    pub(super) async fn events(
        &self,
        place: Place,
        after: EventSequence,
        limit: usize,
    ) -> Result<Vec<Event>, Fault> {
        let (workspace, conversation) = (place.workspace.uuid(), place.conversation.uuid());
        let page: [Param<'_>; 4] = [&workspace, &conversation, &bound(after.0), &rows(limit)];
        self.ask(TIMELINE, &page).await?.iter().map(|row| event(place, row)).collect()
    }

    pub(super) async fn decided(
        &self,
        place: Place,
        after: EventSequence,
        limit: usize,
    ) -> Result<Vec<Decided>, Fault> {
        let (workspace, conversation) = (place.workspace.uuid(), place.conversation.uuid());
        let page: [Param<'_>; 4] = [&workspace, &conversation, &bound(after.0), &rows(limit)];
        let read = |row| Ok(Decided { event: event(place, row)?, decision: decision(row)? });
        self.ask(DECISIONS, &page).await?.iter().map(read).collect()
    }

    /// In the order in which they are served.
    async fn served(
        &self,
        sql: &str,
        workspace: WorkspaceId,
        after: Option<TicketCursor>,
        most: i64,
        of: Option<Param<'_>>,
    ) -> Result<Vec<Ticket>, Fault> {
        let edge = after
            .map(|cursor| (urgency(cursor.priority), cursor.requested.timestamp_micros(), cursor.id.uuid()));
        // No urgency is below nought.
        let (urgency, requested, id) = edge.unwrap_or((-1, 0, Uuid::nil()));
        let of_workspace = workspace.uuid();
        let mut params: Vec<Param<'_>> = vec![&of_workspace, &urgency, &requested, &id, &most];
        params.extend(of);
        self.ask(sql, &params).await?.iter().map(|row| body(workspace, row)).collect()
    }

    async fn newest(
        &self,
        sql: &str,
        workspace: WorkspaceId,
        after: Option<TicketCursor>,
        most: i64,
        of: Option<Param<'_>>,
    ) -> Result<Vec<Ticket>, Fault> {
        let edge = after.map(|cursor| (cursor.requested.timestamp_micros(), cursor.id.uuid()));
        let (requested, id) = edge.unwrap_or((i64::MAX, Uuid::nil()));
        let of_workspace = workspace.uuid();
        let mut params: Vec<Param<'_>> = vec![&of_workspace, &requested, &id, &most];
        params.extend(of);
        self.ask(sql, &params).await?.iter().map(|row| body(workspace, row)).collect()
    }
}

/// Reads the columns `decision` and `loads`: who had been free then, by what they had to do.
fn decision(row: &Row) -> Result<Decision, Fault> {
    let decision: Decision = parsed(EVENTS, row, 1)?;
    let loads: Option<Vec<(TeammateId, u32, u64)>> = parsed_if_any(EVENTS, row, 2)?;
    let Some(loads) = loads else { return Ok(decision) };
    let load = |(teammate, open, last_assigned)| Load { teammate, open, last_assigned };
    let loads: Vec<_> = loads.into_iter().map(load).collect();
    let offer = |seen: &Seen| Offer { teammate: seen.teammate, cap: seen.cap };
    let offers: Vec<_> = decision.seen.iter().map(offer).collect();
    let rule = decision.rule;
    Ok(decision.among(rule, &offers, &loads))
}

/// Reads the column `body` of a row of `place`: sinks go by what an event says it is of (N3).
fn event(place: Place, row: &Row) -> Result<Event, Fault> {
    let event: Event = parsed(EVENTS, row, 0)?;
    if event.place() == place { Ok(event) } else { Err(Fault::Foreign { table: EVENTS }) }
}
