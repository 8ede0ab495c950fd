//! What a decision is made on, in one statement and so of one instant.

use std::collections::HashMap;

use tokio_postgres::Row;
use uuid::Uuid;

use super::PostgresStore;
use super::commit::{ANSWERS, OWED};
use super::control::state;
use super::fault::Fault;
use super::message::{Columns, conversation_from};
use super::rosters::Known;
use super::row::{Param, counter, get, id_if_any, parsed_from, parsed_if_any, rows, small};
use super::tickets::{TICKETS, own};
use super::work::WORK;
use crate::assignment::Load;
use crate::event::EventSequence;
use crate::id::Place;
use crate::ports::{
    Ask, Assumed, Claim, Owed, Recent, Revision, Snapshot, Staff, StaffOf, Staffed, Transcript,
    TranscriptWrite, WorkKind,
};
use crate::teammate::Teammate;

/// Who answers. An answer may be there before any commit, so the row of the conversation is only one of those joined.
pub(super) const LOAD: &str =
    "SELECT c.holder, c.ticket, c.teammate, c.until, c.epoch, c.revision, c.events, c.latest,
        a.body, t.body, CASE WHEN w.token IS NOT NULL THEN ARRAY[w.generation, w.token, w.attempts] END,
        CASE WHEN w.token IS NOT NULL THEN (SELECT array_agg(o.body ORDER BY o.revision)
            FROM escalate_owed o WHERE o.workspace = $1 AND o.conversation = $2) END
    FROM (SELECT $1::uuid AS workspace, $2::uuid AS conversation) AS at
    LEFT JOIN escalate_controls c ON c.workspace = $1 AND c.conversation = $2
    LEFT JOIN escalate_tickets t ON t.workspace = $1 AND t.id = c.ticket
    LEFT JOIN escalate_answers a ON a.workspace = $1 AND a.conversation = $2 AND a.key = $3
    LEFT JOIN escalate_work w ON w.workspace = $1 AND w.conversation = $2 AND w.name = 'finish_transcript'";

/// The same with thread and staff; $4: how many entries; $5: whose loads; $6 to $8: whose episodes, since when, and how
/// many at most.
///
/// This is what opens episodes, so mostly there was no commit yet, and what one leaves is read by functions that are
/// not called then.
pub(super) const LOAD_ALL: &str = "SELECT c.holder, c.ticket, c.teammate, c.until, c.epoch, c.revision, c.events,
        c.latest,
        (SELECT a.body FROM escalate_answers a WHERE a.workspace = $1 AND a.conversation = $2 AND a.key = $3),
        CASE WHEN c.ticket IS NOT NULL THEN escalate_ticket_body($1, c.ticket) END,
        CASE WHEN c.revision IS NOT NULL THEN escalate_owed_claim($1, $2) END,
        CASE WHEN c.revision IS NOT NULL THEN escalate_owed_bodies($1, $2) END,
        h.customer, h.verified, h.channel, h.language, h.opened_at, h.active_at, h.last,
        m.sequences, m.ids, m.keys, m.authors, m.author_ids, m.visibilities, m.bodies, m.ats, m.turns, m.marks,
        (SELECT v.roster FROM escalate_workspaces v WHERE v.workspace = $1), s.ids, s.opens, s.lasts,
        e.begun, CASE WHEN e.begun >= $8 THEN (SELECT r.body FROM escalate_tickets r WHERE r.workspace = $1
            AND r.customer = coalesce($6, h.customer) AND r.open
            ORDER BY r.requested DESC, r.id DESC LIMIT 1) END, coalesce($6, h.customer)
    FROM (SELECT $1::uuid AS workspace, $2::uuid AS conversation) AS at
    LEFT JOIN escalate_controls c ON c.workspace = $1 AND c.conversation = $2
    LEFT JOIN escalate_conversations h ON h.workspace = $1 AND h.id = $2
    CROSS JOIN LATERAL (SELECT array_agg(m.sequence) AS sequences, array_agg(m.id) AS ids,
            array_agg(m.key) AS keys, array_agg(m.author) AS authors, array_agg(m.author_id) AS author_ids,
            array_agg(m.visibility) AS visibilities, array_agg(m.body) AS bodies, array_agg(m.at) AS ats,
            array_agg(m.turn) AS turns, array_agg(m.mark) AS marks
        FROM (SELECT * FROM escalate_messages m WHERE m.workspace = $1 AND m.conversation = $2
            ORDER BY m.sequence DESC LIMIT $4) m) m
    CROSS JOIN LATERAL (SELECT array_agg(l.teammate) AS ids, array_agg(l.open) AS opens, array_agg(l.last) AS lasts
        FROM escalate_assignments l WHERE l.workspace = $1 AND l.teammate = ANY ($5::uuid[])) s
    CROSS JOIN LATERAL (SELECT count(*) AS begun FROM (SELECT 1 FROM escalate_tickets r WHERE r.workspace = $1
            AND r.customer = coalesce($6::uuid, h.customer) AND r.requested > $7::bigint LIMIT $8::bigint) r) e";

impl PostgresStore {
    pub(super) async fn look(&self, place: Place, ask: &Ask) -> Result<Snapshot, Fault> {
        if let Some(assumed) = self.assume(place, ask) {
            return Ok(assumed);
        }
        let (workspace, conversation) = (place.workspace.uuid(), place.conversation.uuid());
        let key = ask.key.as_ref().map(|key| key.as_str().as_bytes());
        let mut params: Vec<Param<'_>> = vec![&workspace, &conversation, &key];
        if ask.entries.is_none() && ask.staff.is_none() && ask.recent.is_none() {
            return snapshot(place, &self.ask_one(LOAD, &params).await?);
        }
        let known = ask.staff.map(|of| self.inner.rosters.of(place.workspace, of));
        let ids = known.as_ref().map(Known::ids);
        let entries = rows(ask.entries.unwrap_or_default());
        let customer = ask.recent.and_then(|of| of.customer).map(Uuid::from);
        let since = ask.recent.map(|of| of.since.timestamp_micros());
        let limit = ask.recent.map(|of| i64::from(of.limit));
        let more: [Param<'_>; 5] = [&entries, &ids, &customer, &since, &limit];
        params.extend(more);
        let row = self.ask_one(LOAD_ALL, &params).await?;
        let staff = match (ask.staff, known) {
            // An escalation does not fail because of the roster (E4): its own port tells what is wrong with it.
            (Some(of), Some(known)) => self.staffed(place, of, known, &row).await.ok(),
            _ => None,
        };
        let transcript = ask.entries.map(|_| transcript(place, &row)).transpose()?.flatten();
        let recent = ask.recent.map(|_| recent(place, &row)).transpose()?.flatten();
        Ok(Snapshot { transcript, staff, recent, ..snapshot(place, &row)? })
    }

    /// All of it from memory, where the commit will find out whether it is so.
    fn assume(&self, place: Place, ask: &Ask) -> Option<Snapshot> {
        // A commit that notifies never goes the way that finds out.
        if !ask.may_assume || self.inner.notifies {
            return None;
        }
        let (of, transcript) = (ask.staff?, self.inner.threads.of(place, ask.entries?)?);
        let (roster, staff) = self.inner.rosters.assumed(place.workspace, of)?;
        let assumed = Assumed {
            opened_at: transcript.conversation.opened_at,
            thread: transcript.conversation.last,
            active_at: transcript.conversation.active_at,
            staff: of,
            roster,
            recent: ask.recent,
        };
        Some(Snapshot {
            transcript: Some(transcript),
            staff: Some(staff),
            recent: ask.recent.map(|_| Recent::default()),
            assumed: Some(assumed),
            ..Snapshot::default()
        })
    }

    /// The staff as known with the loads just read; or, where the roster has changed since, both read anew.
    async fn staffed(&self, place: Place, of: StaffOf, known: Known, row: &Row) -> Result<Staffed, Fault> {
        const ROSTER: usize = 29;
        let number = get::<Option<i64>>(row, ROSTER)?.unwrap_or_default();
        if known.number == Some(number) {
            let loads = loads(&known, row, ROSTER + 1)?;
            self.inner.rosters.saw(place.workspace, of, &loads);
            return Ok(Staffed { staff: Staff::clone(&known.staff), loads });
        }
        let (staff, number) = self.everybody(place.workspace, of.team()).await?;
        let ids = staff.teammates.iter().map(|teammate| teammate.id).collect();
        let loads = self.loads(place.workspace, ids).await?;
        let staffed = Staffed { staff, loads };
        self.inner.rosters.learn(place.workspace, of, &staffed, number);
        Ok(staffed)
    }
}

/// Reads the columns `ids, opens, lasts` from `first` on, for each of the staff in turn.
fn loads(known: &Known, row: &Row, first: usize) -> Result<Vec<Load>, Fault> {
    let ids: Option<Vec<Uuid>> = get(row, first)?;
    let opens: Option<Vec<i64>> = get(row, first + 1)?;
    let lasts: Option<Vec<i64>> = get(row, first + 2)?;
    let columns = opens.into_iter().flatten().zip(lasts.into_iter().flatten());
    let found: HashMap<Uuid, (i64, i64)> = ids.into_iter().flatten().zip(columns).collect();
    let load = |teammate: &Teammate| match found.get(&teammate.id.uuid()) {
        Some((open, last)) => Load {
            teammate: teammate.id,
            open: u32::try_from(*open).unwrap_or(u32::MAX),
            last_assigned: last.cast_unsigned(),
        },
        None => Load::none(teammate.id),
    };
    Ok(known.staff.teammates.iter().map(load).collect())
}

fn snapshot(place: Place, row: &Row) -> Result<Snapshot, Fault> {
    let answered = parsed_if_any(ANSWERS, row, 8)?;
    if get::<Option<&str>>(row, 0)?.is_none() {
        return Ok(Snapshot { answered, ..Snapshot::default() });
    }
    Ok(Snapshot {
        state: state(row)?,
        revision: Revision(counter(row, 5)?),
        events: counter(row, 6)?,
        ticket: parsed_if_any(TICKETS, row, 9)?.map(|ticket| own(place.workspace, ticket)).transpose()?,
        latest: id_if_any(row, 7)?,
        answered,
        owed: owed(place, row)?,
        ..Snapshot::default()
    })
}

/// Nothing where it is not known whose conversation it is.
fn recent(place: Place, row: &Row) -> Result<Option<Recent>, Fault> {
    const RECENT: usize = 33;
    if get::<Option<Uuid>>(row, RECENT + 2)?.is_none() {
        return Ok(None);
    }
    let open =
        parsed_if_any(TICKETS, row, RECENT + 1)?.map(|ticket| own(place.workspace, ticket)).transpose()?;
    Ok(Some(Recent { begun: small(row, RECENT)?, open }))
}

fn owed(place: Place, row: &Row) -> Result<Option<Owed>, Fault> {
    let (Some(claim), Some(bodies)) =
        (get::<Option<Vec<i64>>>(row, 10)?, get::<Option<Vec<&[u8]>>>(row, 11)?)
    else {
        return Ok(None);
    };
    let [generation, token, attempts] = claim[..] else {
        return Err(Fault::Unknown { table: WORK, column: "claim" });
    };
    let writes: Vec<TranscriptWrite> =
        bodies.into_iter().map(|body| parsed_from(OWED, body)).collect::<Result<_, _>>()?;
    let claim = Claim {
        workspace: place.workspace,
        conversation: Some(place.conversation),
        kind: WorkKind::FinishTranscript,
        generation: generation.cast_unsigned(),
        token: token.cast_unsigned(),
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        delivered: EventSequence::default(),
    };
    Ok(Some(Owed { claim, writes }))
}

/// Nothing where there is no such conversation.
fn transcript(place: Place, row: &Row) -> Result<Option<Transcript>, Fault> {
    const HEADER: usize = 12;
    const ENTRIES: usize = 19;
    if get::<Option<Uuid>>(row, HEADER)?.is_none() {
        return Ok(None);
    }
    let conversation = conversation_from(place, row, HEADER)?;
    let mut messages = Columns::of(row, ENTRIES)?.messages(place)?;
    // The statement reads the newest first.
    messages.reverse();
    Ok(Some(Transcript { conversation, messages }))
}
