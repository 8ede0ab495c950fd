//! Counts what happens, from what the desk answers and from the events that it sends.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use escalate::ports::{Escalation, Routing, TicketFilter};
use escalate::rules::Presence;
use escalate::{
    DeadlineOf, DeadlineState, Event, EventKind, Flag, Lapse, MemoryStore, Rules, TeammateId,
    TicketRepository,
};

use crate::Failure;
use crate::office::{self, Hired, TEAMS, WORKSPACE};
use crate::people::index;

/// What one team has seen.
#[derive(Debug, Default)]
pub(crate) struct TeamTally {
    pub(crate) arrived: u32,
    /// Assigned in the same instant.
    pub(crate) at_once: u32,
    pub(crate) queued: u32,
    pub(crate) next_shift: u32,
    pub(crate) waiting: u32,
    /// From the escalation to the first assignment, and to the first reply; in seconds.
    pub(crate) to_assign: Vec<i64>,
    pub(crate) to_reply: Vec<i64>,
    pub(crate) unanswered: u32,
    pub(crate) off_duty: u32,
    pub(crate) offered_again: u32,
    pub(crate) flagged: u32,
    /// First replies, then resolutions: near, missed.
    pub(crate) deadlines: [[u32; 2]; 2],
    pub(crate) replies: u32,
}

/// When a ticket was asked for, and how many seconds it then took until somebody had it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Assigned {
    pub(crate) team: usize,
    pub(crate) asked_at: DateTime<Utc>,
    pub(crate) took: i64,
}

/// One conversation, as the events tell of it.
#[derive(Clone, Copy, Debug)]
struct Seen {
    team: usize,
    asked_at: DateTime<Utc>,
    holder: Option<TeammateId>,
    is_assigned: bool,
    is_answered: bool,
    has_lapsed: bool,
}

/// The state at an instant, by team.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) at: DateTime<Utc>,
    pub(crate) waiting: [u32; TEAMS.len()],
    /// Open tickets that somebody has.
    pub(crate) open: [u32; TEAMS.len()],
    pub(crate) on_duty: [u32; TEAMS.len()],
    /// How many tickets those on duty may have.
    pub(crate) seats: [u32; TEAMS.len()],
}

pub(crate) struct Tally {
    pub(crate) teams: [TeamTally; TEAMS.len()],
    pub(crate) samples: Vec<Sample>,
    pub(crate) assigned: Vec<Assigned>,
    /// When a teammate lost a ticket because their shift had ended.
    pub(crate) left: Vec<DateTime<Utc>>,
    /// The most that anybody had at once, and what they may have.
    pub(crate) highest: (u32, u32),
    /// How often somebody was above their cap.
    pub(crate) over_cap: u32,
    rules: Rules,
    team_of: HashMap<TeammateId, usize>,
    talks: HashMap<usize, Seen>,
}

impl Tally {
    pub(crate) fn new(staff: &[Hired]) -> Self {
        let team_of = staff.iter().map(|hired| (hired.teammate.id, hired.team)).collect();
        Self {
            teams: Default::default(),
            samples: Vec::new(),
            assigned: Vec::new(),
            left: Vec::new(),
            highest: (0, 0),
            over_cap: 0,
            rules: office::rules().unwrap_or_default(),
            team_of,
            talks: HashMap::new(),
        }
    }

    /// The rules that the desk goes by.
    pub(crate) const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// An escalation was answered.
    pub(crate) fn asked(&mut self, team: usize, talk: usize, at: DateTime<Utc>, answer: &Escalation) {
        let seen = Seen {
            team,
            asked_at: at,
            holder: None,
            is_assigned: false,
            is_answered: false,
            has_lapsed: false,
        };
        self.talks.insert(talk, seen);
        let tally = &mut self.teams[team];
        tally.arrived += 1;
        match answer.routing {
            Routing::Assigned { .. } => tally.at_once += 1,
            Routing::Queued { .. } => tally.queued += 1,
            Routing::NextShift { .. } => tally.next_shift += 1,
            _ => tally.waiting += 1,
        }
    }

    /// Who has the ticket.
    pub(crate) fn holder(&self, talk: usize) -> Option<TeammateId> {
        self.talks.get(&talk)?.holder
    }

    pub(crate) fn hear(&mut self, event: &Event) {
        let Some(seen) = index(event.conversation).and_then(|talk| self.talks.get_mut(&talk)) else { return };
        let tally = &mut self.teams[seen.team];
        let took = (event.at - seen.asked_at).num_seconds();
        match event.kind {
            EventKind::Assigned { teammate, .. } => {
                seen.holder = Some(teammate);
                tally.offered_again += u32::from(std::mem::take(&mut seen.has_lapsed));
                if !std::mem::replace(&mut seen.is_assigned, true) {
                    tally.to_assign.push(took);
                    self.assigned.push(Assigned { team: seen.team, asked_at: seen.asked_at, took });
                }
            }
            EventKind::Replied { .. } => {
                tally.replies += 1;
                if !std::mem::replace(&mut seen.is_answered, true) {
                    tally.to_reply.push(took);
                }
            }
            EventKind::Lapsed { why, .. } => {
                (seen.holder, seen.has_lapsed) = (None, true);
                match why {
                    Lapse::OffDuty => {
                        tally.off_duty += 1;
                        self.left.push(event.at);
                    }
                    _ => tally.unanswered += 1,
                }
            }
            EventKind::Flagged { flag: Flag::Unanswered } => tally.flagged += 1,
            EventKind::Deadline { of, state, .. } => {
                let of = usize::from(of == DeadlineOf::Resolution);
                tally.deadlines[of][usize::from(state == DeadlineState::Missed)] += 1;
            }
            _ => {}
        }
    }

    /// Looks at everybody's load after each step (A1).
    pub(crate) async fn loads(&mut self, store: &MemoryStore, staff: &[Hired]) -> Result<(), Failure> {
        let ids = staff.iter().map(|hired| hired.teammate.id).collect();
        for (hired, load) in staff.iter().zip(store.workload(WORKSPACE, ids).await?) {
            self.over_cap += u32::from(load.open > hired.cap);
            if load.open * self.highest.1.max(1) > self.highest.0 * hired.cap || self.highest.1 == 0 {
                self.highest = (load.open, hired.cap);
            }
        }
        Ok(())
    }

    /// Writes the state down.
    pub(crate) async fn sample(
        &mut self,
        store: &MemoryStore,
        staff: &[Hired],
        at: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let nought = [0; TEAMS.len()];
        let mut sample = Sample { at, waiting: nought, open: nought, on_duty: nought, seats: nought };
        let line = store.tickets(WORKSPACE, TicketFilter::Unassigned, None, usize::MAX).await?;
        for ticket in &line.items {
            let team =
                index(ticket.conversation).and_then(|talk| self.talks.get(&talk)).map(|seen| seen.team);
            sample.waiting[team.ok_or("a ticket that nobody asked for")?] += 1;
        }
        let ids = staff.iter().map(|hired| hired.teammate.id).collect();
        for (hired, load) in staff.iter().zip(store.workload(WORKSPACE, ids).await?) {
            let team = self.team_of.get(&hired.teammate.id).copied().unwrap_or_default();
            sample.open[team] += load.open;
            let there = Presence::at(&self.rules, Some(office::team(team)), at);
            if there.check(&hired.teammate).is_ok() {
                sample.on_duty[team] += 1;
                sample.seats[team] += hired.cap;
            }
        }
        self.samples.push(sample);
        Ok(())
    }

    /// The sample taken nearest before `at`.
    pub(crate) fn around(&self, at: DateTime<Utc>) -> Option<&Sample> {
        self.samples.iter().rev().find(|sample| sample.at <= at)
    }

    /// How many tickets changed hands within ten minutes because a shift had ended at `at`.
    pub(crate) fn left_at(&self, at: DateTime<Utc>) -> usize {
        self.left.iter().filter(|left| (at..at + TimeDelta::minutes(10)).contains(left)).count()
    }
}

/// The value that `percent` of them do not exceed.
pub(crate) fn percentile(sorted: &[i64], percent: usize) -> Option<i64> {
    let last = sorted.len().checked_sub(1)?;
    sorted.get((sorted.len() * percent).div_ceil(100).saturating_sub(1).min(last)).copied()
}
