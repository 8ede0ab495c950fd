//! Prints what came of it.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use crate::office::{CREWS, TEAMS, ZONES, begins, clock_change, ends, zone};
use crate::tally::{TeamTally, percentile};
use crate::world::Played;

/// The report, as text. Depends on nothing but the options.
pub(crate) struct Report<'a>(pub(crate) &'a Played);

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Played { conversations, seed, staff, .. } = self.0;
        writeln!(f, "{conversations} conversations, {} teammates, seed {seed}", staff.len())?;
        writeln!(
            f,
            "{} to {} UTC; Berlin's clocks go from 02:00 to 03:00 on Sunday",
            day(begins()),
            day(ends())
        )?;
        self.routing(f)?;
        self.times(f)?;
        self.lapses(f)?;
        self.shifts(f)?;
        self.change(f)?;
        self.checks(f)
    }
}

impl Report<'_> {
    fn teams(&self) -> impl Iterator<Item = (&'static str, &TeamTally)> {
        TEAMS.into_iter().zip(&self.0.tally.teams)
    }

    fn routing(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\nwhat customers were told\n{:<12} {:>8} {:>8} {:>8} {:>11} {:>8}",
            "team", "arrived", "at once", "queued", "next shift", "waiting"
        )?;
        for (name, team) in self.teams() {
            let TeamTally { arrived, at_once, queued, next_shift, waiting, .. } = team;
            writeln!(f, "{name:<12} {arrived:>8} {at_once:>8} {queued:>8} {next_shift:>11} {waiting:>8}")?;
        }
        Ok(())
    }

    fn times(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{:<12} {:>27}  {:>27}", "", "time to be assigned", "time to the first reply")?;
        writeln!(
            f,
            "{:<12} {:>8} {:>8} {:>9}  {:>8} {:>8} {:>9}",
            "team", "p50", "p90", "p99", "p50", "p90", "p99"
        )?;
        for (name, team) in self.teams() {
            let row = |times: &[i64]| {
                let mut sorted = times.to_vec();
                sorted.sort_unstable();
                [50, 90, 99].map(|percent| span(percentile(&sorted, percent)))
            };
            let ([a, b, c], [d, e, g]) = (row(&team.to_assign), row(&team.to_reply));
            writeln!(f, "{name:<12} {a:>8} {b:>8} {c:>9}  {d:>8} {e:>8} {g:>9}")?;
        }
        Ok(())
    }

    fn lapses(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{:<12} {:>28}  {:>28}  {:>13} {:>13}", "", "lapsed", "", "first reply", "resolution")?;
        writeln!(
            f,
            "{:<12} {:>8} {:>10} {:>8}  {:>13} {:>14}  {:>6} {:>6} {:>6} {:>6}",
            "team",
            "replies",
            "unanswered",
            "off duty",
            "offered again",
            "flagged",
            "near",
            "missed",
            "near",
            "missed"
        )?;
        for (name, team) in self.teams() {
            let TeamTally { replies, unanswered, off_duty, offered_again, flagged, .. } = team;
            let [[near, missed], [end_near, end_missed]] = team.deadlines;
            writeln!(
                f,
                "{name:<12} {replies:>8} {unanswered:>10} {off_duty:>8}  {offered_again:>13} {flagged:>14}  \
                {near:>6} {missed:>6} {end_near:>6} {end_missed:>6}"
            )?;
        }
        Ok(())
    }

    /// Billing in Berlin is there around the clock in three shifts: each of their starts, through the change.
    fn shifts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\nshift changes of Billing, in Berlin\n{:<12} {:>12} {:>7} {:>8} {:>10} {:>10} {:>10}",
            "starts, UTC", "in Berlin", "lasts", "on duty", "with them", "waiting", "off duty"
        )?;
        let berlin = CREWS.iter().enumerate().filter(|(_, crew)| crew.team == 1);
        let mut starts: Vec<(DateTime<Utc>, DateTime<Utc>)> = Vec::new();
        for (_, crew) in berlin {
            let (Ok(zone), Ok(hours)) = (zone(crew.zone), crew.hours.parse()) else { return Err(fmt::Error) };
            let shift = escalate::Shift::new(zone.clone()).every_day(hours);
            let schedule = escalate::Schedule::new(zone).with_shift(shift);
            // From before the first day, so that no shift is cut at its beginning.
            let all = schedule.intervals(begins() - TimeDelta::days(1), ends() + TimeDelta::days(1), &[]);
            starts.extend(all.filter(|(start, _)| (begins()..ends()).contains(start)));
        }
        starts.sort_unstable();
        for (start, end) in starts {
            let local = zone(1).map(|zone| zone.local(start)).map_err(|_| fmt::Error)?;
            let after = self.0.tally.around(start + TimeDelta::minutes(10)).ok_or(fmt::Error)?;
            writeln!(
                f,
                "{:<12} {:>12} {:>5} h {:>8} {:>10} {:>10} {:>10}",
                start.format("%a %H:%M"),
                local.format("%a %H:%M"),
                (end - start).num_hours(),
                after.on_duty[1],
                after.open[1],
                after.waiting[1],
                self.0.tally.left_at(start)
            )?;
        }
        Ok(())
    }

    fn change(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\naround the clock change, all teams\n{:<12} {:>10} {:>10} {:>9} {:>8} {:>10} {:>10}",
            "UTC", ZONES[0].0, ZONES[1].0, ZONES[2].0, "on duty", "with them", "waiting"
        )?;
        for minutes in [-90, -60, -30, -10, 0, 10, 30, 60, 90] {
            let at = clock_change() + TimeDelta::minutes(minutes);
            let sample = self.0.tally.around(at).ok_or(fmt::Error)?;
            let local = |index| {
                zone(index).map(|zone| zone.local(at).format("%H:%M").to_string()).unwrap_or_default()
            };
            writeln!(
                f,
                "{:<12} {:>10} {:>10} {:>9} {:>8} {:>10} {:>10}",
                at.format("%a %H:%M"),
                local(0),
                local(1),
                local(2),
                sample.on_duty.iter().sum::<u32>(),
                sample.open.iter().sum::<u32>(),
                sample.waiting.iter().sum::<u32>()
            )?;
        }
        Ok(())
    }

    fn checks(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let audit = &self.0.audit;
        let (most, cap) = self.0.tally.highest;
        writeln!(
            f,
            "\nat the end: {} closed, {} with somebody, {} for a next shift, {} waiting, {} flagged for people",
            audit.closed, audit.with_somebody, audit.for_next_shift, audit.waiting, audit.flagged
        )?;
        writeln!(
            f,
            "highest load: {most} open tickets of {cap} allowed; {} replies came too late",
            audit.refused
        )?;
        writeln!(f, "\nchecks, recounted {} times", audit.recounts)?;
        let mut check = |name: &str, broken: usize, what: &str| {
            let verdict = if broken == 0 { "ok".to_owned() } else { format!("BROKEN {broken} times") };
            writeln!(f, "{name:<4} {verdict:<8} {what}")
        };
        check("A1", audit.over_cap as usize, &format!("no cap was exceeded in {} choices", audit.choices))?;
        check("A5", audit.loads_wrong as usize, "every load is a recount of open tickets")?;
        check("A6", audit.overlooked as usize, "nothing waited longer than a sweep while somebody had room")?;
        check("A8", audit.unexplained as usize, "every stored decision replays to its choice")?;
        check(
            "N1",
            audit.lost,
            "every conversation has its one ticket, closed, with somebody, or in the line",
        )?;
        check("due", audit.failed_work, "no piece of the desk's work failed")
    }
}

fn day(at: DateTime<Utc>) -> impl fmt::Display {
    at.format("%a %Y-%m-%d %H:%M")
}

/// Seconds, as people say them.
fn span(seconds: Option<i64>) -> String {
    match seconds {
        None => "-".to_owned(),
        Some(seconds @ ..120) => format!("{seconds} s"),
        Some(seconds @ 120..7200) => format!("{:.1} min", seconds as f64 / 60.0),
        Some(seconds) => format!("{:.1} h", seconds as f64 / 3600.0),
    }
}
