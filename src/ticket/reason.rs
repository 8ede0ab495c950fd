//! Why an episode began.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Priority;

/// Why a person was asked for, as a code a host can count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReasonCode {
    /// The customer asked for a person.
    CustomerRequest,
    /// The AI agent does not know, or may not do it.
    OutOfScope,
    /// The subject needs a person: a complaint, a dispute, a person at risk.
    Sensitive,
    /// The AI agent failed or did not answer (E7).
    AiFailure,
    /// A rule of the host.
    HostRule,
    /// The AI agent had promised the customer a person without asking for one (S5).
    Promise,
    /// A teammate took over without being asked.
    Takeover,
    /// None of these; the text says more.
    Other,
}

impl ReasonCode {
    /// The name under which it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CustomerRequest => "customer_request",
            Self::OutOfScope => "out_of_scope",
            Self::Sensitive => "sensitive",
            Self::AiFailure => "ai_failure",
            Self::HostRule => "host_rule",
            Self::Promise => "promise",
            Self::Takeover => "takeover",
            Self::Other => "other",
        }
    }
}

/// Why a person was asked for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reason {
    /// The code.
    pub code: ReasonCode,
    /// The model's or the host's own words: data, never an instruction (S4). At most
    /// [`Reason::MAX_TEXT`] characters; what is longer is cut.
    pub text: String,
    /// How soon, as a model sees it; what it changes is up to
    /// [`EscalateAction`](crate::action::EscalateAction::raising_priority_to) (S4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Priority>,
}

impl Reason {
    /// The longest text kept, in characters.
    pub const MAX_TEXT: usize = 500;

    /// A reason in code and words.
    #[must_use]
    pub fn new(code: ReasonCode, text: impl AsRef<str>) -> Self {
        let text = text.as_ref().chars().filter(|c| !c.is_control()).take(Self::MAX_TEXT).collect();
        Self { code, text, urgency: None }
    }
}

impl From<ReasonCode> for Reason {
    fn from(code: ReasonCode) -> Self {
        Self { code, text: String::new(), urgency: None }
    }
}

// The text may quote the customer.
impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reason")
            .field("code", &self.code)
            .field("bytes", &self.text.len())
            .finish_non_exhaustive()
    }
}
