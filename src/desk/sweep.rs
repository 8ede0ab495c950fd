//! Waiting tickets are assigned, oldest first within priority, as soon as somebody has room (A3, A6).

use std::collections::HashMap;

use super::Desk;
use super::due::{Outcome, later};
use super::placing::{of_policy, others_first};
use crate::assignment::{Candidate, Need, Pool, Rule};
use crate::error::Error;
use crate::event::Actor;
use crate::id::{TeammateId, WorkspaceId};
use crate::ports::{AssignmentRequest, Choice, Claim, Placement, Settlement, TicketFilter, Unplaced};
use crate::ticket::{AssignedBy, Ticket};

/// How many waiting tickets are looked at in one read.
const PAGE: usize = 100;
/// How many teammates are offered to one commit.
const OFFERS: usize = 8;

/// The candidates for each need and whoever is not to get it back, in the order of the policy's choice, kept from ticket to ticket. `None`: the
/// policy leaves the choice to a person.
type Pools = HashMap<(Need, Vec<TeammateId>), Option<Pool>>;

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
        // One look tells whether anybody has room at all: with nobody, the line is not read (N7).
        let everybody = self.candidates(workspace, &Need::default(), None).await?;
        if !everybody.iter().any(Candidate::has_room) {
            return Ok(Swept { assigned: 0, again: true });
        }
        let mut pools = Pools::new();
        let (mut assigned, mut after) = (0, None);
        loop {
            let line = self.inner.tickets.tickets(workspace, TicketFilter::Unassigned, after, PAGE).await?;
            for ticket in &line.items {
                match self.assign(ticket, &mut pools).await {
                    Ok(one) => assigned += usize::from(one),
                    // One conversation whose store fails is not to hold up the others in the line (A6).
                    Err(error) => {
                        tracing::warn!(ticket = %ticket.id, %error, "a waiting ticket was passed over")
                    }
                }
            }
            after = line.next;
            if after.is_none() {
                // Where people choose, looking again would find the same.
                let again = pools.is_empty() || pools.values().any(Option::is_some);
                return Ok(Swept { assigned, again });
            }
        }
    }

    /// Assigns one waiting ticket. `false`: nobody has room, or somebody else has seen to it.
    async fn assign(&self, ticket: &Ticket, pools: &mut Pools) -> Result<bool, Error> {
        let need = (Need::from(ticket), ticket.lapsed.clone());
        for _ in self.attempts() {
            if !pools.contains_key(&need) {
                let pool = self.pool(ticket, &need.0).await?;
                pools.insert(need.clone(), pool);
            }
            let Some(Some(pool)) = pools.get_mut(&need) else { return Ok(false) };
            // Several, under the policy's own rule: the commit decides from the loads of that instant (A2).
            let offers = pool.first(OFFERS);
            if offers.is_empty() {
                return Ok(false);
            }
            let snapshot = self.snapshot(ticket.place(), None).await?;
            let current = snapshot.ticket.as_ref();
            let Some(current) = current.filter(|current| current.id == ticket.id && current.is_waiting())
            else {
                return Ok(false);
            };
            let mut change = self.change(ticket.place(), &snapshot, Actor::System);
            change.ticket(None, current.clone());
            change.placement(ticket.id, |event| Placement {
                rule: pool.rule(),
                offers,
                by: AssignedBy::Policy,
                unplaced: Unplaced::Abandon,
                sweep: None,
                event,
            });
            if let Some(committed) = change.commit().await? {
                if let Some(teammate) = committed.ticket.as_ref().and_then(Ticket::assigned_to) {
                    pool.assigned(teammate);
                }
                return Ok(true);
            }
            // The ticket moved, or those offered have filled up since: look again at both.
            pools.remove(&need);
        }
        Ok(false)
    }

    async fn pool(&self, ticket: &Ticket, need: &Need) -> Result<Option<Pool>, Error> {
        let candidates = others_first(self.candidates(ticket.workspace, need, None).await?, &ticket.lapsed);
        let request = AssignmentRequest::new(ticket.place(), ticket.priority, need.clone());
        let choice = self.inner.policy.choose(request, &candidates).await;
        let (rule, teammates) = match choice {
            Ok(Choice::Among { rule, teammates }) => (of_policy(rule), teammates),
            Ok(Choice::Wait) => return Ok(None),
            Err(_) => (Rule::Ranked, Vec::new()),
        };
        let find = |id| {
            let index = candidates.binary_search_by_key(&id, |candidate| candidate.load.teammate).ok()?;
            candidates.get(index).copied()
        };
        Ok(Some(Pool::new(rule, &teammates.into_iter().filter_map(find).collect::<Vec<_>>())))
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
