//! The one way into a transcript.

use tokio_postgres::Row;
use uuid::Uuid;

use super::PostgresStore;
use super::fault::{Fault, reused};
use super::message::{Entries, MESSAGES};
use super::row::{Param, bound, get};
use crate::control::Epoch;
use crate::id::{MessageId, Place};
use crate::message::{Draft, Sequence};
use crate::ports::{AiFence, Appended, Receipt, Supersession};

pub(super) const APPEND: &str = "SELECT outcome, place, messages, sequences, repeats
    FROM escalate_append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";

impl PostgresStore {
    /// Appends `entries`; raises the fence to `raise` in any case.
    pub(super) async fn append_entries(
        &self,
        place: Place,
        entries: &[Draft],
        fence: Option<AiFence>,
        raise: Option<Epoch>,
    ) -> Result<Appended, Fault> {
        let (workspace, conversation) = (place.workspace.uuid(), place.conversation.uuid());
        let columns = Entries::of(entries)?;
        let epoch = fence.map(|fence| fence.epoch.0.cast_signed());
        let seen = fence.map(|fence| bound(fence.seen.0));
        let turn = fence.map(|fence| fence.turn.uuid());
        let raise = raise.map(|epoch| epoch.0.cast_signed());
        let mut params: Vec<Param<'_>> = vec![&workspace, &conversation];
        params.extend(columns.params());
        let checks: [Param<'_>; 4] = [&epoch, &seen, &turn, &raise];
        params.extend(checks);
        let appended = outcome(&self.ask_one(APPEND, &params).await?, entries)?;
        if let Appended::Stored(receipts) = &appended {
            self.keep_up(place, entries, receipts);
        }
        Ok(appended)
    }

    fn keep_up(&self, place: Place, entries: &[Draft], receipts: &[Receipt]) {
        let is_new = |receipt: &Receipt| !receipt.repeated;
        match receipts.first() {
            Some(first) if receipts.iter().all(is_new) => {
                self.inner.threads.wrote(place, entries, first.sequence);
            }
            Some(_) if receipts.iter().any(is_new) => self.inner.threads.forget(place),
            Some(_) | None => {}
        }
    }
}

fn outcome(row: &Row, entries: &[Draft]) -> Result<Appended, Fault> {
    let place: Option<i64> = get(row, 1)?;
    let place = place.unwrap_or_default();
    let sequence = Sequence(place.cast_unsigned());
    let supersession = match get(row, 0)? {
        "fresh" => return Ok(Appended::Stored(fresh(entries, sequence))),
        "stored" => return receipts(row).map(Appended::Stored),
        "missing" => return Err(Fault::not_found("conversation")),
        "reused" => {
            return Err(reused(entries, place).unwrap_or(Fault::Unknown { table: MESSAGES, column: "key" }));
        }
        "control" => Supersession::Control { epoch: Epoch(place.cast_unsigned()) },
        "newer" => Supersession::NewerMessage { sequence },
        "turn" => Supersession::OtherTurn { sequence },
        _ => return Err(Fault::Unknown { table: MESSAGES, column: "outcome" }),
    };
    Ok(Appended::Superseded(supersession))
}

/// All were written, one after the other.
fn fresh(entries: &[Draft], first: Sequence) -> Vec<Receipt> {
    let numbered = entries.iter().zip(first.0..);
    let receipt = |(entry, sequence): (&Draft, u64)| Receipt {
        message: entry.id,
        sequence: Sequence(sequence),
        repeated: false,
    };
    numbered.map(receipt).collect()
}

fn receipts(row: &Row) -> Result<Vec<Receipt>, Fault> {
    let messages: Option<Vec<Uuid>> = get(row, 2)?;
    let sequences: Option<Vec<i64>> = get(row, 3)?;
    let repeats: Option<Vec<bool>> = get(row, 4)?;
    let columns = messages.into_iter().flatten().zip(sequences.into_iter().flatten());
    let receipts = columns.zip(repeats.into_iter().flatten()).map(|((message, sequence), repeated)| {
        Receipt { message: MessageId::new(message), sequence: Sequence(sequence.cast_unsigned()), repeated }
    });
    Ok(receipts.collect())
}
