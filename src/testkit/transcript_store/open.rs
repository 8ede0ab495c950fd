//! Beginning a conversation, and what happens without one.

use crate::control::Epoch;
use crate::conversation::{Conversation, Requester};
use crate::message::Sequence;
use crate::ports::{TranscriptStore, Window};
use crate::testkit::fixtures::transcript::{Thread, conversation, said};
use crate::testkit::fixtures::{at, id, not_found, ok, place};

/// `open` begins a conversation as given, without entries.
pub async fn opens_a_conversation(store: &dyn TranscriptStore) {
    let given = conversation(place(1));
    let opened = ok(store.open(given.clone()).await, "`open` begins a conversation");
    assert_eq!(opened, given, "`open` returns the conversation it began");
    let read = ok(store.read(place(1), Window::Before(None), 10).await, "`read` finds an empty conversation");
    assert_eq!(read.conversation, given, "`read` gives every field of the conversation back");
    assert_eq!(read.messages, [], "a conversation begins without entries");
}

/// `open` returns the conversation that is there, unchanged, whatever it is given the second time.
pub async fn opens_once(store: &dyn TranscriptStore) {
    let first = conversation(place(1));
    ok(store.open(first.clone()).await, "`open` begins a conversation");
    let second = Conversation::new(place(1), Requester::claimed(id(0xc9)), "email", at(500));
    let opened = ok(store.open(second).await, "`open` is harmless when repeated");
    assert_eq!(opened, first, "`open` returns the one that is there, unchanged");
    let header = Thread { store, place: place(1) }.header().await;
    assert_eq!(header, first, "a second `open` changes nothing");
}

/// `open` on a conversation with entries keeps them, and tells of them.
pub async fn opening_again_keeps_the_entries(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.append(vec![said(1), said(2)]).await;
    let opened = ok(store.open(conversation(place(1))).await, "`open` is harmless when repeated");
    assert_eq!(opened.last, Sequence(2), "`open` returns the conversation as it is by now");
    assert_eq!(opened.active_at, at(2), "`open` returns the conversation as it is by now");
    assert_eq!(thread.all().await.len(), 2, "a second `open` keeps the entries");
}

/// `open` does not lower a fence that was raised.
pub async fn opening_again_keeps_the_fence(store: &dyn TranscriptStore) {
    use crate::ports::Supersession::Control;
    use crate::testkit::fixtures::transcript::{answered, fence};

    let thread = Thread::open(store, 1).await;
    thread.raise(3).await;
    Thread::open(store, 1).await;
    let rule = "the fence is raised from now on, a second `open` included (C1)";
    thread.superseded(vec![answered(1, 1)], fence(2, 0, 1), Control { epoch: Epoch(3) }, rule).await;
}

/// `append` to a conversation that was never opened is `NotFound`.
pub async fn append_without_a_conversation_is_not_found(store: &dyn TranscriptStore) {
    not_found(store.append(place(1), vec![said(1)], None).await, "`append`: NotFound without a conversation");
    let opened = Thread::open(store, 1).await;
    assert_eq!(opened.all().await, [], "an append that was NotFound wrote nothing");
}

/// `read` of a conversation that was never opened is `NotFound`.
pub async fn read_without_a_conversation_is_not_found(store: &dyn TranscriptStore) {
    not_found(
        store.read(place(1), Window::After(Sequence(0)), 10).await,
        "`read`: NotFound without a conversation, never an empty transcript",
    );
}

/// `raise_fence` on a conversation that was never opened is `NotFound`.
pub async fn raising_without_a_conversation_is_not_found(store: &dyn TranscriptStore) {
    not_found(store.raise_fence(place(1), Epoch(1)).await, "`raise_fence`: NotFound without a conversation");
}
