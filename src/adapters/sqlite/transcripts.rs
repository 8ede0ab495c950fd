//! The transcript store.

use async_trait::async_trait;
use rusqlite::{Connection, params};

use super::SqliteStore;
use super::append::{append, head, raise_fence};
use super::fault::Fault;
use super::message::{conversation, message};
use super::readers::at_one_instant;
use super::row::{all, bound, bytes, first, rows, run};
use crate::control::Epoch;
use crate::conversation::Conversation;
use crate::error::StoreError;
use crate::id::{DatabaseId, Place, WorkspaceId};
use crate::message::{Draft, Message};
use crate::ports::{AiFence, Appended, ConversationCursor, Transcript, TranscriptStore, Window};

pub(super) const CONVERSATION: &str =
    "SELECT workspace, id, customer, verified, channel, language, opened_at, active_at, last
    FROM escalate_conversations WHERE workspace = ?1 AND id = ?2";
pub(super) const BEGIN_CONVERSATION: &str = "INSERT INTO escalate_conversations
    (workspace, id, customer, verified, channel, language, opened_at, active_at, last, fence)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0) ON CONFLICT (workspace, id) DO NOTHING";
pub(super) const CONVERSATIONS: &str =
    "SELECT workspace, id, customer, verified, channel, language, opened_at, active_at, last
    FROM escalate_conversations WHERE workspace = ?1 AND (active_at, id) < (?2, ?3)
    ORDER BY active_at DESC, id DESC LIMIT ?4";
pub(super) const MESSAGES_AFTER: &str =
    "SELECT sequence, id, key, author, author_id, visibility, body, at, turn, mark FROM escalate_messages
    WHERE workspace = ?1 AND conversation = ?2 AND sequence > ?3 ORDER BY sequence LIMIT ?4";
pub(super) const MESSAGES_BEFORE: &str =
    "SELECT sequence, id, key, author, author_id, visibility, body, at, turn, mark FROM escalate_messages
    WHERE workspace = ?1 AND conversation = ?2 AND sequence < ?3 ORDER BY sequence DESC LIMIT ?4";

#[async_trait]
impl TranscriptStore for SqliteStore {
    fn database(&self) -> DatabaseId {
        self.inner.database
    }

    async fn open(&self, conversation: Conversation) -> Result<Conversation, StoreError> {
        let place = conversation.place();
        // Looked up first: a conversation that is there costs no write.
        match self.look("look up a conversation", |connection| find(connection, place))? {
            Some(there) => Ok(there),
            None => {
                let write = move |connection: &Connection| begin(connection, &conversation);
                self.change("begin a conversation", write).await
            }
        }
    }

    async fn append(
        &self,
        place: Place,
        entries: Vec<Draft>,
        fence: Option<AiFence>,
    ) -> Result<Appended, StoreError> {
        let write = move |connection: &Connection| append(connection, place, &entries, fence);
        self.change("append to a transcript", write).await
    }

    async fn raise_fence(&self, place: Place, epoch: Epoch) -> Result<(), StoreError> {
        let there = self.look("look up a conversation", |connection| head(connection, place))?;
        if there.fence >= epoch {
            return Ok(());
        }
        self.change("raise a fence", move |connection| raise_fence(connection, place, epoch)).await
    }

    async fn read(&self, place: Place, window: Window, limit: usize) -> Result<Transcript, StoreError> {
        self.look("read a transcript", |connection| {
            at_one_instant(connection, |connection| {
                transcript(connection, place, window, limit)?.ok_or(Fault::not_found("conversation"))
            })
        })
    }

    async fn conversations(
        &self,
        workspace: WorkspaceId,
        after: Option<ConversationCursor>,
        limit: usize,
    ) -> Result<Vec<Conversation>, StoreError> {
        let before = after.map_or(i64::MAX, |cursor| cursor.active_at.timestamp_micros());
        let id = after.map(|cursor| bytes(cursor.id)).unwrap_or_default();
        self.look("list conversations", |connection| {
            let page = params![bytes(workspace), before, id, rows(limit)];
            all(connection, CONVERSATIONS, page, conversation)
        })
    }
}

fn find(connection: &Connection, place: Place) -> Result<Option<Conversation>, Fault> {
    first(connection, CONVERSATION, params![bytes(place.workspace), bytes(place.conversation)], conversation)
}

pub(super) fn begin(connection: &Connection, new: &Conversation) -> Result<Conversation, Fault> {
    run(
        connection,
        BEGIN_CONVERSATION,
        params![
            bytes(new.workspace),
            bytes(new.id),
            bytes(new.requester.customer),
            new.requester.verified,
            new.channel.as_str(),
            new.language.as_ref().map(|language| language.as_str()),
            new.opened_at.timestamp_micros(),
            new.active_at.timestamp_micros(),
        ],
    )?;
    find(connection, new.place())?.ok_or(rusqlite::Error::QueryReturnedNoRows.into())
}

/// Nothing where there is no such conversation.
pub(super) fn transcript(
    connection: &Connection,
    place: Place,
    window: Window,
    limit: usize,
) -> Result<Option<Transcript>, Fault> {
    let Some(conversation) = find(connection, place)? else { return Ok(None) };
    Ok(Some(Transcript { conversation, messages: messages(connection, place, window, limit)? }))
}

fn messages(
    connection: &Connection,
    place: Place,
    window: Window,
    limit: usize,
) -> Result<Vec<Message>, Fault> {
    let (sql, edge) = match window {
        Window::After(after) => (MESSAGES_AFTER, bound(after.0)),
        Window::Before(before) => (MESSAGES_BEFORE, before.map_or(i64::MAX, |before| bound(before.0))),
    };
    let page = params![bytes(place.workspace), bytes(place.conversation), edge, rows(limit)];
    let mut messages = all(connection, sql, page, |row| message(place, row))?;
    if let Window::Before(_) = window {
        messages.reverse();
    }
    Ok(messages)
}
