//! The action that the AI agent calls when a person is needed, as models are told of it and as they call it.
//!
//! ```
//! use escalate::action::EscalateAction;
//! let action = EscalateAction::new().named("Talk to a person").when("the customer mentions a lawyer")?;
//! assert_eq!(action.name(), "Talk_to_a_person");
//! assert_eq!(action.to_openai()["function"]["strict"], true);
//! let call = action.parse(r#"{"reason": "customer_request", "details": "wants to cancel"}"#)?;
//! assert_eq!(call.reason.text, "wants to cancel");
//! let fault = action.parse(r#"{"reason": "angry"}"#).unwrap_err();
//! assert!(fault.to_string().starts_with("`reason` has a value that is not allowed; give one of `customer_request`"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What a model says decides nothing but that a person is asked for, and why (S4): it has no parameter for a team, an
//! assignee or a kind of ticket. Its urgency is [kept](crate::Reason::urgency), and changes the ticket's priority only
//! as far as [`EscalateAction::raising_priority_to`] allows, which is not at all unless the host says so. Its reason is
//! hidden from rules unless the host [lets them see it](EscalateAction::routing_by_reason).

mod call;
mod invalid;
mod json;
mod render;

pub use self::call::{ActionCall, Arguments};
pub use self::invalid::{InvalidAction, InvalidCall};

use crate::ticket::{Priority, ReasonCode};

/// An occasion for the action that is built in; each can be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Trigger {
    /// The customer asks for a person.
    PersonRequested,
    /// The customer disputes a charge or a refund.
    RefundDispute,
    /// The answer is not in what the AI agent knows, or it may not do what is asked.
    OutsideKnowledge,
}

impl Trigger {
    const ALL: [Self; 3] = [Self::PersonRequested, Self::RefundDispute, Self::OutsideKnowledge];

    const fn text(self) -> &'static str {
        match self {
            Self::PersonRequested => "the customer asks for a person",
            Self::RefundDispute => "the customer disputes a charge or a refund",
            Self::OutsideKnowledge => {
                "the answer is not in what you know, or you may not do what is asked, and the customer wants a person"
            }
        }
    }
}

/// The reasons that a model may give: the other codes are the host's and the library's own.
const CODES: [ReasonCode; 4] =
    [ReasonCode::CustomerRequest, ReasonCode::OutOfScope, ReasonCode::Sensitive, ReasonCode::Other];

/// The action *Escalate to a human*: its name, when to call it, what it takes, and what it may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EscalateAction {
    name: String,
    built_in: Vec<Trigger>,
    triggers: Vec<String>,
    ceiling: Option<Priority>,
    routes_by_reason: bool,
    takes_words: bool,
    handoff_message: Option<String>,
}

impl Default for EscalateAction {
    fn default() -> Self {
        Self::new()
    }
}

impl EscalateAction {
    /// The longest name, in characters.
    pub const MAX_NAME: usize = 60;
    /// The longest trigger, in characters.
    pub const MAX_TRIGGER: usize = 200;
    /// The longest description, in characters: providers take no more.
    pub const MAX_DESCRIPTION: usize = 1024;
    /// The longest message to the customer that a call may hold, in characters.
    pub const MAX_WORDS: usize = 2000;
    /// The longest arguments that are parsed, in bytes of UTF-8.
    pub const MAX_ARGUMENTS: usize = 1 << 15;

    const NAME: &str = "escalate_to_human";

    /// The action `escalate_to_human` with the built-in [triggers](Trigger).
    #[must_use]
    pub fn new() -> Self {
        Self {
            name: Self::NAME.to_owned(),
            built_in: Trigger::ALL.to_vec(),
            triggers: Vec::new(),
            ceiling: None,
            routes_by_reason: false,
            takes_words: true,
            handoff_message: None,
        }
    }

    /// Names it. What is no ASCII letter, digit or underscore becomes an underscore, one for a run, and none at the
    /// ends; at most [`EscalateAction::MAX_NAME`] are kept. Where nothing is left it is `escalate_to_human`.
    #[must_use]
    pub fn named(mut self, name: impl AsRef<str>) -> Self {
        let words = name.as_ref().split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let name: String = words.collect::<Vec<_>>().join("_").chars().take(Self::MAX_NAME).collect();
        let name = name.trim_end_matches('_');
        self.name = if name.is_empty() { Self::NAME } else { name }.to_owned();
        self
    }

    /// Adds an occasion, as the end of the sentence "Call it when …": `the customer mentions a lawyer`.
    ///
    /// # Errors
    ///
    /// [`InvalidAction`] for one that is blank or too long, and when the description gets too long for providers.
    pub fn when(mut self, occasion: impl AsRef<str>) -> Result<Self, InvalidAction> {
        let occasion = one_line(occasion.as_ref());
        let chars = occasion.chars().count();
        if occasion.is_empty() {
            return Err(InvalidAction::BlankTrigger);
        }
        if chars > Self::MAX_TRIGGER {
            return Err(InvalidAction::TriggerTooLong { chars, limit: Self::MAX_TRIGGER });
        }
        self.triggers.push(occasion);
        let chars = self.description().chars().count();
        if chars > Self::MAX_DESCRIPTION {
            return Err(InvalidAction::DescriptionTooLong { chars, limit: Self::MAX_DESCRIPTION });
        }
        Ok(self)
    }

    /// Leaves out an occasion that is built in.
    #[must_use]
    pub fn without(mut self, trigger: Trigger) -> Self {
        self.built_in.retain(|kept| *kept != trigger);
        self
    }

    /// Lets a model's urgency raise a ticket's priority, up to `ceiling`; it never lowers one. Rules that go by priority
    /// see the raised one. Without this it changes nothing.
    #[must_use]
    pub const fn raising_priority_to(mut self, ceiling: Priority) -> Self {
        self.ceiling = Some(ceiling);
        self
    }

    /// Lets [rules](crate::Rules) go by the reason that a model gives. Text in a transcript may sway a model, and with
    /// this, the team (S4). Without it, rules see [`ReasonCode::Other`]; the ticket has the model's reason either way.
    #[must_use]
    pub const fn routing_by_reason(mut self) -> Self {
        self.routes_by_reason = true;
        self
    }

    /// Takes no words to the customer from a model: they get the host's message, or the desk's own, which is true of
    /// what became of the ticket.
    #[must_use]
    pub const fn without_words(mut self) -> Self {
        self.takes_words = false;
        self
    }

    /// Tells the customer this where a model says nothing itself, instead of the desk's own text, which goes by what
    /// became of the ticket. Blank words count as none.
    #[must_use]
    pub fn saying(mut self, handoff_message: impl Into<String>) -> Self {
        self.handoff_message = Some(handoff_message.into()).filter(|words| !words.trim().is_empty());
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the customer is told where a model says nothing, if the host has said it.
    #[must_use]
    pub fn handoff_message(&self) -> Option<&str> {
        self.handoff_message.as_deref()
    }

    /// The priority of a ticket for which the host asks `asked`, and a model `urgency`.
    #[must_use]
    pub fn priority(&self, asked: Priority, urgency: Option<Priority>) -> Priority {
        match (self.ceiling, urgency) {
            (Some(ceiling), Some(urgency)) => asked.max(urgency.min(ceiling)),
            _ => asked,
        }
    }

    /// The reason that rules go by, where a model gives `code`.
    #[must_use]
    pub const fn routed_as(&self, code: ReasonCode) -> ReasonCode {
        if self.routes_by_reason { code } else { ReasonCode::Other }
    }

    fn occasions(&self) -> impl Iterator<Item = &str> {
        self.built_in.iter().map(|trigger| trigger.text()).chain(self.triggers.iter().map(String::as_str))
    }
}

/// On one line, without control characters.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}
