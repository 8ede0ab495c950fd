//! A week's hours in the form that is searched.

use super::hours::DAY;
use super::shift::{Shift, Week};
use super::zone::Zone;

const WEEK: i64 = 7 * DAY as i64;

/// 1970-01-01 was a Thursday: so many minutes after the Monday before.
const EPOCH: i64 = 3 * DAY as i64;

/// The hours of all shifts in one zone: minutes since Monday 00:00, each block without its end, in order and apart.
/// A block that goes past the end of the week is cut there, and goes on at 0.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    pub(super) zone: Zone,
    blocks: Vec<(i64, i64)>,
}

impl Pattern {
    /// Around the clock.
    pub(super) fn always(zone: Zone) -> Self {
        Self { zone, blocks: vec![(0, WEEK)] }
    }

    pub(super) fn of(zone: Zone, weeks: &[&Week]) -> Self {
        let mut blocks = Vec::new();
        for week in weeks {
            for (midnight, hours) in (0..).step_by(usize::from(DAY)).zip(week.days()) {
                for hours in hours {
                    let start = midnight + i64::from(hours.start.minutes());
                    let end = start + i64::from(hours.length());
                    blocks.push((start, end.min(WEEK)));
                    if end > WEEK {
                        blocks.push((0, end - WEEK));
                    }
                }
            }
        }
        blocks.sort_unstable();
        blocks.dedup_by(|later, earlier| {
            let touching = later.0 <= earlier.1;
            if touching {
                earlier.1 = earlier.1.max(later.1);
            }
            touching
        });
        Self { zone, blocks }
    }

    /// One pattern for each zone that has hours.
    pub(super) fn all(shifts: &[Shift]) -> Vec<Self> {
        let mut patterns: Vec<Self> = Vec::new();
        for shift in shifts.iter().filter(|shift| !shift.week.is_off()) {
            if patterns.iter().all(|pattern| pattern.zone != shift.zone) {
                let here = shifts.iter().filter(|other| other.zone == shift.zone);
                let weeks: Vec<_> = here.map(|other| &other.week).collect();
                patterns.push(Self::of(shift.zone.clone(), &weeks));
            }
        }
        patterns
    }

    pub(super) fn has(&self, wall: i64) -> bool {
        self.block(minute(wall)).is_some()
    }

    /// When the hours that hold `wall` end on the wall clock; `None` if they never do. `wall` itself if none do.
    pub(super) fn end(&self, wall: i64) -> Option<i64> {
        let now = minute(wall);
        let Some((start, end)) = self.block(now) else { return Some(wall) };
        let end = match self.blocks.first() {
            Some(&(0, WEEK)) => return None,
            Some(&(0, head)) if end == WEEK && start > 0 => WEEK + head,
            _ => end,
        };
        Some(at(wall, now, end))
    }

    /// When the next hours start on the wall clock, after `wall`, which none hold. `None` if there are none.
    pub(super) fn start(&self, wall: i64) -> Option<i64> {
        let now = minute(wall);
        let first = self.blocks.first()?.0 + WEEK;
        let later = self.blocks.iter().map(|block| block.0).find(|start| *start > now);
        Some(at(wall, now, later.unwrap_or(first)))
    }

    fn block(&self, minute: i64) -> Option<(i64, i64)> {
        self.blocks.iter().copied().find(|block| minute < block.1).filter(|block| block.0 <= minute)
    }
}

/// Minutes since Monday 00:00.
fn minute(wall: i64) -> i64 {
    (wall.div_euclid(60) + EPOCH).rem_euclid(WEEK)
}

/// The wall clock at `then`, in minutes of the week in which it shows `now` at `wall`.
fn at(wall: i64, now: i64, then: i64) -> i64 {
    (wall.div_euclid(60) + then - now) * 60
}
