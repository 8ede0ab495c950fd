//! Mocks of the ports, for the tests of a host.
//!
//! Outside the stability promise: the mocks are mockall's, and its major version may change with any release. Take
//! mockall from here, so that both are of one version.
//!
//! A mock is for what a real store cannot show: that a call happens once, or never, or fails in a certain way. For
//! everything else [`MemoryStore`](crate::MemoryStore) behaves like a store, and a mock only like its author's idea
//! of one. For a store that fails on demand there is `testkit::Flaky`.
//!
//! ```
//! use escalate::mock::MockRoster;
//! use escalate::mock::mockall::predicate::eq;
//! use escalate::{Roster, TeammateId, WorkspaceId};
//!
//! # futures::executor::block_on(async {
//! let (acme, ana) = (WorkspaceId::from_u128(1), TeammateId::from_u128(2));
//! let mut roster = MockRoster::new();
//! roster.expect_teammate().with(eq(acme), eq(ana)).times(1).returning(|_, _| Ok(None));
//!
//! assert_eq!(roster.teammate(acme, ana).await?, None);
//! // Dropped, the mock panics if it was not called as often as expected.
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

pub use crate::ports::assignment_policy::MockAssignmentPolicy;
pub use crate::ports::clock::{MockClock, MockIdSource};
pub use crate::ports::event_sink::MockEventSink;
pub use crate::ports::roster::MockRoster;
pub use crate::ports::summarizer::MockSummarizer;
pub use crate::ports::ticket_repository::MockTicketRepository;
pub use crate::ports::transcript_store::MockTranscriptStore;

#[doc(no_inline)]
pub use mockall;
