//! What was written is read again, to the last byte and microsecond.

use chrono::{DateTime, Utc};

use crate::message::{Author, Draft, Mark, Message, Sequence, Visibility};
use crate::ports::TranscriptStore;
use crate::testkit::fixtures::transcript::{Thread, said};
use crate::testkit::fixtures::{at, id, key, ok};

async fn comes_back(store: &dyn TranscriptStore, drafts: Vec<Draft>, rule: &str) {
    let thread = Thread::open(store, 1).await;
    thread.append(drafts.clone()).await;
    let expected: Vec<Message> = drafts
        .into_iter()
        .zip(1..)
        .map(|(draft, n)| draft.at_sequence(thread.place.workspace, thread.place.conversation, Sequence(n)))
        .collect();
    let read = thread.all().await;
    assert_eq!(read.len(), expected.len(), "{rule}; every entry is there");
    for (read, expected) in read.iter().zip(&expected) {
        // Bodies stay out of the message: they may be a megabyte.
        assert!(read.body == expected.body, "{rule}; the body, as given, of entry {}", expected.sequence);
        assert_eq!(read.at, expected.at, "{rule}; the instant");
        assert_eq!(read.key, expected.key, "{rule}; the key");
        assert_eq!(read.turn, expected.turn, "{rule}; the turn");
        assert_eq!(read, expected, "{rule}; every field");
    }
}

/// A body is kept as given: empty, in any script, with white space, quotes and control characters.
pub async fn bodies_come_back_as_given(store: &dyn TranscriptStore) {
    let bodies = [
        "",
        " ",
        "  leading and trailing \t\r\n",
        "a\u{0}b\u{0}",
        "'; DROP TABLE messages; -- \"%_\\",
        "e\u{301} is not \u{e9}",
        "👩‍👩‍👧‍👦 🇧🇷 \u{202e}עברית العربية",
        "中文，日本語、한국어",
        "\u{feff}with a byte order mark \u{fffd}\u{10ffff}",
        "{\"json\": [1, null]}",
    ];
    let drafts = bodies.iter().zip(1..).map(|(body, n)| {
        let mut draft = said(n);
        (*body).clone_into(&mut draft.body);
        draft
    });
    comes_back(store, drafts.collect(), "a body is never trimmed or normalised").await;
}

/// A body of a megabyte is kept.
pub async fn long_bodies_come_back(store: &dyn TranscriptStore) {
    let mut draft = said(1);
    draft.body = "ação !".repeat(1 << 17);
    assert_eq!(draft.body.len(), 1 << 20, "the case itself is wrong");
    comes_back(store, vec![draft], "a body of 1 MiB is kept whole").await;
}

/// Every kind of author is kept, with its id.
pub async fn authors_come_back(store: &dyn TranscriptStore) {
    let authors = [
        Author::Customer { id: id(1) },
        Author::AiAgent,
        Author::Teammate { id: id(1) },
        Author::System,
        Author::Customer { id: id(u128::MAX) },
    ];
    let drafts = authors.into_iter().zip(1..).map(|(author, n)| {
        let mut draft = said(n);
        draft.author = author;
        draft
    });
    comes_back(store, drafts.collect(), "who wrote it").await;
}

/// Visibility, marks and turns are kept.
pub async fn visibility_marks_and_turns_come_back(store: &dyn TranscriptStore) {
    let drafts = vec![
        said(1).visible_to(Visibility::Public),
        said(2).visible_to(Visibility::Fact).marking(Mark::EpisodeOpened { ticket: id(9) }),
        said(3).visible_to(Visibility::Fact).marking(Mark::EpisodeEnded { ticket: id(9) }),
        said(4).visible_to(Visibility::Note),
        said(5).of_turn(id(8)),
    ];
    comes_back(store, drafts, "who may see it, the edges of episodes, the turn").await;
}

/// Instants are kept to the microsecond, also before 1970 and beyond 2262.
pub async fn instants_come_back_to_the_microsecond(store: &dyn TranscriptStore) {
    let instants = [0, 1, -1, 999_999, -999_999, 10_500_000_000_000_001, -62_135_596_799_999_999];
    let drafts = instants.into_iter().zip(1..).map(|(micros, n)| {
        let mut draft = said(n);
        draft.at = DateTime::<Utc>::from_timestamp_micros(micros).unwrap();
        draft
    });
    comes_back(store, drafts.collect(), "instants are kept to the microsecond").await;
}

/// Keys are told apart byte by byte, up to the longest.
pub async fn keys_are_told_apart_byte_by_byte(store: &dyn TranscriptStore) {
    let long = "k".repeat(crate::key::Key::MAX_BYTES - 1);
    let keys = ["key", "KEY", "Key ", "ke\u{301}y", "k\u{e9}y", "kéy?", "%", "_"];
    let keys = keys.into_iter().map(str::to_owned).chain([format!("{long}1"), format!("{long}2")]);
    let drafts = keys.zip(1..).map(|(text, n)| {
        let mut draft = said(n);
        draft.key = key(text);
        draft
    });
    comes_back(store, drafts.collect(), "another key is another entry, whatever a collation thinks").await;
}

/// A header with everything unknown that may be unknown is kept.
pub async fn sparse_headers_come_back(store: &dyn TranscriptStore) {
    use crate::conversation::{Conversation, Requester};
    use crate::testkit::fixtures::place;

    let sparse = Conversation::new(place(1), Requester::claimed(id(1)), "", at(-1));
    ok(store.open(sparse.clone()).await, "`open` begins a conversation");
    let header = Thread { store, place: place(1) }.header().await;
    assert_eq!(header, sparse, "an unverified requester, an empty channel, no language");
}
