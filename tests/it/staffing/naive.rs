//! Who is there, written down a second time from the design: by lists of intervals and by the days of a wall clock.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use escalate::assignment::Exclusion;
use escalate::schedule::DateRange;
use escalate::{Calendar, Rules, Teammate, Ticket, Zone};

use super::random::{TEAM_CAPS, TEAMS};
use escalate::rules::Speaks;

/// Whether they may get this ticket at all, whoever is there.
pub(super) fn could(one: &Teammate, ticket: &Ticket) -> bool {
    member(one, ticket) && speaks(one, ticket)
}

pub(super) fn member(one: &Teammate, ticket: &Ticket) -> bool {
    ticket.team.is_none_or(|team| one.teams.contains(&team))
}

fn speaks(one: &Teammate, ticket: &Ticket) -> bool {
    let (Speaks::Required, Some(asked)) = (ticket.speaks, &ticket.language) else { return true };
    one.languages.iter().any(|own| own.primary().eq_ignore_ascii_case(asked.primary()))
}

/// Why they may not get it at this instant, load and earlier lapses aside.
pub(super) fn reason(rules: &Rules, one: &Teammate, ticket: &Ticket, at: DateTime<Utc>) -> Option<Exclusion> {
    if !member(one, ticket) {
        return Some(Exclusion::OtherTeam);
    }
    if !speaks(one, ticket) {
        return Some(Exclusion::LacksLanguage);
    }
    if !one.available {
        return Some(Exclusion::Away);
    }
    let schedule = one.schedule.as_ref().filter(|_| rules.scheduling)?;
    let closed = closed(rules, one, ticket);
    let mut stretches = schedule.intervals(at - TimeDelta::hours(60), at + TimeDelta::seconds(1), &closed);
    let has_shifts = schedule.shifts().iter().any(|shift| week(shift).any(|hours| hours > 0));
    if has_shifts && stretches.any(|(from, to)| from <= at && at < to) {
        return None;
    }
    if off(schedule.zone(), schedule.time_off(), at) {
        return Some(Exclusion::TimeOff);
    }
    if closed.iter().any(|calendar| off(calendar.zone(), calendar.closed(), at)) {
        return Some(Exclusion::Holiday);
    }
    has_shifts.then_some(Exclusion::OffShift)
}

fn week(shift: &escalate::Shift) -> impl Iterator<Item = usize> + '_ {
    use chrono::Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    [Mon, Tue, Wed, Thu, Fri, Sat, Sun].into_iter().map(|day| shift.week.day(day).len())
}

fn off(zone: &Zone, ranges: &[DateRange], at: DateTime<Utc>) -> bool {
    let today: NaiveDate = zone.local(at).date();
    ranges.iter().any(|range| range.from() <= today && today <= range.to())
}

/// The workspace's calendar, and that of the ticket's team, or else of the one team they are in.
fn closed<'a>(rules: &'a Rules, one: &Teammate, ticket: &Ticket) -> Vec<&'a Calendar> {
    let only = if one.teams.len() == 1 { one.teams.first().copied() } else { None };
    let team = ticket.team.or(only).and_then(|team| rules.teams.get(&team));
    rules.calendar.iter().chain(team).collect()
}

/// When they begin next, of those whom a schedule says it of.
pub(super) fn begins(
    rules: &Rules,
    one: &Teammate,
    ticket: &Ticket,
    at: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let schedule = one.schedule.as_ref().filter(|_| rules.scheduling)?;
    let closed = closed(rules, one, ticket);
    schedule.intervals(at, at + TimeDelta::days(40), &closed).next().map(|(from, _)| from)
}

/// The most tickets the machine may give them at once; `0` means no cap.
pub(super) fn cap(one: &Teammate, ticket: &Ticket) -> u32 {
    let of_team = TEAMS.iter().position(|team| ticket.team == Some(*team)).map_or(0, |n| TEAM_CAPS[n]);
    [one.capacity, of_team].into_iter().filter(|cap| *cap > 0).min().unwrap_or(0)
}
