//! Why a ticket is routed as it is.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::facts::Routed;
use crate::conversation::Channel;
use crate::summary::Language;
use crate::ticket::{Priority, ReasonCode};

/// A rule that did not match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PassedOver {
    /// Its name.
    pub rule: String,
    /// The first condition that did not hold.
    pub unmet: Unmet,
}

impl fmt::Display for PassedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rule {:?} was passed over: {}", self.rule, self.unmet)
    }
}

/// A condition that did not hold. `Display` is plain English; a customer's attributes are named without their values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "condition", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Unmet {
    /// A person was asked for with another code.
    Reason {
        /// It.
        is: ReasonCode,
    },
    /// The conversation came from elsewhere.
    Channel {
        /// From there.
        is: Channel,
    },
    /// The customer's language is another, or unknown.
    Language {
        /// It.
        is: Option<Language>,
    },
    /// Another priority was asked for.
    Priority {
        /// It.
        is: Priority,
    },
    /// A tag is not there.
    Tag {
        /// Which.
        missing: String,
    },
    /// The host gave no such attribute.
    NoAttribute {
        /// Which.
        name: String,
    },
    /// An attribute has another value.
    Attribute {
        /// Which.
        name: String,
    },
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reason { is } => write!(f, "the reason is `{}`", is.as_str()),
            Self::Channel { is } => write!(f, "the channel is `{is}`"),
            Self::Language { is: Some(is) } => write!(f, "the customer's language is `{is}`"),
            Self::Language { is: None } => f.write_str("the customer's language is not known"),
            Self::Priority { is } => write!(f, "the priority asked for is `{}`", is.as_str()),
            Self::Tag { missing } => write!(f, "the tag `{missing}` is missing"),
            Self::NoAttribute { name } => write!(f, "the attribute `{name}` is missing"),
            Self::Attribute { name } => write!(f, "the attribute `{name}` has another value"),
        }
    }
}

/// What would become of an escalation, and why. `Display` is a line for each rule looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Explained {
    /// The rules before the one that matched, in order.
    pub passed_over: Vec<PassedOver>,
    /// The result.
    pub routed: Routed,
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.passed_over.iter().try_for_each(|passed| writeln!(f, "{passed}"))?;
        match &self.routed.rule {
            Some(rule) => write!(f, "rule {rule:?} routes it"),
            None => f.write_str("no rule matches; it goes by `otherwise`"),
        }
    }
}
