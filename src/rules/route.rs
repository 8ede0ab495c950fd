//! One rule of routing: which tickets, and where they go.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::invalid::{InvalidRules, filled};
use crate::conversation::Channel;
use crate::id::TeamId;
use crate::summary::Language;
use crate::ticket::{Method, Priority, ReasonCode, Speaks};

/// One rule: where all of `when` holds, the ticket goes by `then`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
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

impl RouteRule {
    /// The rule `name`: where all of `when` holds, by `then`.
    ///
    /// # Errors
    ///
    /// [`InvalidRules`] for a blank or over-long name, and for a blank channel, language, tag, attribute or skill.
    pub fn new(name: impl Into<String>, when: Conditions, then: Route) -> Result<Self, InvalidRules> {
        let rule = Self { name: name.into(), when, then };
        rule.check().map(|()| rule)
    }

    pub(super) fn check(&self) -> Result<(), InvalidRules> {
        filled("routes.name", [&self.name])?;
        let characters = self.name.chars().count();
        if characters > InvalidRules::LONGEST_NAME {
            return Err(InvalidRules::LongName { name: self.name.clone(), characters });
        }
        self.when.check()?;
        self.then.check("routes.then.skills")
    }
}

impl Conditions {
    /// Only where a person was asked for with one of these codes.
    #[must_use]
    pub fn because(mut self, reasons: impl IntoIterator<Item = ReasonCode>) -> Self {
        self.reasons = reasons.into_iter().collect();
        self
    }

    /// Only from one of these channels.
    #[must_use]
    pub fn from_channels<C: Into<Channel>>(mut self, channels: impl IntoIterator<Item = C>) -> Self {
        self.channels = channels.into_iter().map(Into::into).collect();
        self
    }

    /// Only in one of these languages: see [`Language::is_within`].
    #[must_use]
    pub fn in_languages<L: Into<Language>>(mut self, languages: impl IntoIterator<Item = L>) -> Self {
        self.languages = languages.into_iter().map(Into::into).collect();
        self
    }

    /// Only where one of these priorities was asked for.
    #[must_use]
    pub fn with_priorities(mut self, priorities: impl IntoIterator<Item = Priority>) -> Self {
        self.priorities = priorities.into_iter().collect();
        self
    }

    /// Only with all of these tags.
    #[must_use]
    pub fn tagged<S: Into<String>>(mut self, tags: impl IntoIterator<Item = S>) -> Self {
        self.tags = tags.into_iter().map(Into::into).collect();
        self
    }

    /// Only where this attribute of the customer has this value; call it once for each.
    #[must_use]
    pub fn with_attribute(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.attributes.insert(name.into(), value.into());
        self
    }

    fn check(&self) -> Result<(), InvalidRules> {
        filled("routes.when.channels", self.channels.iter().map(Channel::as_str))?;
        filled("routes.when.languages", self.languages.iter().map(Language::as_str))?;
        filled("routes.when.tags", &self.tags)?;
        filled("routes.when.attributes", self.attributes.keys())
    }
}

impl Route {
    /// To this team.
    #[must_use]
    pub fn to_team(mut self, team: TeamId) -> Self {
        self.team = Some(team);
        self
    }

    /// To somebody with all of these skills, besides those asked for.
    #[must_use]
    pub fn needing<S: Into<String>>(mut self, skills: impl IntoIterator<Item = S>) -> Self {
        self.skills = skills.into_iter().map(Into::into).collect();
        self
    }

    /// With this priority.
    #[must_use]
    pub fn with_priority(mut self, priority: Priority) -> Self {
        self.priority = Some(priority);
        self
    }

    /// Chosen like this.
    #[must_use]
    pub fn by(mut self, method: Method) -> Self {
        self.method = Some(method);
        self
    }

    /// To somebody who speaks the customer's language, or to them first.
    #[must_use]
    pub fn speaking(mut self, speaks: Speaks) -> Self {
        self.speaks = speaks;
        self
    }

    pub(super) fn check(&self, field: &'static str) -> Result<(), InvalidRules> {
        filled(field, &self.skills)
    }
}
