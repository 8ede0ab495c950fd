//! How a workspace wants its tickets routed: plain data, validated where it is built, with no code of the host's in it.

mod presence;
mod seconds;

pub use self::presence::Presence;

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::conversation::Channel;
use crate::id::TeamId;
use crate::schedule::Calendar;
use crate::summary::Language;
use crate::ticket::{Priority, ReasonCode};

/// All that a workspace decides about its tickets. [`Rules::default`] routes by the desk's policy alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Rules {
    /// Looked at in order; the first that matches routes the ticket.
    pub routes: Vec<RouteRule>,
    /// For a ticket that none of them matches.
    pub otherwise: Route,
    /// Whether shifts and time off count. Off: a teammate is there while they are available by their own word.
    pub scheduling: bool,
    /// What becomes of a ticket for which nobody is on duty.
    pub nobody_there: NobodyThere,
    /// Whether the teammate whom the customer had last is preferred, where they are there and have room.
    pub previous_assignee: bool,
    /// When an assigned teammate who does not answer loses the ticket to the next. `None`: never.
    pub unanswered: Option<Unanswered>,
    /// Which tickets of a teammate who goes off duty are offered again.
    pub off_duty: OffDuty,
    /// How soon a ticket is answered and closed, by priority, in open hours.
    pub deadlines: BTreeMap<Priority, Deadlines>,
    /// When the workspace is open, and its holidays. `None`: around the clock.
    pub calendar: Option<Calendar>,
    /// When a team is open, and its holidays, where that is not as the workspace.
    pub teams: BTreeMap<TeamId, Calendar>,
    /// What becomes of a ticket that waits for the customer for too long.
    pub on_customer: Option<Idle>,
    /// What becomes of a ticket that is on hold for too long.
    pub on_hold: Option<Idle>,
    /// When a conversation that is escalated over and over stays with people (E6).
    pub loops: Limit,
    /// How many episodes one customer may begin (N5).
    pub per_customer: Limit,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            routes: Vec::new(),
            otherwise: Route::default(),
            scheduling: true,
            nobody_there: NobodyThere::Wait,
            previous_assignee: false,
            unanswered: None,
            off_duty: OffDuty::OfferUnanswered,
            deadlines: BTreeMap::new(),
            calendar: None,
            teams: BTreeMap::new(),
            on_customer: None,
            on_hold: None,
            loops: Limit { count: 3, within: TimeDelta::hours(1) },
            per_customer: Limit { count: 20, within: TimeDelta::hours(1) },
        }
    }
}

impl Rules {
    /// The hours in which deadlines of the team's tickets are counted; of the workspace, where it has none.
    #[must_use]
    pub fn calendar_of(&self, team: Option<TeamId>) -> Option<&Calendar> {
        team.and_then(|team| self.teams.get(&team)).or(self.calendar.as_ref())
    }
}

/// One rule: where all of `when` holds, the ticket goes by `then`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RouteRule {
    /// What people call it; unique, and kept with every ticket that it routed.
    pub name: String,
    /// Which tickets.
    #[serde(default)]
    pub when: Conditions,
    /// Where they go.
    pub then: Route,
}

/// Which tickets a rule is for: every list that is not empty has to hold the ticket's value, of tags and attributes
/// all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Conditions {
    /// Why a person was asked for: one of these.
    pub reasons: Vec<ReasonCode>,
    /// Where the conversation came from: one of these.
    pub channels: Vec<Channel>,
    /// The customer's language: one of these.
    pub languages: Vec<Language>,
    /// The priority asked for: one of these.
    pub priorities: Vec<Priority>,
    /// All of these tags.
    pub tags: Vec<String>,
    /// All of these attributes of the customer.
    pub attributes: BTreeMap<String, String>,
}

/// Where a ticket goes. What is not set stays as the escalation asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Route {
    /// To this team.
    pub team: Option<TeamId>,
    /// To a teammate with all of these skills, besides those that were asked for.
    pub skills: Vec<String>,
    /// With this priority.
    pub priority: Option<Priority>,
    /// Chosen like this. `None`: by the desk's policy.
    pub method: Option<Method>,
    /// Whether the teammate has to speak the customer's language.
    pub speaks: Speaks,
}

/// How the assignee is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Method {
    /// Nobody is chosen: the ticket waits for a person to take or assign it.
    Manual,
    /// Fewest open tickets; tie: assigned least recently.
    Balanced,
    /// Assigned least recently.
    RoundRobin,
}

/// Whether the teammate's languages count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Speaks {
    /// They do not.
    #[default]
    Any,
    /// One who speaks the customer's goes before one who does not.
    Preferred,
    /// Only one who speaks the customer's.
    Required,
}

/// What becomes of a ticket for which nobody is on duty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NobodyThere {
    /// It waits in the line.
    #[default]
    Wait,
    /// It goes to the teammate with room whose shift starts next.
    NextShift,
}

/// When an unanswered assignment is offered to the next (A7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Unanswered {
    /// How long a teammate has; in whole seconds. It begins when they are assigned, or when their shift does.
    #[serde(with = "seconds")]
    pub within: TimeDelta,
    /// How many times everybody is asked before the ticket is flagged and waits for a person to choose.
    pub rounds: u32,
}

/// Which tickets of a teammate who goes off duty are offered again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OffDuty {
    /// Those they have not answered.
    #[default]
    OfferUnanswered,
    /// All of them, but for those that a person gave them.
    OfferAll,
    /// None.
    Keep,
}

/// Deadlines of a ticket, counted in the open hours of its team.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Deadlines {
    /// Until a teammate's first reply; in whole seconds.
    #[serde(with = "seconds::optional")]
    pub first_reply: Option<TimeDelta>,
    /// Until it is closed; in whole seconds.
    #[serde(with = "seconds::optional")]
    pub resolution: Option<TimeDelta>,
    /// How long before each there is a warning; in whole seconds.
    #[serde(with = "seconds")]
    pub warn_before: TimeDelta,
}

/// What becomes of a ticket that nothing happens on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Idle {
    /// After how long; in whole seconds.
    #[serde(with = "seconds")]
    pub after: TimeDelta,
    /// What.
    pub then: Then,
}

/// How the machine ends an episode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Then {
    /// Closed; the AI agent stays off until the customer writes.
    Close,
    /// Handed back to the AI agent; closed where none is there to receive.
    HandBack,
}

/// So many within so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Limit {
    /// How many; `0` means no limit.
    pub count: u32,
    /// Within how long; in whole seconds.
    #[serde(with = "seconds")]
    pub within: TimeDelta,
}
