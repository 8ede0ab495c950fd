//! Ticket repositories that get one thing of loads, placements or the line wrong.

use escalate::assignment::Load;
use escalate::ports::{Commit, Committed, TicketFilter, Unplaced};
use escalate::{MemoryStore, StoreError, TeammateId, TicketRepository, WorkspaceId};

use super::forward::TicketFault;
use super::{stores, ticket_fault};
use crate::aside::step_aside;

stores! {
    CountsNoLoads ReadsLoadsEarly SortsLoads SortsOffersApart AssignsByTheClock CountsClosedTickets
    KnowsNoStrangers CountsNobodyAhead HidesAnExcess NeverAbandons AnswersBeforePlacing SchedulesNoSweep
    CountsTheTicketItself CountsEveryLine CountsThoseForPeople
}

type Answer<T> = Result<T, StoreError>;

fn offered(commit: &Commit) -> Vec<TeammateId> {
    let offers = commit.placement.iter().flat_map(|placement| &placement.offers);
    offers.map(|offer| offer.teammate).collect()
}

async fn loads(store: &MemoryStore, commit: &Commit) -> Answer<Vec<Load>> {
    store.workload(commit.place.workspace, offered(commit)).await
}

/// How many tickets wait before this one, itself left out if `others` says so.
async fn ahead(store: &MemoryStore, commit: &Commit) -> Answer<Vec<escalate::TicketId>> {
    let line = store.tickets(commit.place.workspace, TicketFilter::Unassigned, None, 100).await?.items;
    let Some(ticket) = &commit.ticket else { return Ok(Vec::new()) };
    let key = |ticket: &escalate::Ticket| (std::cmp::Reverse(ticket.priority), ticket.clocks.requested);
    Ok(line.iter().filter(|other| key(other) <= key(ticket)).map(|other| other.id).collect())
}

ticket_fault! { CountsNoLoads:
    async fn commit(&self, mut commit: Commit) -> Answer<Committed> {
        let nothing: Vec<_> = offered(&commit).into_iter().map(Load::none).collect();
        let ahead = ahead(&self.0, &commit).await?.len();
        commit.place(&nothing, u32::try_from(ahead).unwrap())?;
        self.0.commit(commit).await
    }
}

ticket_fault! { ReadsLoadsEarly:
    async fn commit(&self, mut commit: Commit) -> Answer<Committed> {
        let loads = loads(&self.0, &commit).await?;
        // Not one atomic step: whoever comes in between takes the same room.
        step_aside().await;
        commit.place(&loads, 0)?;
        self.0.commit(commit).await
    }
}

ticket_fault! { SortsLoads:
    async fn workload(&self, workspace: WorkspaceId, mut teammates: Vec<TeammateId>) -> Answer<Vec<Load>> {
        teammates.sort();
        self.0.workload(workspace, teammates).await
    }
}

ticket_fault! { SortsOffersApart:
    async fn commit(&self, mut commit: Commit) -> Answer<Committed> {
        let mut loads = loads(&self.0, &commit).await?;
        loads.sort_by_key(|load| load.teammate);
        commit.place(&loads, 0)?;
        self.0.commit(commit).await
    }
}

ticket_fault! { AssignsByTheClock:
    async fn workload(&self, workspace: WorkspaceId, teammates: Vec<TeammateId>) -> Answer<Vec<Load>> {
        let mut loads = self.0.workload(workspace, teammates).await?;
        // One instant for all of them.
        loads.iter_mut().for_each(|load| load.last_assigned = load.last_assigned.min(1));
        Ok(loads)
    }
}

ticket_fault! { CountsClosedTickets:
    async fn workload(&self, workspace: WorkspaceId, teammates: Vec<TeammateId>) -> Answer<Vec<Load>> {
        let closed = self.0.tickets(workspace, TicketFilter::Closed, None, 100).await?.items;
        let mut loads = self.0.workload(workspace, teammates).await?;
        for load in &mut loads {
            let theirs = closed.iter().filter(|ticket| ticket.assigned_to() == Some(load.teammate)).count();
            load.open += u32::try_from(theirs).unwrap();
        }
        Ok(loads)
    }
}

ticket_fault! { KnowsNoStrangers:
    async fn workload(&self, workspace: WorkspaceId, teammates: Vec<TeammateId>) -> Answer<Vec<Load>> {
        let mut loads = self.0.workload(workspace, teammates).await?;
        // An inner join: who never had a ticket has no row.
        loads.retain(|load| load.last_assigned > 0);
        Ok(loads)
    }
}

ticket_fault! { CountsNobodyAhead:
    async fn commit(&self, mut commit: Commit) -> Answer<Committed> {
        let loads = loads(&self.0, &commit).await?;
        commit.place(&loads, 0)?;
        self.0.commit(commit).await
    }
}

ticket_fault! { CountsTheTicketItself:
    async fn commit(&self, mut commit: Commit) -> Answer<Committed> {
        let loads = loads(&self.0, &commit).await?;
        let ahead = ahead(&self.0, &commit).await?.len();
        commit.place(&loads, u32::try_from(ahead).unwrap())?;
        self.0.commit(commit).await
    }
}

ticket_fault! { CountsEveryLine:
    async fn commit(&self, mut commit: Commit) -> Answer<Committed> {
        let loads = loads(&self.0, &commit).await?;
        let others = ahead(&self.0, &commit).await?;
        let own = commit.ticket.as_ref().map(|ticket| ticket.id);
        let ahead = others.iter().filter(|other| Some(**other) != own).count();
        commit.place(&loads, u32::try_from(ahead).unwrap())?;
        self.0.commit(commit).await
    }
}

ticket_fault! { CountsThoseForPeople:
    async fn commit(&self, mut commit: Commit) -> Answer<Committed> {
        // As if only the team made the line.
        let Some(ticket) = &commit.ticket else { return self.0.commit(commit).await };
        let (loads, others) = (loads(&self.0, &commit).await?, ahead(&self.0, &commit).await?);
        let mut count = 0;
        for other in others.into_iter().filter(|other| *other != ticket.id) {
            let page = self.0.tickets(ticket.workspace, TicketFilter::Id(other), None, 1).await?;
            count += page.items.iter().filter(|other| other.team == ticket.team).count();
        }
        commit.place(&loads, u32::try_from(count).unwrap())?;
        self.0.commit(commit).await
    }
}

ticket_fault! { HidesAnExcess:
    async fn commit(&self, mut commit: Commit) -> Answer<Committed> {
        if let Some(placement) = &mut commit.placement {
            placement.offers.iter_mut().for_each(|offer| offer.cap = 0);
        }
        self.0.commit(commit).await
    }
}

ticket_fault! { NeverAbandons:
    async fn commit(&self, mut commit: Commit) -> Answer<Committed> {
        if let Some(placement) = &mut commit.placement {
            placement.unplaced = Unplaced::Wait;
        }
        self.0.commit(commit).await
    }
}

ticket_fault! { AnswersBeforePlacing:
    async fn commit(&self, mut commit: Commit) -> Answer<Committed> {
        let (place, early) = (commit.place, commit.answer.take());
        let committed = self.0.commit(commit).await?;
        if let Some(early) = early.clone() {
            self.0.remember(place, early).await?;
        }
        Ok(Committed { answer: early.map(|row| row.answer), ..committed })
    }
}

ticket_fault! { SchedulesNoSweep:
    async fn commit(&self, mut commit: Commit) -> Answer<Committed> {
        if let Some(placement) = &mut commit.placement {
            placement.sweep = None;
        }
        self.0.commit(commit).await
    }
}
