//! Tickets as rows, and the loads counted from them.

use rusqlite::{Connection, Row, params};

use super::fault::Fault;
use super::row::{Bytes, bytes, counter, first, id, id_if_any, json, parsed, run};
use crate::assignment::Load;
use crate::id::{ConversationId, CustomerId, TeammateId, TicketId, WorkspaceId};
use crate::ticket::{Priority, Ticket};

pub(super) const TICKETS: &str = "escalate_tickets";

pub(super) const TICKET: &str = "SELECT body FROM escalate_tickets WHERE workspace = ?1 AND id = ?2";
pub(super) const BEFORE: &str =
    "SELECT conversation, customer, open, assignee, urgency, requested FROM escalate_tickets
    WHERE workspace = ?1 AND id = ?2";
pub(super) const PUT_TICKET: &str = "INSERT INTO escalate_tickets
    (workspace, id, conversation, customer, open, assignee, urgency, requested, body)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
    ON CONFLICT (workspace, id) DO UPDATE SET customer = ?4, open = ?5, assignee = ?6, urgency = ?7,
        requested = ?8, body = ?9";
pub(super) const PUT_BODY: &str = "UPDATE escalate_tickets SET body = ?3 WHERE workspace = ?1 AND id = ?2";
// Recounted, not kept: a count cannot drift from what it counts (A5).
pub(super) const OPEN_OF: &str = "SELECT count(*) FROM escalate_tickets
    WHERE workspace = ?1 AND assignee = ?2 AND open = 1 AND id <> ?3";
pub(super) const LAST_ASSIGNED: &str =
    "SELECT last FROM escalate_assignments WHERE workspace = ?1 AND teammate = ?2";
pub(super) const AHEAD: &str = "SELECT count(*) FROM escalate_tickets
    WHERE workspace = ?1 AND open = 1 AND assignee IS NULL
        AND (urgency, requested, id) < (?2, ?3, ?4) AND id <> ?4";
pub(super) const NUMBER_ASSIGNMENT: &str = "INSERT INTO escalate_workspaces (workspace, capacity, assignments)
    VALUES (?1, 0, 1) ON CONFLICT (workspace) DO UPDATE SET assignments = assignments + 1 RETURNING assignments";
pub(super) const PUT_ASSIGNMENT: &str = "INSERT INTO escalate_assignments (workspace, teammate, last)
    VALUES (?1, ?2, ?3) ON CONFLICT (workspace, teammate) DO UPDATE SET last = ?3";

/// What a ticket was before a commit.
#[derive(Clone, Copy)]
pub(super) struct Before {
    pub(super) conversation: ConversationId,
    keys: Keys,
}

/// What tickets are looked up and sorted by.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Keys {
    customer: CustomerId,
    open: bool,
    assignee: Option<TeammateId>,
    urgency: u8,
    requested: i64,
}

impl From<&Ticket> for Keys {
    fn from(ticket: &Ticket) -> Self {
        Self {
            customer: ticket.requester.customer,
            open: ticket.status.is_open(),
            assignee: ticket.assigned_to(),
            urgency: urgency(ticket.priority),
            requested: ticket.clocks.requested.timestamp_micros(),
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
pub(super) fn put(connection: &Connection, ticket: &Ticket, before: Option<Before>) -> Result<(), Fault> {
    let (workspace, id, body) = (bytes(ticket.workspace), bytes(ticket.id), json(TICKETS, ticket)?);
    let keys = Keys::from(ticket);
    let known = before.map(|before| before.keys);
    if known == Some(keys) {
        // Most changes move no key, and leave every index as it is.
        run(connection, PUT_BODY, params![workspace, id, body])?;
        return Ok(());
    }
    let Keys { customer, open, assignee, urgency, requested } = keys;
    let (conversation, customer) = (bytes(ticket.conversation), bytes(customer));
    let columns =
        params![workspace, id, conversation, customer, open, assignee.map(bytes), urgency, requested, body];
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

/// The loads of `teammates`, in the same order; `own` is not counted: a ticket does not stand in its own way.
pub(super) fn loads(
    connection: &Connection,
    workspace: WorkspaceId,
    teammates: impl IntoIterator<Item = TeammateId>,
    own: Option<TicketId>,
) -> Result<Vec<Load>, Fault> {
    let own: Option<Bytes> = own.map(bytes);
    // No id is empty, so nothing is left out then.
    let own: &[u8] = own.as_ref().map_or(&[], |id| id.as_slice());
    let load = |teammate| {
        let open = first(connection, OPEN_OF, params![bytes(workspace), bytes(teammate), own], |row| {
            Ok(row.get(0)?)
        })?;
        let last_assigned =
            first(connection, LAST_ASSIGNED, params![bytes(workspace), bytes(teammate)], |row| {
                counter(row, 0)
            })?;
        Ok(Load {
            teammate,
            open: open.unwrap_or_default(),
            last_assigned: last_assigned.unwrap_or_default(),
        })
    };
    teammates.into_iter().map(load).collect()
}

/// How many other waiting tickets go before `ticket`.
pub(super) fn ahead(connection: &Connection, ticket: &Ticket) -> Result<u32, Fault> {
    let requested = ticket.clocks.requested.timestamp_micros();
    let key = params![bytes(ticket.workspace), urgency(ticket.priority), requested, bytes(ticket.id)];
    Ok(first(connection, AHEAD, key, |row| Ok(row.get(0)?))?.unwrap_or_default())
}

/// The rank turned round, so that every part of the sort key ascends.
pub(super) fn urgency(priority: Priority) -> u8 {
    Priority::Urgent.rank() - priority.rank()
}
