//! The choice of assignee: inside the commit, from the loads of that instant (A1, A4).

use futures::future::join_all;

use crate::assignment::Rule;
use crate::event::EventKind;
use crate::ports::{Answer, Ask, Committed, Placement, Routing, TicketFilter, TicketRepository, Unplaced};
use crate::testkit::fixtures::ticket::{
    Change, closed, escalation, listed, look, mate, open_on, opened, opened_on, timeline,
};
use crate::testkit::fixtures::{at, conflict, id, key, ok, place};
use crate::ticket::AssignedBy;

/// Opens ticket `n` at its place with a choice, and returns the number of who got it.
async fn chosen(store: &dyn TicketRepository, n: u128, rule: Rule, offers: &[(u128, u32)]) -> Option<u128> {
    let change = Change::opening(place(n), &look(store, place(n)).await, n).placed(rule, offers);
    number(&change.kept(store).await)
}

fn number(committed: &Committed) -> Option<u128> {
    committed.ticket.as_ref().unwrap().assigned_to().map(|teammate| teammate.uuid().as_u128())
}

/// Fewest open: whoever has the fewest; tie: assigned least recently; tie: the smaller id.
pub async fn fewest_open_gets_it(store: &dyn TicketRepository) {
    let rule = Rule::FewestOpen;
    let offers = [(3, 0), (1, 0), (2, 0)];
    assert_eq!(chosen(store, 1, rule, &offers).await, Some(1), "nobody has any: by id");
    assert_eq!(chosen(store, 2, rule, &offers).await, Some(2), "fewest open; tie: never assigned, by id");
    assert_eq!(chosen(store, 3, rule, &offers).await, Some(3), "fewest open");
    closed(store, place(2)).await;
    closed(store, place(1)).await;
    assert_eq!(chosen(store, 4, rule, &offers).await, Some(1), "tie of 1 and 2: assigned least recently");
    assert_eq!(chosen(store, 5, rule, &offers).await, Some(2), "a closed ticket no longer counts");
}

/// Least recent: whoever was assigned least recently, whatever they have open (A2).
pub async fn least_recent_gets_it(store: &dyn TicketRepository) {
    let mut given = Vec::new();
    for n in 1..=7 {
        given.push(chosen(store, n, Rule::LeastRecent, &[(2, 0), (3, 0), (1, 0)]).await);
        if n % 2 == 0 {
            closed(store, place(n)).await;
        }
    }
    let expected = [1, 2, 3, 1, 2, 3, 1].map(Some);
    assert_eq!(
        given, expected,
        "assigned least recently, one after the other: the spread stays at most 1 (A2)"
    );
}

/// Ranked: the first with room, in the order given; the loads belong to the offers in that order.
pub async fn the_first_ranked_with_room_gets_it(store: &dyn TicketRepository) {
    opened_on(store, place(1), 1, 1).await;
    opened_on(store, place(2), 2, 3).await;
    let offers = [(1, 1), (3, 2), (2, 1)];
    assert_eq!(chosen(store, 3, Rule::Ranked, &offers).await, Some(3), "1 is full, 3 has room for one more");
    assert_eq!(chosen(store, 4, Rule::Ranked, &offers).await, Some(2), "1 and 3 are full");
    assert_eq!(chosen(store, 5, Rule::Ranked, &offers).await, None, "all are full");
}

/// Given: the one a person chose, over the cap too, which is marked.
pub async fn the_given_one_gets_it_over_the_cap(store: &dyn TicketRepository) {
    let by_hand = |placement: &mut Placement| placement.by = AssignedBy::Hand;
    for (n, over_cap) in [(1, false), (2, true)] {
        let change =
            Change::opening(place(n), &look(store, place(n)).await, n).placed(Rule::Given, &[(1, 1)]);
        let committed = change.placing(by_hand).kept(store).await;
        let ticket = committed.ticket.unwrap();
        let assignee = ticket.assignee.unwrap();
        assert_eq!(
            (assignee.teammate, assignee.by),
            (mate(1), AssignedBy::Hand),
            "a person chose, and it is recorded"
        );
        assert_eq!(assignee.over_cap, over_cap, "an excess is marked (A1)");
        let told = timeline(store, place(n)).await.last().map(|event| event.kind);
        let expected =
            EventKind::Assigned { teammate: mate(1), by: AssignedBy::Hand, over_cap, starts_at: None };
        assert_eq!(told, Some(expected), "the event tells of it, and of the excess");
    }
    assert_eq!(open_on(store, 1).await, 2, "an override may exceed the cap (A1)");
}

/// The choice is in the ticket, in the answer, in the events and in the load, all of them.
pub async fn the_choice_is_written_everywhere(store: &dyn TicketRepository) {
    let change = Change::opening(place(1), &look(store, place(1)).await, 1).answering(escalation(1));
    let committed = change.placed(Rule::FewestOpen, &[(4, 1)]).kept(store).await;
    assert_eq!(number(&committed), Some(4), "`commit` returns the ticket with the assignee chosen");
    let loaded = ok(
        store.load(place(1), Ask::about(Some(key("ask-1")))).await,
        "`load` reads what a decision is made on",
    );
    assert_eq!(loaded.ticket, committed.ticket, "the ticket is written with the assignee chosen");
    assert_eq!(loaded.ticket.unwrap().clocks.assigned, Some(at(0)), "with the instant of the commit");
    let routing = match committed.answer.as_ref() {
        Some(Answer::Escalation(escalation)) => escalation.routing,
        other => panic!("`commit` returns the answer as kept; but {other:?}"),
    };
    assert_eq!(routing, Routing::Assigned { teammate: mate(4) }, "the answer says what became of the ticket");
    assert_eq!(
        loaded.answered.map(|row| row.answer),
        committed.answer,
        "and is kept so: a repeat learns the same (E2)"
    );
    let events = timeline(store, place(1)).await;
    let told: Vec<_> = events.iter().map(|event| (event.sequence.0, event.kind.as_str())).collect();
    assert_eq!(told, [(1, "escalated"), (2, "assigned")], "the placement's event follows the others");
    let kind =
        EventKind::Assigned { teammate: mate(4), by: AssignedBy::Policy, over_cap: false, starts_at: None };
    assert_eq!(events[1].kind, kind, "and says who");
    assert_eq!(loaded.events, 2, "`load` counts it");
    assert_eq!(open_on(store, 4).await, 1, "the load counts it");
    assert_eq!(listed(store, TicketFilter::AssignedTo(mate(4))).await, [1], "the list shows it");
}

/// The loads are those of the commit's own instant, not of the decision's.
pub async fn loads_are_counted_at_commit(store: &dyn TicketRepository) {
    let decided = Change::opening(place(1), &look(store, place(1)).await, 1)
        .placed(Rule::FewestOpen, &[(1, 0), (2, 0)]);
    opened_on(store, place(2), 2, 1).await;
    assert_eq!(number(&decided.kept(store).await), Some(2), "the loads of the commit's instant decide (A4)");
}

/// The cap is that of the commit's own instant (A1).
pub async fn the_cap_holds_at_commit(store: &dyn TicketRepository) {
    let decided = Change::opening(place(1), &look(store, place(1)).await, 1).placed(Rule::Ranked, &[(1, 1)]);
    opened_on(store, place(2), 2, 1).await;
    let committed = decided.kept(store).await;
    assert_eq!(number(&committed), None, "the cap holds at commit, whatever was free before (A1)");
    assert_eq!(open_on(store, 1).await, 1, "the cap holds (A1)");
}

/// A cap of nought is no cap.
pub async fn a_cap_of_nought_is_none(store: &dyn TicketRepository) {
    for n in 1..=4 {
        assert_eq!(chosen(store, n, Rule::Ranked, &[(1, 0)]).await, Some(1), "`0` means no cap");
    }
}

/// Commits at the same time that want the one teammate with room for one: exactly one gets them.
pub async fn one_of_many_placements_gets_the_last_room(store: &dyn TicketRepository) {
    let mut changes = Vec::new();
    for n in 1..=6 {
        changes.push(
            Change::opening(place(n), &look(store, place(n)).await, n).placed(Rule::FewestOpen, &[(1, 1)]),
        );
    }
    let outcomes = join_all(changes.into_iter().map(|change| change.commit(store))).await;
    let given = outcomes.into_iter().map(|outcome| ok(outcome, "a ticket without an assignee waits"));
    let assigned = given.filter(|committed| number(committed).is_some()).count();
    assert_eq!(assigned, 1, "one room: exactly one of the commits gets it (A1)");
    assert_eq!(open_on(store, 1).await, 1, "the cap holds under every interleaving (A1)");
    assert_eq!(listed(store, TicketFilter::Unassigned).await.len(), 5, "the others wait");
}

/// A sweep's choice that finds nobody is abandoned: a conflict; with room it stands.
pub async fn an_abandoned_placement_is_a_conflict(store: &dyn TicketRepository) {
    opened(store, place(1), 1).await;
    opened_on(store, place(2), 2, 1).await;
    for (offers, room) in [([(1, 1)], false), ([(1, 2)], true)] {
        let snapshot = look(store, place(1)).await;
        let swept = Change::on(place(1), &snapshot)
            .with(snapshot.ticket.clone().unwrap())
            .placed(Rule::FewestOpen, &offers)
            .placing(|placement| {
                placement.unplaced = Unplaced::Abandon;
                placement.event.sequence.0 = snapshot.events + 1;
            });
        if room {
            assert_eq!(number(&swept.kept(store).await), Some(1), "somebody has room");
        } else {
            conflict(swept.commit(store).await, "nobody has room: an abandoned placement is a conflict");
        }
    }
    assert_eq!(look(store, place(1)).await.events, 2, "only the one that stood is told of");
}

/// A placement without a ticket places nothing.
pub async fn a_placement_needs_a_ticket(store: &dyn TicketRepository) {
    let mut change =
        Change::opening(place(1), &look(store, place(1)).await, 1).placed(Rule::Ranked, &[(1, 0)]);
    change.0.ticket = None;
    let committed = change.kept(store).await;
    assert_eq!(committed.ticket, None, "no ticket, nothing placed");
    assert_eq!(open_on(store, 1).await, 0, "no ticket, no load");
    assert_eq!(listed(store, TicketFilter::Id(id(1))).await, [0; 0], "no ticket, none listed");
}
