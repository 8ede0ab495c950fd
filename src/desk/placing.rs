//! Finding whom a ticket may go to. Nothing here can make an escalation fail or wait (E4).

use std::panic::AssertUnwindSafe;

use chrono::{DateTime, Utc};
use futures::FutureExt;

use super::Desk;
use super::change::Change;
use super::due::later;
use super::field::{Field, Wanted};
use crate::assignment::{Candidate, Decision, Load, Offer, Rule, prefer};
use crate::error::{AssignmentError, StoreError};
use crate::id::{Place, TeamId, TeammateId, WorkspaceId};
use crate::ports::{Ask, AssignmentRequest, Choice, Placement, Staffed, Telling, Work, WorkKind};
use crate::rules::{AfterShift, Routed};
use crate::ticket::{AssignedBy, Method, Speaks, Ticket};

/// Most teammates offered to one commit. Where more are eligible, the best of them are offered; should they all
/// have filled up by the time of the commit, the ticket waits, and the sweep that is due at once looks again.
const MOST_OFFERS: usize = 64;

/// Whom a ticket may go to, and when to look again if nobody has room.
pub(super) struct Offers {
    pub(super) rule: Rule,
    pub(super) offers: Vec<Offer>,
    pub(super) again: Again,
    /// Whether the policy leaves the choice to a person. `None`: it was not asked.
    pub(super) by_hand: Option<bool>,
    /// Whether anybody who could serve the ticket is there, so that the line moves.
    pub(super) is_staffed: bool,
    /// When the one offered begins, if that is later.
    pub(super) starts_at: Option<DateTime<Utc>>,
    /// The loads of those offered, as they were seen.
    loads: Vec<Load>,
    /// Whether anybody offered goes by a schedule.
    has_shifts: bool,
    decision: Option<Decision>,
}

/// Who has had the ticket, or the customer, before.
#[derive(Default)]
pub(super) struct Had<'a> {
    /// Whom the customer had last, where the workspace prefers them.
    pub(super) previous: Option<TeammateId>,
    /// Who let the ticket lapse.
    pub(super) lapsed: &'a [TeammateId],
    /// Who did so last in the round before.
    pub(super) last: Option<TeammateId>,
}

impl<'a> Had<'a> {
    pub(super) fn of(ticket: &'a Ticket) -> Self {
        Self { previous: ticket.previous_assignee, lapsed: &ticket.lapsed, last: ticket.lapsed_last }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
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

    /// For one who begins now.
    pub(super) fn at_once(self) -> Self {
        Self { starts_at: None, ..self }
    }

    fn none(again: Again) -> Self {
        let (rule, offers, is_staffed) = (Rule::Ranked, Vec::new(), again == Again::AtOnce);
        Self {
            rule,
            offers,
            again,
            by_hand: None,
            is_staffed,
            starts_at: None,
            loads: Vec::new(),
            has_shifts: false,
            decision: None,
        }
    }
}

impl Desk {
    /// Whom a ticket may go to; those who let it lapse only where there is nobody else.
    pub(super) async fn offers(
        &self,
        place: Place,
        routed: &Routed,
        had: &Had<'_>,
        read: Option<Staffed>,
    ) -> Offers {
        let language = routed.language.as_ref().filter(|_| routed.speaks == Speaks::Preferred);
        let wanted = Wanted { need: &routed.need, language, lapsed: had.lapsed, last: had.last };
        let field = match self.field(place.workspace, &wanted, read).await {
            Ok(field) => field,
            Err(error) => {
                tracing::warn!(%place.conversation, %error, "roster or workload failed; the ticket waits");
                return Offers { is_staffed: false, ..Offers::none(Again::AtOnce) };
            }
        };
        let decision = Some(field.decision(&routed.need, routed.rule.as_ref()));
        if routed.method == Some(Method::Manual) {
            return Offers { decision, ..Offers::none(Again::Never) };
        }
        if let Some((starts_at, offer, load)) = field.next_shift {
            // At once: where others are ahead in the line, the sweep gives it to whoever comes next.
            let decision = decision.map(|decision| decision.among(Rule::Ranked, &[offer], &[load]));
            let offers = Offers { offers: vec![offer], decision, ..Offers::none(Again::AtOnce) };
            return Offers { starts_at: Some(starts_at), has_shifts: true, is_staffed: false, ..offers };
        }
        if field.candidates.is_empty() {
            return Offers { decision, ..Offers::none(Again::Soon) };
        }
        let offers = self.choose(place, routed, had.previous, &field);
        let is_staffed = offers.again != Again::Never;
        let left_out = field.with_room().saturating_sub(offers.offers.len());
        let decision = decision
            .map(|decision| decision.leaving_out(left_out).among(offers.rule, &offers.offers, &offers.loads));
        Offers { is_staffed, decision, has_shifts: field.has_shifts, ..offers }
    }

    /// The choice of the route's method, or of the policy.
    fn choose(&self, place: Place, routed: &Routed, previous: Option<TeammateId>, field: &Field) -> Offers {
        let candidates = &field.candidates;
        let request = AssignmentRequest::new(place, routed.priority, routed.need.clone());
        let asked = AssertUnwindSafe(self.ask_method(routed.method, request, candidates)).catch_unwind();
        let (rule, teammates) = match asked.now_or_never() {
            Some(Ok(Ok(Some(chosen)))) => chosen,
            Some(Ok(Ok(None))) => return Offers { by_hand: Some(true), ..Offers::none(Again::Never) },
            // The policy failed, panicked or did not answer at once: the worker asks it again.
            Some(Ok(Err(_)) | Err(_)) | None => return Offers::none(Again::AtOnce),
        };
        let chosen = chosen(&teammates, candidates);
        let is_preferred = |id: TeammateId| {
            let speaks = field.speakers.binary_search(&id).is_ok();
            (u8::from(previous != Some(id)), u8::from(!speaks))
        };
        let neutral = is_preferred(TeammateId::new(uuid::Uuid::nil()));
        if chosen.iter().all(|one| is_preferred(one.load.teammate) == neutral) {
            return best(rule, chosen);
        }
        let tier = |one: &Candidate| {
            let (previous, speaks) = is_preferred(one.load.teammate);
            // Whoever cannot be understood is no help, however well known.
            2 * speaks + previous
        };
        let order = prefer(rule, &sorted(chosen.clone()), tier);
        best(Rule::Ranked, self::chosen(&order, &sorted(chosen)))
    }

    /// Whom the method chooses among, or without one the policy. `None`: a person chooses.
    pub(super) async fn ask_method(
        &self,
        method: Option<Method>,
        request: AssignmentRequest,
        candidates: &[Candidate],
    ) -> Result<Option<(Rule, Vec<TeammateId>)>, AssignmentError> {
        let rule = match method {
            Some(Method::Manual) => return Ok(None),
            Some(Method::Balanced) => Rule::FewestOpen,
            Some(Method::RoundRobin) => Rule::LeastRecent,
            None => {
                return Ok(match self.inner.policy.choose(request, candidates).await? {
                    // Only a person may go over a cap (A1).
                    Choice::Among { rule: Rule::Given, teammates } => Some((Rule::Ranked, teammates)),
                    Choice::Among { rule, teammates } => Some((rule, teammates)),
                    Choice::Wait => None,
                });
            }
        };
        let everybody = candidates.iter().map(|candidate| candidate.load.teammate);
        Ok(Some((rule, everybody.collect())))
    }

    /// The staff that an assignment chooses among: what was read, unless the rules have chosen another team than the one
    /// it was read for. Then it is read again, as each team has a cap of its own. `None`: the roster is asked.
    pub(super) async fn staff_of(
        &self,
        place: Place,
        ask: &mut Ask,
        team: Option<TeamId>,
        read: Option<Staffed>,
    ) -> Option<Staffed> {
        let asked = ask.staff?;
        if asked == team.into() {
            return read;
        }
        ask.staff = Some(team.into());
        let again = Ask { staff: ask.staff, ..Ask::default() };
        self.inner.tickets.load(place, again).await.ok()?.staff
    }

    /// Whom a person chose for a ticket that goes on, if they still work here.
    pub(super) async fn given(&self, ticket: &Ticket) -> Option<Offer> {
        let teammate = ticket.given_to()?;
        let known = self.inner.roster.teammate(ticket.workspace, teammate).await;
        let cap = self.cap_of(ticket.workspace, ticket.team, teammate).await;
        match known {
            Ok(None) => None,
            // An escalation does not fail because of the roster (E4): the choice stands, unmarked.
            Ok(Some(_)) | Err(_) => Some(Offer { teammate, cap: cap.unwrap_or(0) }),
        }
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
    /// Has the choice made at commit, and the customer told of it.
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
        self.watch_answer(desk, ticket, offers.starts_at, offers.has_shifts);
        self.policy_says(offers.by_hand);
        let Offers { rule, offers, is_staffed, starts_at, decision, .. } = offers;
        self.placement(ticket.id, |event| Placement {
            is_staffed,
            starts_at,
            telling,
            decision,
            sweep: due_at.map(|due_at| Work { kind: WorkKind::Sweep, due_at }),
            ..Placement::new(rule, offers, AssignedBy::Policy, event)
        });
    }

    /// Places a ticket that goes on: with whom a person chose, and no machine unchooses them; else by the policy.
    pub(super) fn place_again(
        &mut self,
        desk: &Desk,
        ticket: &Ticket,
        offers: Offers,
        given: Option<Offer>,
        telling: Option<Telling>,
    ) {
        match given {
            None => self.place_by_policy(desk, ticket, offers, telling),
            Some(given) => self.placement(ticket.id, |event| Placement {
                telling,
                ..Placement::new(Rule::Given, vec![given], AssignedBy::Hand, event)
            }),
        }
    }

    /// Gives the ticket to one teammate, over the cap if need be; the excess is marked.
    pub(super) fn place_with(&mut self, ticket: &Ticket, teammate: TeammateId, cap: u32, by: AssignedBy) {
        let desk = self.desk();
        if by != AssignedBy::Hand && desk.rules(ticket.workspace).off_duty == AfterShift::OfferAll {
            // Answered or not, it is offered again when they go off duty.
            self.watch_answer(desk, ticket, None, true);
        }
        let offers = vec![Offer { teammate, cap }];
        self.placement(ticket.id, |event| Placement::new(Rule::Given, offers, by, event));
    }
}

/// The candidates with room among `teammates`, in their order. `candidates` come by ascending id.
pub(super) fn chosen(teammates: &[TeammateId], candidates: &[Candidate]) -> Vec<Candidate> {
    let find = |id: &TeammateId| {
        let index = candidates.binary_search_by_key(id, |candidate| candidate.load.teammate).ok()?;
        candidates.get(index).copied().filter(Candidate::has_room)
    };
    teammates.iter().filter_map(find).collect()
}

fn sorted(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.sort_unstable_by_key(|candidate| candidate.load.teammate);
    candidates
}

/// The best of those chosen, as offers.
fn best(rule: Rule, mut chosen: Vec<Candidate>) -> Offers {
    if chosen.len() > MOST_OFFERS {
        if matches!(rule, Rule::FewestOpen | Rule::LeastRecent) {
            chosen.select_nth_unstable_by_key(MOST_OFFERS, |candidate| rule.key(&candidate.load));
        }
        chosen.truncate(MOST_OFFERS);
    }
    let again = if chosen.is_empty() { Again::Soon } else { Again::AtOnce };
    let offers = chosen.iter().map(|one| Offer { teammate: one.load.teammate, cap: one.cap }).collect();
    let loads = chosen.iter().map(|one| one.load).collect();
    Offers { rule, offers, loads, by_hand: Some(false), ..Offers::none(again) }
}
