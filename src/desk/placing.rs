//! Finding whom a ticket may go to. Nothing here can make an escalation fail or wait (E4).

use std::panic::AssertUnwindSafe;

use futures::FutureExt;

use super::Desk;
use super::change::Change;
use super::due::later;
use crate::assignment::{Candidate, Decision, Exclusion, Load, Need, Offer, PassedOver, Rule, eligible};
use crate::error::StoreError;
use crate::id::{Place, TeamId, TeammateId, WorkspaceId};
use crate::ports::{AssignmentRequest, Choice, Placement, Staffed, Telling, Work, WorkKind};
use crate::teammate::Teammate;
use crate::ticket::{AssignedBy, Priority, Ticket};

/// Most teammates offered to one commit. Where more are eligible, the best of them are offered; should they all
/// have filled up by the time of the commit, the ticket waits, and the sweep that is due at once looks again.
const MOST_OFFERS: usize = 64;

/// Whom a ticket may go to, and when to look again if nobody has room.
pub(super) struct Offers {
    rule: Rule,
    offers: Vec<Offer>,
    again: Again,
    /// Whether anybody who could serve the ticket is on duty.
    is_staffed: bool,
    decision: Option<Decision>,
}

/// Who may get a ticket, by ascending id, and who may not.
#[derive(Default)]
pub(super) struct Field {
    pub(super) candidates: Vec<Candidate>,
    pub(super) passed_over: Vec<PassedOver>,
}

impl Field {
    pub(super) fn decision(&self, need: &Need) -> Decision {
        let full = self.candidates.iter().filter(|candidate| !candidate.has_room());
        let full = full.map(|full| PassedOver { teammate: full.load.teammate, why: Exclusion::Full });
        let passed_over: Vec<_> = full.chain(self.passed_over.iter().copied()).collect();
        Decision::about(need.clone(), &passed_over)
    }
}

enum Again {
    /// A person is to choose.
    Never,
    Soon,
    AtOnce,
}

impl Offers {
    fn none(again: Again) -> Self {
        Self { rule: Rule::Ranked, offers: Vec::new(), again, is_staffed: false, decision: None }
    }
}

impl Desk {
    /// Whom a new ticket may go to.
    pub(super) async fn offers(
        &self,
        place: Place,
        priority: Priority,
        need: &Need,
        read: Option<Staffed>,
    ) -> Offers {
        let field = match self.field(place.workspace, need, read).await {
            Ok(field) => field,
            Err(error) => {
                tracing::warn!(%place.conversation, %error, "roster or workload failed; the ticket waits");
                return Offers::none(Again::AtOnce);
            }
        };
        let decision = Some(field.decision(need));
        let candidates = &field.candidates;
        if candidates.is_empty() {
            return Offers { decision, ..Offers::none(Again::Soon) };
        }
        let request = AssignmentRequest::new(place, priority, need.clone());
        let choice = AssertUnwindSafe(self.inner.policy.choose(request, candidates)).catch_unwind();
        let offers = match choice.now_or_never() {
            Some(Ok(Ok(Choice::Among { rule, teammates }))) => best(rule, &teammates, candidates),
            Some(Ok(Ok(Choice::Wait))) => Offers::none(Again::Never),
            // It failed, panicked or did not answer at once: the worker asks it again.
            Some(Ok(Err(_)) | Err(_)) | None => Offers::none(Again::AtOnce),
        };
        let is_staffed = !matches!(offers.again, Again::Never);
        Offers { is_staffed, decision, ..offers }
    }

    /// The eligible teammates with caps and loads: two calls at most, whatever their number (N6),
    /// and none where they were read already.
    pub(super) async fn field(
        &self,
        workspace: WorkspaceId,
        need: &Need,
        read: Option<Staffed>,
    ) -> Result<Field, StoreError> {
        let (staff, loads) = match read {
            Some(Staffed { staff, loads }) => (staff, Some(loads)),
            None => (self.inner.roster.staff(workspace, need.team).await?, None),
        };
        let mut field = Field::default();
        let mut able = Vec::new();
        for (index, teammate) in staff.teammates.iter().enumerate() {
            match eligible(teammate, need) {
                Ok(()) => able.push((index, teammate)),
                Err(why) => field.passed_over.push(PassedOver { teammate: teammate.id, why }),
            }
        }
        let loads: Vec<_> = match loads {
            Some(loads) => able.iter().filter_map(|(index, _)| loads.get(*index).copied()).collect(),
            None if able.is_empty() => Vec::new(),
            None => {
                let ids = able.iter().map(|(_, teammate)| teammate.id).collect();
                self.inner.tickets.workload(workspace, ids).await?
            }
        };
        let able = able.iter().zip(loads);
        let candidate = |((_, teammate), load): (&(usize, &Teammate), Load)| Candidate {
            cap: staff.cap_of(teammate),
            load,
        };
        field.candidates = able.map(candidate).collect();
        Ok(field)
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
    pub(super) fn place_by_policy(
        &mut self,
        desk: &Desk,
        ticket: &Ticket,
        offers: Offers,
        telling: Option<Telling>,
    ) {
        let at = self.at();
        let due_at = match offers.again {
            Again::Never => None,
            Again::Soon => Some(later(at, desk.inner.settings.sweep_every)),
            Again::AtOnce => Some(at),
        };
        let Offers { rule, offers, is_staffed, decision, .. } = offers;
        self.placement(ticket.id, |event| Placement {
            is_staffed,
            telling,
            decision,
            sweep: due_at.map(|due_at| Work { kind: WorkKind::Sweep, due_at }),
            ..Placement::new(rule, offers, AssignedBy::Policy, event)
        });
    }

    /// Gives the ticket to one teammate, over the cap if need be; the excess is marked.
    pub(super) fn place_with(&mut self, ticket: &Ticket, teammate: TeammateId, cap: u32, by: AssignedBy) {
        let offers = vec![Offer { teammate, cap }];
        self.placement(ticket.id, |event| Placement::new(Rule::Given, offers, by, event));
    }
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
    Offers { rule, offers, ..Offers::none(again) }
}
