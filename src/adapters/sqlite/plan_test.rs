//! Every statement finds its rows by an index.

use super::fixture::temporary;
use super::row::all;
use super::{append, commit, control, listing, load, message, roster, tickets, transcripts, work};

const STATEMENTS: [&str; 57] = [
    append::HEAD,
    append::MESSAGE_BY_KEY,
    append::NEWER_FROM_CUSTOMER,
    append::NEWER_FROM_OTHER_TURN,
    append::MOVE_HEAD,
    append::MOVE_FENCE,
    commit::INSERT_EVENT,
    commit::INSERT_ANSWER,
    commit::INSERT_OWED,
    control::CONTROL,
    control::CELL,
    control::PUT_CELL,
    listing::UNASSIGNED,
    listing::OPEN,
    listing::ASSIGNED_TO,
    listing::CLOSED,
    listing::OF_CUSTOMER,
    listing::OPEN_IN,
    listing::TIMELINE,
    message::INSERT_MESSAGE,
    load::ANSWERED,
    load::BEGUN,
    load::CUSTOMER_OF,
    load::NEWEST_OPEN,
    load::OWED_WRITES,
    roster::TEAMMATE,
    roster::EVERYBODY,
    roster::TEAM,
    roster::TEAM_CAPACITY,
    roster::WORKSPACE_CAPACITY,
    roster::PUT_TEAMMATE,
    roster::LEAVE_TEAMS,
    roster::JOIN_TEAM,
    roster::REMOVE_TEAMMATE,
    roster::PUT_TEAM,
    roster::PUT_WORKSPACE_CAPACITY,
    tickets::TICKET,
    tickets::BEFORE,
    tickets::PUT_TICKET,
    tickets::PUT_BODY,
    tickets::LOAD,
    tickets::AHEAD,
    tickets::NUMBER_ASSIGNMENT,
    tickets::PUT_ASSIGNMENT,
    transcripts::CONVERSATION,
    transcripts::BEGIN_CONVERSATION,
    transcripts::CONVERSATIONS,
    transcripts::MESSAGES_AFTER,
    transcripts::MESSAGES_BEFORE,
    work::SCHEDULE,
    work::SCHEDULED,
    work::LEASE,
    work::FREE,
    work::REMOVE,
    work::NEXT_TOKEN,
    work::LEASE_ENDS,
    work::FORGET_OWED,
];

fn plan(sql: &str) -> Vec<String> {
    let (_directory, store) = temporary();
    let explain = format!("EXPLAIN QUERY PLAN {sql}");
    let parameters = |connection: &rusqlite::Connection| connection.prepare(sql).map(|s| s.parameter_count());
    let read = |connection: &rusqlite::Connection| {
        let count = parameters(connection)?;
        let unset = rusqlite::params_from_iter(vec![rusqlite::types::Null; count]);
        all(connection, &explain, unset, |row| Ok(row.get(3)?))
    };
    store.inner.readers.with(read).unwrap()
}

#[test]
fn no_statement_scans_or_sorts() {
    for sql in STATEMENTS {
        let plan = plan(sql);
        assert!(
            plan.iter().all(|step| !step.contains("SCAN") && !step.contains("TEMP B-TREE")),
            "{sql}\n{plan:?}"
        );
    }
}

#[test]
fn the_queue_of_due_work_is_read_in_the_order_of_its_index() {
    assert_eq!(
        plan(work::READY),
        ["SEARCH escalate_work USING INDEX escalate_work_due (name=? AND due_at>?)"]
    );
}

#[test]
fn each_listing_has_an_index_of_its_own() {
    for (sql, index) in [
        (
            listing::UNASSIGNED,
            "escalate_tickets_of (workspace=? AND assignee=? AND (urgency,requested,id)>(?,?,?))",
        ),
        (listing::OPEN, "escalate_tickets_open (workspace=? AND (urgency,requested,id)>(?,?,?))"),
        (listing::ASSIGNED_TO, "escalate_tickets_of (workspace=? AND assignee=? AND (urgency,requested,id)>"),
        (listing::CLOSED, "escalate_tickets_closed (workspace=? AND (requested,id)<(?,?))"),
        (
            listing::OF_CUSTOMER,
            "escalate_tickets_by_customer (workspace=? AND customer=? AND (requested,id)<(?,?))",
        ),
        (listing::OPEN_IN, "escalate_tickets_open_in (workspace=? AND conversation=?)"),
        (
            tickets::AHEAD,
            "COVERING INDEX escalate_tickets_line (workspace=? AND line=? AND (urgency,requested,id)<(?,?,?))",
        ),
        (
            transcripts::CONVERSATIONS,
            "escalate_conversations_by_activity (workspace=? AND (active_at,id)<(?,?))",
        ),
    ] {
        assert!(plan(sql).iter().any(|step| step.contains(index)), "{sql}\n{:?}", plan(sql));
    }
}
