//! The same key again: the first answer for ever, or an error.

use crate::control::Epoch;
use crate::id::MessageId;
use crate::message::{Author, Draft, Sequence, Visibility};
use crate::ports::{Appended, Receipt, Supersession, TranscriptStore};
use crate::testkit::fixtures::transcript::{Thread, answered, bodies, fence, said};
use crate::testkit::fixtures::{at, id, key, key_reused, place};

/// What a retry sends: the same words under the same key, with an id, an instant and a turn of its own.
fn again(draft: Draft) -> Draft {
    let mut again = draft.of_turn(id(0x77));
    again.id = id::<MessageId>(0xdead);
    again.at = at(900);
    again
}

/// A repeat by key gets the first receipt, and writes nothing.
pub async fn a_repeat_gets_the_first_receipt(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    let first = thread.append(vec![said(1), said(2)]).await;
    let before = (thread.all().await, thread.header().await);
    let second = thread.append(vec![again(said(2))]).await;
    let expected = Receipt { repeated: true, ..first[1] };
    assert_eq!(
        second,
        [expected],
        "a repeat's receipt names the first entry: its id, its place, and that it repeats"
    );
    assert_eq!(
        (thread.all().await, thread.header().await),
        before,
        "a repeat writes nothing, the header included"
    );
}

/// A repeat among new entries is passed over; the new ones are written.
pub async fn a_repeat_among_new_entries_is_passed_over(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.append(vec![said(1)]).await;
    let receipts = thread.append(vec![said(2), again(said(1)), said(3)]).await;
    let found: Vec<_> = receipts.iter().map(|receipt| (receipt.sequence.0, receipt.repeated)).collect();
    assert_eq!(found, [(2, false), (1, true), (3, false)], "one receipt for each entry, in order");
    let all = thread.all().await;
    assert_eq!(
        bodies(&all),
        ["said 1", "said 2", "said 3"],
        "an entry whose key is there is not written again"
    );
}

/// `active_at` follows the newest entry that was written, not a repeat behind it.
pub async fn a_repeat_does_not_move_activity(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.append(vec![said(1)]).await;
    thread.append(vec![said(30), again(said(1))]).await;
    let header = thread.header().await;
    assert_eq!(
        header.active_at,
        at(30),
        "`active_at` is the newest entry's instant; a repeat is no new entry"
    );
    assert_eq!(header.last, Sequence(2), "`last` counts what was written");
}

/// One key twice within an append is written once.
pub async fn a_key_twice_in_one_append_is_written_once(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    let receipts = thread.append(vec![said(1), again(said(1)), said(2)]).await;
    let found: Vec<_> = receipts.iter().map(|receipt| (receipt.sequence.0, receipt.repeated)).collect();
    assert_eq!(found, [(1, false), (1, true), (2, false)], "the second one repeats the first");
    assert_eq!(bodies(&thread.all().await), ["said 1", "said 2"], "no key is in a conversation twice");
}

/// A key reused for another text is refused, and nothing of the append is written.
pub async fn a_key_reused_for_another_text_is_refused(store: &dyn TranscriptStore) {
    let mut other = said(1);
    other.body = "said otherwise".into();
    refuses(store, other, "another body under the same key: KeyReused").await;
}

/// A key reused for a text that differs in white space only is refused: bodies are never normalised.
pub async fn a_key_reused_for_a_padded_text_is_refused(store: &dyn TranscriptStore) {
    let mut other = said(1);
    other.body.push(' ');
    refuses(store, other, "a body is compared as given, never trimmed: KeyReused").await;
}

/// A key reused by another author is refused, and nothing of the append is written.
pub async fn a_key_reused_by_another_author_is_refused(store: &dyn TranscriptStore) {
    let mut other = said(1);
    other.author = Author::Customer { id: id(0xc1) };
    refuses(store, other, "another author under the same key: KeyReused").await;
    let mut kind = said(1);
    // A teammate with the customer's number: the kind of author tells them apart.
    kind.author = Author::Teammate { id: id(0xc0) };
    let thread = Thread { store, place: place(1) };
    key_reused(
        thread.store.append(thread.place, vec![kind], None).await,
        &key("said-1"),
        "a teammate is not the customer of the same number: KeyReused",
    );
}

/// A key reused with another visibility is refused, and nothing of the append is written.
pub async fn a_key_reused_with_another_visibility_is_refused(store: &dyn TranscriptStore) {
    let other = said(1).visible_to(Visibility::Note);
    refuses(store, other, "another visibility under the same key: KeyReused").await;
}

async fn refuses(store: &dyn TranscriptStore, other: Draft, rule: &str) {
    let thread = Thread::open(store, 1).await;
    thread.append(vec![said(1)]).await;
    let before = (thread.all().await, thread.header().await);
    let entries = vec![said(8), other, said(9)];
    key_reused(store.append(thread.place, entries, None).await, &key("said-1"), rule);
    assert_eq!((thread.all().await, thread.header().await), before, "all or none: KeyReused writes nothing");
}

/// Two texts under one key within one append are refused, and neither is written.
pub async fn a_key_reused_within_one_append_is_refused(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    let mut other = said(1);
    other.body = "said otherwise".into();
    let outcome = store.append(thread.place, vec![said(1), other], None).await;
    key_reused(outcome, &key("said-1"), "the same key with other content in one append: KeyReused");
    assert_eq!(thread.all().await, [], "all or none: KeyReused writes nothing");
}

/// A key belongs to its conversation; another one may use it for something else.
pub async fn keys_belong_to_a_conversation(store: &dyn TranscriptStore) {
    let (one, two) = (Thread::open(store, 1).await, Thread::open(store, 2).await);
    one.append(vec![said(1)]).await;
    let mut other = said(1);
    other.body = "something else".into();
    let receipts = two.append(vec![other]).await;
    assert!(!receipts[0].repeated, "a key is looked up within its conversation");
    assert_eq!(
        bodies(&two.all().await),
        ["something else"],
        "the same key in another conversation is another entry"
    );
}

/// A retry after the fence rose gets its first answer: keys are looked at before the fence.
pub async fn a_repeat_gets_its_answer_behind_the_fence(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.append(vec![said(1)]).await;
    thread.answered(answered(2, 7), fence(1, 1, 7), "an answer in time is written").await;
    thread.raise(2).await;
    thread.append(vec![said(3)]).await;
    let retry = thread.answer(vec![again(answered(2, 7))], fence(1, 1, 7)).await;
    let first = Receipt { message: answered(2, 7).id, sequence: Sequence(2), repeated: true };
    assert_eq!(
        retry,
        Appended::Stored(vec![first]),
        "a retry gets its first answer, whatever the fence is by now (E2)"
    );
}

/// A repeat together with a late new entry is superseded as a whole.
pub async fn a_repeat_with_a_late_entry_is_superseded(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.answered(answered(1, 7), fence(1, 0, 7), "an answer in time is written").await;
    thread.raise(2).await;
    let entries = vec![answered(1, 7), answered(2, 7)];
    let why = Supersession::Control { epoch: Epoch(2) };
    thread
        .superseded(entries, fence(1, 0, 7), why, "unless every entry is a repeat, the fence holds (C1)")
        .await;
}

/// A reused key is an error also behind the fence: keys are looked at first.
pub async fn a_reused_key_is_refused_behind_the_fence(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.append(vec![said(1)]).await;
    thread.raise(2).await;
    let mut other = answered(5, 7);
    other.key = key("said-1");
    let outcome = store.append(thread.place, vec![other], Some(fence(1, 1, 7))).await;
    key_reused(outcome, &key("said-1"), "keys are looked at before the fence: KeyReused, not superseded");
}
