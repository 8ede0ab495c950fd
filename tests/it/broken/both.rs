//! Stores that are both ports, and do not write them as one.

use async_trait::async_trait;
use escalate::ports::{Ask, Commit, Committed, Snapshot, Window};
use escalate::{Epoch, MemoryStore, Place, Sequence, StoreError, TicketRepository, TranscriptStore};

use super::forward::{TicketFault, TranscriptFault};
use super::{stores, ticket_fault};

stores! { WritesTheTranscriptFirst WritesTheTranscriptAfterwards CommitsRaiseNoFence CommitsAppendNothing LoadsTheOldest }

macro_rules! fault {
    ($name:ident: $($method:item)+) => {
        ticket_fault! { $name: $($method)+ }

        #[async_trait]
        impl TranscriptFault for $name {
            fn sound(&self) -> &MemoryStore {
                &self.0
            }
        }
    };
}

type Answer<T> = Result<T, StoreError>;

fault! { WritesTheTranscriptFirst:
    async fn commit(&self, mut commit: Commit) -> Answer<Committed> {
        if let Some(write) = commit.transcript.take() {
            self.0.raise_fence(commit.place, write.fence).await?;
            self.0.append(commit.place, write.entries, None).await?;
        }
        self.0.commit(commit).await
    }
}

fault! { WritesTheTranscriptAfterwards:
    async fn commit(&self, mut commit: Commit) -> Answer<Committed> {
        let (place, write) = (commit.place, commit.transcript.take());
        let committed = self.0.commit(commit).await?;
        if let Some(write) = write {
            self.0.raise_fence(place, write.fence).await?;
            self.0.append(place, write.entries, None).await?;
        }
        Ok(committed)
    }
}

fault! { CommitsRaiseNoFence:
    async fn commit(&self, mut commit: Commit) -> Answer<Committed> {
        commit.transcript.iter_mut().for_each(|write| write.fence = Epoch(0));
        self.0.commit(commit).await
    }
}

fault! { CommitsAppendNothing:
    async fn commit(&self, mut commit: Commit) -> Answer<Committed> {
        commit.transcript.iter_mut().for_each(|write| write.entries.clear());
        self.0.commit(commit).await
    }
}

fault! { LoadsTheOldest:
    async fn load(&self, place: Place, ask: Ask) -> Answer<Snapshot> {
        let entries = ask.entries.unwrap_or_default();
        let mut loaded = self.0.load(place, ask).await?;
        if loaded.transcript.is_some() {
            loaded.transcript = Some(self.0.read(place, Window::After(Sequence(0)), entries).await?);
        }
        Ok(loaded)
    }
}
