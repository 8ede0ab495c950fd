//! Whether a teammate is there.

use chrono::{DateTime, Utc};

use super::Rules;
use crate::assignment::Exclusion;
use crate::id::TeamId;
use crate::schedule::{Calendar, OffDuty, Schedule};
use crate::teammate::Teammate;

/// An instant, with all that says who is there at it.
///
/// While scheduling is on, a teammate who has a shift is there on shift; one without is there by their own word. Time
/// off counts for both. So do holidays: the workspace's, and those of the team that is asked for, or else of the one
/// team that the teammate is in.
#[derive(Clone, Copy, Debug)]
pub struct Presence<'a> {
    rules: &'a Rules,
    team: Option<TeamId>,
    at: DateTime<Utc>,
}

/// The calendars whose holidays count.
struct Closed<'a> {
    found: [Option<&'a Calendar>; 2],
}

impl<'a> Presence<'a> {
    /// Who is there at `at` for a ticket of `team`.
    #[must_use]
    pub const fn at(rules: &'a Rules, team: Option<TeamId>, at: DateTime<Utc>) -> Self {
        Self { rules, team, at }
    }

    /// Whether `teammate` is there.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn check(&self, teammate: &Teammate) -> Result<(), Exclusion> {
        let by_word = if teammate.available { Ok(()) } else { Err(Exclusion::Away) };
        let Some(schedule) = self.schedule(teammate) else { return by_word };
        self.closed(teammate).with(|closed| {
            if schedule.is_on(self.at, closed) {
                return Ok(());
            }
            match schedule.taken(self.at, closed) {
                Some(OffDuty::TimeOff) => Err(Exclusion::TimeOff),
                Some(OffDuty::Holiday) => Err(Exclusion::Holiday),
                Some(OffDuty::OffShift) | None if schedule.has_shift() => Err(Exclusion::OffShift),
                Some(OffDuty::OffShift) | None => by_word,
            }
        })
    }

    /// When they are on shift next, from this instant on; `None` if never, or if no shift says.
    #[must_use]
    pub fn next_shift(&self, teammate: &Teammate) -> Option<DateTime<Utc>> {
        let schedule = self.schedule(teammate)?;
        self.closed(teammate).with(|closed| schedule.next_start(self.at, closed))
    }

    /// Until when they are on shift; `None` if they are not, or if no shift says.
    #[must_use]
    pub fn until(&self, teammate: &Teammate) -> Option<DateTime<Utc>> {
        let schedule = self.schedule(teammate)?;
        self.closed(teammate).with(|closed| schedule.until(self.at, closed))
    }

    fn schedule<'t>(&self, teammate: &'t Teammate) -> Option<&'t Schedule> {
        teammate.schedule.as_ref().filter(|_| self.rules.scheduling)
    }

    fn closed(&self, teammate: &Teammate) -> Closed<'a> {
        let own = match teammate.teams.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        let team = self.team.or(own).and_then(|team| self.rules.teams.get(&team));
        Closed { found: [self.rules.calendar.as_ref(), team] }
    }
}

impl Closed<'_> {
    fn with<T>(&self, ask: impl FnOnce(&[&Calendar]) -> T) -> T {
        match self.found {
            [Some(workspace), Some(team)] => ask(&[workspace, team]),
            [Some(one), None] | [None, Some(one)] => ask(&[one]),
            [None, None] => ask(&[]),
        }
    }
}
