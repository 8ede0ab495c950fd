//! The one way into a transcript, for an append and for a commit's own entries.

use rusqlite::{Connection, params};

use super::fault::Fault;
use super::message::{insert, message};
use super::row::{bound, bytes, counter, first, run};
use crate::control::Epoch;
use crate::error::StoreError;
use crate::id::Place;
use crate::message::{Draft, Sequence};
use crate::ports::{AiFence, Appended, Receipt, Supersession};

pub(super) const HEAD: &str =
    "SELECT last, fence FROM escalate_conversations WHERE workspace = ?1 AND id = ?2";
pub(super) const MESSAGE_BY_KEY: &str =
    "SELECT sequence, id, key, author, author_id, visibility, body, at, turn, mark FROM escalate_messages
    WHERE workspace = ?1 AND conversation = ?2 AND key = ?3";
pub(super) const NEWER_FROM_CUSTOMER: &str = "SELECT sequence FROM escalate_messages
    WHERE workspace = ?1 AND conversation = ?2 AND sequence > ?3 AND author = 'customer'
    ORDER BY sequence DESC LIMIT 1";
pub(super) const NEWER_FROM_OTHER_TURN: &str = "SELECT sequence FROM escalate_messages
    WHERE workspace = ?1 AND conversation = ?2 AND sequence > ?3 AND author = 'ai_agent' AND turn IS NOT ?4
    ORDER BY sequence DESC LIMIT 1";
pub(super) const MOVE_HEAD: &str = "UPDATE escalate_conversations SET last = ?3, active_at = ?4, fence = ?5
    WHERE workspace = ?1 AND id = ?2";
pub(super) const MOVE_FENCE: &str =
    "UPDATE escalate_conversations SET fence = ?3 WHERE workspace = ?1 AND id = ?2";

/// Where a conversation stands.
#[derive(Clone, Copy)]
pub(super) struct Head {
    last: Sequence,
    pub(super) fence: Epoch,
}

pub(super) fn head(connection: &Connection, place: Place) -> Result<Head, Fault> {
    let head = first(connection, HEAD, params![bytes(place.workspace), bytes(place.conversation)], |row| {
        Ok(Head { last: Sequence(counter(row, 0)?), fence: Epoch(counter(row, 1)?) })
    })?;
    head.ok_or(Fault::not_found("conversation"))
}

pub(super) fn append(
    connection: &Connection,
    place: Place,
    entries: &[Draft],
    fence: Option<AiFence>,
) -> Result<Appended, Fault> {
    let head = head(connection, place)?;
    let known = known(connection, place, entries)?;
    // A retry gets its first answer, whatever the fence says by now.
    let is_new = known.iter().any(Option::is_none);
    let fence = fence.filter(|_| is_new);
    if let Some(fence) = fence
        && let Some(supersession) = superseded(connection, place, head, fence)?
    {
        return Ok(Appended::Superseded(supersession));
    }
    let raised = fence.map_or(head.fence, |fence| fence.epoch.max(head.fence));
    write(connection, place, head, raised, entries, known).map(Appended::Stored)
}

/// Appends `entries` of a commit and raises the fence.
pub(super) fn append_committed(
    connection: &Connection,
    place: Place,
    entries: &[Draft],
    fence: Epoch,
) -> Result<(), Fault> {
    let head = head(connection, place)?;
    let known = known(connection, place, entries)?;
    write(connection, place, head, head.fence.max(fence), entries, known).map(drop)
}

pub(super) fn raise_fence(connection: &Connection, place: Place, epoch: Epoch) -> Result<(), Fault> {
    let head = head(connection, place)?;
    write(connection, place, head, head.fence.max(epoch), &[], Vec::new()).map(drop)
}

fn known(connection: &Connection, place: Place, entries: &[Draft]) -> Result<Vec<Option<Receipt>>, Fault> {
    entries.iter().map(|draft| receipt(connection, place, draft)).collect()
}

/// Where `draft` is, if it was appended before.
fn receipt(connection: &Connection, place: Place, draft: &Draft) -> Result<Option<Receipt>, Fault> {
    let key = params![bytes(place.workspace), bytes(place.conversation), draft.key.as_str()];
    let Some(there) = first(connection, MESSAGE_BY_KEY, key, |row| message(place, row))? else {
        return Ok(None);
    };
    if !draft.says_the_same_as(&there) {
        return Err(StoreError::KeyReused { key: draft.key.clone() }.into());
    }
    Ok(Some(Receipt { message: there.id, sequence: there.sequence, repeated: true }))
}

fn superseded(
    connection: &Connection,
    place: Place,
    head: Head,
    fence: AiFence,
) -> Result<Option<Supersession>, Fault> {
    if head.fence > fence.epoch {
        return Ok(Some(Supersession::Control { epoch: head.fence }));
    }
    if head.last <= fence.seen {
        return Ok(None);
    }
    let (workspace, conversation) = (bytes(place.workspace), bytes(place.conversation));
    let seen = bound(fence.seen.0);
    let customer = first(connection, NEWER_FROM_CUSTOMER, params![workspace, conversation, seen], |row| {
        counter(row, 0)
    })?;
    if let Some(sequence) = customer {
        return Ok(Some(Supersession::NewerMessage { sequence: Sequence(sequence) }));
    }
    let turn = params![workspace, conversation, seen, bytes(fence.turn)];
    let other = first(connection, NEWER_FROM_OTHER_TURN, turn, |row| counter(row, 0))?;
    Ok(other.map(|sequence| Supersession::OtherTurn { sequence: Sequence(sequence) }))
}

fn write(
    connection: &Connection,
    place: Place,
    head: Head,
    fence: Epoch,
    entries: &[Draft],
    known: Vec<Option<Receipt>>,
) -> Result<Vec<Receipt>, Fault> {
    let mut last = head.last;
    let mut active_at = None;
    let mut receipts = Vec::with_capacity(entries.len());
    for (index, (draft, known)) in entries.iter().zip(known).enumerate() {
        // The same key twice in one call: the second is a repeat of the first.
        let repeats = known.is_none() && entries.iter().take(index).any(|earlier| earlier.key == draft.key);
        let known = if repeats { receipt(connection, place, draft)? } else { known };
        receipts.push(match known {
            Some(receipt) => receipt,
            None => {
                last = Sequence(last.0.saturating_add(1));
                insert(connection, place, last, draft)?;
                active_at = Some(draft.at);
                Receipt { message: draft.id, sequence: last, repeated: false }
            }
        });
    }
    let (workspace, conversation) = (bytes(place.workspace), bytes(place.conversation));
    let fence_column = fence.0.cast_signed();
    if let Some(at) = active_at {
        let moved =
            params![workspace, conversation, last.0.cast_signed(), at.timestamp_micros(), fence_column];
        run(connection, MOVE_HEAD, moved)?;
    } else if fence > head.fence {
        run(connection, MOVE_FENCE, params![workspace, conversation, fence_column])?;
    }
    Ok(receipts)
}
