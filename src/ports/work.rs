//! Work that is due later, done once by whichever machine comes first.

use std::borrow::Cow;
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::commit::TranscriptWrite;
use super::sink_name::SinkName;
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
    /// Deliver the conversation's events to a sink.
    Deliver {
        /// Which.
        sink: SinkName,
    },
    /// Assign the workspace's waiting tickets.
    Sweep,
    /// Write what is owed to the transcript in another database.
    FinishTranscript,
    /// Resume the AI agent after a close, if the customer did not write.
    EndGrace {
        /// The closed ticket.
        ticket: TicketId,
    },
    /// Offer a ticket to the next teammate, if the one it is with does not answer (A7).
    OfferAgain {
        /// Which.
        ticket: TicketId,
    },
    /// Tell of a ticket's deadlines.
    Deadline {
        /// Which.
        ticket: TicketId,
    },
    /// End an episode in which nothing happens.
    Idle {
        /// Its ticket.
        ticket: TicketId,
    },
}

impl WorkKind {
    /// The name under which it is stored; of a delivery `deliver:` and the sink's. There is one piece of work of each
    /// name in a conversation ([`WorkKind::Sweep`]: in a workspace).
    #[must_use]
    pub fn name(&self) -> Cow<'static, str> {
        match self {
            Self::Summarise { .. } => Self::SUMMARISE.into(),
            Self::Deliver { sink } => delivery(*sink).into(),
            Self::Sweep => Self::SWEEP.into(),
            Self::FinishTranscript => Self::FINISH_TRANSCRIPT.into(),
            Self::EndGrace { .. } => Self::END_GRACE.into(),
            Self::OfferAgain { .. } => Self::OFFER_AGAIN.into(),
            Self::Deadline { .. } => Self::DEADLINE.into(),
            Self::Idle { .. } => Self::IDLE.into(),
        }
    }

    /// Whether it is about a whole workspace.
    #[must_use]
    pub const fn is_of_workspace(&self) -> bool {
        matches!(self, Self::Sweep)
    }
}

fn delivery(sink: SinkName) -> String {
    format!("deliver:{sink}")
}

/// A choice of kinds: what a worker can do, and may claim.
///
/// ```
/// use escalate::ports::{WorkKind, WorkKinds};
/// let kinds = WorkKinds::of(&[WorkKind::SWEEP]).and_sink("webhook".parse()?);
/// assert!(kinds.contains(&WorkKind::Sweep) && !kinds.contains(&WorkKind::FinishTranscript));
/// assert_eq!(kinds.names(), ["sweep", "deliver:webhook"]);
/// # Ok::<(), escalate::InvalidSinkName>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct WorkKinds {
    fixed: u8,
    sinks: BTreeSet<SinkName>,
}

impl WorkKind {
    /// The name of [`WorkKind::Summarise`].
    pub const SUMMARISE: &'static str = "summarise";
    /// The name of [`WorkKind::Sweep`].
    pub const SWEEP: &'static str = "sweep";
    /// The name of [`WorkKind::FinishTranscript`].
    pub const FINISH_TRANSCRIPT: &'static str = "finish_transcript";
    /// The name of [`WorkKind::EndGrace`].
    pub const END_GRACE: &'static str = "end_grace";
    /// The name of [`WorkKind::OfferAgain`].
    pub const OFFER_AGAIN: &'static str = "offer_again";
    /// The name of [`WorkKind::Deadline`].
    pub const DEADLINE: &'static str = "deadline";
    /// The name of [`WorkKind::Idle`].
    pub const IDLE: &'static str = "idle";
    /// All names but those of deliveries.
    pub const NAMES: [&'static str; 7] = [
        Self::SUMMARISE,
        Self::SWEEP,
        Self::FINISH_TRANSCRIPT,
        Self::END_GRACE,
        Self::OFFER_AGAIN,
        Self::DEADLINE,
        Self::IDLE,
    ];
}

impl WorkKinds {
    /// The kinds with these names; a name that is none counts for nothing. Deliveries: [`WorkKinds::and_sink`].
    #[must_use]
    pub fn of(names: &[&str]) -> Self {
        let bit = |(index, name): (u8, &&str)| u8::from(names.contains(name)) << index;
        Self { fixed: (0..).zip(&WorkKind::NAMES).map(bit).sum(), sinks: BTreeSet::new() }
    }

    /// These, and deliveries to this sink.
    #[must_use]
    pub fn and_sink(mut self, sink: SinkName) -> Self {
        self.sinks.insert(sink);
        self
    }

    /// Whether `kind` is among them.
    #[must_use]
    pub fn contains(&self, kind: &WorkKind) -> bool {
        match kind {
            WorkKind::Deliver { sink } => self.sinks.contains(sink),
            WorkKind::Summarise { .. }
            | WorkKind::Sweep
            | WorkKind::FinishTranscript
            | WorkKind::EndGrace { .. }
            | WorkKind::OfferAgain { .. }
            | WorkKind::Deadline { .. }
            | WorkKind::Idle { .. } => self.fixed().any(|name| name == kind.name()),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fixed == 0 && self.sinks.is_empty()
    }

    /// Their names, as [`WorkKind::name`] gives them.
    #[must_use]
    pub fn names(&self) -> Vec<Cow<'static, str>> {
        let sinks = self.sinks.iter().map(|sink| Cow::from(delivery(*sink)));
        self.fixed().map(Cow::from).chain(sinks).collect()
    }

    fn fixed(&self) -> impl Iterator<Item = &'static str> {
        let chosen = (0..).zip(WorkKind::NAMES).filter(|(index, _)| self.fixed >> index & 1 == 1);
        chosen.map(|(_, name)| name)
    }
}

/// Work to be scheduled by a commit.
///
/// If there is work of that kind already, it takes the new kind's contents and the earlier of both instants, and
/// its generation grows, so that a worker that is at it does not settle what it has not seen. With two exceptions:
///
/// - Work that [failed](Settlement::failed) stays due when it is due. Otherwise a conversation in which much happens
///   would use up in seconds what is meant as a day of attempts.
/// - Other contents (another ticket) are new work: it has not failed, and was attempted 0 times.
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
    /// How often it was claimed since it last got on. It got on when it was settled without [`Settlement::failed`],
    /// or its delivery mark moved; a failure after that counts. A lease that ran out counts as well: whoever held it
    /// may have died of the work.
    pub attempts: u32,
    /// For [`WorkKind::Deliver`]: the last event that this sink got; it stays when the work is done.
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
    /// It failed: it is tried again at `again_at` and not sooner, whatever is scheduled until then. Means nothing
    /// without `again_at`.
    pub failed: bool,
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
