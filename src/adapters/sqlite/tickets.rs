//! Tickets as rows, and the loads counted from them.

use rusqlite::{Connection, Row, params};

use super::fault::Fault;
use super::row::{bytes, counter, first, id, id_if_any, json, parsed, run};
use crate::adapters::columns::line_column;
use crate::assignment::Load;
use crate::id::{ConversationId, CustomerId, TeammateId, TicketId, WorkspaceId};
use crate::ticket::{Priority, Ticket};

pub(super) const TICKETS: &str = "escalate_tickets";

pub(super) const TICKET: &str = "SELECT body FROM escalate_tickets WHERE workspace = ?1 AND id = ?2";
pub(super) const BEFORE: &str =
    "SELECT conversation, customer, open, assignee, urgency, requested, line FROM escalate_tickets
    WHERE workspace = ?1 AND id = ?2";
pub(super) const PUT_TICKET: &str = "INSERT INTO escalate_tickets
    (workspace, id, conversation, customer, open, assignee, urgency, requested, body, line)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
    ON CONFLICT (workspace, id) DO UPDATE SET customer = ?4, open = ?5, assignee = ?6, urgency = ?7,
        requested = ?8, body = ?9, line = ?10";
pub(super) const PUT_BODY: &str = "UPDATE escalate_tickets SET body = ?3 WHERE workspace = ?1 AND id = ?2";
pub(super) const LOAD: &str =
    "SELECT open, last FROM escalate_assignments WHERE workspace = ?1 AND teammate = ?2";
pub(super) const AHEAD: &str = "SELECT count(*) FROM escalate_tickets
    WHERE workspace = ?1 AND open = 1 AND assignee IS NULL AND line = ?5
        AND (urgency, requested, id) < (?2, ?3, ?4) AND id <> ?4";
pub(super) const NUMBER_ASSIGNMENT: &str = "INSERT INTO escalate_workspaces (workspace, capacity, assignments)
    VALUES (?1, 0, 1) ON CONFLICT (workspace) DO UPDATE SET assignments = assignments + 1 RETURNING assignments";
pub(super) const PUT_ASSIGNMENT: &str = "INSERT INTO escalate_assignments (workspace, teammate, last, open)
    VALUES (?1, ?2, ?3, 0) ON CONFLICT (workspace, teammate) DO UPDATE SET last = ?3";

/// What a ticket was before a commit.
#[derive(Clone)]
pub(super) struct Before {
    pub(super) conversation: ConversationId,
    keys: Keys,
}

/// What tickets are looked up and sorted by.
#[derive(Clone, PartialEq, Eq)]
struct Keys {
    customer: CustomerId,
    open: bool,
    assignee: Option<TeammateId>,
    urgency: u8,
    requested: i64,
    line: Vec<u8>,
}

impl From<&Ticket> for Keys {
    fn from(ticket: &Ticket) -> Self {
        Self {
            customer: ticket.requester.customer,
            open: ticket.status.is_open(),
            assignee: ticket.assigned_to(),
            urgency: urgency(ticket.priority),
            requested: ticket.clocks.requested.timestamp_micros(),
            line: line_column(ticket.line()),
        }
    }
}

pub(super) fn before(connection: &Connection, ticket: &Ticket) -> Result<Option<Before>, Fault> {
    first(connection, BEFORE, params![bytes(ticket.workspace), bytes(ticket.id)], |row| {
        let keys = Keys {
            customer: id(row, 1)?,
            open: row.get(2)?,
            assignee: id_if_any(row, 3)?,
            urgency: row.get(4)?,
            requested: row.get(5)?,
            line: row.get(6)?,
        };
        Ok(Before { conversation: id(row, 0)?, keys })
    })
}

pub(super) fn ticket(
    connection: &Connection,
    workspace: WorkspaceId,
    id: TicketId,
) -> Result<Option<Ticket>, Fault> {
    first(connection, TICKET, params![bytes(workspace), bytes(id)], body)
}

/// Reads the column `body`.
pub(super) fn body(row: &Row<'_>) -> Result<Ticket, Fault> {
    parsed(TICKETS, row, 0)
}

/// Inserts or replaces `ticket`; a second open one in the conversation is a conflict (E1).
pub(super) fn put(connection: &Connection, ticket: &Ticket, before: Option<&Before>) -> Result<(), Fault> {
    let (workspace, id, body) = (bytes(ticket.workspace), bytes(ticket.id), json(TICKETS, ticket)?);
    let keys = Keys::from(ticket);
    let known = before.map(|before| &before.keys);
    if known == Some(&keys) {
        // Most changes move no key, and leave every index as it is.
        run(connection, PUT_BODY, params![workspace, id, body])?;
        return Ok(());
    }
    let Keys { customer, open, assignee, urgency, requested, line } = keys;
    let (conversation, customer) = (bytes(ticket.conversation), bytes(customer));
    let columns = params![
        workspace,
        id,
        conversation,
        customer,
        open,
        assignee.map(bytes),
        urgency,
        requested,
        body,
        line
    ];
    run(connection, PUT_TICKET, columns).map_err(Fault::or_conflict)?;
    match assignee {
        Some(teammate) if known.and_then(|known| known.assignee) != Some(teammate) => {
            count_assignment(connection, ticket.workspace, teammate)
        }
        _ => Ok(()),
    }
}

fn count_assignment(
    connection: &Connection,
    workspace: WorkspaceId,
    teammate: TeammateId,
) -> Result<(), Fault> {
    let number: Option<i64> =
        first(connection, NUMBER_ASSIGNMENT, params![bytes(workspace)], |row| Ok(row.get(0)?))?;
    run(connection, PUT_ASSIGNMENT, params![bytes(workspace), bytes(teammate), number])?;
    Ok(())
}

impl Before {
    /// Whose load the ticket is part of.
    pub(super) fn holder(&self) -> Option<TeammateId> {
        self.keys.assignee.filter(|_| self.keys.open)
    }
}

/// The loads of `teammates`, in the same order. One ticket of `holder`'s is not counted: that which is to be placed
/// does not stand in its own way.
pub(super) fn loads(
    connection: &Connection,
    workspace: WorkspaceId,
    teammates: impl IntoIterator<Item = TeammateId>,
    holder: Option<TeammateId>,
) -> Result<Vec<Load>, Fault> {
    let load = |teammate| {
        let load = first(connection, LOAD, params![bytes(workspace), bytes(teammate)], |row| {
            Ok(Load { teammate, open: row.get(0)?, last_assigned: counter(row, 1)? })
        })?;
        let mut load = load.unwrap_or(Load::none(teammate));
        load.open = load.open.saturating_sub(u32::from(holder == Some(teammate)));
        Ok(load)
    };
    teammates.into_iter().map(load).collect()
}

/// How many other waiting tickets go before `ticket` in its line.
pub(super) fn ahead(connection: &Connection, ticket: &Ticket) -> Result<u32, Fault> {
    let requested = ticket.clocks.requested.timestamp_micros();
    let (urgency, line) = (urgency(ticket.priority), line_column(ticket.line()));
    let key = params![bytes(ticket.workspace), urgency, requested, bytes(ticket.id), line];
    Ok(first(connection, AHEAD, key, |row| Ok(row.get(0)?))?.unwrap_or_default())
}

/// The rank turned round, so that every part of the sort key ascends.
pub(super) fn urgency(priority: Priority) -> u8 {
    Priority::Urgent.rank() - priority.rank()
}
