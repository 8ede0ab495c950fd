//! The ticket repository.

use std::cmp::Ordering;
use std::collections::hash_map::Entry;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::MemoryStore;
use crate::assignment::Load;
use crate::control::ControlState;
use crate::error::StoreError;
use crate::event::{Event, EventSequence};
use crate::id::{DatabaseId, Place, TeammateId, WorkspaceId};
use crate::ports::{
    Answered, Ask, Claim, Claims, Commit, Committed, Decided, Page, Settlement, Snapshot, TicketCursor,
    TicketFilter, TicketRepository, WorkKinds,
};
use crate::ticket::Ticket;

#[async_trait]
impl TicketRepository for MemoryStore {
    fn database(&self) -> DatabaseId {
        self.inner.database
    }

    async fn control(&self, place: Place) -> Result<ControlState, StoreError> {
        Ok(self.read().cells.get(&place).map(|cell| cell.state).unwrap_or_default())
    }

    async fn load(&self, place: Place, ask: Ask) -> Result<Snapshot, StoreError> {
        Ok(self.read().snapshot(place, &ask))
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        self.write().commit(commit)
    }

    async fn remember(&self, place: Place, answered: Answered) -> Result<(), StoreError> {
        let mut state = self.write();
        match state.cells.entry(place).or_default().answers.entry(answered.key.clone()) {
            Entry::Occupied(_) => Err(StoreError::Conflict),
            Entry::Vacant(entry) => {
                entry.insert(answered);
                Ok(())
            }
        }
    }

    async fn tickets(
        &self,
        workspace: WorkspaceId,
        filter: TicketFilter,
        after: Option<TicketCursor>,
        limit: usize,
    ) -> Result<Page<Ticket, TicketCursor>, StoreError> {
        let state = self.read();
        let Some(workspace) = state.workspaces.get(&workspace) else {
            return Ok(Page { items: Vec::new(), next: None });
        };
        let order = if filter.newest_first() { newest_first } else { as_served };
        let mut found: Vec<&Ticket> = match &filter {
            TicketFilter::Id(id) => workspace.tickets.get(id).into_iter().collect(),
            // Kept in order: a look at the head costs the number of those who wait, not the length of the archive.
            TicketFilter::Unassigned => {
                workspace.waiting.iter().filter_map(|(.., id)| workspace.tickets.get(id)).collect()
            }
            _ => workspace.tickets.values().filter(|ticket| filter.admits(ticket)).collect(),
        };
        found.retain(|ticket| after.is_none_or(|after| order(&after, &(*ticket).into()) == Ordering::Less));
        found.sort_unstable_by(|a, b| order(&(*a).into(), &(*b).into()));
        let more = found.len() > limit;
        let items: Vec<Ticket> = found.into_iter().take(limit).cloned().collect();
        let next = items.last().filter(|_| more).map(TicketCursor::from);
        Ok(Page { items, next })
    }

    async fn timeline(
        &self,
        place: Place,
        after: EventSequence,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let state = self.read();
        let events = state.cells.get(&place).map(|cell| cell.events.as_slice()).unwrap_or_default();
        Ok(events.iter().filter(|event| event.sequence > after).take(limit).cloned().collect())
    }

    async fn decisions(
        &self,
        place: Place,
        after: EventSequence,
        limit: usize,
    ) -> Result<Vec<Decided>, StoreError> {
        let state = self.read();
        let Some(cell) = state.cells.get(&place) else { return Ok(Vec::new()) };
        let decided = cell.events.iter().filter(|event| event.sequence > after).filter_map(|event| {
            let decision = cell.decisions.get(&event.sequence)?.clone();
            Some(Decided { event: event.clone(), decision })
        });
        Ok(decided.take(limit).collect())
    }

    async fn workload(
        &self,
        workspace: WorkspaceId,
        teammates: Vec<TeammateId>,
    ) -> Result<Vec<Load>, StoreError> {
        let state = self.read();
        let workspace = state.workspaces.get(&workspace);
        let load = |id| workspace.map_or(Load::none(id), |workspace| workspace.load_of(id));
        Ok(teammates.into_iter().map(load).collect())
    }

    async fn claim(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: usize,
        kinds: WorkKinds,
    ) -> Result<Claims, StoreError> {
        Ok(self.write().claim(now, lease_until, limit, &kinds))
    }

    async fn settle(&self, claim: Claim, settlement: Settlement) -> Result<(), StoreError> {
        let mut state = self.write();
        state.held(&claim)?;
        state.end(&claim, settlement);
        Ok(())
    }
}

fn as_served(a: &TicketCursor, b: &TicketCursor) -> Ordering {
    (b.priority, a.requested, a.id).cmp(&(a.priority, b.requested, b.id))
}

fn newest_first(a: &TicketCursor, b: &TicketCursor) -> Ordering {
    (b.requested, b.id).cmp(&(a.requested, a.id))
}
