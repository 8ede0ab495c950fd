//! Waiting tickets are assigned, oldest first within priority, as soon as somebody has room (A3, A6).

use std::cmp::Reverse;
use std::collections::HashMap;

use futures::future::join_all;

use chrono::{DateTime, Utc};

use super::Desk;
use super::due::{Outcome, later};
use super::field::{Field, Wanted};
use super::line::PAGE;
use super::placing::chosen;
use crate::assignment::{Decision, Exclusion, Need, Offer, PassedOver, Pool, Rule};
use crate::error::Error;
use crate::event::Actor;
use crate::id::{TeammateId, WorkspaceId};
use crate::ports::{AssignmentRequest, Claim, Placement, Settlement, TicketFilter, Unplaced};
use crate::summary::Language;
use crate::ticket::{AssignedBy, Flag, Method, Priority, Speaks, Ticket};

/// How many waiting tickets are assigned at once, so that a store can write them with one flush.
const WAVE: usize = 32;
/// How many teammates are offered to one commit.
const OFFERS: usize = 8;

/// The candidates for each line, in the order of the choice, kept from ticket to ticket. `None`: a person chooses.
pub(super) type Pools = HashMap<Line, Option<Choosing>>;

/// What tickets have in common that are offered to the same people in the same order.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Line {
    need: Need,
    method: Option<Method>,
    /// Whose speakers go first.
    language: Option<Language>,
    /// Who let it lapse.
    lapsed: Vec<TeammateId>,
    last: Option<TeammateId>,
    /// Where the policy is a host's own: it may answer by it.
    priority: Option<Priority>,
    /// Whether the policy left the choice to a person: its answer to that ticket is none to the others.
    by_hand: bool,
}

/// The candidates for one line, and why the others are none.
pub(super) struct Choosing {
    pool: Pool,
    /// By ascending id.
    speakers: Vec<TeammateId>,
    has_shifts: bool,
    /// Where nobody is there: whose shift starts next.
    next_shift: Option<(DateTime<Utc>, Offer)>,
    /// How many could get a ticket and are not in the pool, as the policy left them out.
    beside: usize,
    /// Whether the policy has left the choice to the machine. `None`: it was not asked, or did not answer.
    pub(super) by_hand: Option<bool>,
    decision: Decision,
}

/// Whom one ticket is offered to.
struct Offered {
    rule: Rule,
    offers: Vec<Offer>,
    starts_at: Option<DateTime<Utc>>,
    decision: Decision,
}

impl Line {
    pub(super) fn of(ticket: &Ticket, has_own_policy: bool) -> Self {
        let language = ticket.language.clone().filter(|_| ticket.speaks == Speaks::Preferred);
        let (need, lapsed, last) = (Need::from(ticket), ticket.lapsed.clone(), ticket.lapsed_last);
        let priority = has_own_policy.then_some(ticket.priority);
        Self { need, method: ticket.method, language, lapsed, last, priority, by_hand: ticket.by_hand }
    }
}

impl Choosing {
    fn offered(&self, ticket: &Ticket) -> Offered {
        let decision = self.decision.clone();
        if let Some((starts_at, offer)) = self.next_shift {
            let (offers, starts_at) = (vec![offer], Some(starts_at));
            return Offered { rule: Rule::Ranked, offers, starts_at, decision };
        }
        let (rule, offers) = self.offers(ticket);
        let left_out = self.pool.len().saturating_add(self.beside).saturating_sub(offers.len());
        let loads = self.pool.loads(&offers);
        let decision = decision.leaving_out(left_out).among(rule, &offers, &loads);
        Offered { rule, offers, starts_at: None, decision }
    }

    /// Counts a ticket that `teammate` was given.
    fn assigned(&mut self, teammate: TeammateId) {
        let had_room = self.pool.offer_to(teammate).is_some();
        self.pool.assigned(teammate);
        if had_room && self.pool.offer_to(teammate).is_none() {
            self.decision.pass_over(PassedOver { teammate, why: Exclusion::Full });
        }
    }

    /// Whom the ticket is offered to, and how one of them is chosen.
    fn offers(&self, ticket: &Ticket) -> (Rule, Vec<Offer>) {
        let previous = ticket.previous_assignee.and_then(|previous| self.pool.offer_to(previous));
        if previous.is_none() && self.speakers.is_empty() {
            return (self.pool.rule(), self.pool.first(OFFERS));
        }
        let speaks = |offer: &Offer| self.speakers.binary_search(&offer.teammate).is_ok();
        let mut order = self.pool.first(usize::MAX);
        // Stable: within each tier the pool's own order stays.
        order.sort_by_key(|offer| (!speaks(offer), Some(*offer) != previous));
        order.truncate(OFFERS);
        (Rule::Ranked, order)
    }
}

/// Whom one ticket is offered to, best first.
struct Plan {
    offered: Offered,
    has_shifts: bool,
    by_hand: Option<bool>,
    line: Line,
}

impl Plan {
    fn first(&self) -> Option<TeammateId> {
        self.offered.offers.first().map(|offer| offer.teammate)
    }
}

/// What one attempt came to.
enum Tried {
    Assigned(TeammateId),
    /// Somebody else has seen to it, or is to.
    Gone,
    /// The ticket moved, or those offered have filled up since.
    Behind,
}

/// One conversation whose store fails is not to hold up the others in the line (A6).
fn passed_over(ticket: &Ticket, error: &Error) {
    tracing::warn!(ticket = %ticket.id, %error, "a waiting ticket was passed over");
}

/// What a sweep came to.
struct Swept {
    assigned: usize,
    /// Whether a later sweep may find more.
    again: bool,
}

impl Desk {
    /// Assigns the waiting tickets of a workspace that somebody has room for, and says how many.
    ///
    /// The worker does this by itself; call it when the roster has changed, not to wait for the worker's turn.
    ///
    /// # Errors
    ///
    /// [`Error::Store`]; what was assigned stays assigned.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves each ticket assigned or waiting.
    pub async fn assign_waiting(&self, workspace: WorkspaceId) -> Result<usize, Error> {
        Ok(self.sweep_workspace(workspace).await?.assigned)
    }

    async fn sweep_workspace(&self, workspace: WorkspaceId) -> Result<Swept, Error> {
        // One look tells whether anybody has room at all: with nobody, and nobody to come, the line is not read (N7).
        let everybody = self.field(workspace, &Wanted::by(&Need::default()), None).await?;
        let nobody_later = match everybody.candidates.is_empty() {
            true => everybody.next_shift.is_none(),
            false => !everybody.awaits_shift,
        };
        if everybody.with_room() == 0 && nobody_later {
            return Ok(Swept { assigned: 0, again: true });
        }
        let mut pools = Pools::new();
        let (mut swept, mut after) = (Swept { assigned: 0, again: false }, None);
        loop {
            let line = self.inner.tickets.tickets(workspace, TicketFilter::Unassigned, after, PAGE).await?;
            for wave in line.items.chunks(WAVE) {
                self.assign_wave(wave, &mut pools, &mut swept).await;
            }
            after = line.next;
            if after.is_none() {
                return Ok(swept);
            }
        }
    }

    /// Assigns a stretch of the line.
    ///
    /// Each ticket gets its own first choice out of the pools, in the order of the line, before any is written: so two
    /// of a wave want one seat only where that teammate has room for both, and what is written in whatever order is what
    /// one after another would have come to (A2, A3).
    async fn assign_wave(&self, wave: &[Ticket], pools: &mut Pools, swept: &mut Swept) {
        let (mut plans, mut left) = (Vec::with_capacity(wave.len()), Vec::new());
        for ticket in wave {
            let plan = self.plan(ticket, pools, &plans).await;
            let line = self.line_of(ticket);
            // Where people choose, looking again would find the same.
            let is_for_people =
                ticket.flags.contains(&Flag::Unanswered) || matches!(pools.get(&line), Some(None));
            swept.again |= !is_for_people;
            match plan {
                Ok(None) => {
                    if let Err(error) = self.hear(ticket, &line, pools).await {
                        passed_over(ticket, &error);
                    }
                    if !is_for_people {
                        left.push(ticket);
                    }
                }
                Ok(Some(plan)) if plan.offered.starts_at.is_none() => plans.push((ticket, plan)),
                Ok(Some(plan)) => {
                    // Who comes next depends on what each has by then.
                    plans.push((ticket, plan));
                    self.write(std::mem::take(&mut plans), &mut left, pools, swept).await;
                    pools.remove(&line);
                }
                Err(error) => passed_over(ticket, &error),
            }
        }
        self.write(plans, &mut left, pools, swept).await;
    }

    /// Writes what was planned, all at once. Where the pools were behind the facts, the rest of them is not believed
    /// either: whoever was held to have no seat for those `left` may have one, so these are tried again too, one by one
    /// in the order of the line.
    async fn write<'a>(
        &self,
        plans: Vec<(&'a Ticket, Plan)>,
        left: &mut Vec<&'a Ticket>,
        pools: &mut Pools,
        swept: &mut Swept,
    ) {
        let tries = plans.into_iter().map(|(ticket, plan)| async move {
            let first = plan.first();
            (ticket, first, self.try_to_assign(ticket, plan).await)
        });
        let (mut is_off, mut again) = (false, Vec::new());
        for (ticket, first, tried) in join_all(tries).await {
            swept.assigned += usize::from(matches!(tried, Ok(Tried::Assigned(_))));
            is_off |= !matches!(tried, Ok(Tried::Assigned(teammate)) if Some(teammate) == first);
            match tried {
                Ok(Tried::Behind) => again.push(ticket),
                Err(error) => passed_over(ticket, &error),
                Ok(Tried::Assigned(_) | Tried::Gone) => {}
            }
        }
        if !is_off {
            return;
        }
        pools.clear();
        again.append(left);
        again.sort_by_key(|ticket| (Reverse(ticket.priority), ticket.clocks.requested, ticket.id));
        for ticket in again {
            match self.assign(ticket, pools).await {
                Ok(one) => swept.assigned += usize::from(one),
                Err(error) => passed_over(ticket, &error),
            }
        }
    }

    /// Assigns one waiting ticket. `false`: nobody has room, or somebody else has seen to it.
    async fn assign(&self, ticket: &Ticket, pools: &mut Pools) -> Result<bool, Error> {
        for _ in self.attempts() {
            let Some(plan) = self.plan(ticket, pools, &[]).await? else { return Ok(false) };
            let first = plan.first();
            match self.try_to_assign(ticket, plan).await? {
                Tried::Assigned(teammate) => {
                    if Some(teammate) != first {
                        pools.clear();
                    }
                    return Ok(true);
                }
                Tried::Gone => {
                    pools.clear();
                    return Ok(false);
                }
                // Look again at the ticket and at those offered.
                Tried::Behind => pools.clear(),
            }
        }
        Ok(false)
    }

    /// Whom a ticket is offered to. The first of them has it from here on, as far as the pools know. `None`: nobody has
    /// room, or a person is to choose. Those `planned` and not yet written are not in what a store says.
    async fn plan(
        &self,
        ticket: &Ticket,
        pools: &mut Pools,
        planned: &[(&Ticket, Plan)],
    ) -> Result<Option<Plan>, Error> {
        if ticket.flags.contains(&Flag::Unanswered) {
            // Everybody has had it.
            return Ok(None);
        }
        let line = self.line_of(ticket);
        if !pools.contains_key(&line) {
            let mut choosing = self.choosing(ticket, &line).await?;
            if let Some(choosing) = &mut choosing {
                planned
                    .iter()
                    .filter_map(|(_, plan)| plan.first())
                    .for_each(|first| choosing.assigned(first));
            }
            pools.insert(line.clone(), choosing);
        }
        let Some(Some(choosing)) = pools.get(&line) else { return Ok(None) };
        // Several, under the policy's own rule: the commit decides from the loads of that instant (A2).
        let Choosing { has_shifts, by_hand, .. } = *choosing;
        let plan = Plan { offered: choosing.offered(ticket), has_shifts, by_hand, line };
        let Some(first) = plan.first() else { return Ok(None) };
        // Who is in several lines has less room in each.
        pools.values_mut().flatten().for_each(|choosing| choosing.assigned(first));
        Ok(Some(plan))
    }

    async fn try_to_assign(&self, ticket: &Ticket, plan: Plan) -> Result<Tried, Error> {
        let snapshot = self.snapshot(ticket.place(), None).await?;
        let current = snapshot.ticket.as_ref();
        let Some(current) = current.filter(|current| current.id == ticket.id && current.is_waiting()) else {
            return Ok(Tried::Gone);
        };
        let Plan { offered: Offered { rule, offers, starts_at, decision }, has_shifts, by_hand, line } = plan;
        // Everybody has had it, and a person is to choose; or it has been sent elsewhere since the line was read.
        let by_now = Line { by_hand: line.by_hand, ..self.line_of(current) };
        if current.flags.contains(&Flag::Unanswered) || by_now != line {
            return Ok(Tried::Gone);
        }
        let mut change = self.change(ticket.place(), &snapshot, Actor::System);
        change.ticket(None, current.clone());
        change.policy_says(by_hand);
        change.watch_answer(self, current, starts_at, has_shifts);
        change.placement(ticket.id, |event| Placement {
            unplaced: Unplaced::Abandon,
            starts_at,
            decision: Some(decision),
            ..Placement::new(rule, offers, AssignedBy::Policy, event)
        });
        let committed = change.commit().await?;
        let teammate = committed.and_then(|committed| committed.ticket?.assigned_to());
        Ok(teammate.map_or(Tried::Behind, Tried::Assigned))
    }

    async fn choosing(&self, ticket: &Ticket, line: &Line) -> Result<Option<Choosing>, Error> {
        if ticket.method == Some(Method::Manual) {
            return Ok(None);
        }
        let (language, lapsed) = (line.language.as_ref(), &line.lapsed);
        let wanted = Wanted { need: &line.need, language, lapsed, last: line.last };
        let field = self.field(ticket.workspace, &wanted, None).await?;
        let decision = field.decision(&line.need, ticket.routed_by.as_ref());
        let candidates = &field.candidates;
        let request = AssignmentRequest::new(ticket.place(), ticket.priority, line.need.clone());
        let asked = match candidates.is_empty() {
            // As an escalation: nobody is no question, and whoever comes is found by a later sweep (A6).
            true => None,
            false => Some(self.ask_method(ticket.method, request, candidates).await),
        };
        let (rule, teammates, by_hand) = match asked {
            Some(Ok(Some((rule, teammates)))) => (rule, teammates, Some(false)),
            Some(Ok(None)) => return Ok(None),
            // The next sweep asks the policy again.
            Some(Err(_)) | None => (Rule::Ranked, Vec::new(), None),
        };
        let pool = Pool::new(rule, &chosen(&teammates, candidates));
        let beside = field.with_room().saturating_sub(pool.len());
        let next_shift = field.next_shift.map(|(starts_at, offer, _)| (starts_at, offer));
        let Field { speakers, has_shifts, .. } = field;
        Ok(Some(Choosing { pool, speakers, has_shifts, next_shift, beside, by_hand, decision }))
    }

    /// The worker's sweep: again soon while anything waits.
    pub(super) async fn sweep(&self, claim: Claim) -> Result<Outcome, Error> {
        let workspace = claim.workspace;
        let waits = self.inner.tickets.tickets(workspace, TicketFilter::Unassigned, None, 1).await?;
        if waits.items.is_empty() {
            return Ok(Outcome::Settle(Settlement::default()));
        }
        let swept = self.sweep_workspace(workspace).await?;
        if !swept.again {
            return Ok(Outcome::Settle(Settlement::default()));
        }
        let again_at = Some(later(self.now(), self.inner.settings.sweep_every));
        Ok(Outcome::Settle(Settlement { again_at, ..Settlement::default() }))
    }
}
