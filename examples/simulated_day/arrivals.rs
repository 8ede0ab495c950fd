//! Who writes when, and what about.

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use escalate::{CustomerId, Escalate, ReasonCode};

use crate::Failure;
use crate::office::{ZONES, begins, ends, zone};
use crate::random::Random;

/// How many write in each hour of their own day, as weights: few at night, most before noon and in the evening.
const CURVE: [f64; 24] = [
    2.0, 1.0, 1.0, 1.0, 1.0, 2.0, 4.0, 6.0, 8.0, 10.0, 11.0, 10.0, 9.0, 9.0, 9.0, 8.0, 8.0, 8.0, 9.0, 9.0,
    8.0, 6.0, 4.0, 3.0,
];
/// The share of each zone's customers.
const SHARES: [f64; 3] = [0.4, 0.38, 0.22];
/// On Monday more of them write than on a day of the weekend.
const MONDAY: f64 = 1.25;
/// The width of a step of the curve.
const STEP: TimeDelta = TimeDelta::minutes(10);

/// One customer who is going to write.
pub(crate) struct Arrival {
    pub(crate) at: DateTime<Utc>,
    pub(crate) customer: CustomerId,
    pub(crate) language: &'static str,
    pub(crate) says: &'static str,
    /// The team that the rules are to find.
    pub(crate) team: usize,
    pub(crate) request: Escalate,
}

/// All of them, in order.
pub(crate) fn draw(count: u32, random: &mut Random) -> Result<Vec<Arrival>, Failure> {
    let zones = (0..ZONES.len()).map(zone).collect::<Result<Vec<_>, _>>()?;
    let steps: Vec<_> = std::iter::successors(Some(begins()), |at| Some(*at + STEP))
        .take_while(|at| *at < ends())
        .flat_map(|at| (0..ZONES.len()).map(move |zone| (at, zone)))
        .collect();
    let weight = |(at, index): &(DateTime<Utc>, usize)| {
        let local = zones.get(*index).map(|zone| zone.local(*at)).unwrap_or_default();
        let hour = CURVE.get(local.hour() as usize).copied().unwrap_or_default();
        let day = if chrono::Datelike::weekday(&local) == chrono::Weekday::Mon { MONDAY } else { 1.0 };
        SHARES[*index] * hour * day
    };
    let mut sum = 0.0;
    let sums: Vec<f64> = steps
        .iter()
        .map(|step| {
            sum += weight(step);
            sum
        })
        .collect();
    let mut arrivals: Vec<_> = (0..count)
        .map(|_| {
            let drawn = random.unit() * sum;
            let index = sums.partition_point(|sum| *sum <= drawn).min(steps.len() - 1);
            let (step, zone) = steps[index];
            let at = step + TimeDelta::seconds(random.between(0, STEP.num_seconds() - 1));
            // Some customers come back: there are fewer of them than conversations.
            let customer = CustomerId::from_u128(random.between(1, i64::from(count) * 3 / 4 + 1) as u128);
            arrival(at, zone, customer, random)
        })
        .collect();
    arrivals.sort_by_key(|arrival| arrival.at);
    Ok(arrivals)
}

fn arrival(at: DateTime<Utc>, zone: usize, customer: CustomerId, random: &mut Random) -> Arrival {
    let own = ["es", "de", "hi"][zone];
    let language = if random.happens(40) { own } else { "en" };
    // The tags that the host's own systems put on a conversation, and the text that goes with each.
    let (tag, team, says) = [
        ("", 0, "I cannot find where to change the address of my order."),
        ("billing", 1, "I was charged twice this month and want one charge back."),
        ("technical", 2, "The export stops half way with an error."),
        ("outage", 2, "Nothing works any more, for all of us."),
        ("contracts", 3, "We want to change the terms of our contract."),
        ("partners", 4, "We resell your product and need new terms."),
    ][random.weighted(&[62.0, 20.0, 15.0, 2.0, 0.6, 0.4])];
    let reason = if random.happens(70) { ReasonCode::OutOfScope } else { ReasonCode::CustomerRequest };
    let mut request = Escalate::because(reason);
    if !tag.is_empty() {
        request = request.tagged([tag]);
    }
    if random.happens(12) {
        request = request.with_attribute("plan", "gold");
    }
    Arrival { at, customer, language, says, team, request }
}
