//! Reading a part of a transcript: every edge of both directions.

use crate::message::Sequence;
use crate::ports::{TranscriptStore, Window};
use crate::testkit::fixtures::transcript::{Thread, said};
use crate::testkit::fixtures::{at, ok};

async fn five(store: &dyn TranscriptStore) -> Thread<'_> {
    let thread = Thread::open(store, 1).await;
    thread.append((1..=5).map(said).collect()).await;
    thread
}

const fn after(sequence: u64) -> Window {
    Window::After(Sequence(sequence))
}

const fn before(sequence: u64) -> Window {
    Window::Before(Some(Sequence(sequence)))
}

/// `After` gives the oldest entries after the place, which is not among them.
pub async fn after_gives_the_oldest_after(store: &dyn TranscriptStore) {
    let thread = five(store).await;
    assert_eq!(thread.sequences(after(0), 10).await, [1, 2, 3, 4, 5], "after 0: from the first");
    assert_eq!(thread.sequences(after(2), 10).await, [3, 4, 5], "the place itself is not after it");
    assert_eq!(thread.sequences(after(2), 2).await, [3, 4], "at most `limit`, the oldest ones");
    assert_eq!(thread.sequences(after(4), 1).await, [5], "the last one");
}

/// `After` the last place, or beyond it, is empty.
pub async fn after_the_end_is_empty(store: &dyn TranscriptStore) {
    let thread = five(store).await;
    assert_eq!(thread.sequences(after(5), 10).await, [0; 0], "nothing is after the last");
    assert_eq!(thread.sequences(after(6), 10).await, [0; 0], "nothing is beyond the last");
}

/// `Before` gives the newest entries before the place, by ascending sequence all the same.
pub async fn before_gives_the_newest_before(store: &dyn TranscriptStore) {
    let thread = five(store).await;
    assert_eq!(thread.sequences(before(4), 10).await, [1, 2, 3], "the place itself is not before it");
    assert_eq!(thread.sequences(before(4), 2).await, [2, 3], "at most `limit`, the newest ones, ascending");
    assert_eq!(thread.sequences(before(2), 1).await, [1], "the first one");
    assert_eq!(thread.sequences(before(9), 2).await, [4, 5], "beyond the end: the newest");
}

/// `Before` nothing in particular gives the newest of all.
pub async fn before_none_gives_the_newest(store: &dyn TranscriptStore) {
    let thread = five(store).await;
    assert_eq!(thread.sequences(Window::Before(None), 2).await, [4, 5], "the newest, by ascending sequence");
    assert_eq!(thread.sequences(Window::Before(None), 5).await, [1, 2, 3, 4, 5], "as many as there are");
    assert_eq!(thread.sequences(Window::Before(None), 6).await, [1, 2, 3, 4, 5], "more than there are");
}

/// `Before` the first place is empty.
pub async fn before_the_beginning_is_empty(store: &dyn TranscriptStore) {
    let thread = five(store).await;
    assert_eq!(thread.sequences(before(1), 10).await, [0; 0], "nothing is before the first");
    assert_eq!(thread.sequences(before(0), 10).await, [0; 0], "nothing is before the beginning");
}

/// A limit of nought gives no entries, and the conversation.
pub async fn a_limit_of_nought_gives_the_header(store: &dyn TranscriptStore) {
    let thread = five(store).await;
    for window in [after(0), Window::Before(None)] {
        let read = ok(store.read(thread.place, window, 0).await, "`read` reads a conversation that is there");
        assert_eq!(read.messages, [], "at most `limit` entries");
        assert_eq!(read.conversation.last, Sequence(5), "the conversation, as of the same instant");
    }
}

/// A limit of one gives one.
pub async fn a_limit_of_one_gives_one(store: &dyn TranscriptStore) {
    let thread = five(store).await;
    assert_eq!(thread.sequences(after(0), 1).await, [1], "the oldest one");
    assert_eq!(thread.sequences(Window::Before(None), 1).await, [5], "the newest one");
}

/// Limits and places beyond what a database's integers hold are limits and places like any other.
pub async fn numbers_may_be_as_large_as_they_get(store: &dyn TranscriptStore) {
    let thread = five(store).await;
    assert_eq!(thread.sequences(after(0), usize::MAX).await, [1, 2, 3, 4, 5], "up to `limit`, however large");
    assert_eq!(thread.sequences(after(u64::MAX), 10).await, [0; 0], "nothing is after the largest number");
    assert_eq!(thread.sequences(before(u64::MAX), 1).await, [5], "all is before the largest number");
}

/// The header in a part of the transcript is that of the whole.
pub async fn every_window_has_the_whole_header(store: &dyn TranscriptStore) {
    let thread = five(store).await;
    for window in [after(0), after(5), before(1), before(3)] {
        let read = ok(store.read(thread.place, window, 1).await, "`read` reads a conversation that is there");
        let header = read.conversation;
        assert_eq!(
            (header.last, header.active_at),
            (Sequence(5), at(5)),
            "the thread, as of the same instant"
        );
    }
}

/// Pages, one after the other, in both directions, give every entry once.
pub async fn pages_give_every_entry_once(store: &dyn TranscriptStore) {
    let thread = five(store).await;
    let (mut forward, mut place) = (Vec::new(), 0);
    loop {
        let page = thread.sequences(after(place), 2).await;
        let Some(last) = page.last() else { break };
        place = *last;
        forward.extend(page);
    }
    assert_eq!(forward, [1, 2, 3, 4, 5], "pages forward: every entry once");
    let (mut backward, mut window) = (Vec::new(), Window::Before(None));
    loop {
        let page = thread.sequences(window, 2).await;
        let Some(first) = page.first() else { break };
        window = before(*first);
        backward.splice(0..0, page);
    }
    assert_eq!(backward, [1, 2, 3, 4, 5], "pages backward: every entry once");
}
