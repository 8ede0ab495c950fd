//! Several sinks: each with its own mark, its own failures and its own next attempt.

use crate::event::EventSequence;
use crate::ports::{Claims, Settlement, TicketRepository, WorkKind};
use crate::testkit::fixtures::ticket::{Change, DELIVER, DELIVER_TOO, claimed, look, only_claim, scheduled};
use crate::testkit::fixtures::{at, id, ok, place};

const DONE: Settlement = Settlement { delivered: None, again_at: None, failed: false };

fn again(second: i64) -> Settlement {
    Settlement { again_at: Some(at(second)), ..DONE }
}

fn failed(second: i64) -> Settlement {
    Settlement { failed: true, ..again(second) }
}

fn delivered(sequence: u64) -> Settlement {
    Settlement { delivered: Some(EventSequence(sequence)), ..DONE }
}

/// Schedules both sinks in one commit, as a desk does.
async fn scheduled_both(store: &dyn TicketRepository, due: i64) {
    let change = Change::on(place(1), &look(store, place(1)).await);
    change.work(DELIVER, due).work(DELIVER_TOO, due).kept(store).await;
}

/// The delivery mark moves with a settlement and comes with later claims, never back.
pub async fn the_delivery_mark_moves_on(store: &dyn TicketRepository) {
    let mut due = 10;
    scheduled(store, place(1), DELIVER, due).await;
    for (settled, expected) in [(Some(3), 3), (Some(1), 3), (None, 3), (Some(5), 5)] {
        let claim = only_claim(store, due, "what is due is claimed").await;
        due += 20;
        let delivered = settled.map(EventSequence);
        ok(store.settle(claim, Settlement { delivered, ..again(due) }).await, "`settle` ends a claim");
        let later = only_claim(store, due, "with `again_at` the work is due then").await;
        assert_eq!(later.delivered, EventSequence(expected), "`delivered` moves the mark, never back");
        due += 20;
        ok(store.settle(later, again(due)).await, "`settle` ends a claim");
    }
}

/// The delivery mark stays when the work is done, and comes with its claims when it is scheduled anew.
pub async fn the_delivery_mark_outlives_the_work(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 10).await;
    let claim = only_claim(store, 10, "what is due is claimed").await;
    ok(store.settle(claim, delivered(4)).await, "`settle` ends a claim");
    scheduled(store, place(1), DELIVER, 20).await;
    let claim = only_claim(store, 20, "scheduled anew").await;
    assert_eq!(
        claim.delivered,
        EventSequence(4),
        "the mark stays when the work is done: nothing goes out twice"
    );
    ok(store.settle(claim, DONE).await, "`settle` ends a claim");
    scheduled(store, place(2), DELIVER, 30).await;
    let other = only_claim(store, 30, "another conversation").await;
    assert_eq!(other.delivered, EventSequence(0), "another conversation has a mark of its own");
}

/// A mark is of one sink: what one got, the other did not.
pub async fn each_sink_has_its_own_mark(store: &dyn TicketRepository) {
    scheduled_both(store, 10).await;
    for claim in claimed(store, 10).await.claims {
        let sequence = if claim.kind == DELIVER { 4 } else { 2 };
        ok(store.settle(claim, delivered(sequence)).await, "`settle` ends a claim");
    }
    assert_eq!(claimed(store, 900).await, Claims::default(), "delivered, nothing is due");
    scheduled_both(store, 20).await;
    let mut marks: Vec<_> =
        claimed(store, 20).await.claims.iter().map(|claim| (claim.kind.name(), claim.delivered.0)).collect();
    marks.sort_unstable();
    assert_eq!(marks, [("deliver:main".into(), 4), ("deliver:other".into(), 2)], "a mark is of one sink");
}

/// A sink that is new to a conversation begins before its first event.
pub async fn a_new_sink_begins_at_the_start(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 10).await;
    let claim = only_claim(store, 10, "what is due is claimed").await;
    ok(store.settle(claim, delivered(4)).await, "`settle` ends a claim");
    scheduled(store, place(1), DELIVER_TOO, 20).await;
    let claim = only_claim(store, 20, "only the new sink is scheduled").await;
    assert_eq!((claim.kind, claim.delivered), (DELIVER_TOO, EventSequence(0)), "it got nothing yet");
}

/// One sink's failure neither holds the other up nor counts for it.
pub async fn each_sink_is_tried_by_itself(store: &dyn TicketRepository) {
    scheduled_both(store, 10).await;
    for claim in claimed(store, 10).await.claims {
        let settlement = if claim.kind == DELIVER { failed(500) } else { delivered(1) };
        ok(store.settle(claim, settlement).await, "`settle` ends a claim");
    }
    scheduled_both(store, 20).await;
    let claim = only_claim(store, 20, "the failed one is put off, and the other is due").await;
    assert_eq!((claim.kind, claim.attempts), (DELIVER_TOO, 0), "one sink's failure is not the other's");
    ok(store.settle(claim, DONE).await, "`settle` ends a claim");
    let claim = only_claim(store, 500, "the failed one is due when it was put off to").await;
    assert_eq!((claim.kind, claim.attempts), (DELIVER, 1), "its own failure");
}

/// What failed stays due when it was put off to, whatever is scheduled until then.
pub async fn a_failure_is_not_hurried(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 10).await;
    let claim = only_claim(store, 10, "what is due is claimed").await;
    ok(store.settle(claim, failed(50)).await, "`settle` ends a claim");
    for due in [20, 30] {
        scheduled(store, place(1), DELIVER, due).await;
        let early = claimed(store, 49).await;
        let rule = "work that failed stays due when it is due, also when it is scheduled again";
        assert_eq!((early.claims, early.next), (vec![], Some(at(50))), "{rule}");
    }
    let later = only_claim(store, 50, "with `again_at` the work is due then").await;
    assert!(later.generation > claim.generation, "it was scheduled all the same");
    assert_eq!(later.attempts, 1, "and has failed once");
    ok(store.settle(later, DONE).await, "`settle` ends a claim");
    scheduled(store, place(1), DELIVER, 60).await;
    only_claim(store, 60, "done, it has not failed any more").await;
}

/// What was scheduled while it was being done does not hurry a failure either.
pub async fn a_failure_is_not_hurried_by_what_came_meanwhile(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 10).await;
    let claim = only_claim(store, 10, "what is due is claimed").await;
    scheduled(store, place(1), DELIVER, 12).await;
    ok(store.settle(claim, failed(50)).await, "`settle` ends a claim");
    assert_eq!(claimed(store, 49).await.claims, [], "if it failed, not sooner than `again_at`");
    only_claim(store, 50, "with `again_at` the work is due then").await;
}

/// What was put off without failing is brought forward by what is scheduled.
pub async fn work_put_off_is_brought_forward(store: &dyn TicketRepository) {
    for kind in [WorkKind::Sweep, DELIVER] {
        scheduled(store, place(1), kind, 10).await;
        let claim = only_claim(store, 10, "what is due is claimed").await;
        ok(store.settle(claim, again(50)).await, "`settle` ends a claim");
        scheduled(store, place(1), kind, 20).await;
        let claim = only_claim(store, 20, "it did not fail: due at the earlier of both instants").await;
        ok(store.settle(claim, again(50)).await, "`settle` ends a claim");
        let claim = only_claim(store, 50, "with `again_at` the work is due then").await;
        scheduled(store, place(1), kind, 55).await;
        ok(store.settle(claim, again(500)).await, "`settle` ends a claim");
        let claim = only_claim(store, 55, "or sooner if it was scheduled for sooner since").await;
        ok(store.settle(claim, DONE).await, "`settle` ends a claim");
    }
}

/// Failures are counted until the work gets on; a lease that ran out is one.
pub async fn failures_are_counted_until_it_gets_on(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 10).await;
    let progress = |sequence, due| Settlement { delivered: Some(EventSequence(sequence)), ..failed(due) };
    let steps = [
        (0, Some(failed(20)), "at first it has not failed"),
        (1, Some(failed(30)), "a failure"),
        (2, None, "another; and then the lease runs out"),
        (3, Some(progress(5, 50)), "whoever held it may have died of it"),
        (1, Some(progress(5, 60)), "something was delivered, and it failed after that"),
        (2, Some(again(70)), "a mark that stays where it is is no progress"),
        (0, Some(failed(80)), "put off without failing, it got on"),
        (1, Some(DONE), "a failure"),
    ];
    for (second, (attempts, settlement, rule)) in (1..).zip(steps) {
        let claim = only_claim(store, second * 10, rule).await;
        assert_eq!(claim.attempts, attempts, "{rule}");
        if let Some(settlement) = settlement {
            ok(store.settle(claim, settlement).await, "`settle` ends a claim");
        }
    }
    scheduled(store, place(1), DELIVER, 90).await;
    assert_eq!(only_claim(store, 90, "scheduled anew").await.attempts, 0, "done, it got on");
}

/// Done is done, also if the settlement says that it failed.
pub async fn a_failure_without_again_is_none(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 10).await;
    let claim = only_claim(store, 10, "what is due is claimed").await;
    ok(store.settle(claim, Settlement { failed: true, ..DONE }).await, "`settle` ends a claim");
    assert_eq!(claimed(store, 900).await, Claims::default(), "without `again_at` it is done");
    scheduled(store, place(1), DELIVER, 20).await;
    assert_eq!(only_claim(store, 20, "nothing holds it back").await.attempts, 0, "it has not failed");
}

/// Other contents are new work: somebody else's failures neither hold it up nor count for it.
pub async fn other_contents_have_not_failed(store: &dyn TicketRepository) {
    scheduled(store, place(1), WorkKind::Summarise { ticket: id(1) }, 10).await;
    let claim = only_claim(store, 10, "what is due is claimed").await;
    ok(store.settle(claim, failed(500)).await, "`settle` ends a claim");
    scheduled(store, place(1), WorkKind::Summarise { ticket: id(2) }, 20).await;
    let claim = only_claim(store, 20, "other contents are new work, due as it was scheduled").await;
    assert_eq!(
        (claim.kind, claim.attempts),
        (WorkKind::Summarise { ticket: id(2) }, 0),
        "and it has not failed"
    );
}
