//! The transcript's entries: who wrote what, and who may see it.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::{ConversationId, CustomerId, MessageId, TeammateId, TicketId, TurnId, WorkspaceId};
use crate::key::Key;

/// Place of an entry in its transcript: 1, 2, 3, … without gaps. Zero means *before the first*.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[allow(clippy::exhaustive_structs, reason = "a number with a meaning")]
pub struct Sequence(pub u64);

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Who wrote an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Author {
    /// The person asking.
    Customer {
        /// Which customer.
        id: CustomerId,
    },
    /// The software answering.
    AiAgent,
    /// A human answering.
    Teammate {
        /// Which teammate.
        id: TeammateId,
    },
    /// The library itself, on behalf of the workspace.
    System,
}

/// Who may see an entry. An allow-list: a reader asks for what it may have, never for "all but" (N4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Visibility {
    /// The customer, the AI agent and teammates.
    Public,
    /// The AI agent and teammates: a fact, such as the end of an episode, or that a turn could not answer.
    Fact,
    /// Teammates only.
    Note,
}

impl Visibility {
    /// Whether the customer may see it.
    #[must_use]
    pub const fn for_customer(self) -> bool {
        matches!(self, Self::Public)
    }

    /// Whether a model may see it.
    #[must_use]
    pub const fn for_model(self) -> bool {
        matches!(self, Self::Public | Self::Fact)
    }
}

/// The edge of an episode in the transcript (H1): a fact about a moment, with the ticket's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Mark {
    /// From here a person is awaited or answers.
    EpisodeOpened {
        /// The episode.
        ticket: TicketId,
    },
    /// From here the AI agent answers again.
    EpisodeEnded {
        /// The episode.
        ticket: TicketId,
    },
}

/// An entry that has not been appended yet.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Draft {
    /// Its id; kept only if the key is new.
    pub id: MessageId,
    /// Makes a repeated append harmless, within the conversation.
    pub key: Key,
    /// Who writes.
    pub author: Author,
    /// Who may see it.
    pub visibility: Visibility,
    /// The text, as given: never trimmed or normalised.
    pub body: String,
    /// When it was written, UTC, microseconds.
    pub at: DateTime<Utc>,
    /// The AI agent's turn that wrote it.
    pub turn: Option<TurnId>,
    /// Set on the facts that open and end an episode.
    pub mark: Option<Mark>,
}

impl Draft {
    /// A public entry; change the other fields as needed.
    #[must_use]
    pub fn new(id: MessageId, key: Key, author: Author, body: impl Into<String>, at: DateTime<Utc>) -> Self {
        let body = body.into();
        Self { id, key, author, visibility: Visibility::Public, body, at, turn: None, mark: None }
    }

    /// Sets who may see it.
    #[must_use]
    pub fn visible_to(mut self, visibility: Visibility) -> Self {
        self.visibility = visibility;
        self
    }

    /// Sets the AI agent's turn.
    #[must_use]
    pub fn of_turn(mut self, turn: TurnId) -> Self {
        self.turn = Some(turn);
        self
    }

    /// Makes it the edge of an episode.
    #[must_use]
    pub fn marking(mut self, mark: Mark) -> Self {
        self.mark = Some(mark);
        self
    }

    /// Whether `message` is what appending this draft earlier would have left.
    ///
    /// Times, ids and turns are left out: a retry makes new ones.
    #[must_use]
    pub fn says_the_same_as(&self, message: &Message) -> bool {
        self.author == message.author && self.visibility == message.visibility && self.body == message.body
    }

    /// The entry this becomes at `sequence` of `conversation`.
    #[must_use]
    pub fn at_sequence(
        self,
        workspace: WorkspaceId,
        conversation: ConversationId,
        sequence: Sequence,
    ) -> Message {
        let Self { id, key, author, visibility, body, at, turn, mark } = self;
        Message { workspace, conversation, sequence, id, key, author, visibility, body, at, turn, mark }
    }
}

/// An entry of a transcript.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Message {
    /// The tenant.
    pub workspace: WorkspaceId,
    /// The thread.
    pub conversation: ConversationId,
    /// Place in the thread, from 1, without gaps.
    pub sequence: Sequence,
    /// Its id.
    pub id: MessageId,
    /// The key it was appended under.
    pub key: Key,
    /// Who wrote it.
    pub author: Author,
    /// Who may see it.
    pub visibility: Visibility,
    /// The text, as given.
    pub body: String,
    /// When it was written, UTC, microseconds.
    pub at: DateTime<Utc>,
    /// The AI agent's turn that wrote it.
    pub turn: Option<TurnId>,
    /// Set on the facts that open and end an episode.
    pub mark: Option<Mark>,
}

impl Message {
    /// Whether the customer wrote it.
    #[must_use]
    pub const fn is_from_customer(&self) -> bool {
        matches!(self.author, Author::Customer { .. })
    }
}

// The customer's words stay out of logs: hosts print errors and state with `{:?}`.
impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft")
            .field("id", &self.id)
            .field("key", &self.key)
            .field("author", &self.author)
            .field("visibility", &self.visibility)
            .field("bytes", &self.body.len())
            .field("mark", &self.mark)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("sequence", &self.sequence)
            .field("id", &self.id)
            .field("author", &self.author)
            .field("visibility", &self.visibility)
            .field("bytes", &self.body.len())
            .field("mark", &self.mark)
            .finish_non_exhaustive()
    }
}
