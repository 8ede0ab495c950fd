//! Draws the three days as SVG: who waits, who has how much, and how long it takes, one above the other.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

use crate::office::{TEAMS, ZONES, begins, clock_change, ends, zone};
use crate::tally::{Sample, percentile};
use crate::world::{Played, SAMPLE_EVERY};

/// Colours that people with any kind of colour vision tell apart (Okabe and Ito), one a team.
const COLOURS: [&str; TEAMS.len()] = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00"];
const LEFT: f64 = 60.0;
const TOP: f64 = 118.0;
/// Of one panel.
const WIDTH: f64 = 1080.0;
const HEIGHT: f64 = 200.0;
const GAP: f64 = 60.0;

type Points = Vec<(DateTime<Utc>, f64)>;

/// One line of a panel.
struct Series {
    name: String,
    colour: &'static str,
    /// How the line is broken; empty: not at all.
    dashes: &'static str,
    points: Points,
}

/// The whole drawing.
pub(crate) fn draw(played: &Played) -> String {
    let panels = [
        ("tickets that wait for somebody", waiting(&played.tally.samples)),
        ("tickets that somebody has, and seats of those on duty", load(&played.tally.samples)),
        (
            "minutes until somebody had it, by the hour it was asked for (General, Billing, Technical)",
            times(played),
        ),
    ];
    let height = TOP + panels.len() as f64 * (HEIGHT + GAP);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1280 {height}\" width=\"1280\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"1280\" height=\"{height}\" fill=\"white\"/>\n"
    );
    let title = format!("{} conversations, {} teammates", played.conversations, played.staff.len());
    text(&mut svg, LEFT, 22.0, "start", 16, &format!("A weekend on which the clocks change: {title}"));
    for (index, (title, series)) in panels.iter().enumerate() {
        panel(&mut svg, TOP + index as f64 * (HEIGHT + GAP), title, series);
    }
    marks(&mut svg, height - GAP);
    svg.push_str("</svg>\n");
    svg
}

fn by_team(samples: &[Sample], value: impl Fn(&Sample) -> &[u32; TEAMS.len()]) -> Vec<Series> {
    let team =
        |index: usize| samples.iter().map(|sample| (sample.at, f64::from(value(sample)[index]))).collect();
    let series = |(index, (name, colour)): (usize, (&str, &'static str))| Series {
        name: name.to_owned(),
        colour,
        dashes: "",
        points: team(index),
    };
    TEAMS.into_iter().zip(COLOURS).enumerate().map(series).collect()
}

fn waiting(samples: &[Sample]) -> Vec<Series> {
    by_team(samples, |sample| &sample.waiting)
}

/// The seats are those of the three teams that are there around the clock.
fn load(samples: &[Sample]) -> Vec<Series> {
    let mut series = by_team(samples, |sample| &sample.open);
    for (mut seats, of) in by_team(samples, |sample| &sample.seats).into_iter().zip(TEAMS).take(3) {
        (seats.name, seats.dashes) = (format!("{of}: seats"), "5 4");
        series.push(seats);
    }
    series
}

fn times(played: &Played) -> Vec<Series> {
    let hours = (0..72).map(|hour| begins() + TimeDelta::hours(hour));
    let taken: Vec<(DateTime<Utc>, Vec<i64>)> = hours
        .map(|from| {
            let asked = played.tally.assigned.iter().filter(|one| one.team < 3);
            let here = asked.filter(|one| (from..from + TimeDelta::hours(1)).contains(&one.asked_at));
            let mut taken: Vec<i64> = here.map(|one| one.took).collect();
            taken.sort_unstable();
            (from + TimeDelta::minutes(30), taken)
        })
        .collect();
    let line = |percent: usize, colour, dashes| {
        let point =
            |(at, taken): &(DateTime<Utc>, Vec<i64>)| Some((*at, percentile(taken, percent)? as f64 / 60.0));
        Series {
            name: format!("p{percent}"),
            colour,
            dashes,
            points: taken.iter().filter_map(point).collect(),
        }
    };
    vec![line(50, "#0072b2", ""), line(90, "#e69f00", ""), line(99, "#d55e00", "2 3")]
}

fn panel(svg: &mut String, top: f64, title: &str, series: &[Series]) {
    let highest = series.iter().flat_map(|one| &one.points).map(|point| point.1).fold(1.0, f64::max);
    let step = nice(highest / 4.0);
    let most = (highest / step).ceil() * step;
    let y = |value: f64| top + HEIGHT * (1.0 - value / most);
    text(svg, LEFT, top - 8.0, "start", 13, title);
    for index in 0..=(most / step).round() as u32 {
        let value = f64::from(index) * step;
        line(svg, (LEFT, y(value)), (LEFT + WIDTH, y(value)), "#e4e4e4", "");
        text(svg, LEFT - 6.0, y(value) + 4.0, "end", 11, &format!("{value}"));
    }
    let mut at = begins();
    while at <= ends() {
        line(svg, (x(at), top + HEIGHT), (x(at), top + HEIGHT + 4.0), "black", "");
        let format = if at.time() == NaiveTime::MIN { "%a %H:%M" } else { "%H:%M" };
        text(svg, x(at), top + HEIGHT + 17.0, "middle", 11, &at.format(format).to_string());
        at += TimeDelta::hours(6);
    }
    text(svg, LEFT + WIDTH + 44.0, top + HEIGHT + 17.0, "start", 11, "UTC");
    line(svg, (LEFT, top), (LEFT, top + HEIGHT), "black", "");
    line(svg, (LEFT, top + HEIGHT), (LEFT + WIDTH, top + HEIGHT), "black", "");
    for (index, one) in series.iter().enumerate() {
        let points = one.points.iter().fold(String::new(), |mut all, (at, value)| {
            let _ = write!(all, "{:.1},{:.1} ", x(*at), y(*value));
            all
        });
        let Series { name, colour, dashes, .. } = one;
        let _ = writeln!(
            svg,
            "<polyline data-series=\"{name}\" points=\"{}\" fill=\"none\" stroke=\"{colour}\" \
            stroke-width=\"1.5\" stroke-dasharray=\"{dashes}\"/>",
            points.trim_end()
        );
        let (left, row) = (LEFT + WIDTH + 8.0, top + 10.0 + 16.0 * index as f64);
        line(svg, (left, row), (left + 18.0, row), colour, dashes);
        text(svg, left + 22.0, row + 4.0, "start", 11, name);
    }
}

/// Local midnights, and the moment of the change, through all panels.
fn marks(svg: &mut String, bottom: f64) {
    let steps = std::iter::successors(Some(begins()), |at| Some(*at + SAMPLE_EVERY));
    for at in steps.take_while(|at| *at < ends()) {
        for (index, (name, _)) in ZONES.iter().enumerate() {
            if zone(index).is_ok_and(|zone| zone.local(at).time() == NaiveTime::MIN) {
                let top = 50.0 + 13.0 * index as f64;
                line(svg, (x(at), top), (x(at), bottom), "#aaaaaa", "1 4");
                text(svg, x(at) + 3.0, top + 6.0, "start", 10, &format!("midnight in {name}"));
            }
        }
    }
    line(svg, (x(clock_change()), 34.0), (x(clock_change()), bottom), "#cc0000", "");
    text(svg, x(clock_change()) + 4.0, 42.0, "start", 11, "clocks change in Berlin: 02:00 becomes 03:00");
}

fn x(at: DateTime<Utc>) -> f64 {
    let all = (ends() - begins()).num_seconds() as f64;
    LEFT + WIDTH * (at - begins()).num_seconds() as f64 / all
}

/// 1, 2 or 5 times a power of ten: the first that is not below `least`.
fn nice(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    let fits = [1.0, 2.0, 5.0, 10.0].into_iter().map(|digit| digit * power).find(|step| *step >= least);
    fits.unwrap_or(least)
}

fn line(svg: &mut String, from: (f64, f64), to: (f64, f64), colour: &str, dashes: &str) {
    let ((x1, y1), (x2, y2)) = (from, to);
    // Writing to a String cannot fail.
    let _ = writeln!(
        svg,
        "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"{colour}\" \
        stroke-dasharray=\"{dashes}\"/>"
    );
}

fn text(svg: &mut String, x: f64, y: f64, anchor: &str, size: u32, words: &str) {
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" font-size=\"{size}\">{words}</text>"
    );
}
