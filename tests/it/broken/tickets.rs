//! Ticket repositories that get one thing of control, tickets or answers wrong.

use escalate::ports::{Answered, Ask, Commit, Committed, Page, Recent, Snapshot, TicketCursor, TicketFilter};
use escalate::{
    ControlState, Event, EventSequence, MemoryStore, Place, StoreError, Ticket, TicketRepository,
    TicketStatus, WorkspaceId,
};

use super::forward::{HOME, TicketFault, home};
use super::{stores, ticket_fault};

stores! {
    IgnoresTheRevision LeavesTheWorkOfAConflict LeavesTheAnswerOfAConflict OpensASecondTicket ForgetsSkills
    ForgetsAnswers SharesAnswers AnswersAgain RemembersByCommit RemembersTheLast NamesNoLatest
    ListsByAge ListsClosedAsOpen AlwaysHasMore CountsRowsForACursor ShowsAnyWorkspacesTickets
    ShowsAnyWorkspacesControl IncludesTheEvent StandsStill CountsTheOpen CountsWithoutLimit CountsTheInstant
    JoinsTheClosed TellsUnasked
}

type Answer<T> = Result<T, StoreError>;
type Tickets = Page<Ticket, TicketCursor>;

ticket_fault! { IgnoresTheRevision:
    async fn commit(&self, mut commit: Commit) -> Answer<Committed> {
        commit.expected = self.0.load(commit.place, Ask::default()).await?.revision;
        self.0.commit(commit).await
    }
}

ticket_fault! { LeavesTheWorkOfAConflict:
    async fn commit(&self, commit: Commit) -> Answer<Committed> {
        let before = self.0.load(commit.place, Ask::default()).await?;
        let (place, at, work) = (commit.place, commit.at, commit.work.clone());
        let outcome = self.0.commit(commit).await;
        if outcome.is_err() {
            // In another conversation of the workspace, so that no revision gives it away.
            let (place, state) = (Place::new(place.workspace, home(777).conversation), before.state);
            let expected = self.0.load(place, Ask::default()).await?.revision;
            let only_work = Commit { work, ..Commit::new(place, expected, at, state) };
            self.0.commit(only_work).await?;
        }
        outcome
    }
}

ticket_fault! { LeavesTheAnswerOfAConflict:
    async fn commit(&self, commit: Commit) -> Answer<Committed> {
        let (place, answer) = (commit.place, commit.answer.clone());
        let outcome = self.0.commit(commit).await;
        if let (Err(_), Some(answer)) = (&outcome, answer) {
            let _kept = self.0.remember(place, answer).await;
        }
        outcome
    }
}

ticket_fault! { OpensASecondTicket:
    async fn commit(&self, mut commit: Commit) -> Answer<Committed> {
        let open = self.0.load(commit.place, Ask::default()).await?.ticket.filter(|ticket| ticket.status.is_open());
        let another = commit.ticket.as_ref().map(|ticket| ticket.id);
        if let Some(mut first) = open.filter(|open| another.is_some_and(|id| id != open.id)) {
            first.status = TicketStatus::Closed;
            let aside = Commit {
                ticket: Some(first), placement: None, events: Vec::new(), answer: None, work: Vec::new(),
                settles: None, transcript: None, ..commit.clone()
            };
            commit.expected = self.0.commit(aside).await?.revision;
        }
        self.0.commit(commit).await
    }
}

ticket_fault! { ForgetsSkills:
    async fn commit(&self, mut commit: Commit) -> Answer<Committed> {
        if let Some(ticket) = &mut commit.ticket {
            ticket.skills.clear();
        }
        self.0.commit(commit).await
    }
}

ticket_fault! { ForgetsAnswers:
    async fn load(&self, place: Place, _: Ask) -> Answer<Snapshot> {
        self.0.load(place, Ask::default()).await
    }
}

ticket_fault! { SharesAnswers:
    async fn load(&self, place: Place, ask: Ask) -> Answer<Snapshot> {
        let mut loaded = self.0.load(place, ask.clone()).await?;
        for other in (1..=3).map(home) {
            let theirs = self.0.load(other, ask.clone()).await?.answered;
            loaded.answered = loaded.answered.or(theirs);
        }
        Ok(loaded)
    }
}

ticket_fault! { AnswersAgain:
    async fn commit(&self, mut commit: Commit) -> Answer<Committed> {
        let key = commit.answer.as_ref().map(|answered| answered.key.clone());
        if self.0.load(commit.place, Ask::about(key)).await?.answered.is_some() {
            commit.answer = None;
        }
        self.0.commit(commit).await
    }
}

ticket_fault! { RemembersByCommit:
    async fn remember(&self, place: Place, answered: Answered) -> Answer<()> {
        let Snapshot { state, revision: expected, .. } = self.0.load(place, Ask::default()).await?;
        let nothing = Commit::new(place, expected, chrono::DateTime::UNIX_EPOCH, state);
        let commit = Commit { answer: Some(answered), ..nothing };
        self.0.commit(commit).await.map(drop)
    }
}

ticket_fault! { RemembersTheLast:
    async fn remember(&self, place: Place, answered: Answered) -> Answer<()> {
        // An upsert: the key is there, and nobody hears of it.
        let _outcome = self.0.remember(place, answered).await;
        Ok(())
    }
}

ticket_fault! { NamesNoLatest:
    async fn load(&self, place: Place, ask: Ask) -> Answer<Snapshot> {
        let mut loaded = self.0.load(place, ask).await?;
        loaded.latest = loaded.ticket.as_ref().map(|ticket| ticket.id);
        Ok(loaded)
    }
}

ticket_fault! { ListsByAge:
    async fn tickets(
        &self, workspace: WorkspaceId, filter: TicketFilter, after: Option<TicketCursor>, limit: usize,
    ) -> Answer<Tickets> {
        let mut page = self.0.tickets(workspace, filter, after, limit).await?;
        page.items.sort_by_key(|ticket| ticket.clocks.requested);
        Ok(page)
    }
}

ticket_fault! { ListsClosedAsOpen:
    async fn tickets(
        &self, workspace: WorkspaceId, filter: TicketFilter, after: Option<TicketCursor>, limit: usize,
    ) -> Answer<Tickets> {
        let mut page = self.0.tickets(workspace, filter.clone(), after, limit).await?;
        if filter == TicketFilter::Open {
            page.items.extend(self.0.tickets(workspace, TicketFilter::Closed, after, limit).await?.items);
        }
        Ok(page)
    }
}

ticket_fault! { AlwaysHasMore:
    async fn tickets(
        &self, workspace: WorkspaceId, filter: TicketFilter, after: Option<TicketCursor>, limit: usize,
    ) -> Answer<Tickets> {
        let mut page = self.0.tickets(workspace, filter, after, limit).await?;
        page.next = page.items.last().map(TicketCursor::from);
        Ok(page)
    }
}

ticket_fault! { CountsRowsForACursor:
    async fn tickets(
        &self, workspace: WorkspaceId, filter: TicketFilter, after: Option<TicketCursor>, limit: usize,
    ) -> Answer<Tickets> {
        let mut page = self.0.tickets(workspace, filter, None, usize::MAX).await?;
        let skipped = {
            let mut served = self.1.lock().unwrap();
            if after.is_none() {
                served.clear();
            }
            let skipped: u64 = served.iter().sum();
            served.push(limit as u64);
            usize::try_from(skipped).unwrap()
        };
        let more = page.items.len().saturating_sub(skipped) > limit;
        page.items = page.items.into_iter().skip(skipped).take(limit).collect();
        page.next = page.items.last().filter(|_| more).map(TicketCursor::from);
        Ok(page)
    }
}

ticket_fault! { ShowsAnyWorkspacesTickets:
    async fn tickets(
        &self, _: WorkspaceId, filter: TicketFilter, after: Option<TicketCursor>, limit: usize,
    ) -> Answer<Tickets> {
        self.0.tickets(HOME, filter, after, limit).await
    }
}

ticket_fault! { ShowsAnyWorkspacesControl:
    async fn control(&self, place: Place) -> Answer<ControlState> {
        self.0.control(Place::new(HOME, place.conversation)).await
    }
}

ticket_fault! { IncludesTheEvent:
    async fn timeline(&self, place: Place, after: EventSequence, limit: usize) -> Answer<Vec<Event>> {
        self.0.timeline(place, EventSequence(after.0.saturating_sub(1)), limit).await
    }
}

ticket_fault! { StandsStill:
    async fn control(&self, place: Place) -> Answer<ControlState> {
        // From a replica that has not caught up.
        let _newer = self.0.control(place).await?;
        Ok(ControlState::default())
    }
}

impl MemoryTickets<'_> {
    /// The customer's tickets, newest first.
    async fn all(&self) -> Answer<Vec<Ticket>> {
        let Self(store, place, ask) = self;
        let Some(customer) = ask.recent.and_then(|of| of.customer) else { return Ok(Vec::new()) };
        let all = TicketFilter::OfCustomer(customer);
        Ok(store.tickets(place.workspace, all, None, 1_000).await?.items)
    }

    /// What is loaded, with what was begun changed like this.
    async fn with(&self, change: impl FnOnce(&mut Recent, Vec<Ticket>) + Send) -> Answer<Snapshot> {
        let Self(store, place, ask) = self;
        let (mut loaded, all) = (store.load(*place, ask.clone()).await?, self.all().await?);
        if let Some(recent) = &mut loaded.recent {
            change(recent, all);
        }
        Ok(loaded)
    }
}

/// What a fault of counting looks at.
struct MemoryTickets<'a>(&'a MemoryStore, Place, Ask);

fn count<'a>(tickets: impl IntoIterator<Item = &'a Ticket>) -> u32 {
    u32::try_from(tickets.into_iter().count()).unwrap()
}

ticket_fault! { CountsTheOpen:
    async fn load(&self, place: Place, ask: Ask) -> Answer<Snapshot> {
        let open = |ticket: &&Ticket| ticket.status.is_open();
        MemoryTickets(&self.0, place, ask).with(|recent, all| recent.begun = count(all.iter().filter(open))).await
    }
}

ticket_fault! { CountsWithoutLimit:
    async fn load(&self, place: Place, ask: Ask) -> Answer<Snapshot> {
        let Some(of) = ask.recent else { return self.0.load(place, ask).await };
        let after = move |ticket: &&Ticket| ticket.clocks.requested > of.since;
        MemoryTickets(&self.0, place, ask).with(|recent, all| recent.begun = count(all.iter().filter(after))).await
    }
}

ticket_fault! { CountsTheInstant:
    async fn load(&self, place: Place, ask: Ask) -> Answer<Snapshot> {
        let Some(of) = ask.recent else { return self.0.load(place, ask).await };
        let from = move |ticket: &&Ticket| ticket.clocks.requested >= of.since;
        let most = move |begun: u32| begun.min(of.limit);
        MemoryTickets(&self.0, place, ask)
            .with(|recent, all| recent.begun = most(count(all.iter().filter(from))))
            .await
    }
}

ticket_fault! { JoinsTheClosed:
    async fn load(&self, place: Place, ask: Ask) -> Answer<Snapshot> {
        MemoryTickets(&self.0, place, ask)
            .with(|recent, all| recent.open = recent.open.take().and(all.into_iter().next()))
            .await
    }
}

ticket_fault! { TellsUnasked:
    async fn load(&self, place: Place, ask: Ask) -> Answer<Snapshot> {
        let mut loaded = self.0.load(place, ask).await?;
        loaded.recent.get_or_insert_default();
        Ok(loaded)
    }
}
