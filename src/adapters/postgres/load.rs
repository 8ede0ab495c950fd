//! What a decision is made on, in one statement and so of one instant.

use tokio_postgres::Row;
use uuid::Uuid;

use super::PostgresStore;
use super::commit::{ANSWERS, OWED};
use super::control::state;
use super::fault::Fault;
use super::message::{Columns, conversation_from};
use super::row::{Param, counter, get, id_if_any, parsed_from, parsed_if_any, rows, small};
use super::tickets::{TICKETS, own};
use crate::assignment::Load;
use crate::event::EventSequence;
use crate::id::{Place, WorkspaceId};
use crate::ports::{
    Ask, Claim, Owed, Revision, Snapshot, Staff, StaffOf, Staffed, Transcript, TranscriptWrite, WorkKind,
};
use crate::teammate::Teammate;

/// A statement for who answers, and one that reads thread and staff besides.
macro_rules! load {
    ($columns:literal, $joins:literal) => {
        concat!(
            "SELECT c.holder, c.ticket, c.teammate, c.until, c.epoch, c.revision, c.events, c.latest,
                t.body, a.body, w.generation, w.token, w.attempts, o.writes",
            $columns,
            // An answer may be there before any commit, so the row of the conversation is only one of those joined.
            " FROM (SELECT $1::uuid AS workspace, $2::uuid AS conversation) AS at
            LEFT JOIN escalate_controls c ON c.workspace = $1 AND c.conversation = $2
            LEFT JOIN escalate_tickets t ON t.workspace = $1 AND t.id = c.ticket
            LEFT JOIN escalate_answers a ON a.workspace = $1 AND a.conversation = $2 AND a.key = $3
            LEFT JOIN escalate_work w ON w.workspace = $1 AND w.conversation = $2
                AND w.name = 'finish_transcript'
            CROSS JOIN LATERAL (SELECT array_agg(o.body ORDER BY o.revision) AS writes FROM escalate_owed o
                WHERE o.workspace = $1 AND o.conversation = $2) o",
            $joins
        )
    };
}

pub(super) const LOAD: &str = load!("", "");
// $4: how many entries, or none at all; $5: whether the staff; $6: of which team.
pub(super) const LOAD_ALL: &str = load!(
    ", h.customer, h.verified, h.channel, h.language, h.opened_at, h.active_at, h.last,
        m.sequences, m.ids, m.keys, m.authors, m.author_ids, m.visibilities, m.bodies, m.ats, m.turns, m.marks,
        s.bodies, s.opens, s.lasts, e.capacity, v.capacity",
    " LEFT JOIN escalate_conversations h ON $4::bigint IS NOT NULL AND h.workspace = $1 AND h.id = $2
    CROSS JOIN LATERAL (SELECT array_agg(m.sequence) AS sequences, array_agg(m.id) AS ids,
            array_agg(m.key) AS keys, array_agg(m.author) AS authors, array_agg(m.author_id) AS author_ids,
            array_agg(m.visibility) AS visibilities, array_agg(m.body) AS bodies, array_agg(m.at) AS ats,
            array_agg(m.turn) AS turns, array_agg(m.mark) AS marks
        FROM (SELECT * FROM escalate_messages m
            WHERE $4 IS NOT NULL AND m.workspace = $1 AND m.conversation = $2
            ORDER BY m.sequence DESC LIMIT $4) m) m
    CROSS JOIN LATERAL (SELECT array_agg(s.body) AS bodies, array_agg(s.open) AS opens, array_agg(s.last) AS lasts
        FROM (SELECT p.body, coalesce(l.open, 0) AS open, coalesce(l.last, 0) AS last
            FROM (SELECT p.id, p.body FROM escalate_teammates p
                    WHERE $5 AND $6::uuid IS NULL AND p.workspace = $1
                UNION ALL SELECT p.id, p.body FROM escalate_memberships b
                    JOIN escalate_teammates p ON p.workspace = b.workspace AND p.id = b.teammate
                    WHERE $5 AND b.workspace = $1 AND b.team = $6) p
            LEFT JOIN escalate_assignments l ON l.workspace = $1 AND l.teammate = p.id
            ORDER BY p.id) s) s
    LEFT JOIN escalate_teams e ON $5 AND e.workspace = $1 AND e.team = $6
    LEFT JOIN escalate_workspaces v ON $5 AND v.workspace = $1"
);

impl PostgresStore {
    pub(super) async fn look(&self, place: Place, ask: &Ask) -> Result<Snapshot, Fault> {
        let (workspace, conversation) = (place.workspace.uuid(), place.conversation.uuid());
        let key = ask.key.as_ref().map(|key| key.as_str().as_bytes());
        let mut params: Vec<Param<'_>> = vec![&workspace, &conversation, &key];
        if ask.entries.is_none() && ask.staff.is_none() {
            return snapshot(place, &self.ask_one(LOAD, &params).await?);
        }
        let entries = ask.entries.map(rows);
        let (has_staff, team) = (ask.staff.is_some(), ask.staff.and_then(StaffOf::team).map(Uuid::from));
        let more: [Param<'_>; 3] = [&entries, &has_staff, &team];
        params.extend(more);
        let row = self.ask_one(LOAD_ALL, &params).await?;
        Ok(Snapshot {
            transcript: transcript(place, &row)?,
            // An escalation does not fail because of the roster (E4): its own port tells what is wrong with it.
            staff: ask.staff.and_then(|_| staffed(place.workspace, &row).ok()),
            ..snapshot(place, &row)?
        })
    }
}

fn snapshot(place: Place, row: &Row) -> Result<Snapshot, Fault> {
    let answered = parsed_if_any(ANSWERS, row, 9)?;
    if get::<Option<&str>>(row, 0)?.is_none() {
        return Ok(Snapshot { answered, ..Snapshot::default() });
    }
    Ok(Snapshot {
        state: state(row)?,
        revision: Revision(counter(row, 5)?),
        events: counter(row, 6)?,
        ticket: parsed_if_any(TICKETS, row, 8)?.map(|ticket| own(place.workspace, ticket)).transpose()?,
        latest: id_if_any(row, 7)?,
        answered,
        owed: owed(place, row)?,
        ..Snapshot::default()
    })
}

fn owed(place: Place, row: &Row) -> Result<Option<Owed>, Fault> {
    let bodies: Option<Vec<&[u8]>> = get(row, 13)?;
    let (Some(bodies), Some(generation)) = (bodies, get::<Option<i64>>(row, 10)?) else { return Ok(None) };
    let writes: Vec<TranscriptWrite> =
        bodies.into_iter().map(|body| parsed_from(OWED, body)).collect::<Result<_, _>>()?;
    let claim = Claim {
        workspace: place.workspace,
        conversation: Some(place.conversation),
        kind: WorkKind::FinishTranscript,
        generation: generation.cast_unsigned(),
        token: counter(row, 11)?,
        attempts: small(row, 12)?,
        delivered: EventSequence::default(),
    };
    Ok(Some(Owed { claim, writes }))
}

/// Nothing where there is no such conversation.
fn transcript(place: Place, row: &Row) -> Result<Option<Transcript>, Fault> {
    const HEADER: usize = 14;
    const ENTRIES: usize = 21;
    if get::<Option<Uuid>>(row, HEADER)?.is_none() {
        return Ok(None);
    }
    let conversation = conversation_from(place, row, HEADER)?;
    let mut messages = Columns::of(row, ENTRIES)?.messages(place)?;
    // The statement reads the newest first.
    messages.reverse();
    Ok(Some(Transcript { conversation, messages }))
}

fn staffed(workspace: WorkspaceId, row: &Row) -> Result<Staffed, Fault> {
    const STAFF: usize = 31;
    let bodies: Option<Vec<&[u8]>> = get(row, STAFF)?;
    let opens: Option<Vec<i64>> = get(row, STAFF + 1)?;
    let lasts: Option<Vec<i64>> = get(row, STAFF + 2)?;
    let capacity = |column| Ok::<_, Fault>(get::<Option<i64>>(row, column)?.map_or(0, cap));
    let mut teammates: Vec<Teammate> = Vec::new();
    let mut loads = Vec::new();
    let columns = bodies.into_iter().flatten().zip(opens.into_iter().flatten());
    for ((body, open), last) in columns.zip(lasts.into_iter().flatten()) {
        let teammate = super::roster::own(workspace, parsed_from(super::roster::TEAMMATES, body)?)?;
        loads.push(Load { teammate: teammate.id, open: cap(open), last_assigned: last.cast_unsigned() });
        teammates.push(teammate);
    }
    let staff = Staff::new(teammates).capped(capacity(STAFF + 3)?, capacity(STAFF + 4)?);
    Ok(Staffed { staff, loads })
}

fn cap(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
