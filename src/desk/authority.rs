//! Who acts, and what they may be.

use super::Desk;
use crate::control::{Principal, Refusal};
use crate::error::Error;
use crate::event::Actor;
use crate::id::{CustomerId, TeammateId, WorkspaceId};
use crate::teammate::{Role, Teammate};

impl Desk {
    /// The authority of `actor` in a conversation of `customer`.
    pub(super) async fn principal(
        &self,
        workspace: WorkspaceId,
        customer: Option<CustomerId>,
        actor: Actor,
    ) -> Result<Principal, Error> {
        match actor {
            Actor::AiAgent => Ok(Principal::AiAgent),
            Actor::System => Ok(Principal::System),
            Actor::Customer { id } if customer == Some(id) => Ok(Principal::Customer),
            Actor::Customer { .. } => Err(Refusal::NotYours.into()),
            Actor::Teammate { id } => Ok(match self.known_teammate(workspace, id).await?.role {
                Role::Member => Principal::Teammate(id),
                Role::Supervisor => Principal::Supervisor(id),
            }),
        }
    }

    /// The teammate, who must be of the workspace.
    pub(super) async fn known_teammate(
        &self,
        workspace: WorkspaceId,
        teammate: TeammateId,
    ) -> Result<Teammate, Error> {
        let known = self.inner.roster.teammate(workspace, teammate).await?;
        known.ok_or_else(|| Refusal::UnknownTeammate { teammate }.into())
    }
}

/// Refuses a text that is blank or too long.
pub(super) fn check_text(text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::EmptyText);
    }
    if text.len() > Desk::MAX_TEXT_BYTES {
        return Err(Refusal::TextTooLong { bytes: text.len(), limit: Desk::MAX_TEXT_BYTES });
    }
    Ok(())
}
