//! Who works when, and by which rules.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc, Weekday};
use escalate::ports::Staff;
use escalate::rules::{
    Conditions, Deadlines, Idle, Method, NobodyThere, Route, RouteRule, Speaks, Then, Unanswered,
};
use escalate::schedule::{Calendar, DateRange, Hours, Schedule, Shift, Week, Zone};
use escalate::{MemoryStore, Priority, Rules, TeamId, Teammate, TeammateId, WorkspaceId};

use crate::Failure;
use crate::random::Random;

pub(crate) const WORKSPACE: WorkspaceId = WorkspaceId::from_u128(1);

/// Where the people are, and how the report calls it.
pub(crate) const ZONES: [(&str, &str); 3] =
    [("New York", "America/New_York"), ("Berlin", "Europe/Berlin"), ("Kolkata", "Asia/Kolkata")];

/// The subjects. The last two keep office hours; the others are there around the clock.
pub(crate) const TEAMS: [&str; 5] = ["General", "Billing", "Technical", "Contracts", "Partners"];

const WORK_WEEK: [Weekday; 5] = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
/// What the machine may give any one teammate, whatever their own cap.
const WORKSPACE_CAP: u32 = 5;
const TECHNICAL_CAP: u32 = 3;

/// Teammates of one team with the same hours.
pub(crate) struct Crew {
    pub(crate) team: usize,
    pub(crate) zone: usize,
    /// By the clock on the wall there. An end before the start is on the next day.
    pub(crate) hours: &'static str,
    /// Monday to Friday; the others have two days off in turn.
    pub(crate) office_hours: bool,
    /// Of all teammates, in percent.
    share: u32,
    languages: &'static [&'static str],
}

const fn crew(team: usize, zone: usize, hours: &'static str, share: u32) -> Crew {
    let languages: &[&str] = match zone {
        0 => &["en", "es"],
        1 => &["en", "de"],
        _ => &["en", "hi"],
    };
    Crew { team, zone, hours, office_hours: team >= 3, share, languages }
}

pub(crate) const CREWS: [Crew; 11] = [
    crew(0, 2, "06:00-14:00", 14),
    crew(0, 1, "07:00-15:00", 13),
    crew(0, 0, "08:00-16:00", 15),
    crew(0, 0, "15:00-23:00", 14),
    crew(1, 1, "06:00-14:00", 7),
    crew(1, 1, "14:00-22:00", 8),
    // One of these nights is an hour shorter: it belongs to the Saturday on which it starts.
    crew(1, 1, "22:00-06:00", 5),
    crew(2, 2, "08:00-20:00", 8),
    crew(2, 0, "10:00-23:00", 8),
    crew(3, 1, "09:00-17:00", 5),
    crew(4, 0, "09:00-17:00", 3),
];

pub(crate) fn team(index: usize) -> TeamId {
    TeamId::from_u128(index as u128 + 1)
}

pub(crate) fn zone(index: usize) -> Result<Zone, Failure> {
    let (_, name) = ZONES.get(index).ok_or("no such zone")?;
    Ok(name.parse()?)
}

/// From Saturday 28 March 2026, 00:00 UTC, for three days.
pub(crate) fn begins() -> DateTime<Utc> {
    day(28).and_time(chrono::NaiveTime::MIN).and_utc()
}

pub(crate) fn ends() -> DateTime<Utc> {
    begins() + TimeDelta::days(3)
}

/// Sunday, two in the morning in Berlin: from there it is three.
pub(crate) fn clock_change() -> DateTime<Utc> {
    begins() + TimeDelta::hours(25)
}

fn day(of_march: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, of_march).unwrap_or_default()
}

/// A teammate with what the report wants to know of them.
pub(crate) struct Hired {
    pub(crate) teammate: Teammate,
    pub(crate) team: usize,
    /// The most open tickets the machine may give them.
    pub(crate) cap: u32,
}

/// Fills the roster.
pub(crate) async fn hire(
    store: &MemoryStore,
    count: u32,
    random: &mut Random,
) -> Result<Vec<Hired>, Failure> {
    store.set_workspace_capacity(WORKSPACE, WORKSPACE_CAP).await?;
    store.put_team(WORKSPACE, team(2), TECHNICAL_CAP).await?;
    let mut hired = Vec::new();
    for crew in &CREWS {
        // Even a small office has two in every crew.
        let people = (count * crew.share / 100).max(2);
        for place in 0..people {
            let id = TeammateId::from_u128(hired.len() as u128 + 1);
            let name = format!("{} {}", TEAMS[crew.team], place + 1);
            let teammate = Teammate::new(WORKSPACE, id, name)
                .in_teams([team(crew.team)])
                .speaking(crew.languages.iter().copied())
                .with_capacity(u32::try_from(random.between(2, 4))?)
                .working(schedule(crew, place, random)?);
            store.put_teammate(teammate.clone()).await?;
            let team_cap = if crew.team == 2 { TECHNICAL_CAP } else { 0 };
            let cap = Staff::new(Vec::new()).capped(team_cap, WORKSPACE_CAP).cap_of(&teammate);
            hired.push(Hired { teammate, team: crew.team, cap });
        }
    }
    Ok(hired)
}

fn schedule(crew: &Crew, place: u32, random: &mut Random) -> Result<Schedule, Failure> {
    let zone = zone(crew.zone)?;
    let hours: Hours = crew.hours.parse()?;
    let shift = Shift::new(zone.clone());
    let shift = if crew.office_hours { shift.on_weekdays(hours) } else { shift.on(days(place), hours) };
    let mut schedule = Schedule::new(zone).with_shift(shift);
    // One in twenty has time off on one to three of these days.
    if random.happens(5) {
        let first = u32::try_from(random.between(28, 30))?;
        let last = (first + u32::try_from(random.between(0, 2))?).min(31);
        schedule = schedule.with_time_off([DateRange::new(day(first), day(last))?]);
    }
    Ok(schedule)
}

/// Five days in a row, which begin on another day for each of seven teammates.
fn days(place: u32) -> impl Iterator<Item = Weekday> {
    let first = (0..place % 7).fold(Weekday::Mon, |day, _| day.succ());
    std::iter::successors(Some(first), |day| Some(day.succ())).take(5)
}

/// How tickets are routed, offered again, and timed.
pub(crate) fn rules() -> Result<Rules, Failure> {
    let minutes = TimeDelta::minutes;
    let tagged = |tag: &str| Conditions::default().tagged([tag]);
    let to = |index| Route::default().to_team(team(index));
    let urgent = to(2).with_priority(Priority::Urgent).by(Method::Balanced);
    let gold = Conditions::default().with_attribute("plan", "gold");
    let routes = [
        RouteRule::new("outage", tagged("outage"), urgent)?,
        RouteRule::new("billing", tagged("billing"), to(1).speaking(Speaks::Preferred))?,
        RouteRule::new("technical", tagged("technical"), to(2).by(Method::RoundRobin))?,
        RouteRule::new("contracts", tagged("contracts"), to(3))?,
        RouteRule::new("partners", tagged("partners"), to(4))?,
        RouteRule::new("gold", gold, to(0).with_priority(Priority::High).speaking(Speaks::Preferred))?,
    ];
    let within = |first, closed, warning| -> Result<Deadlines, Failure> {
        let deadlines =
            Deadlines::default().replying_within(minutes(first))?.closing_within(minutes(closed))?;
        Ok(deadlines.warning_before(minutes(warning))?)
    };
    Ok(Rules::default()
        .with_routes(routes)?
        .otherwise(to(0).speaking(Speaks::Preferred))?
        // Only two teams ever leave nobody on duty; for the others this never comes to pass.
        .nobody_there(NobodyThere::NextShift)
        .preferring_previous_assignee()
        .offering_again(Unanswered::new(minutes(8), 3)?)
        .on_customer(Idle::new(TimeDelta::hours(2), Then::Close)?)
        .with_deadlines(Priority::Urgent, within(15, 180, 5)?)
        .with_deadlines(Priority::High, within(20, 180, 5)?)
        .with_deadlines(Priority::Normal, within(60, 240, 10)?)
        .team_open_by(team(3), office(1)?)
        // The partners' team has a holiday on the Monday.
        .team_open_by(team(4), office(0)?.with_closed([DateRange::day(day(30))])))
}

fn office(index: usize) -> Result<Calendar, Failure> {
    let mut week = Week::default();
    for day in WORK_WEEK {
        week.add(day, "09:00-17:00".parse()?);
    }
    Ok(Calendar::new(zone(index)?).with_hours(week))
}
