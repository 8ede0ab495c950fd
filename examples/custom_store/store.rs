//! A transcript store in a host's own database: a document a thread, read, changed and written back in a transaction.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use escalate::ports::{
    AiFence, Appended, ConversationCursor, Receipt, Supersession, Transcript, TranscriptStore, Window,
};
use escalate::{
    Author, Conversation, DatabaseId, Draft, Epoch, Message, Place, Sequence, StoreError, WorkspaceId,
};
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::{from_str, to_string};

type Answer<T> = Result<T, StoreError>;

#[derive(Serialize, Deserialize)]
struct Thread {
    header: Conversation,
    fence: Epoch,
    entries: Vec<Message>,
}

#[derive(Debug)]
pub(crate) struct HostStore {
    database: DatabaseId,
    connection: Mutex<Connection>,
}

fn failed(error: impl Into<escalate::BoxError>) -> StoreError {
    StoreError::backend("host", "use its database", error)
}

impl HostStore {
    /// `database` names this database: any UUID that no other database has.
    pub(crate) fn new(database: DatabaseId, connection: Connection) -> Answer<Self> {
        let schema = "CREATE TABLE IF NOT EXISTS threads (workspace TEXT, id TEXT, body TEXT, PRIMARY KEY (workspace, id))";
        connection.execute_batch(schema).map_err(failed)?;
        Ok(Self { database, connection: Mutex::new(connection) })
    }

    /// Runs `work` in a transaction, which leaves nothing if it fails.
    fn run<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Answer<T>) -> Answer<T> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction().map_err(failed)?;
        let result = work(&transaction)?;
        transaction.commit().map_err(failed)?;
        Ok(result)
    }
}

fn find(db: &Connection, place: Place) -> Answer<Option<Thread>> {
    let key = [place.workspace.to_string(), place.conversation.to_string()];
    let sql = "SELECT body FROM threads WHERE workspace = ?1 AND id = ?2";
    let body: Option<String> = db.query_row(sql, key, |row| row.get(0)).optional().map_err(failed)?;
    body.map(|body| from_str(&body).map_err(failed)).transpose()
}

fn load(db: &Connection, place: Place) -> Answer<Thread> {
    find(db, place)?.ok_or(StoreError::NotFound { entity: "conversation" })
}

fn save(db: &Connection, thread: &Thread) -> Answer<()> {
    let Conversation { workspace, id, .. } = &thread.header;
    let row = params![workspace.to_string(), id.to_string(), to_string(thread).map_err(failed)?];
    db.execute("INSERT OR REPLACE INTO threads VALUES (?1, ?2, ?3)", row).map(drop).map_err(failed)
}

impl Thread {
    fn superseded(&self, fence: AiFence) -> Option<Supersession> {
        if self.fence > fence.epoch {
            return Some(Supersession::Control { epoch: self.fence });
        }
        let newer = || self.entries.iter().rev().take_while(|entry| entry.sequence > fence.seen);
        let other = |entry: &&Message| entry.author == Author::AiAgent && entry.turn != Some(fence.turn);
        match newer().find(|entry| entry.is_from_customer()) {
            Some(entry) => Some(Supersession::NewerMessage { sequence: entry.sequence }),
            None => newer().find(other).map(|entry| Supersession::OtherTurn { sequence: entry.sequence }),
        }
    }

    fn append(&mut self, draft: Draft) -> Answer<Receipt> {
        if let Some(entry) = self.entries.iter().find(|entry| entry.key == draft.key) {
            return match draft.says_the_same_as(entry) {
                true => Ok(Receipt { message: entry.id, sequence: entry.sequence, repeated: true }),
                false => Err(StoreError::KeyReused { key: draft.key }),
            };
        }
        self.header.last = Sequence(self.header.last.0 + 1);
        self.header.active_at = draft.at;
        let entry = draft.at_sequence(self.header.workspace, self.header.id, self.header.last);
        let receipt = Receipt { message: entry.id, sequence: entry.sequence, repeated: false };
        self.entries.push(entry);
        Ok(receipt)
    }
}

#[async_trait]
impl TranscriptStore for HostStore {
    fn database(&self) -> DatabaseId {
        self.database
    }

    async fn open(&self, conversation: Conversation) -> Answer<Conversation> {
        self.run(|db| match find(db, conversation.place())? {
            Some(there) => Ok(there.header),
            None => {
                save(db, &Thread { header: conversation.clone(), fence: Epoch(0), entries: Vec::new() })?;
                Ok(conversation)
            }
        })
    }

    async fn append(&self, place: Place, drafts: Vec<Draft>, fence: Option<AiFence>) -> Answer<Appended> {
        self.run(|db| {
            let mut thread = load(db, place)?;
            // A retry gets its first answer, whatever the fence says by now.
            let is_new = |draft: &Draft| thread.entries.iter().all(|entry| entry.key != draft.key);
            if let Some(fence) = fence.filter(|_| drafts.iter().any(is_new)) {
                if let Some(supersession) = thread.superseded(fence) {
                    return Ok(Appended::Superseded(supersession));
                }
                thread.fence = thread.fence.max(fence.epoch);
            }
            let receipts = drafts.into_iter().map(|draft| thread.append(draft)).collect::<Answer<_>>()?;
            save(db, &thread)?;
            Ok(Appended::Stored(receipts))
        })
    }

    async fn raise_fence(&self, place: Place, epoch: Epoch) -> Answer<()> {
        self.run(|db| {
            let mut thread = load(db, place)?;
            thread.fence = thread.fence.max(epoch);
            save(db, &thread)
        })
    }

    async fn read(&self, place: Place, window: Window, limit: usize) -> Answer<Transcript> {
        let Thread { header: conversation, entries: mut messages, .. } = self.run(|db| load(db, place))?;
        match window {
            Window::After(after) => messages.retain(|entry| entry.sequence > after),
            Window::Before(before) => {
                messages.retain(|entry| before.is_none_or(|before| entry.sequence < before));
                messages.drain(..messages.len().saturating_sub(limit));
            }
        }
        messages.truncate(limit);
        Ok(Transcript { conversation, messages })
    }

    async fn conversations(
        &self,
        workspace: WorkspaceId,
        after: Option<ConversationCursor>,
        limit: usize,
    ) -> Answer<Vec<Conversation>> {
        let mut all = self.run(|db| {
            let mut select = db.prepare("SELECT body FROM threads WHERE workspace = ?1").map_err(failed)?;
            let rows =
                select.query_map([workspace.to_string()], |row| row.get::<_, String>(0)).map_err(failed)?;
            rows.map(|body| from_str::<Thread>(&body.map_err(failed)?).map_err(failed))
                .collect::<Answer<Vec<_>>>()
        })?;
        let key = |thread: &Thread| (thread.header.active_at, thread.header.id);
        all.retain(|thread| after.is_none_or(|after| key(thread) < (after.active_at, after.id)));
        all.sort_by_key(|thread| std::cmp::Reverse(key(thread)));
        Ok(all.into_iter().take(limit).map(|thread| thread.header).collect())
    }
}
