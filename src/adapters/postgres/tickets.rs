//! Tickets as rows, and the loads counted from them.

use tokio_postgres::Row;
use uuid::Uuid;

use super::PostgresStore;
use super::fault::Fault;
use super::row::{counter, id, parsed, small};
use crate::assignment::Load;
use crate::id::{TeammateId, WorkspaceId};
use crate::ticket::{Priority, Ticket};

pub(super) const TICKETS: &str = "escalate_tickets";

pub(super) const LOADS: &str = "SELECT asked.teammate, coalesce(a.open, 0), coalesce(a.last, 0)
    FROM unnest($2::uuid[]) WITH ORDINALITY AS asked (teammate, place)
    LEFT JOIN escalate_assignments a ON a.workspace = $1 AND a.teammate = asked.teammate ORDER BY asked.place";

impl PostgresStore {
    /// The loads of `teammates`, in the same order.
    pub(super) async fn loads(
        &self,
        workspace: WorkspaceId,
        teammates: Vec<TeammateId>,
    ) -> Result<Vec<Load>, Fault> {
        if teammates.is_empty() {
            return Ok(Vec::new());
        }
        let teammates: Vec<Uuid> = teammates.into_iter().map(Uuid::from).collect();
        self.ask(LOADS, &[&workspace.uuid(), &teammates]).await?.iter().map(load).collect()
    }
}

fn load(row: &Row) -> Result<Load, Fault> {
    Ok(Load { teammate: id(row, 0)?, open: small(row, 1)?, last_assigned: counter(row, 2)? })
}

/// Reads the column `body` of a row of `workspace`.
pub(super) fn body(workspace: WorkspaceId, row: &Row) -> Result<Ticket, Fault> {
    own(workspace, parsed(TICKETS, row, 0)?)
}

/// A ticket of `workspace`: whoever may write there must not have workers act elsewhere (N3).
pub(super) fn own(workspace: WorkspaceId, ticket: Ticket) -> Result<Ticket, Fault> {
    if ticket.workspace == workspace { Ok(ticket) } else { Err(Fault::Foreign { table: TICKETS }) }
}

/// The rank turned round, so that every part of the sort key ascends.
pub(super) fn urgency(priority: Priority) -> i16 {
    i16::from(Priority::Urgent.rank() - priority.rank())
}
