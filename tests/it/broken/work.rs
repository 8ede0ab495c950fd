//! Ticket repositories that get one thing of due work or owed writes wrong.

use chrono::{DateTime, TimeDelta, Utc};
use escalate::ports::{Ask, Claim, Claims, Commit, Committed, Settlement, Snapshot, WorkKind, WorkKinds};
use escalate::{EventSequence, Place, StoreError, TicketRepository};

use super::forward::TicketFault;
use super::{stores, ticket_fault};

stores! {
    ClaimsEarly ClaimsEveryKind ClaimsShortestDueFirst ClaimsOneTooMany ForgetsLeases KeepsLeasesForEver TellsNoNext
    CountsNoAttempts HidesTheGeneration SettlesLostClaims ForgetsToTryAgain ForgetsTheMark MarksDeliveredInClaims
    HurriesFailures HoldsWhatDidNotFail CountsFailuresForEver
    CommitsSettleNothing LeavesSettledWork OwesNothing OwesTheNewestFirst
}

fn every_kind() -> WorkKinds {
    // The sinks that the cases name.
    WorkKinds::of(&WorkKind::NAMES).and_sink("main".parse().unwrap()).and_sink("other".parse().unwrap())
}

type Answer<T> = Result<T, StoreError>;
type Instant = DateTime<Utc>;

ticket_fault! { ClaimsEarly:
    async fn claim(&self, now: Instant, lease_until: Instant, limit: usize, kinds: WorkKinds) -> Answer<Claims> {
        self.0.claim(now + TimeDelta::seconds(1), lease_until, limit, kinds).await
    }
}

ticket_fault! { ClaimsEveryKind:
    async fn claim(&self, now: Instant, lease_until: Instant, limit: usize, _: WorkKinds) -> Answer<Claims> {
        self.0.claim(now, lease_until, limit, every_kind()).await
    }
}

ticket_fault! { ClaimsShortestDueFirst:
    async fn claim(&self, now: Instant, lease_until: Instant, limit: usize, kinds: WorkKinds) -> Answer<Claims> {
        let mut claims = self.0.claim(now, lease_until, limit, kinds).await?;
        claims.claims.reverse();
        Ok(claims)
    }
}

ticket_fault! { ClaimsOneTooMany:
    async fn claim(&self, now: Instant, lease_until: Instant, limit: usize, kinds: WorkKinds) -> Answer<Claims> {
        self.0.claim(now, lease_until, limit.saturating_add(1), kinds).await
    }
}

ticket_fault! { ForgetsLeases:
    async fn claim(&self, now: Instant, _: Instant, limit: usize, kinds: WorkKinds) -> Answer<Claims> {
        self.0.claim(now, now, limit, kinds).await
    }
}

ticket_fault! { KeepsLeasesForEver:
    async fn claim(&self, now: Instant, _: Instant, limit: usize, kinds: WorkKinds) -> Answer<Claims> {
        self.0.claim(now, Instant::MAX_UTC, limit, kinds).await
    }
}

ticket_fault! { TellsNoNext:
    async fn claim(&self, now: Instant, lease_until: Instant, limit: usize, kinds: WorkKinds) -> Answer<Claims> {
        let claims = self.0.claim(now, lease_until, limit, kinds).await?;
        Ok(Claims { next: None, ..claims })
    }
}

ticket_fault! { CountsNoAttempts:
    async fn claim(&self, now: Instant, lease_until: Instant, limit: usize, kinds: WorkKinds) -> Answer<Claims> {
        let mut claims = self.0.claim(now, lease_until, limit, kinds).await?;
        claims.claims.iter_mut().for_each(|claim| claim.attempts = 0);
        Ok(claims)
    }
}

ticket_fault! { HidesTheGeneration:
    async fn claim(&self, now: Instant, lease_until: Instant, limit: usize, kinds: WorkKinds) -> Answer<Claims> {
        let mut claims = self.0.claim(now, lease_until, limit, kinds).await?;
        claims.claims.iter_mut().for_each(|claim| claim.generation = 1);
        Ok(claims)
    }
}

ticket_fault! { SettlesLostClaims:
    async fn settle(&self, claim: Claim, settlement: Settlement) -> Answer<()> {
        match self.0.settle(claim, settlement).await {
            Err(StoreError::ClaimLost) => Ok(()),
            other => other,
        }
    }
}

ticket_fault! { ForgetsToTryAgain:
    async fn settle(&self, claim: Claim, settlement: Settlement) -> Answer<()> {
        self.0.settle(claim, Settlement { again_at: None, ..settlement }).await
    }
}

ticket_fault! { ForgetsTheMark:
    async fn settle(&self, claim: Claim, settlement: Settlement) -> Answer<()> {
        self.0.settle(claim, Settlement { delivered: None, ..settlement }).await
    }
}

ticket_fault! { MarksDeliveredInClaims:
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

ticket_fault! { HurriesFailures:
    async fn settle(&self, claim: Claim, settlement: Settlement) -> Answer<()> {
        self.0.settle(claim, Settlement { failed: false, ..settlement }).await
    }
}

ticket_fault! { HoldsWhatDidNotFail:
    async fn settle(&self, claim: Claim, settlement: Settlement) -> Answer<()> {
        self.0.settle(claim, Settlement { failed: true, ..settlement }).await
    }
}

ticket_fault! { CountsFailuresForEver:
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

ticket_fault! { CommitsSettleNothing:
    async fn commit(&self, commit: Commit) -> Answer<Committed> {
        self.0.commit(Commit { settles: None, ..commit }).await
    }
}

ticket_fault! { LeavesSettledWork:
    async fn settle(&self, claim: Claim, settlement: Settlement) -> Answer<()> {
        let again_at = settlement.again_at.or(Some(Instant::UNIX_EPOCH));
        self.0.settle(claim, Settlement { again_at, ..settlement }).await
    }
}

ticket_fault! { OwesNothing:
    async fn load(&self, place: Place, ask: Ask) -> Answer<Snapshot> {
        let loaded = self.0.load(place, ask).await?;
        Ok(Snapshot { owed: None, ..loaded })
    }
}

ticket_fault! { OwesTheNewestFirst:
    async fn load(&self, place: Place, ask: Ask) -> Answer<Snapshot> {
        let mut loaded = self.0.load(place, ask).await?;
        loaded.owed.iter_mut().for_each(|owed| owed.writes.reverse());
        Ok(loaded)
    }
}
