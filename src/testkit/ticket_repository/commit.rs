//! The revision: what is committed is what the next decision is made on.

use futures::future::join_all;

use crate::control::{Control, ControlState, Epoch};
use crate::error::StoreError;
use crate::event::EventKind;
use crate::ports::{Ask, Committed, Revision, Snapshot, TicketFilter, TicketRepository};
use crate::testkit::fixtures::ticket::{Change, closed, listed, look, opened, timeline};
use crate::testkit::fixtures::{conflict, id, key, ok, place};

/// A conversation nothing was committed for has the defaults.
pub async fn an_unknown_conversation_has_the_defaults(store: &dyn TicketRepository) {
    let control = ok(store.control(place(1)).await, "`control` of a conversation nothing was committed for");
    assert_eq!(control, ControlState::default(), "`control`: the AI agent answers, epoch 0");
    let loaded = ok(
        store.load(place(1), Ask::about(Some(key("any")))).await,
        "`load` of a conversation nothing was committed for",
    );
    assert_eq!(
        loaded,
        Snapshot::default(),
        "`load`: a conversation nothing was committed for has the default"
    );
    assert_eq!(timeline(store, place(1)).await, [], "nothing happened there");
}

/// `control` and `load` show what was committed, at once.
pub async fn a_commit_is_visible_at_once(store: &dyn TicketRepository) {
    let committed = opened(store, place(1), 1).await;
    let expected = ControlState { control: Control::Queued { ticket: id(1) }, epoch: Epoch(1) };
    let control = ok(store.control(place(1)).await, "`control` says who answers");
    assert_eq!(control, expected, "`control` is what the last commit left");
    let loaded = look(store, place(1)).await;
    assert_eq!(loaded.state, expected, "`load`: who answers");
    assert_eq!(loaded.revision, committed.revision, "`load`: the revision the commit returned");
    assert_eq!(loaded.events, 1, "`load`: how many events the timeline has");
    assert_eq!(loaded.ticket, committed.ticket, "`load`: the ticket that control names");
    assert_eq!(loaded.latest, Some(id(1)), "`load`: the newest ticket");
    assert_eq!((loaded.answered, loaded.owed), (None, None), "`load`: nothing was answered, nothing is owed");
}

/// Every state of control is kept, with all it holds.
pub async fn every_control_comes_back(store: &dyn TicketRepository) {
    use crate::testkit::fixtures::at;

    let (ticket, teammate) = (id(1), id(2));
    opened(store, place(1), 1).await;
    let controls = [
        Control::Human { ticket, teammate },
        Control::Closed { ticket, teammate: Some(teammate), until: at(77) },
        Control::Closed { ticket, teammate: None, until: at(78) },
        Control::Queued { ticket },
        Control::Ai,
    ];
    for control in controls {
        let before = look(store, place(1)).await;
        let mut change = Change::on(place(1), &before);
        change.0.state = ControlState { control, epoch: before.state.epoch.next() };
        let expected = change.0.state;
        change.kept(store).await;
        let state = ok(store.control(place(1)).await, "`control` says who answers");
        assert_eq!(state, expected, "`control` gives every state back, to the microsecond");
        let loaded = look(store, place(1)).await;
        assert_eq!(loaded.state, expected, "`load` and `control` agree");
        let named = loaded.ticket.map(|ticket| ticket.id);
        assert_eq!(named, control.ticket(), "`load`: the ticket that control names, open or closed, or none");
    }
}

/// The revision grows by one at every commit, also at one that changes nothing else.
pub async fn the_revision_grows_by_one(store: &dyn TicketRepository) {
    for expected in 1..=3 {
        let committed = Change::on(place(1), &look(store, place(1)).await).kept(store).await;
        assert_eq!(committed.revision, Revision(expected), "the revision grows by one");
        assert_eq!(
            look(store, place(1)).await.revision,
            Revision(expected),
            "`load` gives the revision to expect"
        );
    }
}

/// A commit on a revision that has passed is a conflict.
pub async fn a_stale_revision_is_a_conflict(store: &dyn TicketRepository) {
    let stale = look(store, place(1)).await;
    opened(store, place(1), 1).await;
    let late = Change::on(place(1), &stale).commit(store).await;
    conflict(late, "the revision is the expected one, anything else is a conflict");
}

/// A commit on a revision that has not come is a conflict, on an unknown conversation too.
pub async fn a_future_revision_is_a_conflict(store: &dyn TicketRepository) {
    let mut early = Change::on(place(1), &Snapshot::default());
    early.0.expected = Revision(1);
    conflict(early.clone().commit(store).await, "nothing was committed here: only revision 0 is expected");
    opened(store, place(1), 1).await;
    early.0.expected = Revision(2);
    conflict(early.commit(store).await, "the revision is the expected one, anything else is a conflict");
}

/// Of writers at the same time on one revision, exactly one wins.
pub async fn one_of_many_writers_wins(store: &dyn TicketRepository) {
    opened(store, place(1), 1).await;
    let before = look(store, place(1)).await;
    let change = || Change::on(place(1), &before).event(&before, id(1), EventKind::Summarised);
    let outcomes = join_all((0..6).map(|_| change().commit(store))).await;
    only_one(&outcomes, "writers on one revision: exactly one wins");
    let after = look(store, place(1)).await;
    assert_eq!((after.revision, after.events), (Revision(2), 2), "what the others wrote is not there");
}

/// Of escalations at the same time, exactly one opens its ticket.
pub async fn one_of_many_escalations_opens_a_ticket(store: &dyn TicketRepository) {
    let before = look(store, place(1)).await;
    let outcomes = join_all((1..=6).map(|n| Change::opening(place(1), &before, n).commit(store))).await;
    let won = only_one(&outcomes, "escalations at the same time: one opens its ticket (E1)");
    let after = look(store, place(1)).await;
    assert_eq!(after.ticket, won.ticket, "what the winner wrote is there");
    assert_eq!((after.revision, after.events), (Revision(1), 1), "what the others wrote is not");
    assert_eq!(listed(store, TicketFilter::Open).await.len(), 1, "what the others wrote is not");
}

fn only_one<'a>(outcomes: &'a [Result<Committed, StoreError>], rule: &str) -> &'a Committed {
    let won: Vec<_> = outcomes.iter().flatten().collect();
    assert_eq!(won.len(), 1, "{rule}");
    let lost = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
    lost.for_each(|error| {
        assert!(error.is_conflict(), "{rule}; the others learn of a conflict, not of {error:?}")
    });
    won[0]
}

/// Revisions of two conversations have nothing to do with each other (C8).
pub async fn conversations_are_apart(store: &dyn TicketRepository) {
    let untouched = look(store, place(2)).await;
    opened(store, place(1), 1).await;
    assert_eq!(
        look(store, place(2)).await,
        untouched,
        "a commit changes nothing for another conversation (C8)"
    );
    opened(store, place(2), 2).await;
    closed(store, place(1)).await;
    let two = look(store, place(2)).await;
    assert_eq!(two.revision, Revision(1), "each conversation has its own revision");
    assert_eq!(two.ticket.map(|ticket| ticket.id), Some(id(2)), "each conversation has its own ticket");
}
