//! Reading what a decision is made on, and finishing what a crash left.

use super::Desk;
use super::opening::LOOKS_AT;
use crate::control::{Command, Principal};
use crate::error::{Error, StoreError};
use crate::event::Actor;
use crate::id::Place;
use crate::key::{Fingerprint, Key};
use crate::ports::{
    Answer, Answered, Ask, Claim, Owed, Settlement, Snapshot, StaffOf, TranscriptWrite, Whereabouts,
};
use crate::ticket::TicketStatus;

/// A command's key with what the command says.
pub(super) struct KeyUse {
    pub(super) key: Key,
    pub(super) fingerprint: Fingerprint,
}

impl KeyUse {
    /// `name` and `parts` are what the command says; the same key with other ones is an error.
    pub(super) fn new(key: Key, name: &str, parts: &[&[u8]]) -> Self {
        let mut all = vec![name.as_bytes()];
        all.extend_from_slice(parts);
        Self { key, fingerprint: Fingerprint::of(&all) }
    }

    pub(super) fn answered(&self, answer: Answer) -> Answered {
        Answered { key: self.key.clone(), fingerprint: self.fingerprint, answer }
    }

    /// The first answer under this key, if there is one (E2).
    pub(super) fn first_answer(&self, snapshot: &mut Snapshot) -> Result<Option<Answer>, Error> {
        match snapshot.answered.take() {
            Some(answered) if answered.fingerprint == self.fingerprint => Ok(Some(answered.answer)),
            Some(answered) => Err(self.reused_by(answered.key)),
            None => Ok(None),
        }
    }

    /// The error for a key that stands for another command.
    pub(super) fn reused(&self) -> Error {
        self.reused_by(self.key.clone())
    }

    fn reused_by(&self, key: Key) -> Error {
        StoreError::KeyReused { key }.into()
    }
}

impl Desk {
    /// What is true now. A transcript write that a crash left owed is finished first (E5), and an episode whose
    /// grace period is over is ended first, whichever path looks (H3).
    pub(super) async fn snapshot(&self, place: Place, key: Option<&KeyUse>) -> Result<Snapshot, Error> {
        self.look(place, &Ask::about(key.map(|key| key.key.clone()))).await
    }

    /// As [`Desk::snapshot`], with all of `ask`.
    pub(super) async fn look(&self, place: Place, ask: &Ask) -> Result<Snapshot, Error> {
        for _ in self.attempts() {
            let snapshot = self.as_stored(place, ask).await?;
            let command = Command::EndGrace { ai: self.ai_for(place, snapshot.ticket.as_ref()) };
            match snapshot.state.control.decide(Principal::System, command, self.now()) {
                Ok(Some(event)) => {
                    let mut change = self.change(place, &snapshot, Actor::System);
                    change.hand_back(event, &snapshot, TicketStatus::Closed);
                    change.commit().await?;
                }
                Ok(None) | Err(_) => return Ok(snapshot),
            }
        }
        Err(self.contended())
    }

    /// What is stored now, with nothing owed.
    async fn as_stored(&self, place: Place, ask: &Ask) -> Result<Snapshot, Error> {
        let mut snapshot = self.inner.tickets.load(place, ask.clone()).await?;
        if let Some(owed) = snapshot.owed.take() {
            self.finish(place, owed).await?;
        }
        Ok(snapshot)
    }

    /// What opening an episode is decided on, as far as one round trip reads it.
    pub(super) fn ask_to_open(&self, key: &KeyUse, staff: Option<StaffOf>) -> Ask {
        let settings = &self.inner.settings;
        Ask {
            key: Some(key.key.clone()),
            entries: (settings.whereabouts == Whereabouts::Here).then_some(LOOKS_AT),
            staff: staff.filter(|_| settings.roster == Whereabouts::Here),
            recent: None,
            may_assume: false,
        }
    }

    /// Writes what is owed. Harmless when several do it at once: entries have keys, and a fence only rises.
    async fn finish(&self, place: Place, owed: Owed) -> Result<(), Error> {
        for write in owed.writes {
            match self.write_transcript(place, write).await {
                // The host has removed the conversation from its own database: there is nothing left to write.
                Err(Error::Store(StoreError::NotFound { .. })) => {
                    tracing::warn!(%place.conversation, "a transcript that a write is owed to is gone");
                }
                result => result?,
            }
        }
        self.settle_owed(owed.claim).await
    }

    pub(super) async fn write_transcript(&self, place: Place, write: TranscriptWrite) -> Result<(), Error> {
        self.inner.transcripts.raise_fence(place, write.fence).await?;
        if !write.entries.is_empty() {
            self.inner.transcripts.append(place, write.entries, None).await?;
        }
        Ok(())
    }

    pub(super) async fn settle_owed(&self, claim: Claim) -> Result<(), Error> {
        match self.inner.tickets.settle(claim, Settlement::default()).await {
            // Somebody else is at it, or done with it.
            Ok(()) | Err(StoreError::ClaimLost) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps an answer that changes nothing else. `false`: the key has been answered meanwhile.
    pub(super) async fn remember(&self, place: Place, key: &KeyUse, answer: Answer) -> Result<bool, Error> {
        match self.inner.tickets.remember(place, key.answered(answer)).await {
            Ok(()) => Ok(true),
            Err(StoreError::Conflict) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
