//! Order, numbers, the header, and writers at the same time.

use std::collections::BTreeSet;

use futures::future::join_all;

use crate::message::Sequence;
use crate::ports::{TranscriptStore, Window};
use crate::testkit::fixtures::transcript::{Thread, answered, bodies, fence, said};
use crate::testkit::fixtures::{at, place};

/// Entries are read in the order in which they were appended.
pub async fn reads_in_append_order(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.append(vec![said(1), said(2), said(3)]).await;
    thread.append(vec![said(4)]).await;
    let all = thread.all().await;
    assert_eq!(bodies(&all), ["said 1", "said 2", "said 3", "said 4"], "`append` appends in order");
}

/// Sequences are 1, 2, 3, … over any number of appends, and the receipts name them.
pub async fn numbers_from_one_without_gaps(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    let mut named = Vec::new();
    for entries in [vec![said(1)], vec![said(2), said(3)], vec![said(4)]] {
        named.extend(thread.append(entries).await.iter().map(|receipt| receipt.sequence.0));
    }
    assert_eq!(named, [1, 2, 3, 4], "sequences start at 1 and have no gaps, in the receipts");
    let stored = thread.sequences(Window::After(Sequence(0)), 10).await;
    assert_eq!(stored, named, "sequences start at 1 and have no gaps, in the transcript");
}

/// A new entry's receipt names its own id, and does not call it a repeat.
pub async fn receipts_name_the_entries(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    let receipts = thread.append(vec![said(1), said(2)]).await;
    for (receipt, entry) in receipts.iter().zip([said(1), said(2)]) {
        assert_eq!(receipt.message, entry.id, "a receipt names its entry, in order");
        assert!(!receipt.repeated, "an entry appended for the first time is no repeat");
    }
}

/// The order is that of appending, not that of the entries' clocks.
pub async fn order_does_not_follow_the_clock(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.append(vec![said(30)]).await;
    thread.append(vec![said(10)]).await;
    thread.append(vec![said(20)]).await;
    let all = thread.all().await;
    assert_eq!(bodies(&all), ["said 30", "said 10", "said 20"], "entries are in the order of appending");
}

/// An append moves `last` and `active_at`, and leaves the rest of the header.
pub async fn append_moves_the_header(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    let opened = thread.header().await;
    assert_eq!(
        (opened.last, opened.active_at),
        (Sequence(0), at(0)),
        "a new header: no entry, active at its opening"
    );
    thread.append(vec![said(5), said(7)]).await;
    let header = thread.header().await;
    assert_eq!(header.last, Sequence(2), "a written append sets `last`");
    assert_eq!(header.active_at, at(7), "a written append sets `active_at` to the newest entry's instant");
    assert_eq!(header.opened_at, at(0), "`opened_at` stays");
    assert_eq!(
        (header.requester, header.channel),
        (opened.requester, opened.channel),
        "who and where from stay"
    );
    assert_eq!(header.language, opened.language, "the language stays");
}

/// `active_at` is that of the entry with the highest place, also when its clock was behind.
pub async fn activity_is_that_of_the_last_entry(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.append(vec![said(50)]).await;
    thread.append(vec![said(40)]).await;
    let header = thread.header().await;
    assert_eq!(
        header.active_at,
        at(40),
        "`active_at` is the newest entry's instant; the newest is the last one"
    );
}

/// Appending nothing stores nothing and moves nothing.
pub async fn an_empty_append_changes_nothing(store: &dyn TranscriptStore) {
    let thread = Thread::open(store, 1).await;
    thread.append(vec![said(1)]).await;
    let before = thread.header().await;
    assert_eq!(thread.append(Vec::new()).await, [], "no entries, no receipts");
    assert_eq!(thread.header().await, before, "an append without entries writes nothing");
}

/// Two conversations number apart and share no entry.
pub async fn conversations_are_apart(store: &dyn TranscriptStore) {
    let (one, two) = (Thread::open(store, 1).await, Thread::open(store, 2).await);
    one.append(vec![said(1), said(2)]).await;
    let receipts = two.append(vec![said(3)]).await;
    assert_eq!(
        receipts.first().map(|receipt| receipt.sequence),
        Some(Sequence(1)),
        "each conversation counts from 1"
    );
    assert_eq!(bodies(&one.all().await), ["said 1", "said 2"], "an entry is in its own conversation only");
    assert_eq!(bodies(&two.all().await), ["said 3"], "an entry is in its own conversation only");
    assert_eq!(one.header().await.active_at, at(2), "an append moves its own conversation's header only");
    let places = two.all().await.into_iter().map(|message| message.conversation);
    assert_eq!(places.collect::<Vec<_>>(), [place(2).conversation], "an entry names its conversation");
}

/// Writers at the same time get every number once, without gaps.
pub async fn appends_at_the_same_time_leave_no_gap(store: &dyn TranscriptStore) {
    let thread = &Thread::open(store, 1).await;
    let writers = (1..=8).map(|n| async move { thread.append(vec![said(10 * n), said(10 * n + 1)]).await });
    let mut given = BTreeSet::new();
    for receipts in join_all(writers).await {
        let pair: Vec<u64> = receipts.iter().map(|receipt| receipt.sequence.0).collect();
        assert_eq!(
            pair.first().map(|first| first + 1),
            pair.last().copied(),
            "entries of one append stay together"
        );
        given.extend(pair);
    }
    assert_eq!(given, (1..=16).collect(), "concurrent appends: no sequence twice, none left out");
    let stored = thread.sequences(Window::After(Sequence(0)), 100).await;
    assert_eq!(stored, (1..=16).collect::<Vec<_>>(), "concurrent appends: the transcript has no gap");
}

/// Writers at the same time with one key write it once, and all learn of the same entry.
pub async fn repeats_at_the_same_time_write_once(store: &dyn TranscriptStore) {
    let thread = &Thread::open(store, 1).await;
    let receipts =
        join_all((1..=6).map(|_| async move { thread.append(vec![said(1)]).await })).await.concat();
    assert_eq!(thread.all().await.len(), 1, "no key is in a conversation twice");
    assert!(
        receipts.iter().all(|receipt| receipt.sequence == Sequence(1)),
        "every repeat gets the first receipt"
    );
    let firsts = receipts.iter().filter(|receipt| !receipt.repeated).count();
    assert_eq!(firsts, 1, "exactly one append was the first");
}

/// Of two turns that answer the same message at the same time, one is written.
pub async fn one_of_two_turns_at_the_same_time_answers(store: &dyn TranscriptStore) {
    use crate::ports::Appended;

    let thread = &Thread::open(store, 1).await;
    thread.append(vec![said(1)]).await;
    let turns = [1u32, 2, 3].map(|turn| async move {
        let entry = answered(10 + turn, u128::from(turn));
        thread.answer(vec![entry], fence(0, 1, u128::from(turn))).await
    });
    let stored =
        join_all(turns).await.iter().filter(|outcome| matches!(outcome, Appended::Stored(_))).count();
    assert_eq!(stored, 1, "the fence is checked in one atomic step with the write: one turn answers");
    assert_eq!(thread.all().await.len(), 2, "a superseded turn leaves no entry");
}
