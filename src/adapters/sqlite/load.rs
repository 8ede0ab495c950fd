//! What a decision is made on, read at one instant.

use rusqlite::{Connection, params};

use super::commit::{ANSWERS, OWED};
use super::control::cell;
use super::fault::Fault;
use super::roster::staff;
use super::row::{all, bytes, first, parsed};
use super::tickets::{loads, ticket};
use super::transcripts::transcript;
use super::work;
use crate::id::{Place, WorkspaceId};
use crate::key::Key;
use crate::ports::{Answered, Ask, Owed, Snapshot, StaffOf, Staffed, Window, WorkKind};

pub(super) const ANSWERED: &str =
    "SELECT body FROM escalate_answers WHERE workspace = ?1 AND conversation = ?2 AND key = ?3";
pub(super) const OWED_WRITES: &str =
    "SELECT body FROM escalate_owed WHERE workspace = ?1 AND conversation = ?2 ORDER BY revision";

pub(super) fn load(connection: &Connection, place: Place, ask: &Ask) -> Result<Snapshot, Fault> {
    let cell = cell(connection, place)?;
    let ticket = match cell.state.control.ticket() {
        Some(id) => ticket(connection, place.workspace, id)?,
        None => None,
    };
    let answered = match &ask.key {
        Some(key) => answered(connection, place, key)?,
        None => None,
    };
    let transcript = match ask.entries {
        Some(entries) => transcript(connection, place, Window::Before(None), entries)?,
        None => None,
    };
    Ok(Snapshot {
        state: cell.state,
        revision: cell.revision,
        events: cell.events,
        ticket,
        latest: cell.latest,
        answered,
        owed: owed(connection, place)?,
        transcript,
        // An escalation does not fail because of the roster (E4): its own port tells what is wrong with it.
        staff: ask.staff.and_then(|of| staffed(connection, place.workspace, of).ok()),
    })
}

fn staffed(connection: &Connection, workspace: WorkspaceId, of: StaffOf) -> Result<Staffed, Fault> {
    let staff = staff(connection, workspace, of.team())?;
    let ids = staff.teammates.iter().map(|teammate| teammate.id);
    let loads = loads(connection, workspace, ids, None)?;
    Ok(Staffed { staff, loads })
}

fn answered(connection: &Connection, place: Place, key: &Key) -> Result<Option<Answered>, Fault> {
    let (workspace, conversation) = (bytes(place.workspace), bytes(place.conversation));
    first(connection, ANSWERED, params![workspace, conversation, key.as_str()], |row| parsed(ANSWERS, row, 0))
}

fn owed(connection: &Connection, place: Place) -> Result<Option<Owed>, Fault> {
    let (workspace, conversation) = (bytes(place.workspace), bytes(place.conversation));
    let writes = all(connection, OWED_WRITES, params![workspace, conversation], |row| parsed(OWED, row, 0))?;
    if writes.is_empty() {
        return Ok(None);
    }
    let claim = work::scheduled(connection, place, WorkKind::FinishTranscript)?;
    Ok(claim.map(|claim| Owed { claim, writes }))
}
