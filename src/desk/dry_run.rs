//! What an escalation would come to, without making one.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Desk;
use super::opening::summarise;
use super::placing::{Again, Had, Offers};
use super::request::Escalate;
use crate::assignment::{Candidate, Exclusion, Load, Need, eligible, pick};
use crate::control::{Command, Principal, Refusal};
use crate::error::{Error, StoreError};
use crate::event::Actor;
use crate::id::{Place, TeammateId, TicketId};
use crate::ports::{Ask, Snapshot, Staffed};
use crate::rules::{Explained, Presence, Routed};
use crate::ticket::{Line, Method, Standing, Ticket};

/// What would happen, and why. Ids, codes and names of rules: none of the customer's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DryRun {
    /// The rules that were looked at, and where the ticket would go.
    pub route: Explained,
    /// Everybody in the workspace, by ascending id.
    pub teammates: Vec<Considered>,
    /// How many waiting tickets would go before it in [its line](Ticket::line). Where an episode lasts: before its ticket,
    /// nought if somebody has that.
    pub ahead: u32,
    /// What would become of it.
    pub foreseen: Foreseen,
}

/// A teammate as the choice would see them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Considered {
    /// Who.
    pub teammate: TeammateId,
    /// Why they are passed over, load aside; `None`: eligible.
    pub excluded: Option<Exclusion>,
    /// The most open tickets the machine may give them; `0` means no cap.
    pub cap: u32,
    /// How many open tickets they are on.
    pub open: u32,
    /// Whether one more stays within the cap.
    pub has_room: bool,
}

/// What would become of an escalation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Foreseen {
    /// An episode lasts; whoever asks gets that one.
    Joins {
        /// Which.
        ticket: TicketId,
    },
    /// It would go to a teammate at once.
    Assigned {
        /// Who.
        teammate: TeammateId,
    },
    /// Nobody is there: it would go to the teammate whose shift starts next.
    NextShift {
        /// Who.
        teammate: TeammateId,
        /// When, UTC.
        starts_at: DateTime<Utc>,
    },
    /// It would wait.
    Waiting {
        /// Its place in [its line](Ticket::line), from 1.
        position: u32,
        /// Why.
        because: Waits,
    },
}

impl Foreseen {
    fn of(teammate: TeammateId, starts_at: Option<DateTime<Utc>>) -> Self {
        match starts_at {
            Some(starts_at) => Self::NextShift { teammate, starts_at },
            None => Self::Assigned { teammate },
        }
    }
}

/// Why a ticket would wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Waits {
    /// A person is to choose.
    PersonChooses,
    /// Nobody may get it.
    NobodyEligible,
    /// All who may get it are at their cap.
    NobodyHasRoom,
    /// The policy chose nobody, or did not answer at once; the worker asks it again.
    PolicyChoseNobody,
    /// Others are ahead; the sweep that is due at once assigns in order (A3).
    OthersAhead,
}

/// Where an escalation would stand.
enum Stands<'a> {
    /// With the ticket of the episode that lasts.
    Joins(&'a Ticket),
    /// With one requested then, of this name.
    Since(DateTime<Utc>, TicketId),
}

impl Desk {
    /// What an escalation of `place` by the host would come to now, and why: the rules passed over, everybody's verdict,
    /// and the choice. Nothing is written, and no event tells of it.
    ///
    /// The same rules, policy and roster are asked as by [`Desk::escalate`]; with the same facts, that comes to the
    /// same.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] where an escalation would be; [`Error::Store`].
    pub async fn dry_run(&self, place: Place, request: &Escalate) -> Result<DryRun, Error> {
        let snapshot = self.inner.tickets.load(place, Ask::default()).await?;
        let thread = self.thread(place, None).await?;
        let language = summarise(&thread).language;
        let rules = self.rules(place.workspace);
        let mut route = request.explain(&rules, &thread.conversation, language.as_ref());
        let again = self.again(place, &snapshot).await?;
        route.routed = request.going_on(Actor::System, again.as_ref(), route.routed);
        let (candidates, teammates) = self.considered(place, &route.routed.need).await?;
        let (ahead, foreseen) = match self.standing(&snapshot, again.as_ref())? {
            Stands::Joins(ticket) => {
                let ahead = if ticket.is_waiting() { self.ahead_of(ticket).await? } else { 0 };
                (ahead, Foreseen::Joins { ticket: ticket.id })
            }
            Stands::Since(requested, id) => {
                let standing = (Reverse(route.routed.priority), requested, id);
                self.foreseen(place, &route.routed, candidates, &teammates, standing).await?
            }
        };
        Ok(DryRun { route, teammates, ahead, foreseen })
    }

    /// The episode that lasts, if one does; or what an escalation would count as requested at and be named.
    fn standing<'a>(&self, snapshot: &'a Snapshot, again: Option<&'a Ticket>) -> Result<Stands<'a>, Error> {
        let (now, new) = (self.now(), TicketId::new(self.uuid()));
        let command = Command::Escalate { ticket: new, again: again.map(|ticket| ticket.id) };
        match (snapshot.state.control.decide(Principal::System, command, now), &snapshot.ticket) {
            (Ok(event), ticket) => {
                let same = |id| ticket.as_ref().or(again).filter(|ticket| ticket.id == id);
                let reopened = event.and_then(|event| same(event.ticket()));
                let (requested, id) =
                    reopened.map_or((now, new), |ticket| (ticket.clocks.requested, ticket.id));
                Ok(Stands::Since(requested, id))
            }
            (Err(Refusal::AlreadyEscalated { .. }), Some(ticket)) => Ok(Stands::Joins(ticket)),
            (Err(refusal), _) => Err(refusal.into()),
        }
    }

    /// Whom an assignment chooses among, and everybody with their verdict.
    async fn considered(&self, place: Place, need: &Need) -> Result<(Staffed, Vec<Considered>), Error> {
        let workspace = place.workspace;
        let everybody = self.inner.roster.staff(workspace, None).await?;
        let asked = match need.team {
            Some(_) => self.inner.roster.staff(workspace, need.team).await?,
            None => everybody.clone(),
        };
        let ids = everybody.teammates.iter().map(|teammate| teammate.id).collect();
        let loads = self.inner.tickets.workload(workspace, ids).await?;
        let loads: HashMap<_, _> = loads.into_iter().map(|load| (load.teammate, load)).collect();
        let load_of = |id| loads.get(&id).copied().unwrap_or(Load::none(id));
        let of_team: HashSet<_> = asked.teammates.iter().map(|teammate| teammate.id).collect();
        let rules = self.rules(workspace);
        let presence = Presence::at(&rules, need.team, self.now());
        let considered = everybody.teammates.iter().map(|teammate| {
            let staff = if of_team.contains(&teammate.id) { &asked } else { &everybody };
            let (cap, load) = (staff.cap_of(teammate), load_of(teammate.id));
            let excluded = eligible(teammate, need).and_then(|()| presence.check(teammate)).err();
            let has_room = Candidate { cap, load }.has_room();
            Considered { teammate: teammate.id, excluded, cap, open: load.open, has_room }
        });
        let considered = considered.collect();
        let loads = asked.teammates.iter().map(|teammate| load_of(teammate.id)).collect();
        Ok((Staffed { staff: asked, loads }, considered))
    }

    /// The choice, made as a commit makes it, and who is ahead of it then.
    async fn foreseen(
        &self,
        place: Place,
        routed: &Routed,
        staffed: Staffed,
        teammates: &[Considered],
        standing: Standing,
    ) -> Result<(u32, Foreseen), StoreError> {
        let loads = staffed.loads.clone();
        let Offers { rule, offers, again, by_hand, starts_at, .. } =
            self.offers(place, routed, &Had::default(), Some(staffed)).await;
        let is_for_people = routed.method == Some(Method::Manual) || by_hand == Some(true);
        let ahead =
            self.ahead(place.workspace, Line { team: routed.need.team, is_for_people }, standing).await?;
        let of_offers =
            offers.iter().filter_map(|offer| loads.iter().find(|load| load.teammate == offer.teammate));
        let chosen = pick(rule, &offers, &of_offers.copied().collect::<Vec<_>>());
        let mut able = teammates.iter().filter(|teammate| teammate.excluded.is_none()).peekable();
        let because = match chosen {
            Some(chosen) if ahead == 0 || starts_at.is_some() => {
                return Ok((ahead, Foreseen::of(chosen.teammate, starts_at)));
            }
            Some(_) => Waits::OthersAhead,
            None if again == Again::Never => Waits::PersonChooses,
            None if able.peek().is_none() => Waits::NobodyEligible,
            None if !able.any(|teammate| teammate.has_room) => Waits::NobodyHasRoom,
            None => Waits::PolicyChoseNobody,
        };
        Ok((ahead, Foreseen::Waiting { position: ahead.saturating_add(1), because }))
    }
}
