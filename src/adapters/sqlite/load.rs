//! What a decision is made on, read at one instant.

use rusqlite::{Connection, params};

use super::commit::{ANSWERS, OWED};
use super::control::cell;
use super::fault::Fault;
use super::roster::staff;
use super::row::{all, bytes, first, id, parsed};
use super::tickets::{body, loads, ticket};
use super::transcripts::transcript;
use super::work;
use crate::id::{Place, WorkspaceId};
use crate::key::Key;
use crate::ports::{Answered, Ask, Owed, Recent, RecentOf, Snapshot, StaffOf, Staffed, Window, WorkKind};

pub(super) const ANSWERED: &str =
    "SELECT body FROM escalate_answers WHERE workspace = ?1 AND conversation = ?2 AND key = ?3";
pub(super) const OWED_WRITES: &str =
    "SELECT body FROM escalate_owed WHERE workspace = ?1 AND conversation = ?2 ORDER BY revision";

pub(super) const CUSTOMER_OF: &str =
    "SELECT customer FROM escalate_conversations WHERE workspace = ?1 AND id = ?2";
pub(super) const BEGUN: &str = "SELECT 1 FROM escalate_tickets
    WHERE workspace = ?1 AND customer = ?2 AND requested > ?3 LIMIT ?4";
pub(super) const NEWEST_OPEN: &str =
    "SELECT body FROM escalate_tickets INDEXED BY escalate_tickets_by_customer
    WHERE workspace = ?1 AND customer = ?2 AND open = 1 ORDER BY requested DESC, id DESC LIMIT 1";

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
    let recent = match ask.recent {
        Some(of) => recent(connection, place, of)?,
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
        recent,
        assumed: None,
    })
}

fn recent(connection: &Connection, place: Place, of: RecentOf) -> Result<Option<Recent>, Fault> {
    let workspace = bytes(place.workspace);
    let its = params![workspace, bytes(place.conversation)];
    let customer = match of.customer {
        Some(customer) => Some(customer),
        None => first(connection, CUSTOMER_OF, its, |row| id(row, 0))?,
    };
    let Some(customer) = customer else { return Ok(None) };
    let since = of.since.timestamp_micros();
    let asked = params![workspace, bytes(customer), since, of.limit];
    let begun = u32::try_from(all(connection, BEGUN, asked, |_| Ok(()))?.len()).unwrap_or(u32::MAX);
    if begun < of.limit {
        return Ok(Some(Recent { begun, open: None }));
    }
    let open = first(connection, NEWEST_OPEN, params![workspace, bytes(customer)], body)?;
    Ok(Some(Recent { begun, open }))
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
