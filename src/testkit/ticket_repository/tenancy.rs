//! The right id in the wrong workspace is not there, in every method but `claim` (N3).

use crate::assignment::{Load, Rule};
use crate::control::ControlState;
use crate::event::EventSequence;
use crate::ports::{Ask, Routing, Settlement, Snapshot, TicketFilter, TicketRepository, WorkKind};
use crate::testkit::fixtures::ticket::{
    Change, DELIVER, closed, escalation, look, mate, only_claim, opened, opened_on, scheduled, trace,
};
use crate::testkit::fixtures::{ABROAD, HOME, abroad, claim_lost, id, key, ok, place};

/// `control` and `load` do not see another workspace's conversation.
pub async fn control_and_load_see_one_workspace(store: &dyn TicketRepository) {
    let change = Change::opening(place(1), &look(store, place(1)).await, 1).answering(escalation(1));
    change.kept(store).await;
    let foreign =
        ok(store.control(abroad(place(1))).await, "`control` of a conversation nothing was committed for");
    assert_eq!(foreign, ControlState::default(), "`control`: another workspace's is not there (N3)");
    let foreign = ok(
        store.load(abroad(place(1)), Ask::about(Some(key("ask-1")))).await,
        "`load` of an unknown conversation",
    );
    assert_eq!(
        foreign,
        Snapshot::default(),
        "`load`: another workspace's is not there, nor its answers (N3)"
    );
}

/// `commit` in another workspace is a commit to another conversation.
pub async fn commit_sees_one_workspace(store: &dyn TicketRepository) {
    opened_on(store, place(1), 1, 1).await;
    let before = trace(store, &[place(1)], &key("ask-1")).await;
    let foreign = abroad(place(1));
    let change = Change::opening(foreign, &look(store, foreign).await, 1).answering(escalation(1));
    change.held_by(1).work(DELIVER, 5).kept(store).await;
    closed(store, foreign).await;
    // `claim` is of all workspaces, so the work over there is due from here too, until it is done.
    let claim = only_claim(store, 5, "`claim` is of all workspaces").await;
    ok(store.settle(claim, Settlement::default()).await, "`settle` ends a claim");
    let after = trace(store, &[place(1)], &key("ask-1")).await;
    assert_eq!(after, before, "a commit in one workspace changes nothing in another (N3)");
}

/// `tickets` lists one workspace, whatever the filter.
pub async fn tickets_sees_one_workspace(store: &dyn TicketRepository) {
    opened(store, place(1), 1).await;
    opened_on(store, place(2), 2, 1).await;
    opened(store, place(3), 3).await;
    closed(store, place(3)).await;
    let filters = [
        TicketFilter::Id(id(1)),
        TicketFilter::Unassigned,
        TicketFilter::AssignedTo(mate(1)),
        TicketFilter::Open,
        TicketFilter::Closed,
        TicketFilter::OfCustomer(id(0xc0)),
        TicketFilter::OpenIn(vec![place(1).conversation, place(2).conversation]),
    ];
    for filter in filters {
        let home = ok(store.tickets(HOME, filter.clone(), None, 9).await, "`tickets` lists");
        assert!(!home.items.is_empty(), "{filter:?} finds what is there");
        let foreign = ok(store.tickets(ABROAD, filter.clone(), None, 9).await, "`tickets` lists");
        assert_eq!(foreign.items, [], "{filter:?}: another workspace's are not there (N3)");
        assert_eq!(foreign.next, None, "{filter:?}: and no page after that (N3)");
    }
}

/// `timeline` does not see another workspace's conversation.
pub async fn timeline_sees_one_workspace(store: &dyn TicketRepository) {
    opened(store, place(1), 1).await;
    let foreign = ok(store.timeline(abroad(place(1)), EventSequence(0), 9).await, "`timeline` reads events");
    assert_eq!(foreign, [], "`timeline`: another workspace's is not there (N3)");
}

/// `workload` counts one workspace.
pub async fn workload_sees_one_workspace(store: &dyn TicketRepository) {
    opened_on(store, place(1), 1, 1).await;
    let foreign = ok(store.workload(ABROAD, vec![mate(1)]).await, "`workload` counts");
    assert_eq!(foreign, [Load::none(mate(1))], "`workload`: a stranger there, whatever they have here (N3)");
}

/// A placement counts the loads and the line of its own workspace.
pub async fn placements_see_one_workspace(store: &dyn TicketRepository) {
    opened_on(store, place(1), 1, 1).await;
    opened(store, place(2), 2).await;
    let foreign = abroad(place(3));
    let change = Change::opening(foreign, &look(store, foreign).await, 3).placed(Rule::Ranked, &[(1, 1)]);
    let ticket = change.kept(store).await.ticket.unwrap();
    let rule = "a load, and a waiting ticket, of another workspace are not there (N3)";
    assert_eq!(ticket.assigned_to(), Some(mate(1)), "{rule}");
    let foreign = abroad(place(4));
    let change = Change::opening(foreign, &look(store, foreign).await, 4).answering(escalation(4));
    let committed = change.placed(Rule::Ranked, &[(1, 1)]).kept(store).await;
    let mut expected = escalation(4).answer;
    if let crate::ports::Answer::Escalation(escalation) = &mut expected {
        escalation.routing = Routing::Queued { position: 1 };
    }
    assert_eq!(committed.answer, Some(expected), "{rule}");
}

/// `settle` does not end another workspace's work.
pub async fn settle_sees_one_workspace(store: &dyn TicketRepository) {
    scheduled(store, place(1), DELIVER, 0).await;
    scheduled(store, place(1), WorkKind::Sweep, 500).await;
    let claim = only_claim(store, 0, "what is due is claimed").await;
    let mut foreign = claim;
    foreign.workspace = ABROAD;
    let rule = "`settle`: the right claim in the wrong workspace is not there (N3)";
    claim_lost(store.settle(foreign, Settlement::default()).await, rule);
    let mut foreign = claim;
    foreign.conversation = Some(place(2).conversation);
    claim_lost(
        store.settle(foreign, Settlement::default()).await,
        "`settle`: a claim is on its own conversation's work",
    );
    ok(store.settle(claim, Settlement::default()).await, "the claim itself is still good");
}

/// Work of two workspaces is apart, also where their ids are the same.
pub async fn work_of_two_workspaces_is_apart(store: &dyn TicketRepository) {
    for kind in [DELIVER, WorkKind::Sweep] {
        scheduled(store, place(1), kind, 0).await;
        scheduled(store, abroad(place(1)), kind, 0).await;
    }
    let claims = crate::testkit::fixtures::ticket::claimed(store, 0).await.claims;
    let mut found: Vec<_> = claims.iter().map(|claim| (claim.workspace, claim.kind.name())).collect();
    found.sort_unstable();
    let names = [(HOME, "deliver:main"), (HOME, "sweep"), (ABROAD, "deliver:main"), (ABROAD, "sweep")];
    let expected = names.map(|(workspace, name)| (workspace, name.into()));
    assert_eq!(found, expected, "`claim` is of all workspaces, and each has its own work");
    let home = claims.iter().find(|claim| claim.workspace == HOME && claim.kind == DELIVER).unwrap();
    let again = Settlement {
        delivered: Some(EventSequence(5)),
        again_at: Some(crate::testkit::fixtures::at(50)),
        failed: false,
    };
    ok(store.settle(*home, again).await, "`settle` ends a claim");
    let foreign = crate::testkit::fixtures::ticket::claimed(store, 20).await.claims;
    assert_eq!(foreign.len(), 3, "settling one workspace's work leaves the others'");
    assert!(
        foreign.iter().all(|claim| claim.delivered == EventSequence(0)),
        "a delivery mark stays in its workspace"
    );
}
