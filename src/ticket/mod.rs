//! One period in human hands: one ticket is one escalation episode.

mod clocks;
mod due;
mod flag;
mod lapse;
mod line;
mod method;
mod moves;
mod reason;
mod status;

pub use self::clocks::Clocks;
pub use self::due::{Deadline, DeadlineOf, DeadlineState, Due};
pub use self::flag::Flag;
pub use self::lapse::Lapse;
pub use self::line::Line;
pub(crate) use self::line::Standing;
pub use self::method::{Method, Speaks};
pub use self::reason::{Reason, ReasonCode};
pub use self::status::TicketStatus;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::conversation::{Channel, Conversation, Requester};
use crate::id::{ConversationId, Place, TeamId, TeammateId, TicketId, WorkspaceId};
use crate::key::Key;
use crate::summary::{Language, Summary};

/// What a ticket is about. One kind today; stored by name, so that others can follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TicketKind {
    /// A person answers in the customer's own thread.
    LiveChat,
}

impl TicketKind {
    /// The name under which it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LiveChat => "live_chat",
        }
    }
}

/// How soon a waiting ticket is served; equal priorities go oldest first (A3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "a closed scale; stores keep it as a number")]
pub enum Priority {
    /// After everything else.
    Low,
    /// The default.
    #[default]
    Normal,
    /// Before normal.
    High,
    /// Before everything else.
    Urgent,
}

impl Priority {
    /// The name under which it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }

    /// 0 for low up to 3 for urgent, for a store's sort key.
    #[must_use]
    pub const fn rank(self) -> u8 {
        match self {
            Self::Low => 0,
            Self::Normal => 1,
            Self::High => 2,
            Self::Urgent => 3,
        }
    }
}

/// How the assignee came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AssignedBy {
    /// The assignment policy chose.
    Policy,
    /// A teammate or the host chose; never overwritten by the machine.
    Hand,
    /// The teammate took the conversation over.
    Takeover,
    /// The ticket was reopened with whoever answered last.
    Reopening,
}

/// The teammate on a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Assignee {
    /// Who.
    pub teammate: TeammateId,
    /// How.
    pub by: AssignedBy,
    /// Since when, UTC, microseconds.
    pub at: DateTime<Utc>,
    /// Whether the choice, made by hand, exceeded the teammate's cap (A1).
    pub over_cap: bool,
    /// When they begin, where that is not at once: their next shift (UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<DateTime<Utc>>,
}

impl Assignee {
    /// `teammate`, chosen by `by` at `at`, below the cap.
    #[must_use]
    pub const fn new(teammate: TeammateId, by: AssignedBy, at: DateTime<Utc>) -> Self {
        Self { teammate, by, at, over_cap: false, starts_at: None }
    }
}

/// An escalation episode.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ticket {
    /// Its id.
    pub id: TicketId,
    /// The tenant.
    pub workspace: WorkspaceId,
    /// The thread it is about.
    pub conversation: ConversationId,
    /// Who asks.
    pub requester: Requester,
    /// What it is about.
    pub kind: TicketKind,
    /// Where it stands.
    pub status: TicketStatus,
    /// Whether the AI agent answers in this conversation: off while the episode lasts, on after hand back.
    pub ai_replies: bool,
    /// The channel the conversation came from.
    pub channel: Channel,
    /// How soon it is served.
    pub priority: Priority,
    /// The team asked for.
    pub team: Option<TeamId>,
    /// The skills asked for.
    pub skills: Vec<String>,
    /// The customer's language, as known when it was routed: the host's word, else detected.
    #[serde(default)]
    pub language: Option<Language>,
    /// Whether its assignee has to speak that language.
    #[serde(default)]
    pub speaks: Speaks,
    /// How its assignee is chosen. `None`: by the desk's policy.
    #[serde(default)]
    pub method: Option<Method>,
    /// Whether the policy left the choice to a person when it was asked last. A policy that was not asked, as nobody
    /// could get the ticket or it did not answer at once, says nothing of it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub by_hand: bool,
    /// The host's tags, sorted.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The rule that routed it. `None`: no rule matched, or none was asked.
    #[serde(default)]
    pub routed_by: Option<String>,
    /// Why it was opened.
    pub reason: Reason,
    /// The key of the command that opened it.
    pub opened_by: Key,
    /// Who answers or is to answer.
    pub assignee: Option<Assignee>,
    /// What a teammate reads first.
    pub summary: Summary,
    /// The human clocks.
    pub clocks: Clocks,
    /// The ticket of the episode before, in the same conversation.
    pub previous: Option<TicketId>,
    /// Whom the customer had before, where the workspace prefers them.
    #[serde(default)]
    pub previous_assignee: Option<TeammateId>,
    /// By when it is to be answered and closed.
    #[serde(default)]
    pub due: Due,
    /// Since when it has waited for the customer or been on hold, UTC, microseconds.
    #[serde(default)]
    pub resting_since: Option<DateTime<Utc>>,
    /// After a close without resume: until when the customer's next message reopens it, UTC.
    pub reopens_until: Option<DateTime<Utc>>,
    /// How often a person was asked for: more than once where it went on instead of a new ticket (E6), never where a
    /// teammate took over.
    #[serde(default = "once")]
    pub escalations: u32,
    /// When the newest of these were, UTC: as many as the loop breaker counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalated_at: Vec<DateTime<Utc>>,
    /// The key of the command that escalated it again, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopened_by: Option<Key>,
    /// Who had it and does not get it back from the machine before all others had it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lapsed: Vec<TeammateId>,
    /// Who let it lapse last in the round before: in this one they get it after all others (A7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lapsed_last: Option<TeammateId>,
    /// How many times everybody who was there has had it.
    #[serde(default, skip_serializing_if = "is_nought")]
    pub rounds: u32,
    /// What people are to look at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<Flag>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_nought(number: &u32) -> bool {
    *number == 0
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_false(is: &bool) -> bool {
    !*is
}

const fn once() -> u32 {
    1
}

impl Ticket {
    /// A new ticket about `conversation`, open, unassigned, with AI replies off.
    #[must_use]
    pub fn open(
        id: TicketId,
        conversation: &Conversation,
        reason: Reason,
        summary: Summary,
        opened_by: Key,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            workspace: conversation.workspace,
            conversation: conversation.id,
            requester: conversation.requester,
            kind: TicketKind::LiveChat,
            status: TicketStatus::New,
            ai_replies: false,
            channel: conversation.channel.clone(),
            priority: Priority::Normal,
            team: None,
            skills: Vec::new(),
            language: None,
            speaks: Speaks::Any,
            method: None,
            by_hand: false,
            tags: Vec::new(),
            routed_by: None,
            reason,
            opened_by,
            assignee: None,
            summary,
            clocks: Clocks::requested(at),
            previous: None,
            previous_assignee: None,
            due: Due::default(),
            resting_since: None,
            reopens_until: None,
            escalations: once(),
            escalated_at: vec![at],
            reopened_by: None,
            lapsed: Vec::new(),
            lapsed_last: None,
            rounds: 0,
            flags: Vec::new(),
        }
    }

    /// Where the conversation is.
    #[must_use]
    pub const fn place(&self) -> Place {
        Place::new(self.workspace, self.conversation)
    }

    /// The teammate on it.
    #[must_use]
    pub fn assigned_to(&self) -> Option<TeammateId> {
        self.assignee.map(|assignee| assignee.teammate)
    }

    /// The teammate whom a person put on it.
    #[must_use]
    pub fn given_to(&self) -> Option<TeammateId> {
        self.assignee.filter(|assignee| assignee.by == AssignedBy::Hand).map(|assignee| assignee.teammate)
    }

    /// Whether it is [flagged](Flag::Looping), as no person has replied to many an escalation: then only people hand
    /// it back (E6).
    #[must_use]
    pub fn is_looping(&self) -> bool {
        self.flags.contains(&Flag::Looping)
    }

    /// Whether no person has replied since it was last escalated.
    #[must_use]
    pub fn awaits_reply(&self) -> bool {
        self.clocks.first_reply.is_none() || !self.escalated_at.is_empty()
    }

    /// Whether it waits for somebody to be assigned.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        self.status.is_open() && self.assignee.is_none()
    }
}
