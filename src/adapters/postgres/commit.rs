//! One atomic write, in one round trip.

use tokio_postgres::Row;
use uuid::Uuid;

use super::PostgresStore;
use super::draft::{Drafts, decide, seen};
use super::fault::Fault;
use super::message::Entries;
use super::open::Opened;
use super::row::{Param, get, id, id_if_any, json};
use super::tickets::urgency;
use super::work::{ClaimColumns, Schedule};
use crate::adapters::columns::{Holder, line_column, misplaced};
use crate::assignment::Rule;
use crate::error::StoreError;
use crate::event::EventSequence;
use crate::id::Place;
use crate::message::Draft;
use crate::ports::{
    Answered, Claim, Commit, Committed, Placement, TranscriptWrite, Unplaced, Whereabouts, Work, WorkKind,
};

pub(super) const ANSWERS: &str = "escalate_answers";
pub(super) const EVENTS: &str = "escalate_events";
pub(super) const OWED: &str = "escalate_owed";

pub(super) const COMMIT: &str = "SELECT is_kept, chosen, over_cap, ahead, owed_generation, owed_token,
        owed_attempts
    FROM escalate_commit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
        $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41,
        $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56)";
/// Everybody who has no row yet; those who have stay as they are.
pub(super) const INTRODUCE: &str = "SELECT escalate_introduce($1, $2)";
pub(super) const REMEMBER: &str = "INSERT INTO escalate_answers (workspace, conversation, key, body)
    VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";

impl PostgresStore {
    /// Writes all of `commit`, or nothing.
    pub(super) async fn write(&self, mut commit: Commit) -> Result<Committed, Fault> {
        if let Some(entity) = misplaced(&commit) {
            return Err(Fault::Misplaced { entity });
        }
        let kind = WorkKind::FinishTranscript;
        let elsewhere = |write: &TranscriptWrite| write.whereabouts == Whereabouts::Elsewhere;
        if commit.transcript.as_ref().is_some_and(elsewhere)
            && !commit.work.iter().any(|work| work.kind == kind)
        {
            // What is owed is always under work, so that somebody comes for it.
            commit.work.push(Work { kind, due_at: commit.at });
        }
        let (Place { workspace, .. }, assumed) = (commit.place, commit.assumed);
        self.inner.threads.forget(commit.place);
        let owed = match self.open(&commit).await? {
            Opened::Plainly(None) => return Err(StoreError::Conflict.into()),
            Opened::Plainly(Some(answer)) => {
                let chosen = id(&answer, 0)?;
                self.inner.rosters.went_plainly(workspace, assumed.map(|assumed| assumed.staff), chosen);
                decide(&mut commit, Some((chosen, 0)), 0)?;
                None
            }
            Opened::Not { .. } if assumed.is_some() => {
                self.inner.rosters.went_otherwise(workspace);
                return Err(StoreError::Conflict.into());
            }
            Opened::Not { wait } => self.write_any(&mut commit, wait).await?,
        };
        Ok(Committed {
            revision: commit.expected.next(),
            ticket: commit.ticket,
            answer: commit.answer.map(|answered| answered.answer),
            transcript: commit.transcript,
            owed,
        })
    }

    /// The way for every commit; gives what is owed.
    async fn write_any(&self, commit: &mut Commit, wait: bool) -> Result<Option<Claim>, Fault> {
        let answer = self.send(commit, wait).await?;
        if !get::<bool>(&answer, 0)? {
            return Err(StoreError::Conflict.into());
        }
        let over = u32::from(get::<Option<bool>>(&answer, 2)?.unwrap_or_default());
        let ahead: Option<i64> = get(&answer, 3)?;
        let chosen = id_if_any(&answer, 1)?.map(|teammate| (teammate, over));
        decide(commit, chosen, u32::try_from(ahead.unwrap_or_default()).unwrap_or(u32::MAX))?;
        owed(commit.place, &answer)
    }

    /// Sends it, and once more, to wait, where everybody with room was being chosen.
    async fn send(&self, commit: &Commit, mut wait: bool) -> Result<Row, Fault> {
        for _ in 0..MOST_WAITS {
            match self.send_once(commit, wait).await {
                Err(Fault::AllBeingChosen) => wait = true,
                Err(Fault::Strangers) => self.introduce(commit).await?,
                answer => return answer,
            }
        }
        // Others are always faster: let the caller decide on fresh facts.
        Err(StoreError::Conflict.into())
    }

    /// Makes the rows that the first tickets of teammates are counted in.
    async fn introduce(&self, commit: &Commit) -> Result<(), Fault> {
        let offers = commit.placement.iter().flat_map(|placement| &placement.offers);
        let offers: Vec<_> = offers.map(|offer| offer.teammate.uuid()).collect();
        self.ask_one(INTRODUCE, &[&commit.place.workspace.uuid(), &offers]).await.map(drop)
    }

    async fn send_once(&self, commit: &Commit, wait: bool) -> Result<Row, Fault> {
        let placement = commit.placement.as_ref().filter(|_| commit.ticket.is_some());
        let entries: &[Draft] = commit.transcript.as_ref().map_or(&[], |write| &write.entries);
        let head = Head::of(commit, placement);
        let ticket = TicketColumns::of(commit);
        let drafts = Drafts::of(commit)?;
        let choice = ChoiceColumns::of(placement);
        let events = EventColumns::of(commit, placement)?;
        let key = commit.answer.as_ref().map(|answered| answered.key.as_str().as_bytes());
        let sweep = placement.and_then(|placement| placement.sweep.as_ref());
        let schedule = Schedule::of(commit.place, &commit.work, sweep)?;
        let if_waiting = i32::from(sweep.is_some());
        let settles = commit.settles.as_ref().map(ClaimColumns::from);
        let write = WriteColumns::of(commit);
        let columns = Entries::of(entries)?;

        let [ticket_drafts, choice_drafts, answer_drafts, told_drafts, owed_drafts, decision_drafts] =
            drafts.params();
        let told = told(placement, entries);
        let expected = placement.and_then(expected);
        let mut params: Vec<Param<'_>> = Vec::with_capacity(56);
        params.extend(head.params());
        params.extend(ticket.params());
        params.push(ticket_drafts);
        params.extend(choice.params());
        params.push(&wait);
        params.extend(events.params());
        params.extend([choice_drafts, &key, answer_drafts]);
        params.extend(schedule.params());
        params.push(&if_waiting);
        match &settles {
            Some(claim) => params.extend(claim.params()),
            None => params.extend(NO_CLAIM),
        }
        let transcript: [Param<'_>; 2] = [&write.name, &write.fence];
        params.extend(transcript);
        params.extend(columns.params());
        let outcome: [Param<'_>; 5] = [&told, told_drafts, owed_drafts, decision_drafts, &expected];
        params.extend(outcome);
        params.push(ticket.line());
        self.ask_one(self.commit_statement(commit), &params).await.map_err(|fault| fault.of_commit(entries))
    }

    /// Keeps an answer; a key that is there already is a conflict (E2).
    pub(super) async fn keep(&self, place: Place, answered: &Answered) -> Result<(), Fault> {
        let (workspace, conversation) = (place.workspace.uuid(), place.conversation.uuid());
        let (key, body) = (answered.key.as_str().as_bytes(), json(ANSWERS, answered)?);
        match self.run(REMEMBER, &[&workspace, &conversation, &key, &body]).await? {
            0 => Err(StoreError::Conflict.into()),
            _ => Ok(()),
        }
    }
}

/// The number of the entry, from 1, whose text depends on the choice.
fn told(placement: Option<&Placement>, entries: &[Draft]) -> Option<i32> {
    let key = &placement?.telling.as_ref()?.entry;
    let index = entries.iter().position(|entry| entry.key == *key)?;
    i32::try_from(index + 1).ok()
}

/// Whom the loads that were seen give: where the server chooses somebody else, it keeps the loads that it saw.
pub(super) fn expected(placement: &Placement) -> Option<Uuid> {
    let decision = placement.decision.as_ref()?;
    seen(decision, placement).replay().map(Uuid::from)
}

/// Reads the columns `owed_generation, owed_token, owed_attempts`.
fn owed(place: Place, row: &Row) -> Result<Option<Claim>, Fault> {
    let Some(generation) = get::<Option<i64>>(row, 4)? else { return Ok(None) };
    Ok(Some(Claim {
        workspace: place.workspace,
        conversation: Some(place.conversation),
        kind: WorkKind::FinishTranscript,
        generation: generation.cast_unsigned(),
        token: get::<i64>(row, 5)?.cast_unsigned(),
        attempts: u32::try_from(get::<i64>(row, 6)?).unwrap_or(u32::MAX),
        delivered: EventSequence::default(),
    }))
}

/// The row of the conversation.
pub(super) struct Head {
    workspace: Uuid,
    conversation: Uuid,
    expected: i64,
    epoch: i64,
    holder: Holder,
    events: i64,
}

impl Head {
    pub(super) fn of(commit: &Commit, placement: Option<&Placement>) -> Self {
        let last = placement.map(|placement| placement.event.sequence.0);
        let events = commit.events.iter().map(|event| event.sequence.0).chain(last).max();
        Self {
            workspace: commit.place.workspace.uuid(),
            conversation: commit.place.conversation.uuid(),
            expected: commit.expected.0.cast_signed(),
            epoch: commit.state.epoch.0.cast_signed(),
            holder: Holder::from(commit.state.control),
            events: events.unwrap_or_default().cast_signed(),
        }
    }

    fn params(&self) -> [Param<'_>; 9] {
        let Holder { name, ticket, teammate, until } = &self.holder;
        [
            &self.workspace,
            &self.conversation,
            &self.expected,
            &self.epoch,
            name,
            ticket,
            teammate,
            until,
            &self.events,
        ]
    }

    /// Of a conversation that waits for a person and had no commit before.
    pub(super) fn params_of_new(&self) -> [Param<'_>; 6] {
        let Holder { name, ticket, .. } = &self.holder;
        [&self.workspace, &self.conversation, &self.epoch, name, ticket, &self.events]
    }
}

#[derive(Default)]
pub(super) struct TicketColumns {
    id: Option<Uuid>,
    customer: Option<Uuid>,
    open: Option<bool>,
    assignee: Option<Uuid>,
    urgency: Option<i16>,
    requested: Option<i64>,
    line: Option<Vec<u8>>,
}

impl TicketColumns {
    pub(super) fn of(commit: &Commit) -> Self {
        let Some(ticket) = &commit.ticket else { return Self::default() };
        Self {
            id: Some(ticket.id.uuid()),
            customer: Some(ticket.requester.customer.uuid()),
            open: Some(ticket.status.is_open()),
            assignee: ticket.assigned_to().map(Uuid::from),
            urgency: Some(urgency(ticket.priority)),
            requested: Some(ticket.clocks.requested.timestamp_micros()),
            line: Some(line_column(ticket.line())),
        }
    }

    fn params(&self) -> [Param<'_>; 6] {
        [&self.id, &self.customer, &self.open, &self.assignee, &self.urgency, &self.requested]
    }

    /// What comes last of all.
    pub(super) fn line(&self) -> Param<'_> {
        &self.line
    }

    /// Of an open one that is nobody's yet, without its id.
    pub(super) fn params_of_new(&self) -> [Param<'_>; 3] {
        [&self.customer, &self.urgency, &self.requested]
    }
}

#[derive(Default)]
struct ChoiceColumns {
    rule: Option<&'static str>,
    offers: Vec<Uuid>,
    caps: Vec<i64>,
    in_line: bool,
    abandon: bool,
}

impl ChoiceColumns {
    fn of(placement: Option<&Placement>) -> Self {
        let Some(placement) = placement else { return Self::default() };
        let rule = match placement.rule {
            Rule::Ranked => "ranked",
            Rule::FewestOpen => "fewest_open",
            Rule::LeastRecent => "least_recent",
            Rule::Given => "given",
        };
        Self {
            rule: Some(rule),
            offers: placement.offers.iter().map(|offer| offer.teammate.uuid()).collect(),
            caps: placement.offers.iter().map(|offer| i64::from(offer.cap)).collect(),
            in_line: placement.stands_in_line(),
            abandon: placement.unplaced == Unplaced::Abandon,
        }
    }

    fn params(&self) -> [Param<'_>; 5] {
        [&self.rule, &self.offers, &self.caps, &self.in_line, &self.abandon]
    }
}

pub(super) struct EventColumns {
    sequences: Vec<i64>,
    bodies: Vec<Vec<u8>>,
    chosen: Option<i64>,
}

impl EventColumns {
    pub(super) fn of(commit: &Commit, placement: Option<&Placement>) -> Result<Self, Fault> {
        let bodies = commit.events.iter().map(|event| json(EVENTS, event)).collect::<Result<_, _>>()?;
        Ok(Self {
            sequences: commit.events.iter().map(|event| event.sequence.0.cast_signed()).collect(),
            bodies,
            chosen: placement.map(|placement| placement.event.sequence.0.cast_signed()),
        })
    }

    pub(super) fn params(&self) -> [Param<'_>; 3] {
        [&self.sequences, &self.bodies, &self.chosen]
    }
}

#[derive(Default)]
struct WriteColumns {
    name: Option<&'static str>,
    fence: Option<i64>,
}

impl WriteColumns {
    fn of(commit: &Commit) -> Self {
        let Some(write) = &commit.transcript else { return Self::default() };
        let fence = Some(write.fence.0.cast_signed());
        match write.whereabouts {
            Whereabouts::Here => Self { name: Some("here"), fence },
            Whereabouts::Elsewhere => Self { name: Some("elsewhere"), fence },
        }
    }
}

/// How often a commit is sent that has to wait for somebody else's choice.
const MOST_WAITS: usize = 16;

const NO_CLAIM: [Param<'static>; 5] =
    [&None::<Uuid>, &None::<Uuid>, &None::<&str>, &None::<i64>, &None::<i64>];
