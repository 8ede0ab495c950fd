//! The fence: no entry of the AI agent after control moved on (C1, C2).

use crate::control::Epoch;
use crate::message::{Author, Draft, Sequence, Visibility};
use crate::ports::Supersession::{Control, NewerMessage, OtherTurn};
use crate::ports::TranscriptStore;
use crate::testkit::fixtures::transcript::{Thread, answered, fence, said};
use crate::testkit::fixtures::{at, id, key};

/// An entry under an epoch older than the fence is superseded; the answer names the fence.
pub async fn an_older_epoch_is_superseded(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.raise(3).await;
    let why = Control { epoch: Epoch(3) };
    thread
        .superseded(vec![answered(1, 1)], fence(2, 0, 1), why, "the fence is above the turn's epoch (C1)")
        .await;
}

/// An entry under the fence's own epoch is written.
pub async fn the_same_epoch_is_written(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.raise(3).await;
    thread.answered(answered(1, 1), fence(3, 0, 1), "an entry under the fence's own epoch is in time").await;
}

/// An entry under a newer epoch than the fence is written: the fence may lag behind control.
pub async fn a_newer_epoch_is_written(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.raise(3).await;
    thread.answered(answered(1, 1), fence(4, 0, 1), "an entry under a newer epoch is in time").await;
}

/// A written entry raises the fence to its epoch: a store that has seen an epoch refuses older ones.
pub async fn a_written_entry_raises_the_fence(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.answered(answered(1, 1), fence(5, 0, 1), "nothing holds the first answer back").await;
    let why = Control { epoch: Epoch(5) };
    let rule = "a written append raises the fence to its epoch";
    thread.superseded(vec![answered(2, 1)], fence(4, 1, 1), why, rule).await;
}

/// A superseded entry raises nothing: nothing of it was written.
pub async fn a_superseded_entry_does_not_raise_the_fence(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.append(vec![said(1)]).await;
    let why = NewerMessage { sequence: Sequence(1) };
    thread.superseded(vec![answered(2, 1)], fence(9, 0, 1), why, "the customer wrote since").await;
    thread
        .answered(answered(3, 2), fence(2, 1, 2), "a superseded append leaves the fence where it was")
        .await;
}

/// A repeat raises nothing: nothing of it is written.
pub async fn a_repeat_does_not_raise_the_fence(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.answered(answered(1, 1), fence(1, 0, 1), "nothing holds the first answer back").await;
    thread.answered(answered(1, 1), fence(9, 0, 1), "a repeat gets its first answer").await;
    thread.answered(answered(2, 1), fence(2, 1, 1), "only a written append raises the fence").await;
}

/// `raise_fence` never lowers it.
pub async fn the_fence_is_never_lowered(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.raise(5).await;
    thread.raise(3).await;
    let why = Control { epoch: Epoch(5) };
    thread
        .superseded(vec![answered(1, 1)], fence(4, 0, 1), why, "`raise_fence` never lowers the fence")
        .await;
}

/// A fence belongs to its conversation (C8).
pub async fn a_fence_belongs_to_a_conversation(store: &dyn TranscriptStore) {
    let (one, two) = (Thread::open(store, 1).await, Thread::open(store, 2).await);
    one.raise(5).await;
    two.answered(answered(1, 1), fence(1, 0, 1), "fencing one conversation changes nothing for another (C8)")
        .await;
}

/// Raising a fence is no activity: the header stays.
pub async fn raising_moves_no_header(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.append(vec![said(1)]).await;
    let before = thread.header().await;
    thread.raise(5).await;
    assert_eq!(thread.header().await, before, "`last` and `active_at` are set by a written append only");
}

/// Entries of people are written whatever the fence is: an append without a fence is not held back.
pub async fn people_are_not_fenced(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.raise(9).await;
    let teammate = Draft::new(id(70), key("reply"), Author::Teammate { id: id(0x7a) }, "hello", at(2));
    let fact =
        Draft::new(id(71), key("fact"), Author::System, "it ended", at(3)).visible_to(Visibility::Fact);
    thread.append(vec![said(1), teammate, fact]).await;
    assert_eq!(thread.all().await.len(), 3, "an append without a fence is never superseded");
}

/// A customer's message the turn had not read supersedes its answer.
pub async fn a_newer_message_supersedes(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.append(vec![said(1)]).await;
    thread.append(vec![said(2)]).await;
    let why = NewerMessage { sequence: Sequence(2) };
    thread
        .superseded(vec![answered(3, 1)], fence(0, 1, 1), why, "the customer wrote after what was seen")
        .await;
    thread.answered(answered(4, 2), fence(0, 2, 2), "a turn that has read it answers").await;
}

/// Only the customer's messages make an answer late: teammates' notes and facts do not.
pub async fn other_entries_do_not_supersede(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.append(vec![said(1)]).await;
    let note = Draft::new(id(70), key("note"), Author::Teammate { id: id(0x7a) }, "hm", at(2));
    let fact = Draft::new(id(71), key("fact"), Author::System, "a fact", at(3)).visible_to(Visibility::Fact);
    thread.append(vec![note.visible_to(Visibility::Note), fact]).await;
    let rule = "superseded only if the customer wrote, or the AI agent in another turn";
    thread.answered(answered(4, 1), fence(0, 1, 1), rule).await;
}

/// An answer of another turn after what was seen supersedes.
pub async fn another_turn_supersedes(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.append(vec![said(1)]).await;
    thread.answered(answered(2, 1), fence(0, 1, 1), "the first turn answers").await;
    let why = OtherTurn { sequence: Sequence(2) };
    thread
        .superseded(vec![answered(3, 2)], fence(0, 1, 2), why, "another turn wrote after what was seen")
        .await;
    thread.answered(answered(4, 3), fence(0, 2, 3), "a turn that has read that answer may add to it").await;
}

/// The same turn may write several times.
pub async fn the_same_turn_may_write_twice(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.append(vec![said(1)]).await;
    thread.answered(answered(2, 1), fence(0, 1, 1), "the turn answers").await;
    thread.answered(answered(3, 1), fence(0, 1, 1), "a turn is not superseded by itself").await;
}

/// The checks come in order: control, newer message, other turn.
pub async fn control_is_checked_first(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.append(vec![said(1)]).await;
    thread.answered(answered(2, 1), fence(0, 1, 1), "the first turn answers").await;
    thread.append(vec![said(3)]).await;
    let rule = "in this order: control, newer message, other turn";
    let why = NewerMessage { sequence: Sequence(3) };
    thread.superseded(vec![answered(4, 2)], fence(0, 1, 2), why, rule).await;
    thread.raise(1).await;
    thread.superseded(vec![answered(4, 2)], fence(0, 1, 2), Control { epoch: Epoch(1) }, rule).await;
}

/// A late append of several entries leaves none of them.
pub async fn a_late_append_leaves_none_of_its_entries(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.raise(1).await;
    let before = thread.header().await;
    let entries = vec![answered(1, 1), answered(2, 1), answered(3, 1)];
    thread.superseded(entries, fence(0, 0, 1), Control { epoch: Epoch(1) }, "all or none").await;
    assert_eq!(thread.header().await, before, "a superseded append does not move the header");
}
