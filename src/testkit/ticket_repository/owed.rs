//! Transcripts in another database: the write is owed until it is confirmed (E3, E5).

use crate::control::Epoch;
use crate::id::Place;
use crate::ports::{
    Claim, Committed, Owed, Settlement, TicketRepository, TranscriptWrite, Whereabouts, WorkKind,
};
use crate::testkit::fixtures::ticket::{Change, DELIVER, claimed, look, only_claim};
use crate::testkit::fixtures::transcript::{answered, said};
use crate::testkit::fixtures::{at, claim_lost, ok, place};

const DONE: Settlement = Settlement { delivered: None, again_at: None, failed: false };

/// A write that tells itself from others by its fence.
fn write(n: u32) -> TranscriptWrite {
    let entries = vec![said(n), answered(n, 1)];
    TranscriptWrite { whereabouts: Whereabouts::Elsewhere, fence: Epoch(u64::from(n)), entries }
}

/// Commits a write that is owed, due at this second if nobody confirms it before.
async fn owing(store: &dyn TicketRepository, place: Place, n: u32, due: i64) -> Committed {
    let change = Change::on(place, &look(store, place).await).work(WorkKind::FinishTranscript, due);
    change.writing(write(n)).kept(store).await
}

async fn owed(store: &dyn TicketRepository) -> Vec<u64> {
    let owed = look(store, place(1)).await.owed;
    owed.map_or_else(Vec::new, |owed| owed.writes.iter().map(|write| write.fence.0).collect())
}

/// What is owed where something is.
async fn due(store: &dyn TicketRepository) -> Owed {
    let owed = look(store, place(1)).await.owed;
    owed.unwrap_or_else(|| panic!("`load`: transcript writes that have not been confirmed are owed"))
}

fn claim(committed: &Committed) -> Claim {
    committed.owed.unwrap_or_else(|| panic!("`commit` returns the claim on the owed transcript write"))
}

/// An owed write is kept whole, with the claim to settle it; nobody else need look for it before it is due.
pub async fn an_owed_write_is_kept_whole(store: &dyn TicketRepository) {
    let claim = claim(&owing(store, place(1), 1, 60).await);
    assert_eq!(claim.kind, WorkKind::FinishTranscript, "the claim is on work of kind FinishTranscript");
    assert_eq!(
        (claim.workspace, claim.conversation),
        (place(1).workspace, Some(place(1).conversation)),
        "of the place"
    );
    let owed = due(store).await;
    assert_eq!(owed.writes, [write(1)], "`load`: the write, every entry and field of it");
    assert_eq!(owed.claim, claim, "`load`: the claim to settle once it is written");
    assert_eq!(claimed(store, 59).await.next, Some(at(60)), "due at the instant the commit's work names");
}

/// A confirmed write is forgotten, and its work done.
pub async fn a_confirmed_write_is_forgotten(store: &dyn TicketRepository) {
    let claim = claim(&owing(store, place(1), 1, 60).await);
    ok(store.settle(claim, DONE).await, "whoever committed may settle");
    assert_eq!(look(store, place(1)).await.owed, None, "a settled write is forgotten");
    assert_eq!(claimed(store, 900).await.claims, [], "and its work done");
}

/// Writes are kept after those kept before, and settled together.
pub async fn owed_writes_are_kept_in_order(store: &dyn TicketRepository) {
    for n in 1..=3 {
        owing(store, place(1), n, 60).await;
    }
    assert_eq!(owed(store).await, [1, 2, 3], "owed writes are kept after those kept before, oldest first");
    let claim = due(store).await.claim;
    ok(store.settle(claim, DONE).await, "whoever looks may write them, and settle");
    assert_eq!(
        owed(store).await,
        [0; 0],
        "the writes that were owed at the claim's generation are forgotten"
    );
}

/// Settling an older claim forgets what was owed then, and keeps what came after.
pub async fn newer_writes_outlive_an_older_claim(store: &dyn TicketRepository) {
    let older = claim(&owing(store, place(1), 1, 60).await);
    let newer = claim(&owing(store, place(1), 2, 60).await);
    assert!(newer.generation > older.generation, "another owed write schedules the work again");
    ok(
        store.settle(older, DONE).await,
        "scheduled again is not claimed again: the older claim is still good",
    );
    assert_eq!(
        owed(store).await,
        [2],
        "only the writes that were owed at the claim's generation are forgotten"
    );
    let rest = only_claim(store, 60, "what is left is still to be done").await;
    ok(store.settle(rest, DONE).await, "the worker confirms the rest");
    assert_eq!(owed(store).await, [0; 0], "nothing is owed any more");
}

/// A write that could not be made yet stays owed.
pub async fn a_write_put_off_stays_owed(store: &dyn TicketRepository) {
    owing(store, place(1), 1, 60).await;
    let claim = only_claim(store, 60, "an owed write is due work").await;
    ok(store.settle(claim, Settlement { again_at: Some(at(120)), ..DONE }).await, "`settle` puts it off");
    assert_eq!(owed(store).await, [1], "with `again_at` the writes are kept");
    only_claim(store, 120, "with `again_at` the work is due then").await;
}

/// A worker that claims the work takes it over from whoever committed.
pub async fn a_worker_takes_an_owed_write_over(store: &dyn TicketRepository) {
    let committer = claim(&owing(store, place(1), 1, 60).await);
    let worker = only_claim(store, 60, "an owed write is due work").await;
    claim_lost(store.settle(committer, DONE).await, "`settle`: claimed since: ClaimLost");
    assert_eq!(owed(store).await, [1], "a lost claim's settlement forgets nothing");
    let stands = due(store).await.claim;
    assert_eq!(stands.token, worker.token, "`load`: the claim as it stands, which may settle");
    ok(store.settle(worker, DONE).await, "the newest claim settles");
    assert_eq!(owed(store).await, [0; 0], "nothing is owed any more");
}

/// A claim that was settled says nothing of writes that are owed later: nothing of theirs is lost.
pub async fn an_old_claim_does_not_forget_newer_writes(store: &dyn TicketRepository) {
    let old = claim(&owing(store, place(1), 1, 60).await);
    ok(store.settle(old, DONE).await, "whoever committed may settle");
    owing(store, place(1), 2, 60).await;
    claim_lost(store.settle(old, DONE).await, "`settle`: settled since; this is another write: ClaimLost");
    assert_eq!(owed(store).await, [2], "a write is owed until it is confirmed: nothing is lost (E5)");
}

/// Each conversation owes its own.
pub async fn owed_writes_are_apart(store: &dyn TicketRepository) {
    owing(store, place(1), 1, 60).await;
    let other = claim(&owing(store, place(2), 2, 60).await);
    ok(store.settle(other, DONE).await, "whoever committed may settle");
    assert_eq!(owed(store).await, [1], "another conversation's settlement forgets nothing here");
    assert_eq!(look(store, place(2)).await.owed, None, "nothing is owed there");
}

/// A commit that settles the work forgets the writes like `settle` does.
pub async fn a_commit_settles_an_owed_write(store: &dyn TicketRepository) {
    let claim = claim(&owing(store, place(1), 1, 60).await);
    Change::on(place(1), &look(store, place(1)).await).settling(claim).kept(store).await;
    assert_eq!(owed(store).await, [0; 0], "`settles` ends that work like `settle`");
}

/// A commit without a transcript write owes nothing.
pub async fn other_commits_owe_nothing(store: &dyn TicketRepository) {
    let committed = Change::on(place(1), &look(store, place(1)).await).work(DELIVER, 5).kept(store).await;
    assert_eq!(committed.owed, None, "no transcript write, no claim");
    assert_eq!(look(store, place(1)).await.owed, None, "no transcript write, nothing owed");
}
