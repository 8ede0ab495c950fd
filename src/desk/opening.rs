//! Opening a ticket: what both doors share.

use super::Desk;
use super::change::Change;
use crate::control::Control;
use crate::conversation::Conversation;
use crate::error::Error;
use crate::id::{Place, TicketId};
use crate::key::Key;
use crate::message::{Mark, Visibility};
use crate::ports::{Snapshot, Transcript, Window, WorkKind};
use crate::summary::{self, Summary};
use crate::ticket::{Reason, Ticket};

/// How much of a transcript the deterministic summary looks at, in entries.
pub(super) const LOOKS_AT: usize = 100;

impl Desk {
    /// The thread with its newest entries, unless it was read already.
    pub(super) async fn thread(&self, place: Place, read: Option<Transcript>) -> Result<Transcript, Error> {
        if let Some(thread) = read {
            return Ok(thread);
        }
        Ok(self.inner.transcripts.read(place, Window::Before(None), LOOKS_AT).await?)
    }

    /// The thread without its entries.
    pub(super) async fn conversation(&self, place: Place) -> Result<Conversation, Error> {
        Ok(self.inner.transcripts.read(place, Window::Before(None), 0).await?.conversation)
    }
}

impl Change<'_> {
    /// A new ticket with a summary from the customer's own words (E4), and all that opening one entails.
    #[allow(clippy::too_many_arguments, reason = "each is read by the loop that calls this, once")]
    pub(super) fn open_ticket(
        &mut self,
        desk: &Desk,
        id: TicketId,
        thread: &Transcript,
        snapshot: &Snapshot,
        reason: Reason,
        summary: Summary,
        key: &Key,
    ) -> Ticket {
        let conversation = &thread.conversation;
        let mut ticket = Ticket::open(id, conversation, reason, summary, key.clone(), self.at());
        ticket.previous = snapshot.latest;
        // An episode that was closed without resume ends at the latest where the next begins.
        if let Control::Closed { ticket, .. } = snapshot.state.control {
            self.mark(Mark::EpisodeEnded { ticket });
        }
        self.mark(Mark::EpisodeOpened { ticket: id });
        if desk.inner.summarizer.is_some() {
            self.work(WorkKind::Summarise { ticket: id }, self.at());
        }
        ticket
    }
}

/// A summary from the customer's own words.
pub(super) fn summarise(thread: &Transcript) -> Summary {
    let Transcript { conversation, messages } = thread;
    let said: Vec<_> = messages
        .iter()
        .filter(|message| message.is_from_customer() && message.visibility == Visibility::Public)
        .map(|message| message.body.as_str())
        .collect();
    summary::draft(&said, conversation.language.as_ref(), conversation.last)
}
