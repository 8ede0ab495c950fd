//! The humans who answer, as assignment and authority see them.

use serde::{Deserialize, Serialize};

use crate::id::{TeamId, TeammateId, WorkspaceId};
use crate::schedule::Schedule;
use crate::summary::Language;

/// What a teammate may do beyond their own tickets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Role {
    /// Works on their own tickets and on those nobody holds.
    #[default]
    Member,
    /// Also acts on tickets that others hold.
    Supervisor,
}

/// A human who answers.
///
/// ```
/// use escalate::{Teammate, TeammateId, WorkspaceId};
/// let (acme, ana) = (WorkspaceId::from_u128(1), TeammateId::from_u128(2));
/// let ana = Teammate::new(acme, ana, "Ana").with_capacity(5).with_skills(["refunds"]);
/// assert!(ana.available);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Teammate {
    /// The tenant.
    pub workspace: WorkspaceId,
    /// Their id.
    pub id: TeammateId,
    /// The name shown to other teammates.
    pub name: String,
    /// What they may do beyond their own tickets.
    pub role: Role,
    /// The teams they are in.
    pub teams: Vec<TeamId>,
    /// What they can do, in the host's words.
    pub skills: Vec<String>,
    /// The languages they answer in.
    #[serde(default)]
    pub languages: Vec<Language>,
    /// How many open tickets the machine may give them at once; `0` means no cap.
    pub capacity: u32,
    /// Whether they take tickets now, by their own word.
    pub available: bool,
    /// When they work. `None`: they go by their own word alone.
    #[serde(default)]
    pub schedule: Option<Schedule>,
}

impl Teammate {
    /// A member without teams, skills, languages or cap, available.
    #[must_use]
    pub fn new(workspace: WorkspaceId, id: TeammateId, name: impl Into<String>) -> Self {
        Self {
            workspace,
            id,
            name: name.into(),
            role: Role::Member,
            teams: Vec::new(),
            skills: Vec::new(),
            languages: Vec::new(),
            capacity: 0,
            available: true,
            schedule: None,
        }
    }

    /// Makes them a supervisor.
    #[must_use]
    pub fn supervising(mut self) -> Self {
        self.role = Role::Supervisor;
        self
    }

    /// Sets the cap; `0` means none.
    #[must_use]
    pub fn with_capacity(mut self, open_tickets: u32) -> Self {
        self.capacity = open_tickets;
        self
    }

    /// Sets the teams.
    #[must_use]
    pub fn in_teams(mut self, teams: impl IntoIterator<Item = TeamId>) -> Self {
        self.teams = teams.into_iter().collect();
        self
    }

    /// Sets the skills.
    #[must_use]
    pub fn with_skills<S: Into<String>>(mut self, skills: impl IntoIterator<Item = S>) -> Self {
        self.skills = skills.into_iter().map(Into::into).collect();
        self
    }

    /// Sets when they work.
    #[must_use]
    pub fn working(mut self, schedule: Schedule) -> Self {
        self.schedule = Some(schedule);
        self
    }

    /// Sets the languages they answer in. Regions make no difference: who speaks `pt` answers a customer in `pt-BR`.
    #[must_use]
    pub fn speaking<L: Into<Language>>(mut self, languages: impl IntoIterator<Item = L>) -> Self {
        self.languages = languages.into_iter().map(Into::into).collect();
        self
    }

    /// Whether they answer in `language`, or in another region's kind of it.
    #[must_use]
    pub fn speaks(&self, language: &Language) -> bool {
        self.languages.iter().any(|own| own.is_same_as(language))
    }

    /// Marks them as not taking tickets.
    #[must_use]
    pub fn away(mut self) -> Self {
        self.available = false;
        self
    }
}
