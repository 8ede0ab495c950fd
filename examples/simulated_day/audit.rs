//! Recounts what the library promises, from what is stored.

use std::collections::HashMap;

use escalate::assignment::{Need, eligible};
use escalate::ports::TicketFilter;
use escalate::rules::Presence;
use escalate::{EventSequence, Flag, Teammate, TeammateId, Ticket, TicketRepository};

use crate::Failure;
use crate::office::{self, Hired, WORKSPACE};
use crate::people::place;
use crate::world::{SWEEP_EVERY, World};

/// What was looked at, and what was found broken. The letters are those of the library's list of invariants.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    pub(crate) recounts: u32,
    /// A1: choices of the machine, and those that went over a cap.
    pub(crate) choices: u32,
    pub(crate) over_cap: u32,
    /// A5: teammates whose load is not a recount of their open tickets.
    pub(crate) loads_wrong: u32,
    /// A6: tickets that waited for longer than a sweep while somebody could have had them.
    pub(crate) overlooked: u32,
    /// A8: decisions that do not replay to what was chosen.
    pub(crate) unexplained: u32,
    /// Pieces of the desk's own work that failed.
    pub(crate) failed_work: usize,
    /// Replies that came too late.
    pub(crate) refused: u32,
    /// How it all stands at the end.
    pub(crate) closed: usize,
    pub(crate) with_somebody: usize,
    pub(crate) for_next_shift: usize,
    pub(crate) flagged: usize,
    pub(crate) waiting: usize,
    pub(crate) lost: usize,
}

impl Audit {
    pub(crate) fn is_clean(&self) -> bool {
        let broken = self.over_cap + self.loads_wrong + self.overlooked + self.unexplained;
        broken == 0 && self.failed_work == 0 && self.lost == 0
    }
}

impl World {
    /// Recounts loads and looks for overlooked tickets; every hour, and at the end.
    pub(crate) async fn recount(&mut self) -> Result<(), Failure> {
        self.audit.recounts += 1;
        let open = self.tickets(TicketFilter::Open).await?;
        let mut counted: HashMap<TeammateId, u32> = HashMap::new();
        for teammate in open.iter().filter_map(Ticket::assigned_to) {
            *counted.entry(teammate).or_default() += 1;
        }
        let ids = self.staff.iter().map(|hired| hired.teammate.id).collect();
        for load in self.store.workload(WORKSPACE, ids).await? {
            let counted = counted.get(&load.teammate).copied().unwrap_or(0);
            self.audit.loads_wrong += u32::from(counted != load.open);
        }
        let long_ago = self.now() - SWEEP_EVERY;
        let waits = open.iter().filter(|ticket| ticket.is_waiting() && ticket.clocks.requested < long_ago);
        let overlooked = waits.filter(|ticket| self.is_overlooked(ticket, &counted)).count();
        self.audit.overlooked += u32::try_from(overlooked)?;
        Ok(())
    }

    /// Whether anybody is there for it who has room.
    fn is_overlooked(&self, ticket: &Ticket, open: &HashMap<TeammateId, u32>) -> bool {
        // Everybody has had it, and let it lapse: people are asked to choose.
        if ticket.flags.contains(&Flag::Unanswered) {
            return false;
        }
        let need = Need::from(ticket);
        let there = Presence::at(self.tally.rules(), ticket.team, self.now());
        let could = |teammate: &Teammate| eligible(teammate, &need).is_ok() && there.check(teammate).is_ok();
        let has_room = |hired: &Hired| open.get(&hired.teammate.id).copied().unwrap_or(0) < hired.cap;
        let there: Vec<_> = self.staff.iter().filter(|hired| could(&hired.teammate)).collect();
        // Whoever let it lapse does not get it back before all others had it, also where that ended a round (A7): it waits for
        // one of those, full or not.
        let turn = |hired: &Hired| {
            let id = hired.teammate.id;
            if ticket.lapsed.contains(&id) { 2 } else { u8::from(ticket.lapsed_last == Some(id)) }
        };
        let next = there.iter().map(|hired| turn(hired)).min();
        there.iter().any(|hired| has_room(hired) && Some(turn(hired)) == next)
    }

    /// The last look: where every ticket has ended up, and whether every decision can be explained.
    pub(crate) async fn finish(&mut self) -> Result<(), Failure> {
        self.recount().await?;
        for talk in 0..self.talks.len() {
            let all = self.store.decisions(place(talk), EventSequence(0), usize::MAX).await?;
            for decision in all.iter().map(|decided| &decided.decision) {
                self.audit.unexplained += u32::from(decision.replay() != decision.chosen);
                let Some(chosen) = decision.chosen else { continue };
                self.audit.choices += 1;
                let seen = decision.seen.iter().find(|seen| seen.teammate == chosen);
                let had_room = seen.is_some_and(|seen| seen.load.is_some_and(|load| load.open < seen.cap));
                self.audit.over_cap += u32::from(!had_room);
            }
        }
        let open = self.tickets(TicketFilter::Open).await?;
        let closed = self.tickets(TicketFilter::Closed).await?.len();
        let held = open.iter().filter(|ticket| ticket.assignee.is_some());
        let starts_later =
            |ticket: &&Ticket| ticket.assignee.is_some_and(|on| on.starts_at > Some(office::ends()));
        let later = held.clone().filter(starts_later).count();
        let flagged = |ticket: &&Ticket| ticket.is_waiting() && ticket.flags.contains(&Flag::Unanswered);
        let audit = &mut self.audit;
        (audit.closed, audit.for_next_shift) = (closed, later);
        audit.with_somebody = held.count() - later;
        audit.flagged = open.iter().filter(flagged).count();
        audit.waiting = open.iter().filter(|ticket| ticket.is_waiting()).count() - audit.flagged;
        audit.lost = self.talks.len().abs_diff(open.len() + closed);
        audit.over_cap += self.tally.over_cap;
        Ok(())
    }

    async fn tickets(&self, filter: TicketFilter) -> Result<Vec<Ticket>, Failure> {
        Ok(self.store.tickets(WORKSPACE, filter, None, usize::MAX).await?.items)
    }
}
