//! Conversations and their messages.

use std::fmt::Debug;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::control::Epoch;
use crate::conversation::Conversation;
use crate::error::StoreError;
use crate::id::{ConversationId, DatabaseId, MessageId, Place, TurnId, WorkspaceId};
use crate::message::{Draft, Message, Sequence};

/// What must still hold when an entry of the AI agent is appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs, reason = "stores check it")]
pub struct AiFence {
    /// The epoch the turn began with.
    pub epoch: Epoch,
    /// The newest entry the turn had read.
    pub seen: Sequence,
    /// The turn.
    pub turn: TurnId,
}

/// Why something the AI agent did came too late. An outcome, not an error: nothing was done.
///
/// `Display` is a sentence in English for a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Supersession {
    /// Who answers has changed since the turn began.
    #[error("who answers has changed since the turn began; it is epoch {epoch} by now")]
    Control {
        /// The epoch by now.
        epoch: Epoch,
    },
    /// The customer wrote after what the turn had read; a turn that has read it is to answer.
    #[error("the customer wrote entry {sequence} after what the turn had read; begin a new turn")]
    NewerMessage {
        /// The newer entry.
        sequence: Sequence,
    },
    /// Another turn has answered since.
    #[error("another turn has answered with entry {sequence} since")]
    OtherTurn {
        /// Its entry.
        sequence: Sequence,
    },
}

/// Where an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs, reason = "stores build it")]
pub struct Receipt {
    /// Its id: the first one, if it was appended before.
    pub message: MessageId,
    /// Its place.
    pub sequence: Sequence,
    /// Whether it had been appended before, under the same key.
    pub repeated: bool,
}

/// What came of an append.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "stores build it")]
pub enum Appended {
    /// All entries are there; one receipt each, in order.
    Stored(Vec<Receipt>),
    /// The fence held; nothing was written.
    Superseded(Supersession),
}

/// Which part of a transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "both directions")]
pub enum Window {
    /// The oldest entries after this place.
    After(Sequence),
    /// The newest entries before this place; `None`: the newest of all.
    Before(Option<Sequence>),
}

/// A part of a transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "stores build it")]
pub struct Transcript {
    /// The thread, as of the same instant.
    pub conversation: Conversation,
    /// Entries by ascending sequence, whatever the window.
    pub messages: Vec<Message>,
}

/// Where a page of conversations ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs, reason = "stores build it")]
pub struct ConversationCursor {
    /// When the last one was active, UTC.
    pub active_at: DateTime<Utc>,
    /// Its id.
    pub id: ConversationId,
}

impl From<&Conversation> for ConversationCursor {
    fn from(conversation: &Conversation) -> Self {
        Self { active_at: conversation.active_at, id: conversation.id }
    }
}

/// Keeps conversations and their messages, append only.
///
/// A host whose transcripts live in its own database implements this; the testkit's
/// `transcript_store_conformance!` says whether it does so rightly.
///
/// # Contract
///
/// - Every method sees one workspace only: the right id in the wrong workspace is not there (N3).
/// - What a method has returned is durable, and visible to every later call on every machine.
/// - Dropping a future leaves all of its write, or none (cancel safe).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait TranscriptStore: Debug + Send + Sync + 'static {
    /// The database behind it. The same as a ticket repository's only if one transaction can write both.
    fn database(&self) -> DatabaseId;

    /// Begins a conversation, or returns the one that is there, unchanged.
    ///
    /// # Errors
    ///
    /// [`StoreError::Backend`]; nothing was written.
    async fn open(&self, conversation: Conversation) -> Result<Conversation, StoreError>;

    /// Appends `entries` in order.
    ///
    /// # Contract
    ///
    /// - All or none of `entries` become visible, in one atomic step with the checks.
    /// - Sequences start at 1, have no gaps, and are never used twice.
    /// - An entry whose key is in the conversation already is not written again: its receipt names the first
    ///   one. This is looked at before the fence, so that a retry gets its first answer. The same key with other
    ///   content ([`Draft::says_the_same_as`]) is [`StoreError::KeyReused`], and nothing is written.
    /// - With `fence`, and unless every entry is a repeat, the append is superseded, in this order, if the
    ///   conversation's fence is above [`AiFence::epoch`]; if the customer wrote after [`AiFence::seen`]; if the
    ///   AI agent wrote after it in another turn.
    /// - With `fence`, a written append raises the conversation's fence to [`AiFence::epoch`].
    /// - A written append sets the conversation's `last`, and `active_at` to the newest entry's instant.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`], [`StoreError::KeyReused`], [`StoreError::Backend`]; nothing was written.
    async fn append(
        &self,
        place: Place,
        entries: Vec<Draft>,
        fence: Option<AiFence>,
    ) -> Result<Appended, StoreError>;

    /// Refuses entries of the AI agent under an epoch older than `epoch` from now on. Never lowers the fence.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`], [`StoreError::Backend`].
    async fn raise_fence(&self, place: Place, epoch: Epoch) -> Result<(), StoreError>;

    /// Reads up to `limit` entries, by ascending sequence.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`], [`StoreError::Backend`].
    async fn read(&self, place: Place, window: Window, limit: usize) -> Result<Transcript, StoreError>;

    /// Lists up to `limit` conversations, most recently active first, equal ones by descending id.
    ///
    /// # Errors
    ///
    /// [`StoreError::Backend`].
    async fn conversations(
        &self,
        workspace: WorkspaceId,
        after: Option<ConversationCursor>,
        limit: usize,
    ) -> Result<Vec<Conversation>, StoreError>;
}
