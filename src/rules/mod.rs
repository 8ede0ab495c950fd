//! How a workspace wants its tickets routed: plain data, validated where it is built and where it is read, with no code
//! of the host's in it.
//!
//! [`Rules::route`] is a pure function of [`Facts`]: codes, and data that the host gave with the escalation. No word of
//! a transcript and no text of a model is among them, so nobody can talk their way into a team or a priority (S4). Let
//! your own systems say what a customer's attributes and an escalation's tags are, and never a model.
//!
//! ```
//! use escalate::rules::{Conditions, Facts, Method, Route, RouteRule, Rules};
//! use escalate::{Priority, ReasonCode, TeamId};
//!
//! let billing = TeamId::from_u128(7);
//! let gold = Conditions::default().with_attribute("plan", "gold");
//! let rules = Rules::default().with_routes([
//!     RouteRule::new("gold", gold, Route::default().with_priority(Priority::High))?,
//!     RouteRule::new("refunds", Conditions::default().tagged(["refund"]), Route::default().to_team(billing))?,
//! ])?;
//!
//! let (channel, tags) = ("web".into(), ["refund".to_owned()]);
//! let facts = Facts::new(ReasonCode::OutOfScope, &channel).tagged(&tags);
//! let explained = rules.explain(&facts);
//! assert_eq!(explained.routed.need.team, Some(billing));
//! assert_eq!(explained.passed_over[0].to_string(), "rule \"gold\" was passed over: the attribute `plan` is missing");
//! # Ok::<(), escalate::rules::InvalidRules>(())
//! ```

mod checked;
mod explain;
mod facts;
mod invalid;
mod messages;
mod presence;
mod route;
mod seconds;
mod times;
mod triggers;

pub use self::explain::{Explained, PassedOver, Unmet};
pub use self::facts::{Facts, Routed};
pub use self::invalid::InvalidRules;
pub use self::messages::{InvalidMessages, Messages, Outcome, Texts};
pub use self::presence::Presence;
pub use self::route::{Conditions, Route, RouteRule};
pub use self::times::{AfterShift, Deadlines, Idle, Limit, NobodyThere, Then, Unanswered};
pub use self::triggers::{OnPromise, Triggers};
pub use crate::ticket::{Method, Speaks};

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::id::TeamId;
use crate::schedule::Calendar;
use crate::ticket::Priority;

/// All that a workspace decides about its tickets. [`Rules::default`] routes by the desk's policy alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", default, deny_unknown_fields)]
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
    pub off_duty: AfterShift,
    /// How soon a ticket is answered and closed, by priority, in open hours.
    pub deadlines: BTreeMap<Priority, Deadlines>,
    /// When the workspace is open, and its holidays. `None`: around the clock.
    pub calendar: Option<Calendar>,
    /// When a team is open, and its holidays, where that is not as the workspace.
    pub teams: BTreeMap<TeamId, Calendar>,
    /// What customers are told of an escalation.
    pub messages: Messages,
    /// What becomes of a ticket that waits for the customer for too long.
    pub on_customer: Option<Idle>,
    /// What becomes of a ticket that is on hold for too long.
    pub on_hold: Option<Idle>,
    /// When a conversation that is escalated over and over stays with people (E6).
    pub loops: Limit,
    /// How many episodes one customer may begin (N5).
    pub per_customer: Limit,
    /// What asks for a person besides the model, and what becomes of a promise that nothing is behind (S5).
    pub triggers: Triggers,
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
            off_duty: AfterShift::OfferUnanswered,
            deadlines: BTreeMap::new(),
            calendar: None,
            teams: BTreeMap::new(),
            messages: Messages::default(),
            on_customer: None,
            on_hold: None,
            loops: Limit { count: 3, within: TimeDelta::hours(1) },
            per_customer: Limit { count: 20, within: TimeDelta::hours(1) },
            triggers: Triggers::default(),
        }
    }
}

impl Rules {
    /// Sets the rules, in the order in which they are looked at.
    ///
    /// # Errors
    ///
    /// [`InvalidRules`] if two have one name, or one is invalid by itself.
    pub fn with_routes(mut self, routes: impl IntoIterator<Item = RouteRule>) -> Result<Self, InvalidRules> {
        self.routes = routes.into_iter().collect();
        self.check().map(|()| self)
    }

    /// Sets the route of a ticket that no rule matches.
    ///
    /// # Errors
    ///
    /// [`InvalidRules`] for a blank skill.
    pub fn otherwise(mut self, route: Route) -> Result<Self, InvalidRules> {
        self.otherwise = route;
        self.check().map(|()| self)
    }

    /// Turns shifts and time off off.
    #[must_use]
    pub fn without_scheduling(mut self) -> Self {
        self.scheduling = false;
        self
    }

    /// Sets what becomes of a ticket for which nobody is on duty.
    #[must_use]
    pub fn nobody_there(mut self, what: NobodyThere) -> Self {
        self.nobody_there = what;
        self
    }

    /// Prefers the teammate whom the customer had last.
    #[must_use]
    pub fn preferring_previous_assignee(mut self) -> Self {
        self.previous_assignee = true;
        self
    }

    /// Offers unanswered tickets to the next.
    #[must_use]
    pub fn offering_again(mut self, unanswered: Unanswered) -> Self {
        self.unanswered = Some(unanswered);
        self
    }

    /// Sets what becomes of the tickets of a teammate who goes off duty.
    #[must_use]
    pub fn off_duty(mut self, what: AfterShift) -> Self {
        self.off_duty = what;
        self
    }

    /// Sets the deadlines of tickets of one priority; call it once for each.
    #[must_use]
    pub fn with_deadlines(mut self, priority: Priority, deadlines: Deadlines) -> Self {
        self.deadlines.insert(priority, deadlines);
        self
    }

    /// Sets when the workspace is open, and its holidays.
    #[must_use]
    pub fn open_by(mut self, calendar: Calendar) -> Self {
        self.calendar = Some(calendar);
        self
    }

    /// Sets when a team is open, and its holidays; call it once for each.
    #[must_use]
    pub fn team_open_by(mut self, team: TeamId, calendar: Calendar) -> Self {
        self.teams.insert(team, calendar);
        self
    }

    /// Sets what customers are told.
    #[must_use]
    pub fn saying(mut self, messages: Messages) -> Self {
        self.messages = messages;
        self
    }

    /// The hours in which deadlines of the team's tickets are counted; of the workspace, where it has none.
    #[must_use]
    pub fn calendar_of(&self, team: Option<TeamId>) -> Option<&Calendar> {
        team.and_then(|team| self.teams.get(&team)).or(self.calendar.as_ref())
    }

    /// Sets what becomes of a ticket that waits for the customer for too long.
    #[must_use]
    pub fn on_customer(mut self, idle: Idle) -> Self {
        self.on_customer = Some(idle);
        self
    }

    /// Sets what becomes of a ticket that is on hold for too long.
    #[must_use]
    pub fn on_hold(mut self, idle: Idle) -> Self {
        self.on_hold = Some(idle);
        self
    }

    /// Sets when a conversation that is escalated over and over stays with people (E6).
    #[must_use]
    pub fn limiting_loops(mut self, limit: Limit) -> Self {
        self.loops = limit;
        self
    }

    /// Sets how many episodes one customer may begin (N5).
    #[must_use]
    pub fn limiting_customers(mut self, limit: Limit) -> Self {
        self.per_customer = limit;
        self
    }

    /// Sets what asks for a person besides the model.
    #[must_use]
    pub fn triggered_by(mut self, triggers: Triggers) -> Self {
        self.triggers = triggers;
        self
    }

    /// Checks all of it again: for a host that has set fields by hand.
    ///
    /// # Errors
    ///
    /// The first [`InvalidRules`] found.
    pub fn check(&self) -> Result<(), InvalidRules> {
        let mut names = BTreeSet::new();
        for rule in &self.routes {
            rule.check()?;
            if !names.insert(&rule.name) {
                return Err(InvalidRules::DuplicateName { name: rule.name.clone() });
            }
        }
        self.otherwise.check("otherwise.skills")?;
        self.unanswered.iter().try_for_each(Unanswered::check)?;
        self.deadlines.values().try_for_each(Deadlines::check)?;
        self.on_customer.iter().chain(&self.on_hold).try_for_each(Idle::check)?;
        self.loops.check()?;
        self.per_customer.check()?;
        self.triggers.check()
    }
}

#[cfg(test)]
#[path = "rules_test.rs"]
mod tests;
