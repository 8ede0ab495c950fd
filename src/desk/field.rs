//! Who may get a ticket, and why not the others.

use chrono::{DateTime, Utc};

use super::Desk;
use crate::assignment::{Candidate, Decision, Exclusion, Load, Need, Offer, PassedOver, Rule, eligible};
use crate::error::StoreError;
use crate::id::{TeammateId, WorkspaceId};
use crate::ports::{Staff, Staffed};
use crate::rules::{Presence, Rules};
use crate::teammate::Teammate;

/// Who may get a ticket, by ascending id, and who may not.
#[derive(Debug, Default)]
pub(super) struct Field {
    pub(super) candidates: Vec<Candidate>,
    pub(super) passed_over: Vec<PassedOver>,
    /// Of the candidates, who speaks the customer's language, by ascending id.
    pub(super) speakers: Vec<TeammateId>,
    /// Whether anybody who may get it goes by a schedule.
    pub(super) has_shifts: bool,
    /// Whether a later shift counts, and somebody who may get it is not there.
    pub(super) awaits_shift: bool,
    /// Where nobody is there: whose shift starts next, of those with room.
    pub(super) next_shift: Option<(DateTime<Utc>, Offer, Load)>,
}

/// What is asked of whoever gets the ticket.
pub(super) struct Wanted<'a> {
    pub(super) need: &'a Need,
    /// Where it is a preference and no need.
    pub(super) language: Option<&'a crate::summary::Language>,
    /// Those who had the ticket and let it lapse: they get it only where nobody else is there (A7).
    pub(super) lapsed: &'a [TeammateId],
    /// Of the others, who gets it last.
    pub(super) last: Option<TeammateId>,
}

impl<'a> Wanted<'a> {
    pub(super) const fn by(need: &'a Need) -> Self {
        Self { need, language: None, lapsed: &[], last: None }
    }

    /// Whoever has not had it first, then who had it last in the round before, then who let it lapse in this one.
    fn turn(&self, teammate: TeammateId) -> u8 {
        if self.lapsed.contains(&teammate) { 2 } else { u8::from(self.last == Some(teammate)) }
    }
}

impl Field {
    pub(super) fn decision(&self, need: &Need, routed_by: Option<&String>) -> Decision {
        let full = self.candidates.iter().filter(|candidate| !candidate.has_room());
        let full = full.map(|full| PassedOver { teammate: full.load.teammate, why: Exclusion::Full });
        let passed_over: Vec<_> = full.chain(self.passed_over.iter().copied()).collect();
        Decision { routed_by: routed_by.cloned(), ..Decision::about(need.clone(), &passed_over) }
    }

    /// How many could get it.
    pub(super) fn with_room(&self) -> usize {
        self.candidates.iter().filter(|candidate| candidate.has_room()).count()
    }
}

impl Desk {
    /// Who may get a ticket, with caps and loads: two calls at most, whatever their number (N6), and none where they
    /// were read already.
    pub(super) async fn field(
        &self,
        workspace: WorkspaceId,
        wanted: &Wanted<'_>,
        read: Option<Staffed>,
    ) -> Result<Field, StoreError> {
        let rules = self.rules(workspace);
        let (staff, loads) = match read {
            Some(Staffed { staff, loads }) => (staff, Some(loads)),
            None => (self.inner.roster.staff(workspace, wanted.need.team).await?, None),
        };
        let presence = Presence::at(&rules, wanted.need.team, self.now());
        let mut sorted = Sorted::of(&staff, wanted, &presence);
        let later = sorted.who_could_later(&rules);
        let asked = if later { &sorted.absent } else { &sorted.able };
        let loads = match loads {
            Some(loads) => asked.iter().filter_map(|(index, _)| loads.get(*index).copied()).collect(),
            None if asked.is_empty() => Vec::new(),
            None => {
                let ids = asked.iter().map(|(_, teammate)| teammate.id).collect();
                self.inner.tickets.workload(workspace, ids).await?
            }
        };
        let candidate = |((_, teammate), load): (&(usize, &Teammate), Load)| {
            (Candidate { cap: staff.cap_of(teammate), load }, presence.next_shift(teammate))
        };
        if later {
            let all = asked.iter().zip(loads).map(candidate);
            sorted.field.next_shift = next_shift(wanted, all);
            if let Some((_, offer, _)) = sorted.field.next_shift {
                sorted.field.passed_over.retain(|passed| passed.teammate != offer.teammate);
            }
            return Ok(sorted.field);
        }
        sorted.field.candidates = asked
            .iter()
            .zip(loads)
            .map(|((_, teammate), load)| Candidate { cap: staff.cap_of(teammate), load })
            .collect();
        Ok(sorted.field)
    }
}

/// The staff, sorted by whether they may get the ticket now. Each with the place in the staff.
struct Sorted<'a> {
    field: Field,
    able: Vec<(usize, &'a Teammate)>,
    /// Able, but not there.
    absent: Vec<(usize, &'a Teammate)>,
}

impl<'a> Sorted<'a> {
    fn of(staff: &'a Staff, wanted: &Wanted<'_>, presence: &Presence<'_>) -> Self {
        let mut sorted = Self { field: Field::default(), able: Vec::new(), absent: Vec::new() };
        for (index, teammate) in staff.teammates.iter().enumerate() {
            let why = match eligible(teammate, wanted.need) {
                Err(why) => why,
                Ok(()) => match presence.check(teammate) {
                    Ok(()) => {
                        sorted.able.push((index, teammate));
                        continue;
                    }
                    Err(why) => {
                        sorted.absent.push((index, teammate));
                        why
                    }
                },
            };
            sorted.field.passed_over.push(PassedOver { teammate: teammate.id, why });
        }
        sorted.prefer_others(wanted);
        let mut able = sorted.able.iter().chain(&sorted.absent);
        sorted.field.has_shifts = able.any(|(_, teammate)| teammate.schedule.is_some());
        if let Some(language) = wanted.language {
            let speakers = sorted.able.iter().filter(|(_, teammate)| teammate.speaks(language));
            sorted.field.speakers = speakers.map(|(_, teammate)| teammate.id).collect();
        }
        sorted
    }

    fn prefer_others(&mut self, wanted: &Wanted<'_>) {
        let turn = |(_, teammate): &(usize, &Teammate)| wanted.turn(teammate.id);
        let Some(first) = self.able.iter().map(turn).min() else { return };
        let (first, others): (Vec<_>, Vec<_>) = self.able.drain(..).partition(|one| turn(one) == first);
        self.able = first;
        let others = others.iter().map(|(_, teammate)| teammate.id);
        let passed = others.map(|teammate| PassedOver { teammate, why: Exclusion::LetLapse });
        self.field.passed_over.extend(passed);
    }

    /// Whether nobody is there, and the ticket goes to somebody whose shift starts later.
    fn who_could_later(&mut self, rules: &Rules) -> bool {
        let goes = match rules.nobody_there {
            crate::rules::NobodyThere::Wait => false,
            crate::rules::NobodyThere::NextShift => rules.scheduling,
        };
        self.field.awaits_shift = goes && !self.absent.is_empty();
        self.field.awaits_shift && self.able.is_empty()
    }
}

/// Of those with room and whose turn it is, whose shift starts first; tie: fewest open tickets, assigned least recently,
/// id.
fn next_shift(
    wanted: &Wanted<'_>,
    all: impl Iterator<Item = (Candidate, Option<DateTime<Utc>>)>,
) -> Option<(DateTime<Utc>, Offer, Load)> {
    let with_room = all.filter(|(candidate, _)| candidate.has_room());
    let starting = with_room.filter_map(|(candidate, starts_at)| Some((starts_at?, candidate)));
    let first = starting.min_by_key(|(starts_at, Candidate { load, .. })| {
        (wanted.turn(load.teammate), *starts_at, Rule::FewestOpen.key(load))
    });
    first
        .map(|(starts_at, Candidate { cap, load })| (starts_at, Offer { teammate: load.teammate, cap }, load))
}
