//! Claiming due work: once, longest due first, until the lease runs out.

use futures::future::join_all;

use crate::event::EventSequence;
use crate::ports::{Claims, TicketRepository, WorkKind, WorkKinds};
use crate::testkit::fixtures::ticket::{DELIVER, DELIVER_TOO, claimed, every_kind, only_claim, scheduled};
use crate::testkit::fixtures::{ABROAD, ALL, HOME, abroad, at, id, ok, place};

/// The conversations of the claims, by number.
fn numbers(claims: &Claims) -> Vec<u128> {
    let conversation = |claim: &crate::ports::Claim| claim.conversation.map_or(0, |id| id.uuid().as_u128());
    claims.claims.iter().map(conversation).collect()
}

/// Nothing scheduled, nothing claimed, nothing next.
pub async fn nothing_is_due_at_first(store: &dyn TicketRepository) {
    assert_eq!(claimed(store, 1_000).await, Claims::default(), "`next` is none if nothing is scheduled");
}

/// Work is claimed from its due instant on, not before; `next` says when.
pub async fn work_is_claimed_when_due(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 20).await;
    let early = claimed(store, 19).await;
    assert_eq!(early.claims, [], "work is not claimed before it is due");
    assert_eq!(early.next, Some(at(20)), "`next`: when the next piece is due");
    let due = claimed(store, 20).await;
    assert_eq!(numbers(&due), [1], "work is due at its instant");
    assert_eq!(due.next, None, "`next`: of what was not claimed; there is none");
}

/// A worker gets what it can do; the rest is as if it were not there, and stays for others.
pub async fn only_the_kinds_asked_for_are_claimed(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 5).await;
    scheduled(store, place(2), WorkKind::Sweep, 6).await;
    scheduled(store, place(3), WorkKind::EndGrace { ticket: id(8) }, 90).await;
    let own = WorkKinds::of(&[WorkKind::SWEEP, WorkKind::END_GRACE]);
    let claims = ok(store.claim(at(10), at(20), ALL, own).await, "`claim` claims what is due");
    let kinds: Vec<_> = claims.claims.iter().map(|claim| claim.kind).collect();
    assert_eq!(kinds, [WorkKind::Sweep], "work of these kinds, and no other");
    assert_eq!(claims.next, Some(at(90)), "`next`: of these kinds; the delivery that is due is not theirs");
    let none = WorkKinds::of(&[]);
    let none = ok(store.claim(at(10), at(20), ALL, none).await, "`claim` claims nothing");
    assert_eq!(none, Claims::default(), "no kinds, no work");
    let WorkKind::Deliver { sink } = DELIVER_TOO else { return };
    let other =
        ok(store.claim(at(10), at(20), ALL, WorkKinds::of(&[]).and_sink(sink)).await, "`claim` claims");
    assert_eq!(other, Claims::default(), "one sink's deliveries are not another's");
    let rest = claimed(store, 10).await;
    assert_eq!(numbers(&rest), [1], "what was not asked for is there for others");
}

/// A claim says what is to be done, where, and that it is the first.
pub async fn a_claim_names_the_work(store: &dyn TicketRepository) {
    let kinds = [
        WorkKind::Summarise { ticket: id(7) },
        DELIVER,
        DELIVER_TOO,
        WorkKind::Sweep,
        WorkKind::FinishTranscript,
        WorkKind::EndGrace { ticket: id(8) },
    ];
    for (second, kind) in (1..).zip(kinds) {
        scheduled(store, place(1), kind, second).await;
    }
    let claims = claimed(store, 10).await.claims;
    assert_eq!(
        claims.iter().map(|claim| claim.kind).collect::<Vec<_>>(),
        kinds,
        "every kind, with its contents"
    );
    for claim in claims {
        let conversation = (!claim.kind.is_of_workspace()).then_some(place(1).conversation);
        assert_eq!(
            (claim.workspace, claim.conversation),
            (HOME, conversation),
            "where; none for work of a workspace"
        );
        assert_eq!((claim.attempts, claim.delivered), (0, EventSequence(0)), "it was never claimed before");
    }
}

/// The longest due comes first, of all conversations and workspaces.
pub async fn the_longest_due_comes_first(store: &dyn TicketRepository) {
    for (n, due) in [(1, 40), (2, 10), (3, 30), (4, 90)] {
        scheduled(store, place(n), DELIVER, due).await;
    }
    scheduled(store, abroad(place(5)), DELIVER, 20).await;
    let claims = claimed(store, 50).await;
    assert_eq!(numbers(&claims), [2, 5, 3, 1], "longest due first, of all workspaces");
    assert_eq!(claims.claims[1].workspace, ABROAD, "a claim names its workspace");
    assert_eq!(claims.next, Some(at(90)), "`next`: what is not due yet");
}

/// At most as many as asked for, the longest due; what is left is next.
pub async fn at_most_the_limit_is_claimed(store: &dyn TicketRepository) {
    for (n, due) in [(1, 30), (2, 10), (3, 20)] {
        scheduled(store, place(n), DELIVER, due).await;
    }
    let none = ok(store.claim(at(50), at(60), 0, every_kind()).await, "`claim` claims nothing");
    assert_eq!((numbers(&none), none.next), (vec![], Some(at(10))), "at most none; all is left");
    let one = ok(store.claim(at(50), at(60), 1, every_kind()).await, "`claim` claims one");
    assert_eq!((numbers(&one), one.next), (vec![2], Some(at(20))), "the longest due; `next` was not claimed");
    let rest = ok(store.claim(at(50), at(60), usize::MAX, every_kind()).await, "`claim` claims the rest");
    assert_eq!(numbers(&rest), [3, 1], "what is left, however large the limit");
}

/// Leased work is nobody else's until the lease runs out; `next` says when it does.
pub async fn a_lease_excludes_others(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 10).await;
    only_claim(store, 10, "what is due is claimed").await;
    let others = claimed(store, 19).await;
    assert_eq!(others.claims, [], "leased work is not claimed");
    assert_eq!(others.next, Some(at(20)), "`next`: the end of its lease");
}

/// When the lease has run out the work is claimed again, at the instant `next` named.
pub async fn an_expired_lease_is_claimed_again(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 10).await;
    let first = only_claim(store, 10, "what is due is claimed").await;
    let second = only_claim(store, 20, "each until `lease_until`: from then on it is free").await;
    assert!(second.token > first.token, "the token grows whenever the work is claimed");
    assert_eq!(second.attempts, 1, "how often it was claimed before");
    assert_eq!(
        second.generation, first.generation,
        "the generation grows only when the work is scheduled again"
    );
    assert_eq!(
        only_claim(store, 30, "a lease runs out again").await.attempts,
        2,
        "how often it was claimed before"
    );
}

/// Leases are each work's own.
pub async fn leases_are_apart(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 10).await;
    only_claim(store, 10, "what is due is claimed").await;
    scheduled(store, place(1), WorkKind::Summarise { ticket: id(1) }, 11).await;
    scheduled(store, place(2), DELIVER, 12).await;
    let claims = claimed(store, 15).await;
    assert_eq!(numbers(&claims), [1, 2], "another kind, or conversation, is another piece of work");
}

/// Workers at the same time get every piece once.
pub async fn workers_at_the_same_time_share_the_work(store: &dyn TicketRepository) {
    for n in 1..=6 {
        scheduled(store, place(n), DELIVER, 10).await;
    }
    let workers = join_all((0..4).map(|_| store.claim(at(10), at(20), 2, every_kind()))).await;
    let mut claims: Vec<_> =
        workers.into_iter().flat_map(|w| numbers(&ok(w, "`claim` claims what is due"))).collect();
    claims.sort_unstable();
    assert_eq!(claims, [1, 2, 3, 4, 5, 6], "any number of workers: every piece of work once");
    assert_eq!(
        ok(store.claim(at(10), at(20), ALL, every_kind()).await, "`claim` claims the rest").claims,
        [],
        "none is left"
    );
}
