//! The traits a host may implement, and the plain data that crosses them.
//!
//! Every port is `async_trait`, dyn-safe and mockable, without default methods. The contract of each method is in
//! its documentation; the `testkit` feature checks it.

mod answer;
pub(crate) mod assignment_policy;
pub(crate) mod clock;
mod commit;
pub(crate) mod event_sink;
mod query;
pub(crate) mod roster;
mod shared;
mod sink_name;
mod snapshot;
pub(crate) mod summarizer;
pub(crate) mod ticket_repository;
pub(crate) mod transcript_store;
mod work;

pub use self::answer::{Answer, Answered, Close, Escalation, HandBack, Reply, Routing, TakeOver};
pub use self::assignment_policy::{AssignmentPolicy, AssignmentRequest, Choice};
pub use self::clock::{Clock, IdSource, SystemClock, TimeOrderedIds};
pub use self::commit::{
    Commit, Committed, Placement, Revision, Telling, TranscriptWrite, Unplaced, Whereabouts,
};
pub use self::event_sink::EventSink;
pub use self::query::{Decided, Page, TicketCursor, TicketFilter};
pub use self::roster::{Roster, Staff};
pub use self::sink_name::{InvalidSinkName, SinkName};
pub use self::snapshot::{Ask, Assumed, Recent, RecentOf, Snapshot, StaffOf, Staffed};
pub use self::summarizer::{Proposal, Summarizer, SummaryRequest};
pub use self::ticket_repository::TicketRepository;
pub use self::transcript_store::{
    AiFence, Appended, ConversationCursor, Receipt, Supersession, Transcript, TranscriptStore, Window,
};
pub use self::work::{Claim, Claims, Owed, Settlement, Work, WorkKind, WorkKinds};
