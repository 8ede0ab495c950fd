//! Cases for stores that outlive their handle: what a method has returned is durable, and seen by every machine.

use super::fixtures::{at, key, ok, place};
use super::harness::Reopen;
use crate::ports::{TicketRepository, TranscriptStore};

pub mod transcripts {
    //! Transcripts, after the store was closed and opened again.

    use super::super::fixtures::transcript::{Thread, answered, bodies, fence, said};
    use super::*;
    use crate::control::Epoch;
    use crate::ports::Supersession;

    /// Entries, header, keys and fence are there after reopening.
    pub async fn transcripts_outlive_their_handle<H: Reopen>(harness: &H)
    where
        H::Store: TranscriptStore,
    {
        let (guard, store) = harness.fresh().await;
        let thread = Thread::open(&store, 1).await;
        thread.append(vec![said(1), said(2)]).await;
        thread.raise(4).await;
        let before = (thread.all().await, thread.header().await, store.database());
        drop(store);

        let store = harness.reopen(&guard).await;
        let thread = Thread { store: &store, place: place(1) };
        let after = (thread.all().await, thread.header().await, store.database());
        assert_eq!(after, before, "what a method has returned is durable, the database's name included");
        let receipts = thread.append(vec![said(2), said(3)]).await;
        let found: Vec<_> = receipts.iter().map(|receipt| (receipt.sequence.0, receipt.repeated)).collect();
        assert_eq!(found, [(2, true), (3, false)], "keys and numbers are durable");
        let why = Supersession::Control { epoch: Epoch(4) };
        thread.superseded(vec![answered(5, 1)], fence(3, 3, 1), why, "the fence is durable (C1)").await;
        drop(store);
    }

    /// Two handles at the same time see each other's writes at once.
    pub async fn two_handles_see_one_transcript<H: Reopen>(harness: &H)
    where
        H::Store: TranscriptStore,
    {
        let (guard, one) = harness.fresh().await;
        let two = harness.reopen(&guard).await;
        let here = Thread::open(&one, 1).await;
        let there = Thread { store: &two, place: place(1) };
        for n in 1..=4 {
            let writer = if n % 2 == 0 { here } else { there };
            writer.append(vec![said(n)]).await;
        }
        let expected = ["said 1", "said 2", "said 3", "said 4"];
        assert_eq!(bodies(&here.all().await), expected, "visible to every later call on every machine");
        assert_eq!(bodies(&there.all().await), expected, "visible to every later call on every machine");
        here.raise(4).await;
        let why = Supersession::Control { epoch: Epoch(4) };
        there
            .superseded(vec![answered(5, 1)], fence(3, 4, 1), why, "a fence holds on every machine (C1)")
            .await;
        drop((one, two));
    }
}

pub mod tickets {
    //! Control and tickets, after the store was closed and opened again.

    use super::super::fixtures::ticket::{
        Change, DELIVER, claimed, escalation, look, only_claim, opened_on, scheduled, trace,
    };
    use super::*;
    use crate::assignment::Rule;
    use crate::event::EventSequence;
    use crate::ports::Settlement;
    use crate::testkit::fixtures::{claim_lost, conflict};

    /// Control, tickets, timeline, answers, loads and work are there after reopening.
    pub async fn tickets_outlive_their_handle<H: Reopen>(harness: &H)
    where
        H::Store: TicketRepository,
    {
        let (guard, store) = harness.fresh().await;
        let change = Change::opening(place(1), &look(&store, place(1)).await, 1).answering(escalation(1));
        change.placed(Rule::FewestOpen, &[(1, 1)]).work(DELIVER, 50).kept(&store).await;
        let before = (trace(&store, &[place(1)], &key("ask-1")).await, store.database());
        drop(store);

        let store = harness.reopen(&guard).await;
        let after = (trace(&store, &[place(1)], &key("ask-1")).await, store.database());
        assert_eq!(after, before, "what a method has returned is durable, the database's name included");
        assert_eq!(claimed(&store, 50).await.claims.len(), 1, "work is durable");
        opened_on(&store, place(2), 2, 2).await;
        drop(store);
    }

    /// A claim outlives the handle it was made with: it stays leased, and may be settled by its holder.
    pub async fn claims_outlive_their_handle<H: Reopen>(harness: &H)
    where
        H::Store: TicketRepository,
    {
        let (guard, store) = harness.fresh().await;
        Change::on(place(1), &look(&store, place(1)).await).work(DELIVER, 10).kept(&store).await;
        let claim = only_claim(&store, 10, "what is due is claimed").await;
        drop(store);

        let store = harness.reopen(&guard).await;
        let others = claimed(&store, 15).await;
        assert_eq!((others.claims, others.next), (vec![], Some(at(20))), "a lease is durable");
        ok(store.settle(claim, Settlement::default()).await, "a claim is good on every machine");
        claim_lost(store.settle(claim, Settlement::default()).await, "and once");
        drop(store);
    }

    /// How far a sink has got, how often it has failed, and till when it is left alone is there after reopening.
    pub async fn deliveries_outlive_their_handle<H: Reopen>(harness: &H)
    where
        H::Store: TicketRepository,
    {
        let (guard, store) = harness.fresh().await;
        scheduled(&store, place(1), DELIVER, 10).await;
        let failed = Settlement { delivered: Some(EventSequence(3)), again_at: Some(at(20)), failed: true };
        let claim = only_claim(&store, 10, "what is due is claimed").await;
        ok(store.settle(claim, failed).await, "`settle` ends a claim");
        let claim = only_claim(&store, 20, "with `again_at` the work is due then").await;
        let failed = Settlement { delivered: None, again_at: Some(at(50)), failed: true };
        ok(store.settle(claim, failed).await, "`settle` ends a claim");
        drop(store);

        let store = harness.reopen(&guard).await;
        scheduled(&store, place(1), DELIVER, 30).await;
        assert_eq!(claimed(&store, 49).await.claims, [], "a failure is not hurried, on any machine");
        let claim = only_claim(&store, 50, "with `again_at` the work is due then").await;
        assert_eq!((claim.delivered, claim.attempts), (EventSequence(3), 2), "mark and failures are durable");
        drop(store);
    }

    /// Two handles at the same time decide on the same facts.
    pub async fn two_handles_see_one_repository<H: Reopen>(harness: &H)
    where
        H::Store: TicketRepository,
    {
        let (guard, one) = harness.fresh().await;
        let two = harness.reopen(&guard).await;
        let stale = look(&two, place(1)).await;
        let change = Change::opening(place(1), &look(&one, place(1)).await, 1).work(DELIVER, 10);
        change.placed(Rule::FewestOpen, &[(1, 1)]).kept(&one).await;
        let late = Change::opening(place(1), &stale, 2).commit(&two).await;
        conflict(late, "a revision holds on every machine");
        assert_eq!(
            look(&two, place(1)).await,
            look(&one, place(1)).await,
            "visible to every later call on every machine"
        );
        let other =
            Change::opening(place(2), &look(&two, place(2)).await, 2).placed(Rule::FewestOpen, &[(1, 1)]);
        let ticket = other.kept(&two).await.ticket.unwrap();
        assert_eq!(ticket.assignee, None, "a cap holds on every machine (A1)");
        only_claim(&two, 10, "work is due on every machine").await;
        assert_eq!(claimed(&one, 15).await.claims, [], "and leased on every machine");
        drop((one, two));
    }
}
