//! Lists: the inbox, and live conversations without a ticket.

use std::collections::HashSet;

use super::Desk;
use crate::conversation::Conversation;
use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::ports::{ConversationCursor, Page, TicketCursor, TicketFilter};
use crate::ticket::Ticket;

/// Which tickets of a workspace a teammate looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Inbox {
    /// Open ones that nobody is on, in the order in which they are served.
    Unassigned,
    /// Open ones of one teammate.
    Mine(TeammateId),
    /// Open ones.
    Open,
    /// Closed and cancelled ones, newest first.
    Closed,
}

impl Desk {
    /// A page of at most `limit` tickets; pass [`Page::next`] as `after` to go on.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn inbox(
        &self,
        workspace: WorkspaceId,
        inbox: Inbox,
        after: Option<TicketCursor>,
        limit: usize,
    ) -> Result<Page<Ticket, TicketCursor>, Error> {
        let filter = match inbox {
            Inbox::Unassigned => TicketFilter::Unassigned,
            Inbox::Mine(teammate) => TicketFilter::AssignedTo(teammate),
            Inbox::Open => TicketFilter::Open,
            Inbox::Closed => TicketFilter::Closed,
        };
        Ok(self.inner.tickets.tickets(workspace, filter, after, limit).await?)
    }

    /// A page of at most `limit` conversations without an open ticket, most recently active first: those that a
    /// teammate might take over.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn conversations(
        &self,
        workspace: WorkspaceId,
        mut after: Option<ConversationCursor>,
        limit: usize,
    ) -> Result<Page<Conversation, ConversationCursor>, Error> {
        const LOOKS: usize = 8;
        let mut items = Vec::new();
        // Where nearly everything is escalated, a page may come out short; the cursor goes on all the same.
        for _ in 0..LOOKS {
            let page = self.inner.transcripts.conversations(workspace, after, limit).await?;
            let more = page.len() == limit && limit > 0;
            let ids: Vec<_> = page.iter().map(|conversation| conversation.id).collect();
            let held = self.inner.tickets.tickets(workspace, TicketFilter::OpenIn(ids), None, limit).await?;
            let held: HashSet<_> = held.items.iter().map(|ticket| ticket.conversation).collect();
            for conversation in page {
                after = Some((&conversation).into());
                if !held.contains(&conversation.id) {
                    items.push(conversation);
                }
                if items.len() == limit {
                    return Ok(Page { items, next: after });
                }
            }
            if !more {
                return Ok(Page { items, next: None });
            }
        }
        Ok(Page { items, next: after })
    }
}
