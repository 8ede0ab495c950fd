//! The transcript store.

use std::cmp::Reverse;
use std::collections::HashMap;

use async_trait::async_trait;

use super::MemoryStore;
use super::state::{State, Thread};
use crate::control::Epoch;
use crate::conversation::Conversation;
use crate::error::StoreError;
use crate::id::{DatabaseId, Place, WorkspaceId};
use crate::message::{Author, Draft, Message, Sequence};
use crate::ports::{
    AiFence, Appended, ConversationCursor, Receipt, Supersession, Transcript, TranscriptStore, Window,
};

const NO_CONVERSATION: StoreError = StoreError::NotFound { entity: "conversation" };

impl State {
    pub(super) fn thread(&mut self, place: Place) -> Result<&mut Thread, StoreError> {
        self.threads.get_mut(&place).ok_or(NO_CONVERSATION)
    }
}

impl Thread {
    /// Which of `entries` are there already.
    ///
    /// # Errors
    ///
    /// [`StoreError::KeyReused`] if one is there with other content, or stands twice in `entries`.
    pub(super) fn known(&self, entries: &[Draft]) -> Result<Vec<Option<Receipt>>, StoreError> {
        for (index, draft) in entries.iter().enumerate() {
            let mut earlier = entries.iter().take(index);
            if earlier.any(|other| other.key == draft.key && !same_content(draft, other)) {
                return Err(StoreError::KeyReused { key: draft.key.clone() });
            }
        }
        entries.iter().map(|draft| self.receipt(draft)).collect()
    }

    fn receipt(&self, draft: &Draft) -> Result<Option<Receipt>, StoreError> {
        let Some(sequence) = self.keys.get(&draft.key) else { return Ok(None) };
        match self.at(*sequence) {
            Some(message) if draft.says_the_same_as(message) => {
                Ok(Some(Receipt { message: message.id, sequence: *sequence, repeated: true }))
            }
            _ => Err(StoreError::KeyReused { key: draft.key.clone() }),
        }
    }

    fn at(&self, sequence: Sequence) -> Option<&Message> {
        let index = usize::try_from(sequence.0).ok()?.checked_sub(1)?;
        self.messages.get(index)
    }

    fn superseded(&self, fence: AiFence) -> Option<Supersession> {
        if self.fence > fence.epoch {
            return Some(Supersession::Control { epoch: self.fence });
        }
        let newer = || self.messages.iter().rev().take_while(|message| message.sequence > fence.seen);
        if let Some(message) = newer().find(|message| message.is_from_customer()) {
            return Some(Supersession::NewerMessage { sequence: message.sequence });
        }
        newer()
            .find(|message| message.author == Author::AiAgent && message.turn != Some(fence.turn))
            .map(|message| Supersession::OtherTurn { sequence: message.sequence })
    }

    /// Appends what is not there. Cannot fail: [`Thread::known`] has checked.
    pub(super) fn append(&mut self, entries: Vec<Draft>) -> Vec<Receipt> {
        entries.into_iter().map(|draft| self.append_one(draft)).collect()
    }

    fn append_one(&mut self, draft: Draft) -> Receipt {
        if let Ok(Some(receipt)) = self.receipt(&draft) {
            return receipt;
        }
        let sequence = Sequence(self.conversation.last.0.saturating_add(1));
        let receipt = Receipt { message: draft.id, sequence, repeated: false };
        self.keys.insert(draft.key.clone(), sequence);
        self.conversation.last = sequence;
        self.conversation.active_at = draft.at;
        self.messages.push(draft.at_sequence(self.conversation.workspace, self.conversation.id, sequence));
        receipt
    }
}

fn same_content(a: &Draft, b: &Draft) -> bool {
    (a.author, a.visibility, &a.body) == (b.author, b.visibility, &b.body)
}

#[async_trait]
impl TranscriptStore for MemoryStore {
    fn database(&self) -> DatabaseId {
        self.inner.database
    }

    async fn open(&self, conversation: Conversation) -> Result<Conversation, StoreError> {
        let mut state = self.write();
        let thread = state.threads.entry(conversation.place()).or_insert_with(|| Thread {
            conversation,
            fence: Epoch::default(),
            messages: Vec::new(),
            keys: HashMap::new(),
        });
        Ok(thread.conversation.clone())
    }

    async fn append(
        &self,
        place: Place,
        entries: Vec<Draft>,
        fence: Option<AiFence>,
    ) -> Result<Appended, StoreError> {
        let mut state = self.write();
        let thread = state.thread(place)?;
        let known = thread.known(&entries)?;
        if known.iter().any(Option::is_none)
            && let Some(fence) = fence
        {
            if let Some(supersession) = thread.superseded(fence) {
                return Ok(Appended::Superseded(supersession));
            }
            thread.fence = thread.fence.max(fence.epoch);
        }
        Ok(Appended::Stored(thread.append(entries)))
    }

    async fn raise_fence(&self, place: Place, epoch: Epoch) -> Result<(), StoreError> {
        let mut state = self.write();
        let thread = state.thread(place)?;
        thread.fence = thread.fence.max(epoch);
        Ok(())
    }

    async fn read(&self, place: Place, window: Window, limit: usize) -> Result<Transcript, StoreError> {
        self.read().threads.get(&place).map(|thread| thread.read(window, limit)).ok_or(NO_CONVERSATION)
    }

    async fn conversations(
        &self,
        workspace: WorkspaceId,
        after: Option<ConversationCursor>,
        limit: usize,
    ) -> Result<Vec<Conversation>, StoreError> {
        let state = self.read();
        let key = |conversation: &Conversation| (conversation.active_at, conversation.id);
        let mut found: Vec<_> = state
            .threads
            .values()
            .map(|thread| &thread.conversation)
            .filter(|conversation| conversation.workspace == workspace)
            .filter(|conversation| after.is_none_or(|after| key(conversation) < (after.active_at, after.id)))
            .collect();
        found.sort_unstable_by_key(|conversation| Reverse(key(conversation)));
        Ok(found.into_iter().take(limit).cloned().collect())
    }
}

impl Thread {
    pub(super) fn read(&self, window: Window, limit: usize) -> Transcript {
        let index = |sequence: Sequence| usize::try_from(sequence.0).unwrap_or(usize::MAX);
        let all = &self.messages;
        let messages = match window {
            Window::After(after) => {
                let start = index(after).min(all.len());
                all.iter().skip(start).take(limit).cloned().collect()
            }
            Window::Before(before) => {
                let end = before.map_or(all.len(), |before| index(before).saturating_sub(1).min(all.len()));
                all.iter().take(end).skip(end.saturating_sub(limit)).cloned().collect()
            }
        };
        Transcript { conversation: self.conversation.clone(), messages }
    }
}
