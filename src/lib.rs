#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod action;
pub mod adapters;
pub mod assignment;
pub mod chat;
pub mod control;
mod conversation;
mod desk;
mod error;
mod event;
mod fold;
mod id;
mod key;
#[cfg(feature = "mcp")]
pub mod mcp;
mod message;
#[cfg(feature = "mock")]
pub mod mock;
mod money;
pub mod phrases;
pub mod ports;
pub mod redact;
pub mod rules;
pub mod schedule;
pub mod summary;
mod teammate;
#[cfg(feature = "testkit")]
pub mod testkit;
mod ticket;
mod unseen;

pub use crate::adapters::assignment::{Balanced, Manual, RoundRobin};
#[cfg(feature = "llm")]
pub use crate::adapters::llm::ModelSummarizer;
pub use crate::adapters::memory::MemoryStore;
#[cfg(feature = "nats")]
pub use crate::adapters::nats::{NatsOptions, NatsSink};
#[cfg(feature = "postgres")]
pub use crate::adapters::postgres::{PostgresOptions, PostgresStore};
#[cfg(feature = "sqlite")]
pub use crate::adapters::sqlite::{SqliteOptions, SqliteStore};
pub use crate::adapters::stream::EventStream;
#[cfg(feature = "webhooks")]
pub use crate::adapters::webhooks::WebhookSink;
pub use crate::control::{AiPresence, Control, ControlEvent, ControlState, Epoch, Refusal};
pub use crate::conversation::{Channel, Conversation, Requester};
pub use crate::desk::{
    ActionResult, AfterClose, Briefing, Considered, Desk, DeskBuilder, DryRun, DueReport, Escalate, Failed,
    Fenced, Foreseen, Inbox, Next, Permit, Promised, Received, Replied, Turn, Waits,
};
pub use crate::error::{AssignmentError, BoxError, Error, SinkError, StoreError, SummarizeError};
pub use crate::event::{Actor, Event, EventKind, EventSequence};
pub use crate::id::{
    ConversationId, CustomerId, DatabaseId, EventId, MessageId, Place, TeamId, TeammateId, TicketId, TurnId,
    WorkspaceId,
};
pub use crate::key::{Fingerprint, InvalidKey, Key};
pub use crate::message::{Author, Draft, Mark, Message, Sequence, Visibility};
pub use crate::ports::{
    AssignmentPolicy, Clock, EventSink, IdSource, InvalidSinkName, Roster, SinkName, Summarizer,
    TicketRepository, TranscriptStore,
};
pub use crate::rules::Rules;
pub use crate::schedule::{Calendar, Duty, Schedule, Shift, Zone};
pub use crate::summary::{Language, Summary, SummaryAuthor};
pub use crate::teammate::{Role, Teammate};
pub use crate::ticket::{
    AssignedBy, Assignee, Clocks, Deadline, DeadlineOf, DeadlineState, Due, Flag, Lapse, Line, Priority,
    Reason, ReasonCode, Ticket, TicketKind, TicketStatus,
};
