//! Scheduling work: one piece of each kind, the earlier instant, and a generation that grows.

use crate::ports::{Settlement, TicketRepository, WorkKind};
use crate::testkit::fixtures::ticket::{Change, DELIVER, claimed, look, only_claim, scheduled};
use crate::testkit::fixtures::{at, id, ok, place};

/// Scheduled again, work keeps the earlier instant, whichever came first.
pub async fn the_earlier_instant_is_kept(store: &dyn TicketRepository) {
    for (n, first, second) in [(1, 10, 90), (2, 90, 10)] {
        scheduled(store, place(n), DELIVER, first).await;
        scheduled(store, place(n), DELIVER, second).await;
        assert_eq!(
            claimed(store, 9).await.next,
            Some(at(10)),
            "scheduled again: the earlier of both instants"
        );
        let claim = only_claim(store, 10, "one piece of work of each kind").await;
        ok(store.settle(claim, Settlement::default()).await, "`settle` ends a claim");
        assert_eq!(claimed(store, 900).await.claims, [], "there is one piece of each kind, not two");
    }
}

/// Scheduled again, work takes the new contents.
pub async fn the_newer_contents_are_taken(store: &dyn TicketRepository) {
    scheduled(store, place(1), WorkKind::Summarise { ticket: id(1) }, 10).await;
    scheduled(store, place(1), WorkKind::Summarise { ticket: id(2) }, 20).await;
    let claim = only_claim(store, 10, "one piece of work of each kind").await;
    assert_eq!(claim.kind, WorkKind::Summarise { ticket: id(2) }, "scheduled again: the new kind's contents");
}

/// The generation grows whenever work is scheduled again, and only then.
pub async fn the_generation_grows(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 10).await;
    let first = only_claim(store, 10, "what is due is claimed").await;
    scheduled(store, place(1), DELIVER, 90).await;
    let second = only_claim(store, 20, "the lease ran out").await;
    assert!(
        second.generation > first.generation,
        "the generation grows whenever the work is scheduled again"
    );
    let third = only_claim(store, 30, "the lease ran out").await;
    assert_eq!(third.generation, second.generation, "a claim is no scheduling");
}

/// One commit schedules several kinds, each for its own instant.
pub async fn one_commit_schedules_several_kinds(store: &dyn TicketRepository) {
    let change = Change::on(place(1), &look(store, place(1)).await)
        .work(DELIVER, 30)
        .work(WorkKind::EndGrace { ticket: id(1) }, 10)
        .work(WorkKind::Sweep, 20);
    change.kept(store).await;
    let names: Vec<_> = claimed(store, 30).await.claims.iter().map(|claim| claim.kind.name()).collect();
    assert_eq!(names, ["end_grace", "sweep", "deliver:main"], "each kind for its own instant");
}

/// Kinds, conversations and workspaces have work of their own; a commit schedules in its own.
pub async fn work_of_two_conversations_is_apart(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 10).await;
    scheduled(store, place(2), DELIVER, 20).await;
    let one = only_claim(store, 10, "only the first is due").await;
    assert_eq!(
        one.conversation,
        Some(place(1).conversation),
        "work is of the conversation whose commit scheduled it"
    );
    ok(store.settle(one, Settlement::default()).await, "`settle` ends a claim");
    let two = only_claim(store, 20, "settling one conversation's work leaves the other's").await;
    assert_eq!(
        two.conversation,
        Some(place(2).conversation),
        "work is of the conversation whose commit scheduled it"
    );
}

/// There is one sweep in a workspace, whichever conversations ask for it.
pub async fn a_workspace_has_one_sweep(store: &dyn TicketRepository) {
    scheduled(store, place(1), WorkKind::Sweep, 20).await;
    scheduled(store, place(2), WorkKind::Sweep, 10).await;
    scheduled(store, place(3), WorkKind::Sweep, 30).await;
    let claim = only_claim(store, 10, "one sweep in a workspace, due at the earliest instant").await;
    assert_eq!(claim.conversation, None, "a sweep is about no conversation");
    ok(store.settle(claim, Settlement::default()).await, "`settle` ends a claim");
    assert_eq!(claimed(store, 900).await.claims, [], "one sweep in a workspace");
}

/// Scheduling again does not end a lease: whoever is at it stays at it.
pub async fn scheduling_again_keeps_the_lease(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 10).await;
    only_claim(store, 10, "what is due is claimed").await;
    scheduled(store, place(1), DELIVER, 11).await;
    assert_eq!(claimed(store, 15).await.claims, [], "leased until `lease_until`, also when scheduled again");
}
