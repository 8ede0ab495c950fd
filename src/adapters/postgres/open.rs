//! The plain case of a commit, which is nearly every escalation: the first ticket of a conversation, for whoever with
//! room has the fewest open ones. One statement and no function: what a server does to start and end a statement is most
//! of what [`COMMIT`](super::commit::COMMIT) costs, which runs about a dozen.
//!
//! It takes the locks in the same order, checks the same, writes the same rows, or nothing: where anything is not
//! plain (nobody with room is free at this moment, others wait in line, a key is there already, the conversation is
//! not), it fails, and the commit is sent the other way, which knows what to do.

use tokio_postgres::Row;
use tokio_postgres::error::SqlState;

use super::PostgresStore;
use super::commit::{EventColumns, Head, TicketColumns, expected};
use super::draft::WithRoom;
use super::fault::Fault;
use super::message::Entries;
use super::row::Param;
use super::work::Schedule;
use crate::assignment::Rule;
use crate::control::Control;
use crate::ports::{Assumed, Commit, Placement, Revision, Unplaced, Whereabouts};
use crate::ticket::AssignedBy;

/// Where `$gate` holds, with `$newest` for the conversation's row, and with more to select at the end.
///
/// The choice reads and locks as `escalate_pick` does, and what is kept of the loads is as of `escalate_seen`: all but those
/// with room who would have come before, as somebody else was choosing them. Each part is made to read from the one whose lock comes before
/// its own, which is what keeps the order. One array of several is unnested and the elements of the others are picked by
/// number: a function scan for each would cost more. And not numbers from `generate_series`: those are taken for a
/// thousand rows where their end is a parameter, which makes a plan for all parameters look so dear that the server
/// plans the statement anew each time it runs, and that costs more than running it.
macro_rules! open {
    ($gate:expr, $newest:literal, $more:literal) => {
        concat!(
            "WITH held AS (
                SELECT a.teammate, a.open, a.last FROM escalate_assignments a
                WHERE a.workspace = $1 AND a.teammate = ANY ($10::uuid[])),
            moved AS (
                INSERT INTO escalate_controls
                    (workspace, conversation, revision, epoch, holder, ticket, teammate, until, events, latest)
                SELECT $1, $2, 1, $3, $4, $5, NULL, NULL, $6, $5 ",
            $gate,
            " ON CONFLICT DO NOTHING RETURNING 1),
            best AS (
                SELECT a.teammate, a.open, a.last FROM escalate_assignments a
                WHERE a.workspace = $1 AND a.teammate = ANY ($10::uuid[])
                    AND (($11::bigint[])[array_position($10::uuid[], a.teammate)] = 0
                        OR a.open < ($11)[array_position($10::uuid[], a.teammate)])
                    AND EXISTS (SELECT FROM moved)
                    AND NOT EXISTS (SELECT FROM escalate_tickets t
                        WHERE t.workspace = $1 AND t.open AND t.assignee IS NULL AND t.line = $35::bytea
                            AND (t.line, t.urgency, t.requested, t.id) < ($35, $8::smallint, $9::bigint, $5::uuid))
                    AND (SELECT count(*) FROM held) = cardinality($10::uuid[])
                ORDER BY a.open, a.last, a.teammate LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED),
            chosen AS (
                UPDATE escalate_assignments a
                SET open = a.open + 1, last = nextval('escalate_assignment_numbers')
                FROM best WHERE a.workspace = $1 AND a.teammate = best.teammate
                RETURNING a.teammate, convert_to(a.teammate::text, 'UTF8') AS name, best.open, best.last),
            opened AS (
                INSERT INTO escalate_tickets
                    (workspace, id, conversation, customer, open, assignee, urgency, requested, line, body)
                SELECT $1, $5, $2, $7, true, chosen.teammate, $8, $9, $35, $12 || coalesce(chosen.name || $13, '') FROM chosen),
            seen AS (
                SELECT convert_to('[' || string_agg('[\"' || held.teammate || '\",' || CASE
                    WHEN held.teammate = chosen.teammate THEN chosen.open || ',' || chosen.last
                    ELSE held.open || ',' || held.last END || ']', ',') || ']', 'UTF8') AS loads
                FROM chosen, held
                WHERE chosen.teammate <> $34::uuid AND (held.teammate = chosen.teammate
                    OR (held.open, held.last, held.teammate) > (chosen.open, chosen.last, chosen.teammate)
                    OR held.open >= nullif(($11)[array_position($10, held.teammate)], 0))),
            told AS (
                INSERT INTO escalate_events (workspace, conversation, sequence, body, decision, loads)
                SELECT $1, $2, sequence,
                    coalesce(($15::bytea[])[n], $17 || coalesce(chosen.name || $18, '')),
                    CASE WHEN n > cardinality($14) THEN $32 || coalesce(chosen.name || $33, '') END,
                    CASE WHEN n > cardinality($14) THEN (SELECT seen.loads FROM seen) END
                FROM chosen, unnest($14::bigint[] || $16::bigint) WITH ORDINALITY AS e (sequence, n)),
            kept AS (
                INSERT INTO escalate_answers (workspace, conversation, key, body)
                SELECT $1, $2, $19, $20 || coalesce(chosen.name || $21, '') FROM chosen),
            thread AS (
                UPDATE escalate_conversations c
                SET last = c.last + cardinality($23::uuid[]), active_at = ($29::bigint[])[cardinality($23::uuid[])],
                    fence = greatest(c.fence, $22)
                FROM chosen WHERE c.workspace = $1 AND c.id = $2 ",
            $newest,
            " RETURNING c.last - cardinality($23::uuid[]) AS last, chosen.teammate),
            entered AS (
                INSERT INTO escalate_messages (workspace, conversation, sequence, id, key, author, author_id,
                    visibility, body, at, turn, mark)
                SELECT $1, $2, thread.last + n, e.id, ($24::bytea[])[n], ($25::text[])[n], ($26::uuid[])[n],
                    ($27::text[])[n], ($28::bytea[])[n], ($29)[n], ($30::uuid[])[n], ($31::bytea[])[n]
                FROM thread, unnest($23::uuid[]) WITH ORDINALITY AS e (id, n))
            SELECT thread.teammate, CASE WHEN thread.teammate IS NULL THEN escalate_refuse() END",
            $more,
            " FROM moved LEFT JOIN thread ON true"
        )
    };
}

/// What was [assumed](Assumed) holds. Whether the thread has grown is looked at again where its row is locked, which would do;
/// looked at here, what is behind is found before anything is written. Whose it is, when it began and when its newest entry
/// was written tell it from one that a host has removed and begun anew under the same id.
macro_rules! holds {
    () => {
        "WHERE EXISTS (SELECT FROM escalate_conversations c WHERE c.workspace = $1 AND c.id = $2
                AND c.last = $36 AND c.customer = $7 AND c.opened_at = $40 AND c.active_at = $41)
            AND coalesce((SELECT v.roster FROM escalate_workspaces v WHERE v.workspace = $1), 0) = $37
            AND ($39::bigint IS NULL OR NOT EXISTS (SELECT FROM escalate_tickets r WHERE r.workspace = $1
                AND r.customer = $7 AND r.requested > $38::bigint OFFSET $39 - 1))"
    };
}

pub(super) const OPEN: &str = open!("", "", "");
/// With work to be scheduled: after the conversation's row, in the order given.
pub(super) const OPEN_AND_SCHEDULE: &str = open!(
    "",
    "",
    ", CASE WHEN thread.teammate IS NOT NULL THEN (SELECT count(escalate_schedule(
            $1, w.conversation, ($37::text[])[n], ($38::bytea[])[n], ($39::bigint[])[n]))
        FROM unnest($36::uuid[]) WITH ORDINALITY AS w (conversation, n)) END"
);
/// The same for a commit that rests on what was assumed.
pub(super) const OPEN_IF: &str = open!(holds!(), "AND c.last = $36", "");
pub(super) const OPEN_IF_AND_SCHEDULE: &str = open!(
    holds!(),
    "AND c.last = $36",
    ", CASE WHEN thread.teammate IS NOT NULL THEN (SELECT count(escalate_schedule(
            $1, w.conversation, ($43::text[])[n], ($44::bytea[])[n], ($45::bigint[])[n]))
        FROM unnest($42::uuid[]) WITH ORDINALITY AS w (conversation, n)) END"
);

/// Which way a commit goes.
pub(super) enum Opened {
    /// By this statement: the row of whoever was chosen; none: the conversation has moved on.
    Plainly(Option<Row>),
    /// The other way is to be taken, waiting for whoever is being chosen if this one met nobody else.
    Not { wait: bool },
}

impl PostgresStore {
    /// Writes `commit` if it turns out to be plain.
    pub(super) async fn open(&self, commit: &Commit) -> Result<Opened, Fault> {
        let Some(placement) = plain(commit).filter(|_| !self.notifies_of(commit)) else {
            return Ok(Opened::Not { wait: false });
        };
        match self.open_for(commit, placement).await {
            Ok(row) => Ok(Opened::Plainly(row)),
            Err(Fault::Server { code, .. })
                if code == NOT_PLAIN || code == SqlState::UNIQUE_VIOLATION.code() =>
            {
                Ok(Opened::Not { wait: true })
            }
            Err(fault) => Err(fault.of_commit(&[])),
        }
    }

    async fn open_for(&self, commit: &Commit, placement: &Placement) -> Result<Option<Row>, Fault> {
        let (Some(write), Some(answered)) = (&commit.transcript, &commit.answer) else { return Ok(None) };
        let head = Head::of(commit, Some(placement));
        let ticket = TicketColumns::of(commit);
        let offers: Vec<_> = placement.offers.iter().map(|offer| offer.teammate.uuid()).collect();
        let caps: Vec<_> = placement.offers.iter().map(|offer| i64::from(offer.cap)).collect();
        let drafts = WithRoom::of(commit, placement)?;
        let [body, choice, answer, decision] = drafts.params();
        // Loads from memory are those of long ago: the record has those of the choice (A8).
        let expected = expected(placement).filter(|_| commit.assumed.is_none()).unwrap_or_default();
        let events = EventColumns::of(commit, Some(placement))?;
        let key = answered.key.as_str().as_bytes();
        let fence = write.fence.0.cast_signed();
        let mut entries = Entries::of(&write.entries)?;
        if let (Some(telling), Some(told)) = (&placement.telling, &drafts.told) {
            entries.tell(&telling.entry, told);
        }
        let schedule = Schedule::of(commit.place, &commit.work, None)?;

        let mut params: Vec<Param<'_>> = Vec::with_capacity(45);
        params.extend(head.params_of_new());
        params.extend(ticket.params_of_new());
        let offered: [Param<'_>; 2] = [&offers, &caps];
        params.extend(offered);
        params.extend(body);
        params.extend(events.params());
        params.extend(choice);
        params.push(&key);
        params.extend(answer);
        params.push(&fence);
        // All but whether they are distinct.
        params.extend(entries.params().into_iter().take(9));
        params.extend(decision);
        params.push(&expected);
        params.push(ticket.line());
        let assumed = commit.assumed.map(AssumedColumns::of);
        if let Some(assumed) = &assumed {
            params.extend(assumed.params());
        }
        let sql = match (&assumed, commit.work.is_empty()) {
            (None, true) => OPEN,
            (None, false) => OPEN_AND_SCHEDULE,
            (Some(_), true) => OPEN_IF,
            (Some(_), false) => OPEN_IF_AND_SCHEDULE,
        };
        if !commit.work.is_empty() {
            params.extend(schedule.params());
        }
        Ok(self.ask(sql, &params).await?.into_iter().next())
    }
}

struct AssumedColumns {
    thread: i64,
    roster: i64,
    since: Option<i64>,
    limit: Option<i64>,
    opened_at: i64,
    active_at: i64,
}

impl AssumedColumns {
    fn of(assumed: Assumed) -> Self {
        Self {
            thread: assumed.thread.0.cast_signed(),
            roster: assumed.roster,
            since: assumed.recent.map(|of| of.since.timestamp_micros()),
            limit: assumed.recent.map(|of| i64::from(of.limit)),
            opened_at: assumed.opened_at.timestamp_micros(),
            active_at: assumed.active_at.timestamp_micros(),
        }
    }

    fn params(&self) -> [Param<'_>; 6] {
        [&self.thread, &self.roster, &self.since, &self.limit, &self.opened_at, &self.active_at]
    }
}

/// The placement of a commit that may turn out to be plain.
fn plain(commit: &Commit) -> Option<&Placement> {
    let ticket = commit.ticket.as_ref().filter(|ticket| ticket.status.is_open())?;
    let write = commit.transcript.as_ref().filter(|write| write.whereabouts == Whereabouts::Here)?;
    let placement = commit.placement.as_ref()?;
    let is_of_policy = placement.by == AssignedBy::Policy && placement.unplaced == Unplaced::Wait;
    let is_first = commit.expected == Revision::default()
        && commit.state.control == Control::Queued { ticket: ticket.id };
    let is_plain = is_first
        && is_of_policy
        && placement.rule == Rule::FewestOpen
        && !placement.offers.is_empty()
        && !write.entries.is_empty()
        && commit.answer.is_some()
        && commit.settles.is_none();
    is_plain.then_some(placement)
}

const NOT_PLAIN: &str = "ES008";
