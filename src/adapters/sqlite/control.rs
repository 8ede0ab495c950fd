//! The row of a conversation: who answers, and the version of everything.

use rusqlite::{Connection, Row, params};

use super::fault::Fault;
use super::row::{bytes, counter, first, id, id_if_any, instant, run};
use crate::adapters::columns::Holder;
use crate::control::{Control, ControlState, Epoch};
use crate::id::{Place, TicketId};
use crate::ports::{Commit, Revision};

const CONTROLS: &str = "escalate_controls";

pub(super) const CONTROL: &str = "SELECT holder, ticket, teammate, until, epoch FROM escalate_controls
    WHERE workspace = ?1 AND conversation = ?2";
pub(super) const CELL: &str =
    "SELECT holder, ticket, teammate, until, epoch, revision, events, latest FROM escalate_controls
    WHERE workspace = ?1 AND conversation = ?2";
pub(super) const PUT_CELL: &str = "INSERT INTO escalate_controls
    (workspace, conversation, revision, epoch, holder, ticket, teammate, until, events, latest)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
    ON CONFLICT (workspace, conversation) DO UPDATE SET revision = ?3, epoch = ?4, holder = ?5, ticket = ?6,
        teammate = ?7, until = ?8, events = ?9, latest = ?10";

/// All of the row.
#[derive(Default)]
pub(super) struct Cell {
    pub(super) state: ControlState,
    pub(super) revision: Revision,
    pub(super) events: u64,
    pub(super) latest: Option<TicketId>,
}

pub(super) fn control(connection: &Connection, place: Place) -> Result<ControlState, Fault> {
    let key = params![bytes(place.workspace), bytes(place.conversation)];
    Ok(first(connection, CONTROL, key, state)?.unwrap_or_default())
}

/// The row, or what stands for it before the first commit.
pub(super) fn cell(connection: &Connection, place: Place) -> Result<Cell, Fault> {
    let key = params![bytes(place.workspace), bytes(place.conversation)];
    let cell = first(connection, CELL, key, |row| {
        Ok(Cell {
            state: state(row)?,
            revision: Revision(counter(row, 5)?),
            events: counter(row, 6)?,
            latest: id_if_any(row, 7)?,
        })
    })?;
    Ok(cell.unwrap_or_default())
}

/// Writes the row as `commit` leaves it.
pub(super) fn put(
    connection: &Connection,
    commit: &Commit,
    revision: Revision,
    events: u64,
    latest: Option<TicketId>,
) -> Result<(), Fault> {
    let Holder { name, ticket, teammate, until } = Holder::from(commit.state.control);
    run(
        connection,
        PUT_CELL,
        params![
            bytes(commit.place.workspace),
            bytes(commit.place.conversation),
            revision.0.cast_signed(),
            commit.state.epoch.0.cast_signed(),
            name,
            ticket.map(bytes),
            teammate.map(bytes),
            until,
            events.cast_signed(),
            latest.map(bytes),
        ],
    )?;
    Ok(())
}

/// Reads the columns `holder, ticket, teammate, until, epoch`.
fn state(row: &Row<'_>) -> Result<ControlState, Fault> {
    let control = match row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)? {
        "ai" => Control::Ai,
        "queued" => Control::Queued { ticket: id(row, 1)? },
        "human" => Control::Human { ticket: id(row, 1)?, teammate: id(row, 2)? },
        "closed" => {
            Control::Closed { ticket: id(row, 1)?, teammate: id_if_any(row, 2)?, until: instant(row, 3)? }
        }
        _ => return Err(Fault::Unknown { table: CONTROLS, column: "holder" }),
    };
    Ok(ControlState { control, epoch: Epoch(counter(row, 4)?) })
}
