//! The choice of method.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::assignment::{Candidate, Need, Rule};
use crate::error::AssignmentError;
use crate::id::{Place, TeammateId};
use crate::ticket::Priority;

/// What is to be assigned.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AssignmentRequest {
    /// Where. A sweep asks once for all that wait for the same people, of one priority: then it is the first of them.
    pub place: Place,
    /// How soon it is served.
    pub priority: Priority,
    /// What it asks for.
    pub need: Need,
}

impl AssignmentRequest {
    /// A request for a ticket at `place`.
    #[must_use]
    pub const fn new(place: Place, priority: Priority, need: Need) -> Self {
        Self { place, priority, need }
    }
}

/// What a policy answers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "policies build it")]
pub enum Choice {
    /// Nobody: the ticket waits for a person to choose.
    Wait,
    /// One of these, chosen by the rule from the loads at commit. Only candidates count; others are passed over.
    /// [`Rule::Given`] is a person's: from a policy it means [`Rule::Ranked`].
    Among {
        /// How.
        rule: Rule,
        /// Whom; in order of preference for [`Rule::Ranked`].
        teammates: Vec<TeammateId>,
    },
}

/// Chooses among the candidates.
///
/// It is polled once while a ticket is committed: a policy that does not answer at once leaves the ticket waiting
/// for the moment, and the worker asks it again, so an escalation never waits for it (E4).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait AssignmentPolicy: Debug + Send + Sync + 'static {
    /// Chooses among `candidates`, who are eligible, by ascending id.
    ///
    /// # Errors
    ///
    /// [`AssignmentError`]: the ticket waits, and the worker asks again.
    async fn choose(
        &self,
        request: AssignmentRequest,
        candidates: &[Candidate],
    ) -> Result<Choice, AssignmentError>;
}
