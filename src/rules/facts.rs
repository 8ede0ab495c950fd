//! Which rule routes a ticket, and why not another: a pure function of codes and of data that the host gave (S4).

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::explain::{Explained, PassedOver, Unmet};
use super::{Conditions, Method, Route, RouteRule, Rules, Speaks};
use crate::assignment::Need;
use crate::conversation::Channel;
use crate::id::TeamId;
use crate::summary::Language;
use crate::ticket::{Priority, ReasonCode, Ticket};

/// What an escalation is routed by. Codes and the host's data: no words of the customer or of a model.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Facts<'a> {
    /// Why a person was asked for.
    pub reason: ReasonCode,
    /// Where the conversation came from.
    pub channel: &'a Channel,
    /// The customer's language, where it is known.
    pub language: Option<&'a Language>,
    /// The priority asked for.
    pub priority: Priority,
    /// The team, skills and language asked for.
    pub need: Option<&'a Need>,
    /// The host's tags.
    pub tags: &'a [String],
    /// What the host knows of the customer. `None`: nothing.
    pub attributes: Option<&'a BTreeMap<String, String>>,
}

impl<'a> Facts<'a> {
    /// An escalation of normal priority to anybody, without tags and attributes, in an unknown language.
    #[must_use]
    pub const fn new(reason: ReasonCode, channel: &'a Channel) -> Self {
        let (language, need, attributes) = (None, None, None);
        Self { reason, channel, language, priority: Priority::Normal, need, tags: &[], attributes }
    }

    /// Sets the customer's language.
    #[must_use]
    pub const fn in_language(mut self, language: Option<&'a Language>) -> Self {
        self.language = language;
        self
    }

    /// Sets the priority asked for.
    #[must_use]
    pub const fn with_priority(mut self, priority: Priority) -> Self {
        self.priority = priority;
        self
    }

    /// Sets what is asked of the teammate.
    #[must_use]
    pub const fn needing(mut self, need: &'a Need) -> Self {
        self.need = Some(need);
        self
    }

    /// Sets the tags.
    #[must_use]
    pub const fn tagged(mut self, tags: &'a [String]) -> Self {
        self.tags = tags;
        self
    }

    /// Sets the attributes.
    #[must_use]
    pub const fn with_attributes(mut self, attributes: &'a BTreeMap<String, String>) -> Self {
        self.attributes = Some(attributes);
        self
    }
}

// Attributes may say who the customer is.
impl fmt::Debug for Facts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Facts")
            .field("reason", &self.reason)
            .field("priority", &self.priority)
            .finish_non_exhaustive()
    }
}

/// Where a ticket goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Routed {
    /// The rule that matched; `None`: no rule did, and `otherwise` holds.
    pub rule: Option<String>,
    /// What is asked of the teammate: the route's team, else the one asked for; the skills of both; a language where it
    /// is required.
    pub need: Need,
    /// How soon.
    pub priority: Priority,
    /// How the assignee is chosen. `None`: by the desk's policy.
    pub method: Option<Method>,
    /// Whether the teammate's languages count.
    pub speaks: Speaks,
    /// The language that [`Routed::speaks`] is about; `None`: unknown, and then nothing is required.
    pub language: Option<Language>,
}

impl Rules {
    /// Where a ticket with these facts goes: by the first rule that matches, else by `otherwise`.
    #[must_use]
    pub fn route(&self, facts: &Facts<'_>) -> Routed {
        let matching = self.routes.iter().find(|rule| rule.when.unmet(facts).is_none());
        match matching {
            Some(rule) => rule.then.resolve(Some(&rule.name), facts),
            None => self.otherwise.resolve(None, facts),
        }
    }

    /// The same, with why each rule before was passed over.
    #[must_use]
    pub fn explain(&self, facts: &Facts<'_>) -> Explained {
        let unmet = |rule: &RouteRule| {
            let unmet = rule.when.unmet(facts)?;
            Some(PassedOver { rule: rule.name.clone(), unmet })
        };
        Explained { passed_over: self.routes.iter().map_while(unmet).collect(), routed: self.route(facts) }
    }

    /// The team of the first route that may be taken, while channel and language are not known yet: a guess, for what is
    /// read along with them.
    pub(crate) fn likely_team(&self, facts: &Facts<'_>) -> Option<TeamId> {
        let may = |unmet| matches!(unmet, None | Some(Unmet::Channel { .. } | Unmet::Language { .. }));
        let rule = self.routes.iter().find(|rule| may(rule.when.unmet(facts)));
        let route = rule.map_or(&self.otherwise, |rule| &rule.then);
        route.team.or(facts.need.and_then(|need| need.team))
    }
}

impl Conditions {
    /// The first condition that does not hold. Channel and language come last, as they may be known later than the
    /// others.
    fn unmet(&self, facts: &Facts<'_>) -> Option<Unmet> {
        let Facts { reason, channel, language, priority, .. } = *facts;
        if !admits(&self.reasons, |one| *one == reason) {
            return Some(Unmet::Reason { is: reason });
        }
        if !admits(&self.priorities, |one| *one == priority) {
            return Some(Unmet::Priority { is: priority });
        }
        if let Some(missing) = self.tags.iter().find(|tag| !facts.tags.contains(tag)) {
            return Some(Unmet::Tag { missing: missing.clone() });
        }
        for (name, value) in &self.attributes {
            match facts.attributes.and_then(|attributes| attributes.get(name)) {
                Some(is) if is == value => {}
                Some(_) => return Some(Unmet::Attribute { name: name.clone() }),
                None => return Some(Unmet::NoAttribute { name: name.clone() }),
            }
        }
        if !admits(&self.channels, |one| one == channel) {
            return Some(Unmet::Channel { is: channel.clone() });
        }
        if !admits(&self.languages, |range| language.is_some_and(|language| language.is_within(range))) {
            return Some(Unmet::Language { is: language.cloned() });
        }
        None
    }
}

fn admits<T>(list: &[T], is: impl Fn(&T) -> bool) -> bool {
    list.is_empty() || list.iter().any(is)
}

impl Route {
    fn resolve(&self, rule: Option<&String>, facts: &Facts<'_>) -> Routed {
        let mut need = facts.need.cloned().unwrap_or_default();
        need.team = self.team.or(need.team);
        for skill in &self.skills {
            if !need.skills.contains(skill) {
                need.skills.push(skill.clone());
            }
        }
        // Whoever asks for a language means it; a rule may require the customer's own.
        let speaks = if need.language.is_some() { Speaks::Required } else { self.speaks };
        let language = need.language.take().or_else(|| facts.language.cloned());
        need.language = language.clone().filter(|_| speaks == Speaks::Required);
        let priority = self.priority.unwrap_or(facts.priority);
        Routed { rule: rule.cloned(), need, priority, method: self.method, speaks, language }
    }
}

impl Routed {
    /// Writes it into a ticket.
    pub fn onto(&self, ticket: &mut Ticket) {
        ticket.routed_by.clone_from(&self.rule);
        ticket.team = self.need.team;
        ticket.skills.clone_from(&self.need.skills);
        ticket.priority = self.priority;
        ticket.method = self.method;
        // The policy is asked anew.
        ticket.by_hand = false;
        ticket.speaks = self.speaks;
        ticket.language.clone_from(&self.language);
    }
}

impl From<&Ticket> for Routed {
    /// As it was routed last.
    fn from(ticket: &Ticket) -> Self {
        Self {
            rule: ticket.routed_by.clone(),
            need: Need::from(ticket),
            priority: ticket.priority,
            method: ticket.method,
            speaks: ticket.speaks,
            language: ticket.language.clone(),
        }
    }
}
