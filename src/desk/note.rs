//! Internal notes: they move nothing and never reach the customer or a model.

use super::Desk;
use super::authority::check_text;
use crate::control::{Principal, Refusal};
use crate::error::Error;
use crate::event::Actor;
use crate::id::{MessageId, Place};
use crate::key::Key;
use crate::message::{Author, Draft, Visibility};
use crate::ports::{Appended, Receipt};

impl Desk {
    /// Leaves a note for teammates in the transcript.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] with [`Refusal::NotAllowed`] for a customer or the AI agent, or for a blank or over-long
    /// text; [`Error::Store`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the note or none; the same key finds out.
    pub async fn note(
        &self,
        place: Place,
        actor: Actor,
        key: Key,
        text: impl Into<String>,
    ) -> Result<Receipt, Error> {
        let text = text.into();
        check_text(&text)?;
        let author = match (self.principal(place.workspace, None, actor).await, actor) {
            (Ok(Principal::Teammate(id) | Principal::Supervisor(id)), _) => Author::Teammate { id },
            (Ok(Principal::System), _) => Author::System,
            (Ok(Principal::AiAgent | Principal::Customer), _) | (Err(_), Actor::Customer { .. }) => {
                return Err(Refusal::NotAllowed.into());
            }
            (Err(error), _) => return Err(error),
        };
        let draft = Draft::new(MessageId::new(self.uuid()), key, author, text, self.now());
        self.append_one(place, draft.visible_to(Visibility::Note)).await
    }

    /// Appends one entry that no fence concerns.
    pub(super) async fn append_one(&self, place: Place, draft: Draft) -> Result<Receipt, Error> {
        match self.inner.transcripts.append(place, vec![draft], None).await? {
            Appended::Stored(receipts) => receipts.first().copied().ok_or_else(|| self.contended()),
            Appended::Superseded(_) => Err(self.contended()),
        }
    }
}
