//! All of a commit, or nothing: whatever it fails for, no part of it is left.

use crate::assignment::Rule;
use crate::control::Epoch;
use crate::event::EventKind;
use crate::id::Place;
use crate::message::Sequence;
use crate::ports::{Ask, Snapshot, TicketRepository, TranscriptWrite, Unplaced, Whereabouts, WorkKind};
use crate::testkit::fixtures::ticket::{
    Change, DELIVER, claimed, closed, escalation, look, only_claim, opened, scheduled, trace,
};
use crate::testkit::fixtures::transcript::said;
use crate::testkit::fixtures::{at, claim_lost, conflict, id, key, ok, place};

/// A commit with every part there is, that opens ticket 2.
fn loaded(place: Place, snapshot: &Snapshot) -> Change {
    let write =
        TranscriptWrite { whereabouts: Whereabouts::Elsewhere, fence: Epoch(7), entries: vec![said(1)] };
    Change::opening(place, snapshot, 2)
        .held_by(3)
        .event(snapshot, id(2), EventKind::Summarised)
        .answering(escalation(2))
        .work(DELIVER, -500)
        .work(WorkKind::Sweep, -500)
        .work(WorkKind::FinishTranscript, -500)
        .writing(write)
}

/// Commits what must fail as `refused` says, and asserts that it left nothing.
macro_rules! leaves_nothing {
    ($store:expr, $refused:ident, $change:expr, $rule:expr) => {
        let before = trace($store, &[place(1), place(2)], &key("ask-2")).await;
        $refused($change.commit($store).await, $rule);
        let after = trace($store, &[place(1), place(2)], &key("ask-2")).await;
        assert_eq!(after, before, "all of a commit, or nothing: it failed, and yet something changed");
    };
}

/// The same commit, when nothing stands in its way, leaves all of its parts: the other cases look for the right ones.
pub async fn every_part_is_written(store: &dyn TicketRepository) {
    let before = trace(store, &[place(1)], &key("ask-2")).await;
    let committed = loaded(place(1), &look(store, place(1)).await).kept(store).await;
    assert_ne!(trace(store, &[place(1)], &key("ask-2")).await, before, "a commit writes its parts");
    let after = ok(
        store.load(place(1), Ask::about(Some(key("ask-2")))).await,
        "`load` reads what a decision is made on",
    );
    assert_eq!(after.ticket, committed.ticket, "the ticket is written");
    assert_eq!(after.events, 2, "the events are written");
    assert_eq!(after.answered, Some(escalation(2)), "the answer is written, under its key");
    assert_eq!(
        after.owed.map(|owed| owed.claim),
        committed.owed,
        "the transcript write is kept, and claimed"
    );
    let mut kinds: Vec<_> = claimed(store, 0).await.claims.iter().map(|claim| claim.kind.name()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["deliver:main", "finish_transcript", "sweep"], "the work is written");
}

/// A stale revision leaves nothing.
pub async fn a_stale_commit_leaves_nothing(store: &dyn TicketRepository) {
    let stale = look(store, place(1)).await;
    opened(store, place(1), 1).await;
    closed(store, place(1)).await;
    leaves_nothing!(store, conflict, loaded(place(1), &stale), "a stale revision is a conflict");
}

/// A key that was answered leaves nothing.
pub async fn an_answered_key_leaves_nothing(store: &dyn TicketRepository) {
    let first = Change::on(place(1), &look(store, place(1)).await).answering(escalation(2));
    first.kept(store).await;
    let again = loaded(place(1), &look(store, place(1)).await);
    leaves_nothing!(store, conflict, again, "a key that is there already is a conflict (E2)");
}

/// A second open ticket leaves nothing.
pub async fn a_second_open_ticket_leaves_nothing(store: &dyn TicketRepository) {
    opened(store, place(1), 1).await;
    let second = loaded(place(1), &look(store, place(1)).await);
    leaves_nothing!(store, conflict, second, "a commit that would open another ticket is a conflict (E1)");
}

/// A lost claim leaves nothing.
pub async fn a_lost_claim_leaves_nothing(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 0).await;
    let lost = only_claim(store, 0, "what is due is claimed").await;
    only_claim(store, 10, "a lease that ran out is claimed again").await;
    let change = loaded(place(1), &look(store, place(1)).await).settling(lost);
    leaves_nothing!(store, claim_lost, change, "`settles` a lost claim: ClaimLost");
}

/// An abandoned placement leaves nothing.
pub async fn an_abandoned_placement_leaves_nothing(store: &dyn TicketRepository) {
    let change = loaded(place(1), &look(store, place(1)).await)
        .but(|ticket| ticket.assignee = None)
        .placed(Rule::FewestOpen, &[])
        .placing(|placement| placement.unplaced = Unplaced::Abandon);
    leaves_nothing!(
        store,
        conflict,
        change,
        "nobody has room, and the placement is to be abandoned: a conflict"
    );
}

/// An abandoned placement leaves nothing also where somebody was offered who has no room.
pub async fn an_abandoned_sweep_leaves_the_ticket_waiting(store: &dyn TicketRepository) {
    let busy = Change::opening(place(2), &look(store, place(2)).await, 1).held_by(1);
    busy.kept(store).await;
    opened(store, place(1), 2).await;
    let snapshot = look(store, place(1)).await;
    let change = Change::on(place(1), &snapshot)
        .with(snapshot.ticket.clone().unwrap())
        .placed(Rule::LeastRecent, &[(1, 1)])
        .placing(|placement| placement.unplaced = Unplaced::Abandon)
        .work(DELIVER, -500);
    leaves_nothing!(
        store,
        conflict,
        change,
        "the cap holds, and the placement is to be abandoned: a conflict (A1)"
    );
}

/// A refused commit can be committed as soon as it is decided on what is there.
pub async fn a_refused_commit_stands_in_nobodys_way(store: &dyn TicketRepository) {
    let stale = look(store, place(1)).await;
    Change::on(place(1), &stale).kept(store).await;
    conflict(loaded(place(1), &stale).commit(store).await, "a stale revision is a conflict");
    let committed = loaded(place(1), &look(store, place(1)).await).kept(store).await;
    assert_eq!(
        committed.ticket.map(|ticket| ticket.clocks.requested),
        Some(at(2)),
        "decided again, it is written"
    );
    let entries = look(store, place(1)).await.owed.unwrap().writes.remove(0).entries;
    assert_eq!(
        entries[0].clone().at_sequence(place(1).workspace, place(1).conversation, Sequence(1)).body,
        "said 1"
    );
}
