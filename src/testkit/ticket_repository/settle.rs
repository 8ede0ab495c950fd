//! Ending a claim: done, done again later, or lost to somebody else.

use crate::event::EventSequence;
use crate::ports::{Claims, Settlement, TicketRepository, WorkKind};
use crate::testkit::fixtures::ticket::{Change, DELIVER, claimed, every_kind, look, only_claim, scheduled};
use crate::testkit::fixtures::{at, claim_lost, id, ok, place};

const DONE: Settlement = Settlement { delivered: None, again_at: None, failed: false };

fn again(second: i64) -> Settlement {
    Settlement { again_at: Some(at(second)), ..DONE }
}

/// Settled work is gone.
pub async fn settled_work_is_gone(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 10).await;
    let claim = only_claim(store, 10, "what is due is claimed").await;
    ok(store.settle(claim, DONE).await, "`settle` ends a claim");
    assert_eq!(claimed(store, 900).await, Claims::default(), "without `again_at` the work is removed");
}

/// A claim is settled once.
pub async fn a_claim_is_settled_once(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 10).await;
    let claim = only_claim(store, 10, "what is due is claimed").await;
    ok(store.settle(claim, again(50)).await, "`settle` ends a claim");
    claim_lost(store.settle(claim, DONE).await, "`settle`: settled since, with `again_at`: ClaimLost");
    let claim = only_claim(store, 50, "with `again_at` the work is due then").await;
    ok(store.settle(claim, DONE).await, "`settle` ends a claim");
    claim_lost(store.settle(claim, DONE).await, "`settle`: settled since: ClaimLost");
}

/// A claim that was claimed again is lost, and settling it changes nothing.
pub async fn a_claim_claimed_again_is_lost(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 10).await;
    let first = only_claim(store, 10, "what is due is claimed").await;
    let second = only_claim(store, 20, "the lease ran out").await;
    let late = Settlement { delivered: Some(EventSequence(9)), ..again(900) };
    claim_lost(store.settle(first, late).await, "`settle`: claimed again since: ClaimLost");
    claim_lost(store.settle(first, DONE).await, "`settle`: claimed again since: ClaimLost");
    let third =
        only_claim(store, 30, "a lost claim's settlement wrote nothing: the work is due as it was").await;
    assert_eq!(third.delivered, EventSequence(0), "a lost claim's settlement moves no mark");
    claim_lost(store.settle(second, DONE).await, "`settle`: claimed again since: ClaimLost");
    ok(store.settle(third, DONE).await, "the newest claim may settle it");
}

/// A claim whose lease ran out may still be settled while nobody else has claimed the work.
pub async fn a_late_claim_is_good_until_somebody_claims(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 10).await;
    let claim = only_claim(store, 10, "what is due is claimed").await;
    assert_eq!(claimed(store, 5).await.claims, [], "nothing was due then");
    ok(store.settle(claim, DONE).await, "lost only if it was claimed again or settled since");
    assert_eq!(claimed(store, 900).await.claims, [], "and settled it is");
}

/// An old claim has no say over work of the same kind that was scheduled after the old was done.
pub async fn an_old_claim_does_not_settle_new_work(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 10).await;
    let old = only_claim(store, 10, "what is due is claimed").await;
    let newer = only_claim(store, 20, "the lease ran out").await;
    ok(store.settle(newer, DONE).await, "the newest claim may settle it");
    scheduled(store, place(1), DELIVER, 30).await;
    claim_lost(
        store.settle(old, DONE).await,
        "`settle`: the old work was settled since; this is another: ClaimLost",
    );
    claim_lost(store.settle(newer, DONE).await, "`settle`: settled since; this is another: ClaimLost");
    let fresh = only_claim(store, 30, "the new work is due as it was").await;
    assert_eq!(fresh.attempts, 0, "work that was removed and scheduled anew was never claimed before");
    claim_lost(store.settle(old, DONE).await, "`settle`: a token is never given twice: ClaimLost");
    claim_lost(store.settle(newer, DONE).await, "`settle`: a token is never given twice: ClaimLost");
    ok(store.settle(fresh, DONE).await, "its own claim settles it");
}

/// With `again_at` the work is due then: not before, and from then on free, whatever its lease was.
pub async fn again_at_names_the_next_instant(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 10).await;
    let claims = ok(store.claim(at(10), at(1_000), 1, every_kind()).await, "`claim` claims what is due");
    ok(store.settle(claims.claims[0], again(50)).await, "`settle` ends a claim");
    let early = claimed(store, 49).await;
    assert_eq!((early.claims, early.next), (vec![], Some(at(50))), "with `again_at` the work is due then");
    let claim =
        only_claim(store, 50, "with `again_at` the work is due then, its old lease notwithstanding").await;
    assert_eq!(claim.attempts, 0, "it did not fail, so it got on");
}

/// Work that was scheduled again since it was claimed stays, due as it is, free at once.
pub async fn work_scheduled_again_outlives_its_settlement(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 10).await;
    let claims = ok(store.claim(at(10), at(1_000), 1, every_kind()).await, "`claim` claims what is due");
    scheduled(store, place(1), DELIVER, 12).await;
    ok(store.settle(claims.claims[0], DONE).await, "`settle` ends a claim");
    let claim =
        only_claim(store, 12, "its generation grew: it stays, due as it is, free to be claimed").await;
    assert!(claim.generation > claims.claims[0].generation, "a worker sees what it has not seen");
    ok(store.settle(claim, DONE).await, "`settle` ends a claim");
    assert_eq!(claimed(store, 900).await.claims, [], "settled at its newest generation it is gone");
}

/// A commit settles the claim it does the work of.
pub async fn a_commit_settles_its_claim(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 10).await;
    let claim = only_claim(store, 10, "what is due is claimed").await;
    Change::on(place(1), &look(store, place(1)).await).settling(claim).kept(store).await;
    assert_eq!(claimed(store, 900).await, Claims::default(), "`settles` ends that work");
    claim_lost(store.settle(claim, DONE).await, "`settle`: settled since by a commit: ClaimLost");
}

/// A commit may settle a claim on work of the workspace, or of another conversation.
pub async fn a_commit_settles_a_sweep(store: &dyn TicketRepository) {
    scheduled(store, place(1), WorkKind::Sweep, 10).await;
    let claim = only_claim(store, 10, "what is due is claimed").await;
    Change::on(place(2), &look(store, place(2)).await).settling(claim).kept(store).await;
    assert_eq!(claimed(store, 900).await, Claims::default(), "`settles` ends that work, wherever it belongs");
}

/// A commit whose claim is lost fails, and settles nothing.
pub async fn a_commit_with_a_lost_claim_fails(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 10).await;
    let lost = only_claim(store, 10, "what is due is claimed").await;
    let held = only_claim(store, 20, "the lease ran out").await;
    let before = look(store, place(1)).await;
    let change = Change::on(place(1), &before).settling(lost);
    claim_lost(change.commit(store).await, "`settles` a lost claim: ClaimLost");
    assert_eq!(look(store, place(1)).await, before, "if the claim is lost, nothing is written");
    ok(store.settle(held, DONE).await, "the claim that holds is untouched");
}

/// Work that was scheduled again since it was claimed outlives a commit that settles it.
pub async fn work_scheduled_again_outlives_a_commit(store: &dyn TicketRepository) {
    scheduled(store, place(1), WorkKind::Summarise { ticket: id(1) }, 10).await;
    let claim = only_claim(store, 10, "what is due is claimed").await;
    scheduled(store, place(1), WorkKind::Summarise { ticket: id(2) }, 12).await;
    Change::on(place(1), &look(store, place(1)).await).settling(claim).kept(store).await;
    let again = only_claim(store, 12, "its generation grew: it stays, free to be claimed").await;
    assert_eq!(
        again.kind,
        WorkKind::Summarise { ticket: id(2) },
        "what was scheduled since is still to be done"
    );
}

/// A commit that settles work and schedules it again leaves it scheduled.
pub async fn a_commit_may_schedule_what_it_settles(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 10).await;
    let claim = only_claim(store, 10, "what is due is claimed").await;
    let change = Change::on(place(1), &look(store, place(1)).await).settling(claim).work(DELIVER, 50);
    change.kept(store).await;
    only_claim(store, 50, "what a commit schedules is scheduled, also beside `settles`").await;
}
