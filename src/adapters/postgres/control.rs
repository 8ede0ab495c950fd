//! The row of a conversation: who answers, and the version of everything.

use tokio_postgres::Row;

use super::fault::Fault;
use super::row::{counter, get, id, id_if_any, instant};
use crate::control::{Control, ControlState, Epoch};

const CONTROLS: &str = "escalate_controls";

pub(super) const CONTROL: &str = "SELECT holder, ticket, teammate, until, epoch FROM escalate_controls
    WHERE workspace = $1 AND conversation = $2";

/// Reads the columns `holder, ticket, teammate, until, epoch`.
pub(super) fn state(row: &Row) -> Result<ControlState, Fault> {
    let control = match get(row, 0)? {
        "ai" => Control::Ai,
        "queued" => Control::Queued { ticket: id(row, 1)? },
        "human" => Control::Human { ticket: id(row, 1)?, teammate: id(row, 2)? },
        "closed" => Control::Closed {
            ticket: id(row, 1)?,
            teammate: id_if_any(row, 2)?,
            until: instant(CONTROLS, row, 3)?,
        },
        _ => return Err(Fault::Unknown { table: CONTROLS, column: "holder" }),
    };
    Ok(ControlState { control, epoch: Epoch(counter(row, 4)?) })
}
