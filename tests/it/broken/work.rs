//! Ticket repositories that get one thing of due work or owed writes wrong.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use escalate::ports::{Ask, Claim, Claims, Commit, Committed, Settlement, Snapshot, WorkKind, WorkKinds};
use escalate::{EventSequence, MemoryStore, Place, StoreError, TicketRepository};

use super::forward::TicketFault;
use super::stores;

stores! {
    ClaimsEarly ClaimsEveryKind ClaimsShortestDueFirst ClaimsOneTooMany ForgetsLeases KeepsLeasesForEver TellsNoNext
    CountsNoAttempts HidesTheGeneration SettlesLostClaims ForgetsToTryAgain ForgetsTheMark MarksDeliveredInClaims
    HurriesFailures HoldsWhatDidNotFail CountsFailuresForEver
    CommitsSettleNothing LeavesSettledWork OwesNothing OwesTheNewestFirst
}

macro_rules! fault {
    ($name:ident: $($method:item)+) => {
        #[async_trait]
        impl TicketFault for $name {
            fn sound(&self) -> &MemoryStore {
                &self.0
            }
            $($method)+
        }
    };
}

fn every_kind() -> WorkKinds {
    // The sinks that the cases name.
    WorkKinds::of(&WorkKind::NAMES).and_sink("main".parse().unwrap()).and_sink("other".parse().unwrap())
}

type Answer<T> = Result<T, StoreError>;
type Instant = DateTime<Utc>;

fault! { ClaimsEarly:
    async fn claim(&self, now: Instant, lease_until: Instant, limit: usize, kinds: WorkKinds) -> Answer<Claims> {
        self.0.claim(now + TimeDelta::seconds(1), lease_until, limit, kinds).await
    }
}

fault! { ClaimsEveryKind:
    async fn claim(&self, now: Instant, lease_until: Instant, limit: usize, _: WorkKinds) -> Answer<Claims> {
        self.0.claim(now, lease_until, limit, every_kind()).await
    }
}

fault! { ClaimsShortestDueFirst:
    async fn claim(&self, now: Instant, lease_until: Instant, limit: usize, kinds: WorkKinds) -> Answer<Claims> {
        let mut claims = self.0.claim(now, lease_until, limit, kinds).await?;
        claims.claims.reverse();
        Ok(claims)
    }
}

fault! { ClaimsOneTooMany:
    async fn claim(&self, now: Instant, lease_until: Instant, limit: usize, kinds: WorkKinds) -> Answer<Claims> {
        self.0.claim(now, lease_until, limit.saturating_add(1), kinds).await
    }
}

fault! { ForgetsLeases:
    async fn claim(&self, now: Instant, _: Instant, limit: usize, kinds: WorkKinds) -> Answer<Claims> {
        self.0.claim(now, now, limit, kinds).await
    }
}

fault! { KeepsLeasesForEver:
    async fn claim(&self, now: Instant, _: Instant, limit: usize, kinds: WorkKinds) -> Answer<Claims> {
        self.0.claim(now, Instant::MAX_UTC, limit, kinds).await
    }
}

fault! { TellsNoNext:
    async fn claim(&self, now: Instant, lease_until: Instant, limit: usize, kinds: WorkKinds) -> Answer<Claims> {
        let claims = self.0.claim(now, lease_until, limit, kinds).await?;
        Ok(Claims { next: None, ..claims })
    }
}

fault! { CountsNoAttempts:
    async fn claim(&self, now: Instant, lease_until: Instant, limit: usize, kinds: WorkKinds) -> Answer<Claims> {
        let mut claims = self.0.claim(now, lease_until, limit, kinds).await?;
        claims.claims.iter_mut().for_each(|claim| claim.attempts = 0);
        Ok(claims)
    }
}

fault! { HidesTheGeneration:
    async fn claim(&self, now: Instant, lease_until: Instant, limit: usize, kinds: WorkKinds) -> Answer<Claims> {
        let mut claims = self.0.claim(now, lease_until, limit, kinds).await?;
        claims.claims.iter_mut().for_each(|claim| claim.generation = 1);
        Ok(claims)
    }
}

fault! { SettlesLostClaims:
    async fn settle(&self, claim: Claim, settlement: Settlement) -> Answer<()> {
        match self.0.settle(claim, settlement).await {
            Err(StoreError::ClaimLost) => Ok(()),
            other => other,
        }
    }
}

fault! { ForgetsToTryAgain:
    async fn settle(&self, claim: Claim, settlement: Settlement) -> Answer<()> {
        self.0.settle(claim, Settlement { again_at: None, ..settlement }).await
    }
}

fault! { ForgetsTheMark:
    async fn settle(&self, claim: Claim, settlement: Settlement) -> Answer<()> {
        self.0.settle(claim, Settlement { delivered: None, ..settlement }).await
    }
}

fault! { MarksDeliveredInClaims:
    async fn settle(&self, claim: Claim, settlement: Settlement) -> Answer<()> {
        self.1.lock().unwrap().extend(settlement.delivered.map(|sequence| sequence.0));
        self.0.settle(claim, settlement).await
    }

    async fn claim(&self, now: Instant, lease_until: Instant, limit: usize, kinds: WorkKinds) -> Answer<Claims> {
        let mut claims = self.0.claim(now, lease_until, limit, kinds).await?;
        // The last settlement's word, also where it went back.
        let last = self.1.lock().unwrap().last().copied().unwrap_or(0);
        claims.claims.iter_mut().for_each(|claim| claim.delivered = EventSequence(last));
        Ok(claims)
    }
}

fault! { HurriesFailures:
    async fn settle(&self, claim: Claim, settlement: Settlement) -> Answer<()> {
        self.0.settle(claim, Settlement { failed: false, ..settlement }).await
    }
}

fault! { HoldsWhatDidNotFail:
    async fn settle(&self, claim: Claim, settlement: Settlement) -> Answer<()> {
        self.0.settle(claim, Settlement { failed: true, ..settlement }).await
    }
}

fault! { CountsFailuresForEver:
    async fn claim(&self, now: Instant, lease_until: Instant, limit: usize, kinds: WorkKinds) -> Answer<Claims> {
        let mut claims = self.0.claim(now, lease_until, limit, kinds).await?;
        let mut claimed = self.1.lock().unwrap();
        for claim in &mut claims.claims {
            claim.attempts = u32::try_from(claimed.len()).unwrap();
            claimed.push(0);
        }
        Ok(claims)
    }
}

fault! { CommitsSettleNothing:
    async fn commit(&self, commit: Commit) -> Answer<Committed> {
        self.0.commit(Commit { settles: None, ..commit }).await
    }
}

fault! { LeavesSettledWork:
    async fn settle(&self, claim: Claim, settlement: Settlement) -> Answer<()> {
        let again_at = settlement.again_at.or(Some(Instant::UNIX_EPOCH));
        self.0.settle(claim, Settlement { again_at, ..settlement }).await
    }
}

fault! { OwesNothing:
    async fn load(&self, place: Place, ask: Ask) -> Answer<Snapshot> {
        let loaded = self.0.load(place, ask).await?;
        Ok(Snapshot { owed: None, ..loaded })
    }
}

fault! { OwesTheNewestFirst:
    async fn load(&self, place: Place, ask: Ask) -> Answer<Snapshot> {
        let mut loaded = self.0.load(place, ask).await?;
        loaded.owed.iter_mut().for_each(|owed| owed.writes.reverse());
        Ok(loaded)
    }
}
