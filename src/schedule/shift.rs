//! Weekly hours.

use chrono::Weekday;
use serde::{Deserialize, Serialize};

use super::hours::Hours;
use super::zone::Zone;

/// The hours of each day of a week. A day without hours is off; hours of one day may overlap, and then count once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(clippy::exhaustive_structs, reason = "a week has seven days")]
#[allow(missing_docs, reason = "the days of the week")]
pub struct Week {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub monday: Vec<Hours>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tuesday: Vec<Hours>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub wednesday: Vec<Hours>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub thursday: Vec<Hours>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub friday: Vec<Hours>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub saturday: Vec<Hours>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sunday: Vec<Hours>,
}

impl Week {
    /// The hours of `day`.
    #[must_use]
    pub fn day(&self, day: Weekday) -> &[Hours] {
        let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] = self.days();
        match day {
            Weekday::Mon => monday,
            Weekday::Tue => tuesday,
            Weekday::Wed => wednesday,
            Weekday::Thu => thursday,
            Weekday::Fri => friday,
            Weekday::Sat => saturday,
            Weekday::Sun => sunday,
        }
    }

    /// Whether every day is off.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.days().iter().all(|hours| hours.is_empty())
    }

    /// Adds `hours` to `day`.
    pub fn add(&mut self, day: Weekday, hours: Hours) {
        match day {
            Weekday::Mon => self.monday.push(hours),
            Weekday::Tue => self.tuesday.push(hours),
            Weekday::Wed => self.wednesday.push(hours),
            Weekday::Thu => self.thursday.push(hours),
            Weekday::Fri => self.friday.push(hours),
            Weekday::Sat => self.saturday.push(hours),
            Weekday::Sun => self.sunday.push(hours),
        }
    }

    /// From Monday to Sunday.
    pub(super) fn days(&self) -> [&[Hours]; 7] {
        [
            &self.monday,
            &self.tuesday,
            &self.wednesday,
            &self.thursday,
            &self.friday,
            &self.saturday,
            &self.sunday,
        ]
    }
}

/// Hours that recur every week in a time zone.
///
/// ```
/// use chrono::Weekday::{Fri, Sat};
/// use escalate::schedule::{Hours, Shift, Zone};
/// let nights = Shift::new("America/New_York".parse()?).on([Fri, Sat], "22:00-06:00".parse()?);
/// assert_eq!(nights.week.day(Sat), ["22:00-06:00".parse::<Hours>()?]);
/// # Ok::<(), escalate::schedule::InvalidSchedule>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "a week somewhere")]
pub struct Shift {
    /// Where the hours are read off a clock.
    pub zone: Zone,
    /// The hours.
    pub week: Week,
}

impl Shift {
    /// A shift without hours.
    #[must_use]
    pub fn new(zone: Zone) -> Self {
        Self { zone, week: Week::default() }
    }

    /// Adds `hours` to each of `days`.
    #[must_use]
    pub fn on(mut self, days: impl IntoIterator<Item = Weekday>, hours: Hours) -> Self {
        for day in days {
            self.week.add(day, hours);
        }
        self
    }

    /// Adds `hours` to Monday through Friday.
    #[must_use]
    pub fn on_weekdays(self, hours: Hours) -> Self {
        use Weekday::{Fri, Mon, Thu, Tue, Wed};
        self.on([Mon, Tue, Wed, Thu, Fri], hours)
    }

    /// Adds `hours` to all seven days.
    #[must_use]
    pub fn every_day(self, hours: Hours) -> Self {
        self.on_weekdays(hours).on([Weekday::Sat, Weekday::Sun], hours)
    }
}
