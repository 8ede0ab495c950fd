//! The built-in methods: thin skins over the pure [`Rule`]s, which answer at once.

use async_trait::async_trait;

use crate::assignment::{Candidate, Rule};
use crate::error::AssignmentError;
use crate::ports::{AssignmentPolicy, AssignmentRequest, Choice};

/// Nobody is chosen: tickets wait until a person takes or assigns them.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::exhaustive_structs, reason = "a name and nothing else")]
pub struct Manual;

/// Fewest open tickets; tie: assigned least recently; then the id.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::exhaustive_structs, reason = "a name and nothing else")]
pub struct Balanced;

/// Assigned least recently; then the id. The spread stays at most 1 among teammates eligible throughout (A2).
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::exhaustive_structs, reason = "a name and nothing else")]
pub struct RoundRobin;

#[async_trait]
impl AssignmentPolicy for Manual {
    async fn choose(&self, _: AssignmentRequest, _: &[Candidate]) -> Result<Choice, AssignmentError> {
        Ok(Choice::Wait)
    }
}

#[async_trait]
impl AssignmentPolicy for Balanced {
    async fn choose(
        &self,
        _: AssignmentRequest,
        candidates: &[Candidate],
    ) -> Result<Choice, AssignmentError> {
        Ok(among(Rule::FewestOpen, candidates))
    }
}

#[async_trait]
impl AssignmentPolicy for RoundRobin {
    async fn choose(
        &self,
        _: AssignmentRequest,
        candidates: &[Candidate],
    ) -> Result<Choice, AssignmentError> {
        Ok(among(Rule::LeastRecent, candidates))
    }
}

fn among(rule: Rule, candidates: &[Candidate]) -> Choice {
    Choice::Among { rule, teammates: candidates.iter().map(|candidate| candidate.load.teammate).collect() }
}
