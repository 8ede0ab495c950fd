//! Listing conversations: most recently active first, page by page.

use crate::conversation::{Conversation, Requester};
use crate::id::ConversationId;
use crate::ports::{ConversationCursor, TranscriptStore};
use crate::testkit::fixtures::transcript::{Thread, said};
use crate::testkit::fixtures::{HOME, at, id, ok, place};

/// Opens conversations 1, 2, … that were last active at these seconds.
async fn opened(store: &dyn TranscriptStore, seconds: &[i64]) {
    for (number, second) in (1..).zip(seconds) {
        let conversation =
            Conversation::new(place(number), Requester::verified(id(0xc0)), "web", at(*second));
        ok(store.open(conversation).await, "`open` begins a conversation");
    }
}

async fn listed(
    store: &dyn TranscriptStore,
    after: Option<ConversationCursor>,
    limit: usize,
) -> Vec<Conversation> {
    ok(store.conversations(HOME, after, limit).await, "`conversations` lists a workspace")
}

fn numbers(conversations: &[Conversation]) -> Vec<u128> {
    conversations.iter().map(|conversation| conversation.id.uuid().as_u128()).collect()
}

/// A workspace without conversations has an empty list.
pub async fn an_empty_workspace_lists_nothing(store: &dyn TranscriptStore) {
    assert_eq!(listed(store, None, 10).await, [], "nothing is there");
}

/// The most recently active one comes first.
pub async fn lists_the_most_recently_active_first(store: &dyn TranscriptStore) {
    opened(store, &[20, 40, 10, 30]).await;
    let all = listed(store, None, 10).await;
    assert_eq!(numbers(&all), [2, 4, 1, 3], "most recently active first");
    assert_eq!(all[0].channel.as_str(), "web", "with every field");
}

/// Equally recent ones come by descending id.
pub async fn lists_equally_recent_ones_by_descending_id(store: &dyn TranscriptStore) {
    opened(store, &[5, 5, 9, 5]).await;
    assert_eq!(numbers(&listed(store, None, 10).await), [3, 4, 2, 1], "equal ones by descending id");
}

/// An entry moves its conversation up.
pub async fn activity_moves_a_conversation_up(store: &dyn TranscriptStore) {
    opened(store, &[1, 2, 3]).await;
    Thread { store, place: place(1) }.append(vec![said(9)]).await;
    let all = listed(store, None, 10).await;
    assert_eq!(numbers(&all), [1, 3, 2], "an entry moves its conversation to the top");
    assert_eq!((all[0].active_at, all[0].last.0), (at(9), 1), "the list shows the header as it is by now");
}

/// At most as many as asked for.
pub async fn lists_at_most_the_limit(store: &dyn TranscriptStore) {
    opened(store, &[1, 2, 3]).await;
    assert_eq!(numbers(&listed(store, None, 0).await), [0; 0], "at most none");
    assert_eq!(numbers(&listed(store, None, 1).await), [3], "at most one");
    assert_eq!(numbers(&listed(store, None, 3).await), [3, 2, 1], "exactly as many as there are");
    assert_eq!(numbers(&listed(store, None, usize::MAX).await), [3, 2, 1], "however large the limit");
}

/// Pages give every conversation once, also where many are equally recent.
pub async fn pages_give_every_conversation_once(store: &dyn TranscriptStore) {
    opened(store, &[7, 7, 7, 3, 7, 9]).await;
    for limit in [1, 2, 3, 6] {
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let page = listed(store, cursor, limit).await;
            let Some(last) = page.last() else { break };
            cursor = Some(ConversationCursor::from(last));
            all.extend(numbers(&page));
            assert!(all.len() <= 6, "pages of {limit}: no conversation comes twice");
        }
        assert_eq!(all, [6, 5, 3, 2, 1, 4], "pages of {limit}: every conversation once, in order");
    }
}

/// A cursor is a place in the order, not a conversation: it holds also where none is.
pub async fn a_cursor_is_a_place_in_the_order(store: &dyn TranscriptStore) {
    opened(store, &[1, 5, 9]).await;
    let cursor = ConversationCursor { active_at: at(5), id: id::<ConversationId>(100) };
    let after = listed(store, Some(cursor), 10).await;
    assert_eq!(
        numbers(&after),
        [2, 1],
        "what comes after this instant and id, whether or not that one exists"
    );
}
