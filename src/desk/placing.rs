//! Finding whom a ticket may go to. Nothing here can make an escalation fail or wait (E4).

use std::panic::AssertUnwindSafe;

use futures::FutureExt;

use super::Desk;
use super::change::Change;
use super::due::later;
use crate::assignment::{Candidate, Need, Offer, Rule, eligible};
use crate::error::StoreError;
use crate::id::{Place, TeamId, TeammateId, WorkspaceId};
use crate::ports::{AssignmentRequest, Choice, Placement, Staffed, Unplaced, Work, WorkKind};
use crate::ticket::{AssignedBy, Priority, Ticket};

/// Most teammates offered to one commit. Where more are eligible, the best of them are offered; should they all
/// have filled up by the time of the commit, the ticket waits, and the sweep that is due at once looks again.
const MOST_OFFERS: usize = 64;

/// Whom a ticket may go to, and when to look again if nobody has room.
pub(super) struct Offers {
    rule: Rule,
    offers: Vec<Offer>,
    again: Again,
}

enum Again {
    /// A person is to choose.
    Never,
    Soon,
    AtOnce,
}

impl Offers {
    /// Nobody for now: the sweep that is due at once looks.
    pub(super) fn at_the_next_sweep() -> Self {
        Self::none(Again::AtOnce)
    }

    fn none(again: Again) -> Self {
        Self { rule: Rule::Ranked, offers: Vec::new(), again }
    }
}

impl Desk {
    /// Whom a new ticket may go to; those in `lapsed` only where there is nobody else.
    pub(super) async fn offers(
        &self,
        place: Place,
        priority: Priority,
        need: &Need,
        read: Option<Staffed>,
        lapsed: &[TeammateId],
    ) -> Offers {
        let candidates = match self.candidates(place.workspace, need, read).await {
            Ok(candidates) => others_first(candidates, lapsed),
            Err(error) => {
                tracing::warn!(%place.conversation, %error, "roster or workload failed; the ticket waits");
                return Offers::none(Again::AtOnce);
            }
        };
        if candidates.is_empty() {
            return Offers::none(Again::Soon);
        }
        let request = AssignmentRequest::new(place, priority, need.clone());
        let choice = AssertUnwindSafe(self.inner.policy.choose(request, &candidates)).catch_unwind();
        match choice.now_or_never() {
            Some(Ok(Ok(Choice::Among { rule, teammates }))) => best(rule, &teammates, &candidates),
            Some(Ok(Ok(Choice::Wait))) => Offers::none(Again::Never),
            // It failed, panicked or did not answer at once: the worker asks it again.
            Some(Ok(Err(_)) | Err(_)) | None => Offers::none(Again::AtOnce),
        }
    }

    /// The eligible teammates with caps and loads, by ascending id: two calls at most, whatever their number (N6),
    /// and none where they were read already.
    pub(super) async fn candidates(
        &self,
        workspace: WorkspaceId,
        need: &Need,
        read: Option<Staffed>,
    ) -> Result<Vec<Candidate>, StoreError> {
        if let Some(Staffed { staff, loads }) = read {
            let all = staff.teammates.iter().zip(loads);
            let able = all.filter(|(teammate, _)| eligible(teammate, need).is_ok());
            return Ok(able
                .map(|(teammate, load)| Candidate { cap: staff.cap_of(teammate), load })
                .collect());
        }
        let staff = self.inner.roster.staff(workspace, need.team).await?;
        let able: Vec<_> =
            staff.teammates.iter().filter(|teammate| eligible(teammate, need).is_ok()).collect();
        if able.is_empty() {
            return Ok(Vec::new());
        }
        let ids = able.iter().map(|teammate| teammate.id).collect();
        let loads = self.inner.tickets.workload(workspace, ids).await?;
        let candidates = able.iter().zip(loads);
        Ok(candidates.map(|(teammate, load)| Candidate { cap: staff.cap_of(teammate), load }).collect())
    }

    /// The cap that holds for one teammate; `0` if none does.
    pub(super) async fn cap_of(
        &self,
        workspace: WorkspaceId,
        team: Option<TeamId>,
        teammate: TeammateId,
    ) -> Result<u32, StoreError> {
        let staff = self.inner.roster.staff(workspace, team).await?;
        // Whoever is given a ticket by hand need not be of its team.
        let own = match staff.teammates.iter().find(|other| other.id == teammate) {
            Some(teammate) => Some(staff.cap_of(teammate)),
            None => self.inner.roster.teammate(workspace, teammate).await?.map(|other| other.capacity),
        };
        Ok(own.unwrap_or(0))
    }
}

impl Change<'_> {
    /// Has the policy's choice made at commit.
    pub(super) fn place_by_policy(&mut self, desk: &Desk, ticket: &Ticket, offers: Offers) {
        let at = self.at();
        let due_at = match offers.again {
            Again::Never => None,
            Again::Soon => Some(later(at, desk.inner.settings.sweep_every)),
            Again::AtOnce => Some(at),
        };
        self.placement(ticket.id, |event| Placement {
            rule: offers.rule,
            offers: offers.offers,
            by: AssignedBy::Policy,
            unplaced: Unplaced::Wait,
            sweep: due_at.map(|due_at| Work { kind: WorkKind::Sweep, due_at }),
            event,
        });
    }

    /// Places a ticket that goes on: with whom a person chose, and no machine unchooses them; else by the policy.
    pub(super) async fn place_again(&mut self, desk: &Desk, ticket: &Ticket, offers: Offers) {
        let Some(chosen) = ticket.given_to() else { return self.place_by_policy(desk, ticket, offers) };
        let known = desk.inner.roster.teammate(ticket.workspace, chosen).await;
        let cap = desk.cap_of(ticket.workspace, ticket.team, chosen).await;
        match (known, cap) {
            (Ok(None), _) => self.place_by_policy(desk, ticket, offers),
            // An escalation does not fail because of the roster (E4): the choice stands, unmarked.
            (_, cap) => self.place_with(ticket, chosen, cap.unwrap_or(0), AssignedBy::Hand),
        }
    }

    /// Gives the ticket to one teammate, over the cap if need be; the excess is marked.
    pub(super) fn place_with(&mut self, ticket: &Ticket, teammate: TeammateId, cap: u32, by: AssignedBy) {
        self.placement(ticket.id, |event| Placement {
            rule: Rule::Given,
            offers: vec![Offer { teammate, cap }],
            by,
            unplaced: Unplaced::Wait,
            sweep: None,
            event,
        });
    }
}

/// All but those who had it, unless these are all there are: whether the others have room does not matter, as the
/// ticket waits for one of them then.
pub(super) fn others_first(mut candidates: Vec<Candidate>, lapsed: &[TeammateId]) -> Vec<Candidate> {
    let had_it = |candidate: &Candidate| lapsed.contains(&candidate.load.teammate);
    if !candidates.iter().all(had_it) {
        candidates.retain(|candidate| !had_it(candidate));
    }
    candidates
}

/// The rule of a policy: only a person may go over a cap (A1).
pub(super) const fn of_policy(rule: Rule) -> Rule {
    match rule {
        Rule::Given => Rule::Ranked,
        rule => rule,
    }
}

/// The offers for `teammates`, of whom only candidates count.
fn best(rule: Rule, teammates: &[TeammateId], candidates: &[Candidate]) -> Offers {
    let rule = of_policy(rule);
    // The candidates are sorted by id.
    let find = |id: &TeammateId| {
        let index = candidates.binary_search_by_key(id, |candidate| candidate.load.teammate).ok()?;
        candidates.get(index).filter(|candidate| candidate.has_room())
    };
    let mut chosen: Vec<_> = teammates.iter().filter_map(find).collect();
    if chosen.len() > MOST_OFFERS {
        if matches!(rule, Rule::FewestOpen | Rule::LeastRecent) {
            chosen.select_nth_unstable_by_key(MOST_OFFERS, |candidate| rule.key(&candidate.load));
        }
        chosen.truncate(MOST_OFFERS);
    }
    let again = if chosen.is_empty() { Again::Soon } else { Again::AtOnce };
    let offers = chosen.iter().map(|c| Offer { teammate: c.load.teammate, cap: c.cap }).collect();
    Offers { rule, offers, again }
}
