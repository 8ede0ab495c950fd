//! A transcript store that refuses one text, or in whose wake a teammate is quick to answer.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use escalate::ports::*;
use escalate::*;

use super::{ana, k};

type R<T> = Result<T, StoreError>;
#[derive(Debug, Clone)]
pub(super) struct Hook {
    pub(super) inner: MemoryStore,
    pub(super) refuse: Option<ConversationId>,
    pub(super) reply_after: Arc<Mutex<bool>>,
}
#[async_trait]
impl TranscriptStore for Hook {
    fn database(&self) -> DatabaseId {
        TranscriptStore::database(&self.inner)
    }
    async fn open(&self, c: Conversation) -> R<Conversation> {
        self.inner.open(c).await
    }
    async fn append(&self, p: Place, e: Vec<Draft>, f: Option<AiFence>) -> R<Appended> {
        // one text that this database cannot keep (U+0000 in PostgreSQL's text, say)
        if Some(p.conversation) == self.refuse && e.iter().any(|d| d.body.contains('\0')) {
            return Err(StoreError::backend("pg", "append", "invalid byte sequence 0x00"));
        }
        let customer = matches!(e.first().map(|d| d.author), Some(Author::Customer { .. }));
        let r = self.inner.append(p, e, f).await?;
        if customer && std::mem::take(&mut *self.reply_after.lock().unwrap()) {
            Desk::on(self.inner.clone())
                .build()
                .reply(p, ana(), k("quick"), "Done, it is on its way.")
                .await
                .unwrap();
        }
        Ok(r)
    }
    async fn raise_fence(&self, p: Place, e: Epoch) -> R<()> {
        self.inner.raise_fence(p, e).await
    }
    async fn read(&self, p: Place, w: Window, l: usize) -> R<Transcript> {
        self.inner.read(p, w, l).await
    }
    async fn conversations(
        &self,
        w: WorkspaceId,
        a: Option<ConversationCursor>,
        l: usize,
    ) -> R<Vec<Conversation>> {
        self.inner.conversations(w, a, l).await
    }
}
