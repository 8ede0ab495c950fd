//! The transcript store.

use async_trait::async_trait;

use super::PostgresStore;
use super::fault::Fault;
use super::message::{conversation, message};
use super::row::{bound, get, rows};
use crate::control::Epoch;
use crate::conversation::Conversation;
use crate::error::StoreError;
use crate::id::{DatabaseId, Place, WorkspaceId};
use crate::message::Draft;
use crate::ports::{AiFence, Appended, ConversationCursor, Transcript, TranscriptStore, Window};

// One statement does not see what another one inserts meanwhile, so the conversation that is there is not always
// found by the one that finds it cannot insert; it is then looked up by another.
pub(super) const OPEN: &str = "WITH begun AS (
        INSERT INTO escalate_conversations
            (workspace, id, customer, verified, channel, language, opened_at, active_at, last, fence)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, 0, 0
        WHERE NOT EXISTS (SELECT FROM escalate_conversations WHERE workspace = $1 AND id = $2)
        ON CONFLICT DO NOTHING
        RETURNING workspace, id, customer, verified, channel, language, opened_at, active_at, last)
    SELECT * FROM begun UNION ALL
    SELECT workspace, id, customer, verified, channel, language, opened_at, active_at, last
        FROM escalate_conversations WHERE workspace = $1 AND id = $2";
pub(super) const CONVERSATIONS: &str =
    "SELECT workspace, id, customer, verified, channel, language, opened_at, active_at, last
    FROM escalate_conversations WHERE workspace = $1 AND (active_at, id) < ($2, $3)
    ORDER BY active_at DESC, id DESC LIMIT $4";
pub(super) const MESSAGES_AFTER: &str =
    "SELECT c.workspace, c.id, c.customer, c.verified, c.channel, c.language, c.opened_at, c.active_at, c.last,
        m.sequence, m.id, m.key, m.author, m.author_id, m.visibility, m.body, m.at, m.turn, m.mark
    FROM escalate_conversations c
    LEFT JOIN LATERAL (SELECT * FROM escalate_messages m
        WHERE m.workspace = $1 AND m.conversation = $2 AND m.sequence > $3 ORDER BY m.sequence LIMIT $4) m ON true
    WHERE c.workspace = $1 AND c.id = $2 ORDER BY m.sequence";
pub(super) const MESSAGES_BEFORE: &str =
    "SELECT c.workspace, c.id, c.customer, c.verified, c.channel, c.language, c.opened_at, c.active_at, c.last,
        m.sequence, m.id, m.key, m.author, m.author_id, m.visibility, m.body, m.at, m.turn, m.mark
    FROM escalate_conversations c
    LEFT JOIN LATERAL (SELECT * FROM escalate_messages m
        WHERE m.workspace = $1 AND m.conversation = $2 AND m.sequence < $3
        ORDER BY m.sequence DESC LIMIT $4) m ON true
    WHERE c.workspace = $1 AND c.id = $2 ORDER BY m.sequence";

#[async_trait]
impl TranscriptStore for PostgresStore {
    fn database(&self) -> DatabaseId {
        self.inner.database
    }

    async fn open(&self, new: Conversation) -> Result<Conversation, StoreError> {
        self.begin(&new).await.map_err(|fault| fault.during("begin a conversation"))
    }

    async fn append(
        &self,
        place: Place,
        entries: Vec<Draft>,
        fence: Option<AiFence>,
    ) -> Result<Appended, StoreError> {
        let appended = self.append_entries(place, &entries, fence, None).await;
        appended.map_err(|fault| fault.during("append to a transcript"))
    }

    async fn raise_fence(&self, place: Place, epoch: Epoch) -> Result<(), StoreError> {
        let raised = self.append_entries(place, &[], None, Some(epoch)).await;
        raised.map(drop).map_err(|fault| fault.during("raise a fence"))
    }

    async fn read(&self, place: Place, window: Window, limit: usize) -> Result<Transcript, StoreError> {
        self.transcript(place, window, limit).await.map_err(|fault| fault.during("read a transcript"))
    }

    async fn conversations(
        &self,
        workspace: WorkspaceId,
        after: Option<ConversationCursor>,
        limit: usize,
    ) -> Result<Vec<Conversation>, StoreError> {
        let before = after.map_or(i64::MAX, |cursor| cursor.active_at.timestamp_micros());
        let id = after.map(|cursor| cursor.id.uuid()).unwrap_or_default();
        let found = self.ask(CONVERSATIONS, &[&workspace.uuid(), &before, &id, &rows(limit)]).await;
        let found = found.and_then(|rows| rows.iter().map(conversation).collect());
        found.map_err(|fault: Fault| fault.during("list conversations"))
    }
}

impl PostgresStore {
    async fn begin(&self, new: &Conversation) -> Result<Conversation, Fault> {
        let language = new.language.as_ref().map(|language| language.as_str().as_bytes());
        loop {
            let found = self
                .ask(
                    OPEN,
                    &[
                        &new.workspace.uuid(),
                        &new.id.uuid(),
                        &new.requester.customer.uuid(),
                        &new.requester.verified,
                        &new.channel.as_str().as_bytes(),
                        &language,
                        &new.opened_at.timestamp_micros(),
                        &new.active_at.timestamp_micros(),
                    ],
                )
                .await?;
            // None: somebody else began it while this statement ran, so the next one sees it.
            if let Some(row) = found.first() {
                let conversation = conversation(row)?;
                let thread = Transcript { conversation, messages: Vec::new() };
                self.inner.threads.learn(&thread);
                return Ok(thread.conversation);
            }
        }
    }

    async fn transcript(&self, place: Place, window: Window, limit: usize) -> Result<Transcript, Fault> {
        let (sql, edge) = match window {
            Window::After(after) => (MESSAGES_AFTER, bound(after.0)),
            Window::Before(before) => (MESSAGES_BEFORE, before.map_or(i64::MAX, |before| bound(before.0))),
        };
        let (workspace, thread) = (place.workspace.uuid(), place.conversation.uuid());
        let found = self.ask(sql, &[&workspace, &thread, &edge, &rows(limit)]).await?;
        let conversation = conversation(found.first().ok_or(Fault::not_found("conversation"))?)?;
        let mut messages = Vec::with_capacity(found.len());
        for row in &found {
            // A conversation without entries in the window is one row without one.
            if get::<Option<i64>>(row, FIRST_OF_MESSAGE)?.is_some() {
                messages.push(message(place, row, FIRST_OF_MESSAGE)?);
            }
        }
        let thread = Transcript { conversation, messages };
        self.inner.threads.learn(&thread);
        Ok(thread)
    }
}

const FIRST_OF_MESSAGE: usize = 9;
