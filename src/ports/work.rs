//! Work that is due later, done once by whichever machine comes first.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::commit::TranscriptWrite;
use crate::event::EventSequence;
use crate::id::{ConversationId, TicketId, WorkspaceId};

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum WorkKind {
    /// Ask the summarizer about a ticket.
    Summarise {
        /// Which.
        ticket: TicketId,
    },
    /// Deliver the conversation's events to the sink.
    Deliver,
    /// Assign the workspace's waiting tickets.
    Sweep,
    /// Write what is owed to the transcript in another database.
    FinishTranscript,
    /// Resume the AI agent after a close, if the customer did not write.
    EndGrace {
        /// The closed ticket.
        ticket: TicketId,
    },
}

impl WorkKind {
    /// The name under which it is stored. There is one piece of work of each name in a conversation
    /// ([`WorkKind::Sweep`]: in a workspace).
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Summarise { .. } => Self::SUMMARISE,
            Self::Deliver => Self::DELIVER,
            Self::Sweep => Self::SWEEP,
            Self::FinishTranscript => Self::FINISH_TRANSCRIPT,
            Self::EndGrace { .. } => Self::END_GRACE,
        }
    }

    /// Whether it is about a whole workspace.
    #[must_use]
    pub const fn is_of_workspace(&self) -> bool {
        matches!(self, Self::Sweep)
    }
}

/// A choice of kinds: what a worker can do, and may claim.
///
/// ```
/// use escalate::ports::{WorkKind, WorkKinds};
/// let kinds = WorkKinds::of(&[WorkKind::SWEEP, WorkKind::DELIVER]);
/// assert!(kinds.contains(&WorkKind::Sweep) && !kinds.contains(&WorkKind::FinishTranscript));
/// assert_eq!(kinds.names(), ["deliver", "sweep"]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WorkKinds(u8);

impl WorkKind {
    /// The name of [`WorkKind::Summarise`].
    pub const SUMMARISE: &'static str = "summarise";
    /// The name of [`WorkKind::Deliver`].
    pub const DELIVER: &'static str = "deliver";
    /// The name of [`WorkKind::Sweep`].
    pub const SWEEP: &'static str = "sweep";
    /// The name of [`WorkKind::FinishTranscript`].
    pub const FINISH_TRANSCRIPT: &'static str = "finish_transcript";
    /// The name of [`WorkKind::EndGrace`].
    pub const END_GRACE: &'static str = "end_grace";
}

impl WorkKinds {
    const NAMES: [&'static str; 5] = [
        WorkKind::SUMMARISE,
        WorkKind::DELIVER,
        WorkKind::SWEEP,
        WorkKind::FINISH_TRANSCRIPT,
        WorkKind::END_GRACE,
    ];
    /// Every kind.
    pub const ALL: Self = Self(0b1_1111);

    /// The kinds with these names; a name that is none counts for nothing.
    #[must_use]
    pub fn of(names: &[&str]) -> Self {
        let bit = |(index, name): (u8, &&str)| u8::from(names.contains(name)) << index;
        Self((0..).zip(&Self::NAMES).map(bit).sum())
    }

    /// Whether `kind` is among them.
    #[must_use]
    pub fn contains(self, kind: &WorkKind) -> bool {
        self.names().contains(&kind.as_str())
    }

    /// Their names, as [`WorkKind::as_str`] gives them.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        let chosen = (0..).zip(Self::NAMES).filter(|(index, _)| self.0 >> index & 1 == 1);
        chosen.map(|(_, name)| name).collect()
    }
}

/// Work to be scheduled by a commit.
///
/// If there is work of that kind already, it takes the new kind's contents and the earlier of both instants, and
/// its generation grows, so that a worker that is at it does not settle what it has not seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs, reason = "stores take it apart")]
pub struct Work {
    /// What.
    pub kind: WorkKind,
    /// From when on, UTC.
    pub due_at: DateTime<Utc>,
}

/// The right to do one piece of work, until the lease runs out and somebody else claims it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs, reason = "stores build it")]
pub struct Claim {
    /// The tenant.
    pub workspace: WorkspaceId,
    /// The thread; `None` for work of a workspace.
    pub conversation: Option<ConversationId>,
    /// What.
    pub kind: WorkKind,
    /// Grows whenever the work is scheduled again.
    pub generation: u64,
    /// Grows whenever the work is claimed: only the newest claim may settle it.
    pub token: u64,
    /// How often it was claimed before.
    pub attempts: u32,
    /// For [`WorkKind::Deliver`]: the last event that was delivered.
    pub delivered: EventSequence,
}

/// What a worker gets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "stores build it")]
pub struct Claims {
    /// The work claimed, longest due first.
    pub claims: Vec<Claim>,
    /// When the next piece of those kinds is due that was not claimed: its due time, or the end of its lease.
    /// `None`: nothing is scheduled.
    pub next: Option<DateTime<Utc>>,
}

/// How claimed work ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs, reason = "stores take it apart")]
pub struct Settlement {
    /// For [`WorkKind::Deliver`]: the last event that has been delivered now.
    pub delivered: Option<EventSequence>,
    /// When to do it again; `None`: it is done.
    pub again_at: Option<DateTime<Utc>>,
}

/// Transcript writes of committed changes that have not been confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "stores build it")]
pub struct Owed {
    /// To settle once they are written. Whoever looks may write them: they are harmless when repeated.
    pub claim: Claim,
    /// Oldest first.
    pub writes: Vec<TranscriptWrite>,
}
