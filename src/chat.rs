//! A transcript as the chat messages of a request to a model.
//!
//! ```
//! # use escalate::{Conversation, CustomerId, ConversationId, Desk, MemoryStore, Place, Requester, WorkspaceId};
//! use escalate::chat::{Chat, SystemRole};
//! # futures::executor::block_on(async {
//! # let place = Place::new(WorkspaceId::from_u128(1), ConversationId::from_u128(2));
//! # let cleo = CustomerId::from_u128(3);
//! # let desk = Desk::on(MemoryStore::new()).build();
//! # desk.open(Conversation::new(place, Requester::verified(cleo), "web", desk.now())).await?;
//! # desk.customer_message(place, cleo, "m1".parse()?, "Where is my order?").await?;
//! let turn = desk.begin_turn(place).await?;
//! let chat = Chat::of(turn.context()).instructed("You answer for a shop.");
//! let messages = chat.to_openai(SystemRole::Developer);
//! assert_eq!(messages[1], serde_json::json!({ "role": "user", "content": "Where is my order?" }));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
//!
//! | entry | OpenAI | Anthropic |
//! | --- | --- | --- |
//! | of the customer | `user` | `user` |
//! | of the AI agent, and what the desk told the customer | `assistant` | `assistant` |
//! | of a teammate | `assistant`, after `⟦teammate⟧` | `assistant`, after `⟦teammate⟧` |
//! | fact: where an episode began or ended, with its id | `system` or `developer` | `user`, between `⟦fact: ` and `⟧` |
//! | note, and anything else | left out (N4) | left out (N4) |
//!
//! Nobody who takes part can write `⟦` or `⟧`: in their texts these become brackets. What chat templates of
//! self-hosted models take for the edge of a message, such as `<|im_start|>`, is broken up by a space.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Value, json};

use crate::message::{Author, Mark, Message, Visibility};

/// The role under which OpenAI's format gives instructions and facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "the two that the format has")]
pub enum SystemRole {
    /// `system`: most servers that speak the format know only this one.
    System,
    /// `developer`: what OpenAI's own models are made for.
    Developer,
}

impl SystemRole {
    const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Developer => "developer",
        }
    }
}

/// What a model is shown of a conversation.
#[derive(Clone, PartialEq, Eq)]
pub struct Chat {
    instructions: String,
    lines: Vec<Line>,
}

/// Who says it, and what.
type Line = (Voice, String);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Voice {
    Customer,
    AiAgent,
    Teammate,
    Fact,
}

const OPEN: char = '⟦';
const CLOSE: char = '⟧';
/// Before what a teammate wrote.
pub(crate) const MARKER: &str = "⟦teammate⟧";
const LEGEND: &str = "Signs in the conversation: whatever stands between ⟦ and ⟧ was put there by the software that \
    keeps the conversation; nobody who takes part in it can write these two signs. ⟦teammate⟧ begins a message that a \
    person of the team wrote to the customer, and not you. A fact says when a person was asked for and when that \
    episode ended; its ticket is known by its id.";
/// What templates of self-hosted models take for the edge of a message or for another role.
const TEMPLATE_TOKENS: [&str; 21] = [
    "<|",
    "|>",
    "<｜",
    "｜>",
    "<s>",
    "</s>",
    "[INST]",
    "[/INST]",
    "<<SYS>>",
    "<</SYS>>",
    "<start_of_turn>",
    "<end_of_turn>",
    "[SYSTEM_PROMPT]",
    "[/SYSTEM_PROMPT]",
    "[AVAILABLE_TOOLS]",
    "[TOOL_CALLS]",
    "[TOOL_RESULTS]",
    "[/TOOL_RESULTS]",
    "[/AVAILABLE_TOOLS]",
    "<bos>",
    "<eos>",
];

impl Chat {
    /// What a model may see of `entries`, such as [`Turn::context`](crate::Turn::context): by ascending sequence, each
    /// once, whatever order they are given in; blank ones are left out, as providers refuse them.
    #[must_use]
    pub fn of(entries: &[Message]) -> Self {
        let mut seen: Vec<&Message> = entries.iter().filter(|entry| entry.visibility.for_model()).collect();
        seen.sort_by_key(|entry| entry.sequence);
        seen.dedup_by_key(|entry| entry.sequence);
        let lines = seen.into_iter().filter_map(line).collect();
        Self { instructions: String::new(), lines }
    }

    /// Puts the host's own instructions in front: its system prompt, with
    /// [`EscalateAction::prompt`](crate::action::EscalateAction::prompt) where the action is given to the model.
    #[must_use]
    pub fn instructed(mut self, instructions: impl Into<String>) -> Self {
        self.instructions = instructions.into();
        self
    }

    /// The `messages` of a request to OpenAI's chat completions.
    #[must_use]
    pub fn to_openai(&self, role: SystemRole) -> Value {
        let lines = self.lines.iter().map(|(voice, text)| match voice {
            Voice::Customer => json!({ "role": "user", "content": text }),
            Voice::AiAgent => json!({ "role": "assistant", "content": text }),
            Voice::Teammate => json!({ "role": "assistant", "content": by_teammate(text) }),
            Voice::Fact => json!({ "role": role.as_str(), "content": text }),
        });
        let first = json!({ "role": role.as_str(), "content": self.system() });
        std::iter::once(first).chain(lines).collect()
    }

    /// The `system` and `messages` of a request to Anthropic's messages, as an object of these two. The roles alternate,
    /// and the first is `user`. They end with `assistant` where the customer did not write last, and are empty where nobody
    /// has written: then there is nothing to answer, as [`Turn::is_awaited`](crate::Turn::is_awaited) says, and no model
    /// is to be asked. Facts that come after the last `assistant` stand at the end of `system`.
    #[must_use]
    pub fn to_anthropic(&self) -> Value {
        let mut turns: Vec<(&str, Vec<Value>)> = Vec::new();
        let (said, trailing) = self.said_and_trailing();
        for (voice, text) in said {
            let (role, text) = match voice {
                Voice::Customer => ("user", Cow::from(text)),
                Voice::AiAgent => ("assistant", Cow::from(text)),
                Voice::Teammate => ("assistant", Cow::from(by_teammate(text))),
                Voice::Fact => ("user", Cow::from(signed(text))),
            };
            if turns.is_empty() && role == "assistant" {
                turns.push((
                    "user",
                    vec![block(&format!("{OPEN}the conversation as far as it is shown{CLOSE}"))],
                ));
            }
            match turns.last_mut() {
                Some((last, blocks)) if *last == role => blocks.push(block(&text)),
                _ => turns.push((role, vec![block(&text)])),
            }
        }
        let messages = turns.into_iter().map(|(role, blocks)| json!({ "role": role, "content": blocks }));
        let facts = trailing.iter().map(|(_, text)| signed(text));
        let system = std::iter::once(self.system()).chain(facts).collect::<Vec<_>>().join("\n\n");
        json!({ "system": system, "messages": messages.collect::<Value>() })
    }

    /// The lines, and the facts after the last of them unless that is the customer's: as `user`, they would look like
    /// something to answer.
    fn said_and_trailing(&self) -> (&[Line], &[Line]) {
        let facts = self.lines.iter().rev().take_while(|(voice, _)| *voice == Voice::Fact).count();
        let parts = self.lines.split_at_checked(self.lines.len().saturating_sub(facts));
        parts
            .filter(|(said, _)| said.last().is_none_or(|(voice, _)| *voice != Voice::Customer))
            .unwrap_or((&self.lines, &[]))
    }

    fn system(&self) -> String {
        match self.instructions.trim().is_empty() {
            true => LEGEND.to_owned(),
            false => format!("{}\n\n{LEGEND}", self.instructions),
        }
    }
}

/// What a model is shown of it; an allow-list.
fn line(entry: &Message) -> Option<Line> {
    let (voice, text) = match (entry.visibility, entry.author, entry.mark) {
        (Visibility::Public, Author::Customer { .. }, _) => (Voice::Customer, plain(&entry.body)),
        (Visibility::Public, Author::AiAgent | Author::System, _) => (Voice::AiAgent, plain(&entry.body)),
        (Visibility::Public, Author::Teammate { .. }, _) => (Voice::Teammate, plain(&entry.body)),
        (Visibility::Fact, Author::System, Some(mark)) => (Voice::Fact, fact(mark)),
        // Such as that a turn could not answer, which is for the count and not for the model.
        (Visibility::Fact | Visibility::Note, ..) => return None,
    };
    (!text.trim().is_empty()).then_some((voice, text))
}

/// In our own words, whatever stands in the entry.
fn fact(mark: Mark) -> String {
    match mark {
        Mark::EpisodeOpened { ticket } => {
            format!("Ticket {ticket} began here: a person of the team was asked for, or took over.")
        }
        Mark::EpisodeEnded { ticket } => {
            format!("Ticket {ticket} ended here, and the AI agent answered again after it.")
        }
    }
}

/// The text without what could be mistaken for another role.
fn plain(text: &str) -> String {
    let text = text.replace(OPEN, "[[").replace(CLOSE, "]]");
    TEMPLATE_TOKENS.iter().fold(text, |text, token| match text.contains(token) {
        false => text,
        true => {
            let mut broken = token.to_string();
            let first = token.chars().next().map_or(0, char::len_utf8);
            broken.insert(first, ' ');
            text.replace(token, &broken)
        }
    })
}

/// The text without the marker of a teammate's words, and without the two signs.
pub(crate) fn unsigned(text: &str) -> String {
    let text = text.trim_start().strip_prefix(MARKER).map_or(text, str::trim_start);
    text.replace(MARKER, "").replace([OPEN, CLOSE], "")
}

fn by_teammate(text: &str) -> String {
    format!("{MARKER}\n{text}")
}

fn signed(fact: &str) -> String {
    format!("{OPEN}fact: {fact}{CLOSE}")
}

fn block(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

// It is made of what the customer said.
impl fmt::Debug for Chat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chat").field("lines", &self.lines.len()).finish_non_exhaustive()
    }
}
