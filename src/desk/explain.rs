//! Why a ticket is where it is (A8).

use super::Desk;
use crate::error::Error;
use crate::event::EventSequence;
use crate::id::{TicketId, WorkspaceId};
use crate::ports::{Decided, TicketFilter};

impl Desk {
    /// Every choice that the machine has made about a ticket, oldest first: who could get it and what they had to do,
    /// who could not and why, by which rule, and who got it. [`Decision::replay`](crate::assignment::Decision::replay)
    /// gives the same choice again. Choices of people are in the [timeline](Desk::timeline), with their names.
    ///
    /// A ticket that the workspace does not have has none.
    ///
    /// ```
    /// # use escalate::{Actor, Conversation, ConversationId, CustomerId, Desk, Escalate, MemoryStore, Place};
    /// # use escalate::{ReasonCode, Requester, Teammate, TeammateId, WorkspaceId};
    /// use escalate::assignment::{Exclusion, PassedOver};
    /// # futures::executor::block_on(async {
    /// # let place = Place::new(WorkspaceId::from_u128(1), ConversationId::from_u128(2));
    /// let (ana, ben) = (TeammateId::from_u128(3), TeammateId::from_u128(4));
    /// # let store = MemoryStore::new();
    /// store.put_teammate(Teammate::new(place.workspace, ana, "Ana")).await?;
    /// store.put_teammate(Teammate::new(place.workspace, ben, "Ben").away()).await?;
    /// # let desk = Desk::on(store).build();
    /// # desk.open(Conversation::new(place, Requester::verified(CustomerId::from_u128(5)), "web", desk.now())).await?;
    /// let request = Escalate::because(ReasonCode::OutOfScope);
    /// let escalated = desk.escalate(place, Actor::System, "e1".parse()?, request).await?;
    /// let decision = &desk.explain(place.workspace, escalated.ticket).await?[0].decision;
    /// assert_eq!((decision.chosen, decision.replay()), (Some(ana), Some(ana)));
    /// assert_eq!(decision.passed_over, [PassedOver { teammate: ben, why: Exclusion::Away }]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn explain(&self, workspace: WorkspaceId, ticket: TicketId) -> Result<Vec<Decided>, Error> {
        const PAGE: usize = 100;
        let found = self.inner.tickets.tickets(workspace, TicketFilter::Id(ticket), None, 1).await?;
        let Some(found) = found.items.first() else { return Ok(Vec::new()) };
        let (mut decided, mut after) = (Vec::new(), EventSequence(0));
        loop {
            let page = self.inner.tickets.decisions(found.place(), after, PAGE).await?;
            let last = page.last().map(|decided| decided.event.sequence);
            let is_full = page.len() == PAGE;
            decided.extend(page.into_iter().filter(|decided| decided.event.ticket == ticket));
            match last.filter(|_| is_full) {
                Some(last) => after = last,
                None => return Ok(decided),
            }
        }
    }
}
