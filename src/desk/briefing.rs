//! What a teammate sees who opens a ticket, and what a customer sees of the thread.

use super::Desk;
use crate::Refusal;
use crate::conversation::Conversation;
use crate::error::{Error, StoreError};
use crate::event::{Event, EventSequence};
use crate::id::{CustomerId, Place, TeammateId, TicketId, WorkspaceId};
use crate::message::{Message, Visibility};
use crate::ports::{Ask, TicketFilter, Transcript, Window};
use crate::ticket::Ticket;

/// Everything a teammate needs to go on with a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Briefing {
    /// The ticket: summary, reason, clocks.
    pub ticket: Ticket,
    /// The thread.
    pub conversation: Conversation,
    /// Its newest entries, notes included, by ascending sequence; [`Desk::transcript`] has the others.
    pub messages: Vec<Message>,
    /// What happened, oldest first; [`Desk::timeline`] has what does not fit.
    pub timeline: Vec<Event>,
    /// Earlier tickets of the same customer, newest first; empty unless their identity is verified.
    pub earlier: Vec<Ticket>,
}

impl Desk {
    /// What `teammate` is to know about a ticket.
    ///
    /// The transcript is read after the ticket, so it holds every message that the ticket's facts rest on.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] with [`Refusal::UnknownTeammate`]; [`StoreError::NotFound`] where the workspace has no
    /// such ticket; [`Error::Store`].
    pub async fn briefing(
        &self,
        workspace: WorkspaceId,
        teammate: TeammateId,
        ticket: TicketId,
    ) -> Result<Briefing, Error> {
        const ENTRIES: usize = 500;
        const EARLIER: usize = 20;
        self.known_teammate(workspace, teammate).await?;
        let ticket = self.ticket(workspace, ticket).await?;
        let place = ticket.place();
        let timeline = self.timeline(place, EventSequence(0), ENTRIES).await?;
        let Transcript { conversation, messages } =
            self.inner.transcripts.read(place, Window::Before(None), ENTRIES).await?;
        let mut earlier = Vec::new();
        // Whoever only claims to be a customer does not get that customer's history told.
        if ticket.requester.verified {
            let filter = TicketFilter::OfCustomer(ticket.requester.customer);
            let page = self.inner.tickets.tickets(workspace, filter, None, EARLIER + 1).await?;
            let others = page.items.into_iter().filter(|other| {
                other.id != ticket.id
                    && other.requester.verified
                    && other.clocks.requested <= ticket.clocks.requested
            });
            earlier = others.take(EARLIER).collect();
        }
        Ok(Briefing { ticket, conversation, messages, timeline, earlier })
    }

    /// One ticket.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`] where the workspace has no such ticket; [`Error::Store`].
    pub async fn ticket(&self, workspace: WorkspaceId, ticket: TicketId) -> Result<Ticket, Error> {
        let page = self.inner.tickets.tickets(workspace, TicketFilter::Id(ticket), None, 1).await?;
        page.items.into_iter().next().ok_or_else(|| StoreError::NotFound { entity: "ticket" }.into())
    }

    /// The newest ticket of a conversation, open or closed; `None` if there never was one.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn latest_ticket(&self, place: Place) -> Result<Option<Ticket>, Error> {
        match self.inner.tickets.load(place, Ask::default()).await?.latest {
            Some(latest) => self.ticket(place.workspace, latest).await.map(Some),
            None => Ok(None),
        }
    }

    /// Up to `limit` events of a conversation after `after`, oldest first.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn timeline(
        &self,
        place: Place,
        after: EventSequence,
        limit: usize,
    ) -> Result<Vec<Event>, Error> {
        Ok(self.inner.tickets.timeline(place, after, limit).await?)
    }

    /// Up to `limit` entries for a teammate, notes included, by ascending sequence.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`]; [`Error::Store`].
    pub async fn transcript(&self, place: Place, window: Window, limit: usize) -> Result<Transcript, Error> {
        Ok(self.inner.transcripts.read(place, window, limit).await?)
    }

    /// What the customer may see (N4) of up to `limit` entries: fewer where some are not for them.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] with [`Refusal::NotYours`]; [`StoreError::NotFound`]; [`Error::Store`].
    pub async fn customer_view(
        &self,
        place: Place,
        customer: CustomerId,
        window: Window,
        limit: usize,
    ) -> Result<Transcript, Error> {
        let mut transcript = self.inner.transcripts.read(place, window, limit).await?;
        if transcript.conversation.requester.customer != customer {
            return Err(Refusal::NotYours.into());
        }
        transcript.messages.retain(|entry| entry.visibility == Visibility::Public);
        Ok(transcript)
    }
}
