//! Due work: claims that fit, claims that do not, and looks that cost nothing.

use futures::executor::block_on;

use super::SqliteStore;
use super::fixture::{at, commit, deliver, kinds, nothing, open, place, said, temporary};
use crate::control::Epoch;
use crate::error::StoreError;
use crate::ports::{
    Ask, Claim, Claims, Commit, Settlement, TicketRepository, TranscriptWrite, Whereabouts, Work,
};

fn schedule(store: &SqliteStore, of: u128, expected: u64, due: i64) {
    let work = vec![Work { kind: deliver(), due_at: at(due) }];
    commit(store, Commit { work, ..nothing(of, expected) }).unwrap();
}

fn claim(store: &SqliteStore, now: i64, until: i64, limit: usize) -> Claims {
    block_on(store.claim(at(now), at(until), limit, kinds())).unwrap()
}

fn settle(store: &SqliteStore, claim: Claim) -> Result<(), StoreError> {
    block_on(store.settle(claim, Settlement::default()))
}

#[test]
fn looking_for_work_in_vain_writes_nothing() {
    let (_directory, store) = temporary();
    assert_eq!(claim(&store, 0, 9, 4), Claims::default());
    schedule(&store, 1, 0, 50);
    let flushed = store.flushes();
    assert_eq!(claim(&store, 49, 60, 4), Claims { claims: Vec::new(), next: Some(at(50)) });
    assert_eq!(store.flushes(), flushed);
}

#[test]
fn what_is_longest_due_comes_first_and_the_rest_is_named() {
    let (_directory, store) = temporary();
    for (of, due) in [(1, 30), (2, 10), (3, 20)] {
        schedule(&store, of, 0, due);
    }
    let first = claim(&store, 40, 99, 2);
    let claimed: Vec<_> = first.claims.iter().filter_map(|claim| claim.conversation).collect();
    assert_eq!(claimed, [place(2).conversation, place(3).conversation]);
    assert_eq!(first.next, Some(at(30)));
    assert_eq!(claim(&store, 41, 98, 9).next, Some(at(99)), "the others' leases");
    let again = claim(&store, 99, 120, 9);
    assert_eq!(again.claims.len(), 3, "their leases ended");
    assert_eq!(again.claims.iter().map(|claim| claim.attempts).collect::<Vec<_>>(), [1, 1, 1]);
}

#[test]
fn an_old_claim_never_fits_work_that_came_later() {
    let (_directory, store) = temporary();
    schedule(&store, 1, 0, 0);
    let old = claim(&store, 1, 2, 1).claims[0];
    let newer = claim(&store, 3, 9, 1).claims[0];
    assert!(matches!(settle(&store, old), Err(StoreError::ClaimLost)));
    settle(&store, newer).unwrap();
    schedule(&store, 1, 1, 0);
    let fresh = claim(&store, 10, 20, 1).claims[0];
    for stale in [old, newer] {
        assert!(matches!(settle(&store, stale), Err(StoreError::ClaimLost)), "removed and scheduled anew");
    }
    settle(&store, fresh).unwrap();
}

#[test]
fn work_scheduled_while_it_is_done_stays() {
    let (_directory, store) = temporary();
    schedule(&store, 1, 0, 5);
    let old = claim(&store, 6, 60, 1).claims[0];
    schedule(&store, 1, 1, 7);
    assert_eq!(claim(&store, 8, 60, 1).claims, [], "it is leased");
    settle(&store, old).unwrap();
    assert!(matches!(settle(&store, old), Err(StoreError::ClaimLost)));
    let stayed = claim(&store, 8, 60, 1).claims[0];
    assert_eq!((stayed.generation, stayed.attempts), (2, 0));
    let again = Settlement {
        again_at: Some(at(100)),
        delivered: Some(crate::event::EventSequence(3)),
        failed: false,
    };
    block_on(store.settle(stayed, again)).unwrap();
    assert_eq!(claim(&store, 99, 200, 1).next, Some(at(100)));
    let later = claim(&store, 100, 200, 1).claims[0];
    assert_eq!((later.delivered.0, later.attempts), (3, 0));
}

#[test]
fn what_is_owed_elsewhere_is_kept_until_it_is_confirmed() {
    let (_directory, store) = temporary();
    let owe = |expected| {
        let entries = vec![said(u128::from(expected))];
        let write = TranscriptWrite { whereabouts: Whereabouts::Elsewhere, fence: Epoch(expected), entries };
        let transcript = Some(write.clone());
        (commit(&store, Commit { transcript, ..nothing(1, expected) }).unwrap().owed.unwrap(), write)
    };
    let ((first, one), (second, two)) = (owe(0), owe(1));
    let owed = || block_on(store.load(place(1), Ask::default())).unwrap().owed;
    let both = owed().unwrap();
    assert_eq!((both.claim, both.writes), (second, vec![one, two.clone()]));
    settle(&store, first).unwrap();
    let left = owed().unwrap();
    assert_eq!(left.writes, [two], "only what was owed when the claim was made is forgotten");
    settle(&store, left.claim).unwrap();
    assert_eq!(owed(), None);
    assert_eq!(claim(&store, 999, 1_000, 9), Claims::default());
    open(&store, 1);
}
