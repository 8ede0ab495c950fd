//! Transcript stores that get one thing wrong.

use async_trait::async_trait;
use chrono::DurationRound;
use escalate::ports::{AiFence, Appended, ConversationCursor, Supersession, Transcript, Window};
use escalate::{
    Conversation, Draft, Epoch, Key, MemoryStore, Place, Sequence, StoreError, TranscriptStore, TurnId,
    WorkspaceId,
};
use uuid::Uuid;

use super::forward::{HOME, TranscriptFault, home};
use super::stores;
use crate::aside::step_aside;

stores! {
    ReversesTheTranscript DropsTheLastEntry NumbersFromNought WritesRepeatsAgain ReceiptsNameTheRetry
    ToleratesReusedKeys AppendsOneByOne SharesKeys IgnoresTheFence FencesBeforeKeys LowersTheFence
    AppendRaisesNoFence IgnoresNewerMessages SupersedesItsOwnTurn FencesPeople AddsOneToTheLimit
    IncludesThePlace DescendsBackward EmptyWhereNotFound OpensAnew TrimsBodies KeepsMilliseconds
    ReadsAnyWorkspace MixesConversations LeavesTheHeader ListsTheOldestFirst IgnoresTheCursor ChecksThenWrites
}

macro_rules! fault {
    ($name:ident: $($method:item)+) => {
        #[async_trait]
        impl TranscriptFault for $name {
            fn sound(&self) -> &MemoryStore {
                &self.0
            }
            $($method)+
        }
    };
}

type Answer<T> = Result<T, StoreError>;

fault! { ReversesTheTranscript:
    async fn read(&self, place: Place, window: Window, limit: usize) -> Answer<Transcript> {
        let mut read = self.0.read(place, window, limit).await?;
        read.messages.reverse();
        Ok(read)
    }
}

fault! { DropsTheLastEntry:
    async fn append(&self, place: Place, mut entries: Vec<Draft>, fence: Option<AiFence>) -> Answer<Appended> {
        let _lost = entries.pop();
        self.0.append(place, entries, fence).await
    }
}

fault! { NumbersFromNought:
    async fn append(&self, place: Place, entries: Vec<Draft>, fence: Option<AiFence>) -> Answer<Appended> {
        let mut appended = self.0.append(place, entries, fence).await?;
        if let Appended::Stored(receipts) = &mut appended {
            receipts.iter_mut().for_each(|receipt| receipt.sequence.0 -= 1);
        }
        Ok(appended)
    }
}

fault! { WritesRepeatsAgain:
    async fn append(&self, place: Place, mut entries: Vec<Draft>, fence: Option<AiFence>) -> Answer<Appended> {
        for entry in &mut entries {
            let mut seen = self.1.lock().unwrap();
            seen.push(0);
            entry.key = format!("{}-{}", entry.key, seen.len()).parse().unwrap();
        }
        self.0.append(place, entries, fence).await
    }
}

fault! { ReceiptsNameTheRetry:
    async fn append(&self, place: Place, entries: Vec<Draft>, fence: Option<AiFence>) -> Answer<Appended> {
        let ids: Vec<_> = entries.iter().map(|entry| entry.id).collect();
        let mut appended = self.0.append(place, entries, fence).await?;
        if let Appended::Stored(receipts) = &mut appended {
            receipts.iter_mut().zip(ids).for_each(|(receipt, id)| receipt.message = id);
        }
        Ok(appended)
    }
}

fault! { ToleratesReusedKeys:
    async fn append(&self, place: Place, entries: Vec<Draft>, fence: Option<AiFence>) -> Answer<Appended> {
        match self.0.append(place, entries, fence).await {
            Err(StoreError::KeyReused { .. }) => Ok(Appended::Stored(Vec::new())),
            other => other,
        }
    }
}

fault! { AppendsOneByOne:
    async fn append(&self, place: Place, entries: Vec<Draft>, fence: Option<AiFence>) -> Answer<Appended> {
        let mut receipts = Vec::new();
        for entry in entries {
            match self.0.append(place, vec![entry], fence).await? {
                Appended::Stored(mut one) => receipts.append(&mut one),
                superseded @ Appended::Superseded(_) => return Ok(superseded),
            }
        }
        Ok(Appended::Stored(receipts))
    }
}

fault! { SharesKeys:
    async fn append(&self, place: Place, entries: Vec<Draft>, fence: Option<AiFence>) -> Answer<Appended> {
        for other in (1..=3).map(home).filter(|other| *other != place) {
            let Ok(read) = self.0.read(other, Window::Before(None), 100).await else { continue };
            let known: Vec<Key> = read.messages.into_iter().map(|message| message.key).collect();
            if let Some(entry) = entries.iter().find(|entry| known.contains(&entry.key)) {
                return Err(StoreError::KeyReused { key: entry.key.clone() });
            }
        }
        self.0.append(place, entries, fence).await
    }
}

fault! { IgnoresTheFence:
    async fn append(&self, place: Place, entries: Vec<Draft>, _: Option<AiFence>) -> Answer<Appended> {
        self.0.append(place, entries, None).await
    }
}

fault! { FencesBeforeKeys:
    async fn raise_fence(&self, place: Place, epoch: Epoch) -> Answer<()> {
        self.1.lock().unwrap().push(epoch.0);
        self.0.raise_fence(place, epoch).await
    }

    async fn append(&self, place: Place, entries: Vec<Draft>, fence: Option<AiFence>) -> Answer<Appended> {
        let raised = self.1.lock().unwrap().last().copied().unwrap_or(0);
        if fence.is_some_and(|fence| fence.epoch.0 < raised) {
            return Ok(Appended::Superseded(Supersession::Control { epoch: Epoch(raised) }));
        }
        self.0.append(place, entries, fence).await
    }
}

fault! { LowersTheFence:
    async fn raise_fence(&self, _: Place, epoch: Epoch) -> Answer<()> {
        self.1.lock().unwrap().push(epoch.0);
        Ok(())
    }

    async fn append(&self, place: Place, entries: Vec<Draft>, fence: Option<AiFence>) -> Answer<Appended> {
        let last = self.1.lock().unwrap().last().copied().unwrap_or(0);
        if fence.is_some_and(|fence| fence.epoch.0 < last) {
            return Ok(Appended::Superseded(Supersession::Control { epoch: Epoch(last) }));
        }
        self.0.append(place, entries, fence).await
    }
}

fault! { AppendRaisesNoFence:
    async fn append(&self, place: Place, entries: Vec<Draft>, fence: Option<AiFence>) -> Answer<Appended> {
        let fence = fence.map(|fence| AiFence { epoch: Epoch(0), ..fence });
        self.0.append(place, entries, fence).await
    }
}

fault! { IgnoresNewerMessages:
    async fn append(&self, place: Place, entries: Vec<Draft>, fence: Option<AiFence>) -> Answer<Appended> {
        let fence = fence.map(|fence| AiFence { seen: Sequence(u64::MAX), ..fence });
        self.0.append(place, entries, fence).await
    }
}

fault! { SupersedesItsOwnTurn:
    async fn append(&self, place: Place, entries: Vec<Draft>, fence: Option<AiFence>) -> Answer<Appended> {
        let fence = fence.map(|fence| AiFence { turn: TurnId::new(Uuid::nil()), ..fence });
        self.0.append(place, entries, fence).await
    }
}

fault! { FencesPeople:
    async fn raise_fence(&self, place: Place, epoch: Epoch) -> Answer<()> {
        self.1.lock().unwrap().push(epoch.0);
        self.0.raise_fence(place, epoch).await
    }

    async fn append(&self, place: Place, entries: Vec<Draft>, fence: Option<AiFence>) -> Answer<Appended> {
        let raised = self.1.lock().unwrap().last().copied();
        match raised.filter(|_| fence.is_none()) {
            Some(epoch) => Ok(Appended::Superseded(Supersession::Control { epoch: Epoch(epoch) })),
            None => self.0.append(place, entries, fence).await,
        }
    }
}

fault! { AddsOneToTheLimit:
    async fn read(&self, place: Place, window: Window, limit: usize) -> Answer<Transcript> {
        self.0.read(place, window, limit + 1).await
    }
}

fault! { IncludesThePlace:
    async fn read(&self, place: Place, window: Window, limit: usize) -> Answer<Transcript> {
        let window = match window {
            Window::After(Sequence(after)) => Window::After(Sequence(after.saturating_sub(1))),
            before @ Window::Before(_) => before,
        };
        self.0.read(place, window, limit).await
    }
}

fault! { DescendsBackward:
    async fn read(&self, place: Place, window: Window, limit: usize) -> Answer<Transcript> {
        let mut read = self.0.read(place, window, limit).await?;
        if matches!(window, Window::Before(_)) {
            read.messages.reverse();
        }
        Ok(read)
    }
}

fault! { EmptyWhereNotFound:
    async fn read(&self, place: Place, window: Window, limit: usize) -> Answer<Transcript> {
        let nobody = escalate::Requester::claimed(Uuid::nil().into());
        let nothing = Conversation::new(place, nobody, "", chrono::DateTime::UNIX_EPOCH);
        let empty = Transcript { conversation: nothing, messages: Vec::new() };
        Ok(self.0.read(place, window, limit).await.unwrap_or(empty))
    }
}

fault! { OpensAnew:
    async fn open(&self, conversation: Conversation) -> Answer<Conversation> {
        self.0.open(conversation.clone()).await?;
        Ok(conversation)
    }
}

fault! { TrimsBodies:
    async fn append(&self, place: Place, mut entries: Vec<Draft>, fence: Option<AiFence>) -> Answer<Appended> {
        entries.iter_mut().for_each(|entry| entry.body = entry.body.trim().to_owned());
        self.0.append(place, entries, fence).await
    }
}

fault! { KeepsMilliseconds:
    async fn append(&self, place: Place, mut entries: Vec<Draft>, fence: Option<AiFence>) -> Answer<Appended> {
        let millisecond = chrono::TimeDelta::milliseconds(1);
        for entry in &mut entries {
            // What chrono cannot round is left as it is: the fault shows in the others.
            entry.at = entry.at.duration_trunc(millisecond).unwrap_or(entry.at);
        }
        self.0.append(place, entries, fence).await
    }
}

fault! { ReadsAnyWorkspace:
    async fn read(&self, place: Place, window: Window, limit: usize) -> Answer<Transcript> {
        self.0.read(Place::new(HOME, place.conversation), window, limit).await
    }
}

fault! { MixesConversations:
    async fn append(&self, place: Place, entries: Vec<Draft>, fence: Option<AiFence>) -> Answer<Appended> {
        let first = Place::new(place.workspace, home(1).conversation);
        self.0.append(first, entries, fence).await
    }
}

fault! { LeavesTheHeader:
    async fn read(&self, place: Place, window: Window, limit: usize) -> Answer<Transcript> {
        let mut read = self.0.read(place, window, limit).await?;
        read.conversation.active_at = read.conversation.opened_at;
        Ok(read)
    }
}

fault! { ListsTheOldestFirst:
    async fn conversations(
        &self,
        workspace: WorkspaceId,
        after: Option<ConversationCursor>,
        limit: usize,
    ) -> Answer<Vec<Conversation>> {
        let mut listed = self.0.conversations(workspace, after, limit).await?;
        listed.reverse();
        Ok(listed)
    }
}

fault! { IgnoresTheCursor:
    async fn conversations(
        &self,
        workspace: WorkspaceId,
        _: Option<ConversationCursor>,
        limit: usize,
    ) -> Answer<Vec<Conversation>> {
        self.0.conversations(workspace, None, limit).await
    }
}

fault! { ChecksThenWrites:
    async fn append(&self, place: Place, mut entries: Vec<Draft>, fence: Option<AiFence>) -> Answer<Appended> {
        let read = self.0.read(place, Window::Before(None), 100).await?;
        // Not one atomic step: whoever comes in between finds the key free as well.
        step_aside().await;
        for entry in &mut entries {
            if !read.messages.iter().any(|message| message.key == entry.key) {
                let mut written = self.1.lock().unwrap();
                written.push(0);
                entry.key = format!("{}-{}", entry.key, written.len()).parse().unwrap();
            }
        }
        self.0.append(place, entries, fence).await
    }
}
