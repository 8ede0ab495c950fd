//! Cases for transcripts and tickets in one database: one transaction writes both.

use super::fixtures::ticket::{Change, DELIVER, escalation, look, only_claim, opened, scheduled, trace};
use super::fixtures::transcript::{Thread, answered, bodies, fence, said};
use super::fixtures::{abroad, at, claim_lost, conflict, id, key, key_reused, ok, place};
use super::harness::{Case, SharedDatabase};
use super::ticket_repository::decision::telling;
use crate::assignment::Rule;
use crate::control::Epoch;
use crate::message::{Draft, Message, Sequence};
use crate::ports::{
    Ask, Recent, RecentOf, Supersession, TicketRepository, TranscriptStore, TranscriptWrite, Unplaced,
    Whereabouts, Window,
};

crate::__shared_database_cases! { __conformance_list SharedDatabase }

pub mod here {
    //! A transcript write that is part of the commit.

    use super::*;

    /// The two ports name the same database.
    pub async fn both_ports_name_one_database(store: &dyn SharedDatabase) {
        let (transcripts, tickets): (&dyn TranscriptStore, &dyn TicketRepository) = (store, store);
        assert_eq!(
            transcripts.database(),
            tickets.database(),
            "`database`: the same, as one transaction writes both"
        );
    }

    /// A commit appends its entries, in order, after those that are there.
    pub async fn a_commit_appends_its_entries(store: &dyn SharedDatabase) {
        let thread = Thread::open(store, 1).await;
        thread.append(vec![said(1)]).await;
        let committed = opening(store, 0, vec![said(20), said(21)]).await.kept(store).await;
        assert_eq!(committed.owed, None, "a write `Here` is owed to nobody");
        let all = thread.all().await;
        assert_eq!(
            bodies(&all),
            ["said 1", "said 20", "said 21"],
            "a write `Here` appends its entries, in order"
        );
        assert_eq!(all[1], message(said(20), 2), "every field of an entry, at the next sequence");
        assert_eq!(look(store, place(1)).await.owed, None, "a write `Here` is owed to nobody");
        let header = thread.header().await;
        assert_eq!(
            (header.last, header.active_at),
            (Sequence(3), at(21)),
            "a written append moves the header"
        );
        let receipts = thread.append(vec![said(20), said(30)]).await;
        let found: Vec<_> = receipts.iter().map(|receipt| (receipt.sequence.0, receipt.repeated)).collect();
        assert_eq!(found, [(2, true), (4, false)], "the commit's keys and numbers are the transcript's");
    }

    /// The entry that tells of the choice says what was chosen (E3).
    pub async fn what_is_told_follows_the_choice(store: &dyn SharedDatabase) {
        let thread = Thread::open(store, 1).await;
        let change = opening(store, 1, vec![said(7), said(8)]).await.placed(Rule::Ranked, &[]);
        let change = change.placing(|placement| placement.telling = Some(telling()));
        change.kept(store).await;
        assert_eq!(bodies(&thread.all().await), ["said 7", "no. 1 {position}"], "it says what was chosen");
    }

    /// What a conversation's own customer has begun of late is known without naming them (N5).
    pub async fn it_is_known_whose_conversation_it_is(store: &dyn SharedDatabase) {
        let thread = Thread::open(store, 1).await;
        let customer = thread.header().await.requester.customer;
        let ask =
            || Ask { recent: Some(RecentOf { customer: None, since: at(0), limit: 1 }), ..Ask::default() };
        let rule = "`load`: of the customer whose conversation it is";
        let recent = async |place| ok(store.load(place, ask()).await, rule).recent;
        assert_eq!(recent(place(1)).await, Some(Recent::default()), "{rule}");
        let elsewhere = Change::opening(place(2), &look(store, place(2)).await, 2);
        elsewhere.but(|ticket| ticket.requester.customer = customer).kept(store).await;
        let found = recent(place(1)).await.map(|recent| (recent.begun, recent.open.map(|ticket| ticket.id)));
        assert_eq!(found, Some((1, Some(id(2)))), "{rule}");
        assert_eq!(recent(place(3)).await, None, "`load`: there is no such conversation");
    }

    /// A commit raises the fence in the same step: nothing of an older turn is written after it (C1).
    pub async fn a_commit_raises_the_fence(store: &dyn SharedDatabase) {
        let thread = Thread::open(store, 1).await;
        opening(store, 4, Vec::new()).await.kept(store).await;
        let why = Supersession::Control { epoch: Epoch(4) };
        thread
            .superseded(vec![answered(1, 1)], fence(3, 0, 1), why, "a write `Here` raises the fence (C1)")
            .await;
    }

    /// A commit does not lower the fence.
    pub async fn a_commit_does_not_lower_the_fence(store: &dyn SharedDatabase) {
        let thread = Thread::open(store, 1).await;
        thread.raise(9).await;
        opening(store, 4, vec![said(1)]).await.kept(store).await;
        let why = Supersession::Control { epoch: Epoch(9) };
        thread.superseded(vec![answered(2, 1)], fence(8, 1, 1), why, "the fence is never lowered").await;
    }

    /// An entry whose key is there already is passed over; the others are appended, and the commit stands.
    pub async fn a_repeated_entry_is_passed_over(store: &dyn SharedDatabase) {
        let thread = Thread::open(store, 1).await;
        thread.append(vec![said(1)]).await;
        let committed = opening(store, 1, vec![said(1), said(2)]).await.kept(store).await;
        assert_eq!(
            bodies(&thread.all().await),
            ["said 1", "said 2"],
            "one whose key is there already is passed over"
        );
        let ticket = look(store, place(1)).await.ticket;
        assert_eq!(ticket, committed.ticket, "and the rest of the commit stands");
    }

    /// An entry whose key stands for something else fails the commit, all of it.
    pub async fn a_reused_key_leaves_nothing(store: &dyn SharedDatabase) {
        let thread = Thread::open(store, 1).await;
        thread.append(vec![said(1)]).await;
        let mut other = said(1);
        other.body = "said otherwise".into();
        let change = opening(store, 4, vec![said(2), other]).await;
        let before = all(store, &thread).await;
        key_reused(change.commit(store).await, &key("said-1"), "a transcript entry's key reused: KeyReused");
        assert_eq!(all(store, &thread).await, before, "all of a commit, or nothing: ticket and transcript");
        untouched(&thread, "KeyReused").await;
    }

    /// A conflict leaves the transcript as it was: no entry, no fence.
    pub async fn a_conflict_leaves_the_transcript(store: &dyn SharedDatabase) {
        let thread = Thread::open(store, 1).await;
        let stale = opening(store, 4, vec![said(1)]).await;
        opened(store, place(1), 2).await;
        conflict(stale.commit(store).await, "a stale revision is a conflict");
        untouched(&thread, "a conflict").await;
    }

    /// A second open ticket, an answered key: neither leaves anything in the transcript.
    pub async fn a_late_conflict_leaves_the_transcript(store: &dyn SharedDatabase) {
        let thread = Thread::open(store, 1).await;
        opened(store, place(1), 2).await;
        let second = opening(store, 4, vec![said(1)]).await;
        conflict(second.commit(store).await, "a commit that would open another ticket is a conflict (E1)");
        untouched(&thread, "a second open ticket").await;

        let thread = Thread::open(store, 3).await;
        Change::on(thread.place, &look(store, thread.place).await).answering(escalation(1)).kept(store).await;
        let write =
            TranscriptWrite { whereabouts: Whereabouts::Here, fence: Epoch(4), entries: vec![said(1)] };
        let again = Change::on(thread.place, &look(store, thread.place).await)
            .answering(escalation(1))
            .writing(write);
        conflict(again.commit(store).await, "a key that is there already is a conflict (E2)");
        untouched(&thread, "an answered key").await;
    }

    /// A lost claim leaves the transcript as it was.
    pub async fn a_lost_claim_leaves_the_transcript(store: &dyn SharedDatabase) {
        let thread = Thread::open(store, 1).await;
        scheduled(store, place(1), DELIVER, 0).await;
        let lost = only_claim(store, 0, "what is due is claimed").await;
        only_claim(store, 10, "the lease ran out").await;
        let change = opening(store, 4, vec![said(1)]).await.settling(lost);
        claim_lost(change.commit(store).await, "`settles` a lost claim: ClaimLost");
        untouched(&thread, "a lost claim").await;
    }

    /// An abandoned placement leaves the transcript as it was.
    pub async fn an_abandoned_placement_leaves_the_transcript(store: &dyn SharedDatabase) {
        let thread = Thread::open(store, 1).await;
        let change = opening(store, 4, vec![said(1)]).await.placed(Rule::Ranked, &[]);
        let change = change.placing(|placement| placement.unplaced = Unplaced::Abandon);
        conflict(change.commit(store).await, "nobody has room: an abandoned placement is a conflict");
        untouched(&thread, "an abandoned placement").await;
    }

    /// A commit fences its own conversation only (C8).
    pub async fn a_commit_writes_its_own_conversation(store: &dyn SharedDatabase) {
        Thread::open(store, 1).await;
        let other = Thread::open(store, 2).await;
        opening(store, 4, vec![said(1)]).await.kept(store).await;
        untouched(&other, "a commit elsewhere").await;
    }

    /// An escalation and an answer of the AI agent at the same time: whichever is first, none comes after.
    pub async fn a_commit_and_an_answer_at_the_same_time(store: &dyn SharedDatabase) {
        use crate::ports::Appended;

        let thread = Thread::open(store, 1).await;
        let change = opening(store, 1, vec![said(20)]).await;
        let turn = thread.answer(vec![answered(1, 1)], fence(0, 9, 1));
        let (committed, outcome) = futures::future::join(change.commit(store), turn).await;
        assert!(committed.is_ok(), "an answer does not stand in a commit's way");
        let all = thread.all().await;
        let (own, opening) = (place_of(&all, "answered 1"), place_of(&all, "said 20"));
        assert!(opening.is_some(), "the commit's entry is there");
        match outcome {
            Appended::Stored(_) => {
                assert!(own < opening && own.is_some(), "an answer in time comes before the fence (C1)")
            }
            Appended::Superseded(_) => {
                assert_eq!(own, None, "a late answer has no place in the transcript (C1)")
            }
        }
    }

    /// A thread that `load` gives, if it does, is the one that `read` gives.
    pub async fn the_thread_asked_for_is_the_one_read(store: &dyn SharedDatabase) {
        let thread = Thread::open(store, 1).await;
        thread.append(vec![said(1), said(2), said(3)]).await;
        Thread::open(store, 2).await.append(vec![said(4)]).await;
        for before_the_first_commit in [true, false] {
            for entries in [0, 2, 9] {
                let ask = Ask { entries: Some(entries), ..Ask::default() };
                let given = ok(store.load(place(1), ask).await, "`load` reads what is asked for").transcript;
                let read = ok(store.read(place(1), Window::Before(None), entries).await, "`read` finds it");
                assert!(
                    given.as_ref().is_none_or(|given| *given == read),
                    "a thread with {entries} entries: the newest, by ascending sequence; but {given:?}"
                );
            }
            assert_eq!(look(store, place(1)).await.transcript, None, "a thread that was not asked for");
            if before_the_first_commit {
                opening(store, 0, Vec::new()).await.kept(store).await;
            }
        }
        for nowhere in [place(3), abroad(place(1))] {
            let ask = Ask { entries: Some(9), ..Ask::default() };
            let given = ok(store.load(nowhere, ask).await, "`load` of an unknown conversation is no error");
            assert_eq!(given.transcript, None, "there is no such conversation (N3)");
        }
    }
}

/// Opens ticket 1 at place 1, with this in the transcript.
async fn opening(store: &dyn SharedDatabase, fence: u64, entries: Vec<Draft>) -> Change {
    let write = TranscriptWrite { whereabouts: Whereabouts::Here, fence: Epoch(fence), entries };
    Change::opening(place(1), &look(store, place(1)).await, 1).writing(write)
}

/// Asserts that the transcript has no entry, and a fence no higher than 1.
async fn untouched(thread: &Thread<'_>, after: &str) {
    let own: Vec<_> = thread.all().await.into_iter().filter(|entry| entry.key != key("said-1")).collect();
    let first = thread.all().await.into_iter().find(|entry| entry.key == key("said-1"));
    assert_eq!(own, [], "{after} appends nothing");
    assert!(first.is_none_or(|entry| entry.body == "said 1"), "{after} replaces nothing");
    let seen = thread.all().await.len() as u64;
    thread.answered(answered(900, 9), fence(1, seen, 9), &format!("{after} raises no fence")).await;
}

/// All there is, in both.
async fn all(
    store: &dyn SharedDatabase,
    thread: &Thread<'_>,
) -> (super::fixtures::ticket::Trace, Vec<Message>) {
    (trace(store, &[thread.place], &key("ask-1")).await, thread.all().await)
}

fn message(draft: Draft, sequence: u64) -> Message {
    draft.at_sequence(place(1).workspace, place(1).conversation, Sequence(sequence))
}

fn place_of(messages: &[Message], body: &str) -> Option<Sequence> {
    messages.iter().find(|message| message.body == body).map(|message| message.sequence)
}
