//! Any staff under any rules.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use escalate::rules::{
    AfterShift, Deadlines, Idle, Messages, Method, NobodyThere, Route, Rules, Speaks, Texts, Then, Unanswered,
};
use escalate::schedule::DateRange;
use escalate::{Calendar, Priority, Schedule, Shift, TeamId, Teammate, TeammateId, Zone};
use proptest::prelude::*;

use crate::flow::world::{ACME, unlimited};

pub(super) const TEAMS: [TeamId; 2] = [TeamId::from_u128(0x71), TeamId::from_u128(0x72)];
const LANGUAGES: [&str; 3] = ["en", "pt-BR", "de"];
/// The caps of the two teams; `0` means none.
pub(super) const TEAM_CAPS: [u32; 2] = [0, 2];

pub(super) fn person(n: usize) -> TeammateId {
    TeammateId::from_u128(n as u128 + 1)
}

/// The language of the conversation with this number.
pub(super) fn language(n: usize) -> &'static str {
    LANGUAGES[n % 3]
}

/// A Saturday evening before the clocks change, in Europe or in North America; or any Tuesday.
pub(super) fn start() -> impl Strategy<Value = DateTime<Utc>> {
    prop::sample::select(vec!["2026-03-28T20:00:00Z", "2026-10-31T22:30:00Z", "2026-05-12T09:10:00Z"])
        .prop_map(|text| text.parse().unwrap())
}

fn zone() -> impl Strategy<Value = Zone> {
    prop::sample::select(vec!["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"])
        .prop_map(|name| name.parse().unwrap())
}

fn shift() -> impl Strategy<Value = Shift> {
    let hours = ["09:00-17:00", "22:00-06:00", "01:30-03:30", "00:00-00:00", "12:00-20:15"];
    (zone(), prop::sample::select(hours.to_vec()), any::<bool>()).prop_map(|(zone, hours, weekdays)| {
        let (shift, hours) = (Shift::new(zone), hours.parse().unwrap());
        if weekdays { shift.on_weekdays(hours) } else { shift.every_day(hours) }
    })
}

fn days_off() -> impl Strategy<Value = Vec<DateRange>> {
    let range = (0..6_u64, 0..2_u64, any::<u8>()).prop_map(|(first, more, when)| {
        let from = match when % 3 {
            0 => NaiveDate::from_ymd_opt(2026, 3, 28),
            1 => NaiveDate::from_ymd_opt(2026, 10, 31),
            _ => NaiveDate::from_ymd_opt(2026, 5, 12),
        };
        let from = from.unwrap() + chrono::Days::new(first);
        DateRange::new(from, from + chrono::Days::new(more)).unwrap()
    });
    prop::collection::vec(range, 0..3)
}

fn schedule() -> impl Strategy<Value = Option<Schedule>> {
    let some = (zone(), prop::collection::vec(shift(), 0..3), days_off())
        .prop_map(|(zone, shifts, off)| Some(Schedule::new(zone).with_shifts(shifts).with_time_off(off)));
    prop_oneof![2 => Just(None), 3 => some]
}

fn teammate() -> impl Strategy<Value = Teammate> {
    let languages = prop::sample::subsequence(vec!["en", "pt", "de"], 0..3);
    let teams = prop::sample::subsequence(TEAMS.to_vec(), 0..3);
    (0..4_u32, prop::bool::weighted(0.85), schedule(), languages, teams).prop_map(
        |(cap, available, schedule, languages, teams)| {
            let mut one = Teammate::new(ACME, person(0), "T").with_capacity(cap).in_teams(teams);
            one = one.speaking(languages);
            (one.available, one.schedule) = (available, schedule);
            one
        },
    )
}

pub(super) fn staff() -> impl Strategy<Value = Vec<Teammate>> {
    prop::collection::vec(teammate(), 1..6).prop_map(|mut staff| {
        staff.iter_mut().enumerate().for_each(|(n, one)| one.id = person(n));
        staff
    })
}

fn calendar() -> impl Strategy<Value = Option<Calendar>> {
    let some = (zone(), days_off()).prop_map(|(zone, closed)| Some(Calendar::new(zone).with_closed(closed)));
    prop_oneof![2 => Just(None), 1 => some]
}

fn route() -> impl Strategy<Value = Route> {
    let method = prop_oneof![
        2 => Just(None),
        3 => Just(Some(Method::Balanced)),
        3 => Just(Some(Method::RoundRobin)),
        1 => Just(Some(Method::Manual)),
    ];
    let speaks = prop::sample::select(vec![Speaks::Any, Speaks::Any, Speaks::Preferred, Speaks::Required]);
    let team = prop_oneof![3 => Just(None), 1 => Just(Some(TEAMS[0]))];
    (method, speaks, team).prop_map(|(method, speaks, team)| {
        let mut route = Route::default().speaking(speaks);
        (route.method, route.team) = (method, team);
        route
    })
}

fn unanswered() -> impl Strategy<Value = Option<Unanswered>> {
    let some = (prop::sample::select(vec![5_i64, 45, 700]), 1..4_u32)
        .prop_map(|(minutes, rounds)| Unanswered::new(TimeDelta::minutes(minutes), rounds).ok());
    prop_oneof![1 => Just(None), 4 => some]
}

pub(super) fn rules() -> impl Strategy<Value = Rules> {
    let off_duty = [AfterShift::OfferUnanswered, AfterShift::OfferAll, AfterShift::Keep];
    let flags = (prop::bool::weighted(0.9), any::<bool>(), any::<bool>(), prop::bool::weighted(0.2));
    let parts = (route(), unanswered(), prop::sample::select(off_duty.to_vec()), calendar(), calendar());
    (parts, flags).prop_map(|((route, unanswered, off_duty, calendar, team), flags)| {
        let (scheduling, next_shift, previous, idle) = flags;
        let mut rules = unlimited().off_duty(off_duty).otherwise(route).unwrap();
        (rules.scheduling, rules.previous_assignee, rules.unanswered) = (scheduling, previous, unanswered);
        if next_shift {
            rules.nobody_there = NobodyThere::NextShift;
        }
        rules.calendar = calendar;
        rules.teams = team.map(|team| (TEAMS[0], team)).into_iter().collect();
        rules.on_customer = idle.then(|| Idle::new(TimeDelta::hours(30), Then::HandBack).unwrap());
        rules.messages = messages();
        let soon = Deadlines::default().replying_within(TimeDelta::minutes(50)).unwrap();
        let soon = soon.closing_within(TimeDelta::minutes(900)).unwrap();
        rules.with_deadlines(Priority::High, soon.warning_before(TimeDelta::minutes(10)).unwrap())
    })
}

pub(super) fn messages() -> Messages {
    let texts = Texts::new("Alguém.", "Número {position}.", "Começa: {starts_at}.", "Aguarde.");
    Messages::default().with("pt", texts).unwrap()
}
