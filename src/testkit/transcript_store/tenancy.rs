//! The right id in the wrong workspace is not there, in every method (N3).

use crate::control::Epoch;
use crate::message::Sequence;
use crate::ports::{TranscriptStore, Window};
use crate::testkit::fixtures::transcript::{Thread, answered, bodies, fence, said};
use crate::testkit::fixtures::{ABROAD, HOME, abroad, not_found, ok, place};

/// `read` does not see another workspace's conversation.
pub async fn read_sees_one_workspace(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.append(vec![said(1)]).await;
    let foreign = store.read(abroad(thread.place), Window::Before(None), 10).await;
    not_found(foreign, "`read`: the right id in the wrong workspace is not there (N3)");
}

/// `append` does not write into another workspace's conversation.
pub async fn append_sees_one_workspace(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    let foreign = store.append(abroad(thread.place), vec![said(1)], None).await;
    not_found(foreign, "`append`: the right id in the wrong workspace is not there (N3)");
    assert_eq!(thread.all().await, [], "nothing was written across workspaces (N3)");
}

/// `raise_fence` does not fence another workspace's conversation.
pub async fn raise_fence_sees_one_workspace(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    let foreign = store.raise_fence(abroad(thread.place), Epoch(9)).await;
    not_found(foreign, "`raise_fence`: the right id in the wrong workspace is not there (N3)");
    thread.answered(answered(1, 1), fence(0, 0, 1), "no fence was raised across workspaces (N3)").await;
}

/// `conversations` lists one workspace.
pub async fn conversations_sees_one_workspace(store: &dyn TranscriptStore) {
    Thread::open(store, 1).await;
    let foreign = ok(store.conversations(ABROAD, None, 10).await, "`conversations` lists a workspace");
    assert_eq!(foreign, [], "`conversations`: another workspace's are not there (N3)");
}

/// Two workspaces may use the same conversation id; the two are apart in everything.
pub async fn workspaces_with_the_same_ids_are_apart(store: &dyn TranscriptStore) {
    let home = Thread::open(store, 1).await;
    home.append(vec![said(1), said(2)]).await;
    home.raise(9).await;

    let other = Thread::open_at(store, abroad(place(1))).await;
    assert_eq!(other.header().await.last, Sequence(0), "`open` begins a conversation of its own there");
    let mut entry = said(1);
    entry.body = "said abroad".into();
    let receipts = other.append(vec![entry]).await;
    assert_eq!(
        (receipts[0].sequence, receipts[0].repeated),
        (Sequence(1), false),
        "it counts from 1, with its own keys"
    );
    other.answered(answered(5, 1), fence(0, 1, 1), "it has a fence of its own").await;

    assert_eq!(bodies(&home.all().await), ["said 1", "said 2"], "entries stay in their workspace");
    assert_eq!(bodies(&other.all().await), ["said abroad", "answered 5"], "entries stay in their workspace");
    for (workspace, last) in [(HOME, 2), (ABROAD, 2)] {
        let listed = ok(store.conversations(workspace, None, 10).await, "`conversations` lists a workspace");
        let found: Vec<_> = listed.iter().map(|c| (c.workspace, c.id, c.last.0)).collect();
        assert_eq!(found, [(workspace, place(1).conversation, last)], "each workspace lists its own");
    }
}
