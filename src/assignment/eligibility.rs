//! Who may get a ticket, and why not.

use serde::{Deserialize, Serialize};

use crate::id::TeamId;
use crate::summary::Language;
use crate::teammate::Teammate;
use crate::ticket::{Speaks, Ticket};

/// What a ticket asks of whoever gets it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Need {
    /// The team asked for; any if `None`.
    pub team: Option<TeamId>,
    /// The skills asked for, all of them.
    pub skills: Vec<String>,
    /// The language that whoever gets it has to speak; any if `None`.
    #[serde(default)]
    pub language: Option<Language>,
}

impl From<&Ticket> for Need {
    fn from(ticket: &Ticket) -> Self {
        let language = ticket.language.clone().filter(|_| ticket.speaks == Speaks::Required);
        Self { team: ticket.team, skills: ticket.skills.clone(), language }
    }
}

/// Why a teammate is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Exclusion {
    /// Not in the team asked for.
    OtherTeam,
    /// Lacks a skill asked for.
    LacksSkill,
    /// Does not speak the language asked for.
    LacksLanguage,
    /// Not taking tickets, by their own word.
    Away,
    /// Off shift.
    OffShift,
    /// On time off.
    TimeOff,
    /// Their team or the workspace has a holiday.
    Holiday,
    /// Has as many open tickets as they may.
    Full,
    /// Had this ticket, and did not answer.
    LetLapse,
}

/// Whether the machine may give `teammate` a ticket with this need, load aside.
///
/// # Errors
///
/// The first [`Exclusion`] that holds.
pub fn eligible(teammate: &Teammate, need: &Need) -> Result<(), Exclusion> {
    if need.team.is_some_and(|team| !teammate.teams.contains(&team)) {
        return Err(Exclusion::OtherTeam);
    }
    if !need.skills.iter().all(|skill| teammate.skills.contains(skill)) {
        return Err(Exclusion::LacksSkill);
    }
    if need.language.as_ref().is_some_and(|language| !teammate.speaks(language)) {
        return Err(Exclusion::LacksLanguage);
    }
    if !teammate.available {
        return Err(Exclusion::Away);
    }
    Ok(())
}
