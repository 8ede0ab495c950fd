//! What a decision is made on, read at one instant.

use chrono::{DateTime, Utc};

use super::answer::Answered;
use super::commit::Revision;
use super::roster::Staff;
use super::transcript_store::Transcript;
use super::work::Owed;
use crate::assignment::Load;
use crate::control::ControlState;
use crate::id::{CustomerId, TeamId, TicketId};
use crate::key::Key;
use crate::message::Sequence;
use crate::ticket::Ticket;

/// What is asked for besides who answers.
///
/// Transcript and staff are asked for only where their ports name the repository's own
/// [`database`](super::TicketRepository::database), so that one round trip reads all of it. They are a saving, not
/// a duty: where a repository leaves them out, the desk asks their own ports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "stores take it apart")]
pub struct Ask {
    /// What was answered under this key.
    pub key: Option<Key>,
    /// The thread, with so many of its newest entries.
    pub entries: Option<usize>,
    /// These teammates, with their loads.
    pub staff: Option<StaffOf>,
    /// What a customer has begun of late.
    pub recent: Option<RecentOf>,
    /// Whether the first escalation of a conversation is all that it is for, so that a store may answer from memory; see
    /// [`Assumed`].
    pub may_assume: bool,
}

impl Ask {
    /// What was answered under `key`, and nothing else.
    #[must_use]
    pub fn about(key: Option<Key>) -> Self {
        Self { key, ..Self::default() }
    }
}

/// Whose episodes, and which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs, reason = "stores take it apart")]
pub struct RecentOf {
    /// Whose, in the whole workspace. `None`: those of the customer whose conversation it is, where transcripts are
    /// kept here.
    pub customer: Option<CustomerId>,
    /// Those that began after this instant.
    pub since: DateTime<Utc>,
    /// Counting may stop here.
    pub limit: u32,
}

/// What a customer has begun of late.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "stores build it")]
pub struct Recent {
    /// How many episodes; [`RecentOf::limit`] where there are that many or more.
    pub begun: u32,
    /// Where the limit is reached: the customer's open ticket, whenever it began; of several the newest, by when it was
    /// requested and then by id.
    pub open: Option<Ticket>,
}

/// Whose staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "a part or the whole")]
pub enum StaffOf {
    /// Everybody's of the workspace.
    Workspace,
    /// One team's.
    Team(TeamId),
}

impl StaffOf {
    /// The team, if it is one's.
    #[must_use]
    pub const fn team(self) -> Option<TeamId> {
        match self {
            Self::Workspace => None,
            Self::Team(team) => Some(team),
        }
    }
}

impl From<Option<TeamId>> for StaffOf {
    fn from(team: Option<TeamId>) -> Self {
        team.map_or(Self::Workspace, Self::Team)
    }
}

/// What a decision is made on, read at one instant. A conversation nothing was committed for has the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "stores build it; a new fact is a new duty of every store")]
pub struct Snapshot {
    /// Who answers.
    pub state: ControlState,
    /// What a commit must expect.
    pub revision: Revision,
    /// How many events the timeline has: the newest has this sequence.
    pub events: u64,
    /// The ticket that control names, open or closed.
    pub ticket: Option<Ticket>,
    /// The newest ticket of the conversation, open or closed.
    pub latest: Option<TicketId>,
    /// What was answered under the key that was asked for.
    pub answered: Option<Answered>,
    /// Transcript writes of committed changes that have not been confirmed.
    pub owed: Option<Owed>,
    /// The thread that was asked for, as [`TranscriptStore::read`](super::TranscriptStore::read) gives it. `None`:
    /// not asked for, not there, or not kept here.
    pub transcript: Option<Transcript>,
    /// The staff that was asked for, as [`Roster::staff`](super::Roster::staff) gives it. `None`: not asked for, not
    /// readable, or not kept here.
    pub staff: Option<Staffed>,
    /// What was asked for about a customer's episodes. `None`: not asked for, or whose conversation it is is not known
    /// here.
    pub recent: Option<Recent>,
    /// All of this comes from memory, and was not read. `None`: it was read. A repository around another one hands it on.
    pub assumed: Option<Assumed>,
}

/// What a store has taken from memory, where it [may](Ask::may_assume), instead of reading it: that nothing was committed for
/// the conversation yet, and these.
///
/// A saving of one round trip, and no duty: a store that reads leaves it out. Whoever gives it out refuses the commit
/// that rests on it with [`StoreError::Conflict`](crate::StoreError::Conflict) unless all of it holds at that instant; the
/// desk then asks again, and what it gets is read. So it can make an escalation slower, and never wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "stores build it")]
pub struct Assumed {
    /// When the conversation began: another one may have begun since under its id.
    pub opened_at: DateTime<Utc>,
    /// The newest entry of the thread.
    pub thread: Sequence,
    /// When that was written; when the conversation began, where there is none.
    pub active_at: DateTime<Utc>,
    /// Whose staff it was.
    pub staff: StaffOf,
    /// The store's own number for the roster as it was.
    pub roster: i64,
    /// Of whom fewer episodes have begun than this limit, where it was asked for.
    pub recent: Option<RecentOf>,
}

/// Teammates and what each has to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "stores build it")]
pub struct Staffed {
    /// Who.
    pub staff: Staff,
    /// The load of each, in the same order.
    pub loads: Vec<Load>,
}
