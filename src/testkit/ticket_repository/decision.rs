//! What a choice was made on is kept with it, and what is told follows the choice (A8, E3).

use crate::assignment::{Decision, Exclusion, Need, PassedOver, Rule};
use crate::control::Epoch;
use crate::event::{EventKind, EventSequence};
use crate::message::Draft;
use crate::ports::{
    Answer, Committed, Decided, Routing, Telling, TicketRepository, TranscriptWrite, Whereabouts,
};
use crate::testkit::fixtures::ticket::{Change, escalation, look, mate, opened_on, timeline};
use crate::testkit::fixtures::transcript::said;
use crate::testkit::fixtures::{ALL, abroad, at, id, key, ok, place};

/// A decision with every field set to something else than its default.
fn decision() -> Decision {
    let need = Need { team: Some(id(0x7e)), skills: vec!["reembolsos".into()], ..Need::default() };
    let passed_over = [PassedOver { teammate: mate(9), why: Exclusion::Away }];
    let routed_by = Some("VIP \"gold\" ção".into());
    Decision { routed_by, more_passed_over: 3, ..Decision::about(need, &passed_over) }
}

/// Opens ticket `n` at its place with a choice among these.
async fn deciding(store: &dyn TicketRepository, n: u128, rule: Rule, offers: &[(u128, u32)]) -> Change {
    let change = Change::opening(place(n), &look(store, place(n)).await, n).placed(rule, offers);
    change.placing(|placement| placement.decision = Some(decision()))
}

async fn decided(store: &dyn TicketRepository, n: u128) -> Vec<Decided> {
    ok(store.decisions(place(n), EventSequence(0), ALL).await, "`decisions` reads what choices were made on")
}

/// A decision is kept whole, with the event that tells of the choice.
pub async fn a_decision_is_kept_with_its_event(store: &dyn TicketRepository) {
    deciding(store, 1, Rule::FewestOpen, &[(4, 2), (5, 0)]).await.kept(store).await;
    let all = decided(store, 1).await;
    assert_eq!(all.len(), 1, "one choice, one decision");
    let Decided { event, decision: kept } = &all[0];
    assert_eq!(Some(event), timeline(store, place(1)).await.last(), "with the event that tells of it");
    assert_eq!(kept.chosen, Some(mate(4)), "whom it chose");
    assert_eq!((kept.rule, kept.ahead, kept.in_line), (Rule::FewestOpen, 0, true), "how");
    let seen: Vec<_> = kept.seen.iter().map(|seen| (seen.teammate, seen.cap)).collect();
    assert_eq!(seen, [(mate(4), 2), (mate(5), 0)], "among whom");
    let given = decision();
    let same = |kept: &Decision| {
        (kept.routed_by.clone(), kept.need.clone(), kept.passed_over.clone(), kept.more_passed_over)
    };
    assert_eq!(same(kept), same(&given), "every field that the caller gave");
}

/// The facts in the record give the choice that was made, also where they were others when it was decided.
pub async fn a_decision_replays_to_its_choice(store: &dyn TicketRepository) {
    let stale = deciding(store, 1, Rule::FewestOpen, &[(1, 0), (2, 0)]).await;
    opened_on(store, place(9), 9, 1).await;
    stale.kept(store).await;
    deciding(store, 2, Rule::LeastRecent, &[(2, 0), (3, 0), (1, 0)]).await.kept(store).await;
    deciding(store, 3, Rule::Ranked, &[(1, 1), (2, 2)]).await.kept(store).await;
    deciding(store, 4, Rule::FewestOpen, &[(1, 1)]).await.kept(store).await;
    deciding(store, 5, Rule::FewestOpen, &[(5, 0)]).await.kept(store).await;
    for (n, expected) in [(1, Some(2)), (2, Some(3)), (3, Some(2)), (4, None), (5, None)] {
        let all = decided(store, n).await;
        let decision = &all[0].decision;
        let number = |chosen: Option<crate::TeammateId>| chosen.map(|chosen| chosen.uuid().as_u128());
        assert_eq!(number(decision.chosen), expected, "the choice of ticket {n} is in its record");
        assert_eq!(
            decision.replay(),
            decision.chosen,
            "the same facts give the same choice (A8): {decision:?}"
        );
    }
    assert_eq!(decided(store, 5).await[0].decision.ahead, 1, "one waits ahead of it (A3)");
}

/// Decisions come in order, page by page, and only of the conversation asked for.
pub async fn decisions_are_read_in_pages(store: &dyn TicketRepository) {
    deciding(store, 1, Rule::Ranked, &[]).await.kept(store).await;
    for teammate in [1, 2] {
        let snapshot = look(store, place(1)).await;
        let again = Change::on(place(1), &snapshot).with(snapshot.ticket.clone().unwrap());
        let again = again.placed(Rule::Given, &[(teammate, 0)]).placing(|placement| {
            placement.decision = Some(decision());
            placement.event.sequence = EventSequence(snapshot.events + 1);
        });
        again.kept(store).await;
    }
    let page = async |after, limit| {
        let page =
            ok(store.decisions(place(1), EventSequence(after), limit).await, "`decisions` reads a page");
        page.iter().map(|decided| decided.event.sequence.0).collect::<Vec<_>>()
    };
    assert_eq!(page(0, ALL).await, [2, 3, 4], "by ascending sequence");
    assert_eq!(page(2, 1).await, [3], "after the event given, at most the limit");
    assert_eq!(page(4, ALL).await, [0; 0], "after the last there is none");
    assert!(decided(store, 2).await.is_empty(), "of the conversation asked for");
    let foreign = store.decisions(abroad(place(1)), EventSequence(0), ALL).await;
    assert!(
        ok(foreign, "`decisions` reads").is_empty(),
        "the right id in the wrong workspace is not there (N3)"
    );
}

/// One who begins later: the instant is in the ticket, the event and the answer.
pub async fn a_later_start_is_written_everywhere(store: &dyn TicketRepository) {
    let (n, starts_at) = (1, at(3_600));
    let change = deciding(store, n, Rule::Ranked, &[(1, 1)]).await.answering(escalation(n));
    let committed = change.placing(|placement| placement.starts_at = Some(starts_at)).kept(store).await;
    let assignee = committed.ticket.as_ref().and_then(|ticket| ticket.assignee);
    assert_eq!(assignee.and_then(|on| on.starts_at), Some(starts_at), "the ticket says when they begin");
    assert_eq!(look(store, place(n)).await.ticket, committed.ticket, "and is kept so");
    assert_eq!(
        routing(&committed),
        Routing::NextShift { teammate: mate(1), starts_at },
        "the answer says so"
    );
    let told = timeline(store, place(n)).await.last().map(|event| event.kind);
    let says = matches!(told, Some(EventKind::Assigned { starts_at: Some(at), .. }) if at == starts_at);
    assert!(says, "the event says so: {told:?}");
}

/// Who waits is told whether the line moves.
pub async fn who_waits_is_told_whether_anybody_is_there(store: &dyn TicketRepository) {
    for (n, is_staffed, expected) in
        [(1, true, Routing::Queued { position: 1 }), (2, false, Routing::Waiting)]
    {
        let change = deciding(store, n, Rule::Ranked, &[]).await.answering(escalation(n));
        let committed = change.placing(|placement| placement.is_staffed = is_staffed).kept(store).await;
        assert_eq!(routing(&committed), expected, "the answer says what became of the ticket");
    }
}

/// What the customer is told follows the choice, in the write that is owed to another database too.
pub async fn an_owed_text_follows_the_choice(store: &dyn TicketRepository) {
    for (n, offers, expected) in [
        (1, vec![(1, 1)], "somebody"),
        (2, vec![(1, 1)], "no. 1 {position}"),
        (3, vec![], "no. 2 {position}"),
    ] {
        let entries = vec![said(7), said(8)];
        let write = TranscriptWrite { whereabouts: Whereabouts::Elsewhere, fence: Epoch(1), entries };
        let change = deciding(store, n, Rule::Ranked, &offers)
            .await
            .placing(|placement| placement.telling = Some(telling()));
        let committed = change.writing(write).kept(store).await;
        let texts = |entries: &[Draft]| entries.iter().map(|entry| entry.body.clone()).collect::<Vec<_>>();
        let owed = look(store, place(n)).await.owed;
        let owed = owed.unwrap_or_else(|| panic!("`load`: a write that has not been confirmed is owed"));
        assert_eq!(
            texts(&owed.writes[0].entries),
            ["said 7", expected],
            "what is owed says what was chosen (E3)"
        );
        let returned =
            committed.transcript.unwrap_or_else(|| panic!("`commit` returns the transcript write"));
        assert_eq!(returned, owed.writes[0], "`commit` returns the write that it kept");
    }
}

/// The texts of the second of two entries.
pub(crate) fn telling() -> Telling {
    Telling { entry: key("said-8"), placed: "somebody".into(), waits: "no. {position} {position}".into() }
}

fn routing(committed: &Committed) -> Routing {
    match committed.answer.as_ref() {
        Some(Answer::Escalation(escalation)) => escalation.routing,
        other => panic!("`commit` returns the answer as kept; but {other:?}"),
    }
}
