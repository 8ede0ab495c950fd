//! An assignment that nobody answers is offered to the next (A7).

use chrono::{DateTime, TimeDelta, Utc};

use super::Desk;
use super::change::Change;
use super::due::{Outcome, later};
use super::placing::Offers;
use crate::assignment::{Exclusion, Need, eligible};
use crate::control::{Command, Control, Principal};
use crate::error::{Error, StoreError};
use crate::event::{Actor, EventKind};
use crate::id::{Place, TeammateId, TicketId, WorkspaceId};
use crate::ports::{Claim, Settlement, Snapshot, TicketFilter, WorkKind};
use crate::rules::{AfterShift, Presence, Rules};
use crate::teammate::Teammate;
use crate::ticket::{AssignedBy, Assignee, Flag, Lapse, Ticket};

/// When a new assignment is first looked at, where shifts matter: the look finds out when the shift ends of whoever was
/// chosen.
const FIRST_LOOK: TimeDelta = TimeDelta::minutes(1);

/// When one is looked at again whose teammate goes by their own word, but has days off.
const NEXT_LOOK: TimeDelta = TimeDelta::hours(1);

/// What is to become of an assignment.
enum Look {
    /// Nothing, as long as nothing changes.
    Leave,
    /// To be seen then.
    At(DateTime<Utc>),
    /// It is offered to somebody else.
    Lapsed(Lapse),
}

impl Desk {
    /// Offers the unanswered tickets of a teammate to others who are there, and says how many.
    ///
    /// The worker does this by itself at the end of a shift and at the deadline of each ticket. Call it when a teammate
    /// has gone [away](crate::Teammate::available) by their own word, or has left. Tickets that a person gave them stay
    /// theirs, and so do answered ones, unless the [rules](crate::Rules::off_duty) say otherwise.
    ///
    /// # Errors
    ///
    /// [`Error::Store`]; what was offered stays offered. [`Error::Contended`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves each ticket with them or with somebody else.
    pub async fn went_off_duty(&self, workspace: WorkspaceId, teammate: TeammateId) -> Result<usize, Error> {
        const PAGE: usize = 100;
        let (mut offered, mut after) = (0, None);
        loop {
            let filter = TicketFilter::AssignedTo(teammate);
            let page = self.inner.tickets.tickets(workspace, filter, after, PAGE).await?;
            for ticket in page.items {
                let (_, lapsed) = self.look_after(ticket.place(), ticket.id, None).await?;
                offered += usize::from(lapsed);
            }
            after = page.next;
            if after.is_none() {
                return Ok(offered);
            }
        }
    }

    /// The worker's look at an assignment.
    pub(super) async fn offer_again(
        &self,
        claim: Claim,
        place: Place,
        ticket: TicketId,
    ) -> Result<Outcome, Error> {
        Ok(self.look_after(place, ticket, Some(claim)).await?.0)
    }

    /// Takes the ticket from a teammate who let it lapse. Also says whether it did.
    async fn look_after(
        &self,
        place: Place,
        ticket: TicketId,
        claim: Option<Claim>,
    ) -> Result<(Outcome, bool), Error> {
        let rules = self.rules(place.workspace);
        let settle = |again_at| Outcome::Settle(Settlement { again_at, ..Settlement::default() });
        for _ in self.attempts() {
            let snapshot = self.snapshot(place, None).await?;
            let current = snapshot.ticket.as_ref();
            let current = current.filter(|current| current.id == ticket && current.status.is_open());
            let Some((before, on)) = current.and_then(|current| Some((current, current.assignee?))) else {
                return Ok((settle(None), false));
            };
            let why = match self.judge(&rules, &snapshot, before, on).await? {
                Look::Leave => return Ok((settle(None), false)),
                Look::At(at) => return Ok((settle(Some(at)), false)),
                Look::Lapsed(why) => why,
            };
            let mut change = self.change(place, &snapshot, Actor::System);
            let decided = snapshot.state.control.decide(Principal::System, Command::Release, change.at())?;
            let mut after = change.release(before, decided);
            if why == Lapse::OffDuty && !before.lapsed.contains(&on.teammate) {
                // They did not let it lapse, and are not there now anyway.
                after.lapsed.retain(|one| *one != on.teammate);
            }
            change.event(ticket, EventKind::Lapsed { teammate: on.teammate, why });
            if why == Lapse::Unanswered && self.has_been_all_round(&rules, &after).await? {
                let most = rules.unanswered.map_or(u32::MAX, |unanswered| unanswered.rounds);
                if after.ends_round(on.teammate, most) {
                    change.event(ticket, EventKind::Flagged { flag: Flag::Unanswered });
                }
            }
            change.ticket(Some(before), after.clone());
            change.place_by_policy(self, &after, Offers::at_the_next_sweep(), None);
            if let Some(claim) = claim {
                change.settles(claim);
            }
            if change.commit().await?.is_some() {
                // The sweep that is due at once finds the next: others may be ahead of it in the line (A3).
                return Ok((Outcome::Settled, true));
            }
        }
        Err(self.contended())
    }

    async fn judge(
        &self,
        rules: &Rules,
        snapshot: &Snapshot,
        ticket: &Ticket,
        on: Assignee,
    ) -> Result<Look, StoreError> {
        let is_answered = matches!(snapshot.state.control, Control::Human { .. });
        // A person chose: no machine unchooses them.
        let is_by_hand = on.by == AssignedBy::Hand;
        if is_by_hand || is_answered && rules.off_duty != AfterShift::OfferAll {
            return Ok(Look::Leave);
        }
        let (now, begins) = (self.now(), on.starts_at.unwrap_or(on.at).max(on.at));
        if now < begins {
            let known = self.inner.roster.teammate(ticket.workspace, on.teammate).await?;
            let presence = Presence::at(rules, ticket.team, now);
            let comes = |teammate: &Teammate| {
                teammate.available && presence.next_shift(teammate).is_some_and(|at| at <= begins)
            };
            let still =
                known.as_ref().is_some_and(|known| rules.off_duty == AfterShift::Keep || comes(known));
            return Ok(match still {
                true => first_look(rules, begins, true).map_or(Look::Leave, Look::At),
                false => Look::Lapsed(Lapse::OffDuty),
            });
        }
        let deadline =
            rules.unanswered.filter(|_| !is_answered).map(|unanswered| later(begins, unanswered.within));
        if deadline.is_some_and(|deadline| deadline <= now) {
            return Ok(Look::Lapsed(Lapse::Unanswered));
        }
        let mut next = deadline;
        if rules.off_duty != AfterShift::Keep {
            let presence = Presence::at(rules, ticket.team, now);
            let known = self.inner.roster.teammate(ticket.workspace, on.teammate).await?;
            let is_there = |teammate: &&Teammate| teammate.available && presence.check(teammate).is_ok();
            match known.as_ref().filter(is_there) {
                None => return Ok(Look::Lapsed(Lapse::OffDuty)),
                Some(teammate) => {
                    let has_days_off = rules.scheduling && teammate.schedule.is_some();
                    let again = has_days_off.then(|| later(now, NEXT_LOOK));
                    next = next.into_iter().chain(presence.until(teammate).or(again)).min();
                }
            }
        }
        Ok(next.map_or(Look::Leave, Look::At))
    }

    /// Whether everybody who is there for this ticket has had it; where nobody is, everybody who ever could be. A team
    /// of which nobody is left has no rounds.
    async fn has_been_all_round(&self, rules: &Rules, ticket: &Ticket) -> Result<bool, StoreError> {
        let need = Need::from(ticket);
        let staff = self.inner.roster.staff(ticket.workspace, need.team).await?.teammates;
        let presence = Presence::at(rules, need.team, self.now());
        let able = |one: &&Teammate| matches!(eligible(one, &need), Ok(()) | Err(Exclusion::Away));
        let able: Vec<_> = staff.iter().filter(able).collect();
        let is_there = |one: &&&Teammate| one.available && presence.check(one).is_ok();
        let has_had = |one: &&Teammate| ticket.lapsed.contains(&one.id);
        if able.iter().any(|one| is_there(&one)) {
            return Ok(able.iter().filter(is_there).all(has_had));
        }
        Ok(!able.is_empty() && able.iter().all(has_had))
    }
}

impl Change<'_> {
    /// Has somebody look whether the teammate answers who gets this ticket now, or at `starts_at`.
    pub(super) fn watch_answer(
        &mut self,
        desk: &Desk,
        ticket: &Ticket,
        starts_at: Option<DateTime<Utc>>,
        has_shifts: bool,
    ) {
        let rules = desk.rules(ticket.workspace);
        if let Some(due_at) = first_look(&rules, starts_at.unwrap_or(self.at()), has_shifts) {
            self.work(WorkKind::OfferAgain { ticket: ticket.id }, due_at);
        }
    }
}

/// When an assignment that begins then is to be looked at first.
fn first_look(rules: &Rules, begins: DateTime<Utc>, has_shifts: bool) -> Option<DateTime<Utc>> {
    let deadline = rules.unanswered.map(|unanswered| later(begins, unanswered.within));
    let watches = has_shifts && rules.scheduling && rules.off_duty != AfterShift::Keep;
    let look = watches.then(|| later(begins, FIRST_LOOK));
    deadline.into_iter().chain(look).min()
}
