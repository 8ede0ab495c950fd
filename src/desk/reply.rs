//! A teammate writes to the customer.

use super::Desk;
use super::authority::check_text;
use super::snapshot::KeyUse;
use crate::control::Command;
use crate::error::Error;
use crate::event::{Actor, EventKind};
use crate::id::{MessageId, Place, TeammateId, TicketId};
use crate::key::Key;
use crate::message::{Author, Draft};
use crate::ports::{Answer, Reply};

impl Desk {
    /// Writes to the customer as `teammate`, and has them answer from now on if they did not (C7).
    ///
    /// The entry, the takeover it may be and the ticket's status are one atomic commit. The text is kept as it
    /// is. A supervisor may write beside the teammate who answers, and changes nothing by it.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] with [`Refusal::HeldBy`](crate::Refusal::HeldBy) while another teammate answers, or for
    /// a blank or over-long text; [`Error::Store`]; [`Error::Contended`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves all of the reply or none; the same key finds out.
    pub async fn reply(
        &self,
        place: Place,
        teammate: TeammateId,
        key: Key,
        text: impl Into<String>,
    ) -> Result<Reply, Error> {
        let text = text.into();
        check_text(&text)?;
        let key = KeyUse::new(key, "reply", &[teammate.uuid().as_bytes(), text.as_bytes()]);
        let actor = Actor::from(teammate);
        for _ in self.attempts() {
            let mut snapshot = self.snapshot(place, Some(&key)).await?;
            match key.first_answer(&mut snapshot)? {
                Some(Answer::Reply(answer)) => return Ok(answer),
                Some(_) => return Err(key.reused()),
                None => {}
            }
            let by = self.principal(place.workspace, None, actor).await?;
            let command = Command::Reply { ticket: TicketId::new(self.uuid()) };
            let decided = snapshot.state.control.decide(by, command, self.now())?;
            let mut change = self.change(place, &snapshot, actor);
            let at = change.at();
            let id = MessageId::new(self.uuid());
            // The answer is kept under the host's key; the entry has one of its own, which no other entry can have.
            let own = Key::internal(&format!("reply:{id}"));
            let draft = Draft::new(id, own, Author::Teammate { id: teammate }, text.clone(), at);
            let before = snapshot.ticket.clone();
            let answer = match (decided, &before) {
                (Some(event), _) => {
                    let thread = self.thread(place, None).await?;
                    let mut taken = change.take(self, event, &thread, &snapshot, teammate, &key).await?;
                    taken.ticket.replied(at);
                    change.rest(&self.rules(place.workspace), &taken.ticket);
                    let answer = Reply { ticket: taken.ticket.id, message: id };
                    change.event(answer.ticket, EventKind::Replied { teammate });
                    change.finish_taking(before.as_ref(), taken, teammate);
                    answer
                }
                (None, Some(before)) => {
                    let mut ticket = before.clone();
                    ticket.replied(at);
                    change.rest(&self.rules(place.workspace), &ticket);
                    change.event(ticket.id, EventKind::Replied { teammate });
                    let answer = Reply { ticket: ticket.id, message: id };
                    change.ticket(Some(before), ticket);
                    answer
                }
                (None, None) => return Err(self.contended()),
            };
            change.entry(draft);
            change.answer(&key, Answer::Reply(answer));
            if change.commit().await?.is_some() {
                return Ok(answer);
            }
        }
        Err(self.contended())
    }
}
