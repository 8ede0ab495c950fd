//! What a statement costs does not grow with what it is not about, also under a plan that was made for any values.

use deadpool_postgres::Pool;
use escalate::adapters::postgres::PostgresStore;
use escalate::ports::Routing;
use escalate::testkit::Harness;
use escalate::{
    Actor, Conversation, ConversationId, CustomerId, Desk, Escalate, Place, ReasonCode, Requester, TeamId,
    Teammate, TeammateId, WorkspaceId,
};

use super::{Postgres, pool};

const LONG: i64 = 3_000;

/// Many short conversations, as the planner expects them, and a long one: an append to it looks up its own keys.
#[tokio::test]
async fn an_append_reads_no_long_transcript() {
    let (guard, _store) = Postgres.fresh().await;
    let client = pool(&guard, 1).get().await.unwrap();
    let fill = format!(
        "INSERT INTO escalate_conversations
            SELECT md5('w')::uuid, md5(n::text)::uuid, md5('c')::uuid, true, '', '', 1, 1, {LONG}, 0
            FROM generate_series(1, 500) AS n;
        INSERT INTO escalate_messages
            SELECT c.workspace, c.id, n, gen_random_uuid(), convert_to(n::text, 'UTF8'), 'system', NULL, 'public', '', 1
            FROM escalate_conversations c
            CROSS JOIN LATERAL generate_series(1, CASE WHEN c.id = md5('1')::uuid THEN {LONG} ELSE 5 END) AS n;
        ANALYZE escalate_messages;
        SET plan_cache_mode = force_generic_plan"
    );
    client.batch_execute(&fill).await.unwrap();
    let read = "SELECT coalesce(idx_tup_fetch, 0) + coalesce(seq_tup_read, 0) FROM pg_stat_xact_user_tables
        WHERE relname = 'escalate_messages'";
    for (keys, outcome) in [("'{new, newer}'", "fresh"), ("'{1, new}'", "reused")] {
        client.batch_execute("BEGIN").await.unwrap();
        let append = format!(
            "SELECT outcome FROM escalate_append(md5('w')::uuid, md5('1')::uuid,
                ARRAY[gen_random_uuid(), gen_random_uuid()], {keys}, '{{customer, customer}}',
                ARRAY[md5('c')::uuid, md5('c')::uuid], '{{public, public}}', '{{a, b}}', '{{1, 1}}',
                '{{NULL, NULL}}', '{{NULL, NULL}}', true, NULL, NULL, NULL, NULL)"
        );
        let found: String = client.query_one(&append, &[]).await.unwrap().get(0);
        assert_eq!(found, outcome);
        let read: i64 = client.query_one(read, &[]).await.unwrap().get(0);
        client.batch_execute("ROLLBACK").await.unwrap();
        assert!(read < 20, "an append of two read {read} entries of a transcript of {LONG}");
    }
}

/// The first escalation of a conversation is one plain statement, and only what is not plain goes through the function:
/// not one that others wait before in another line.
#[tokio::test]
async fn a_plain_escalation_calls_no_function() {
    let (guard, store) = Postgres.fresh().await;
    let pool = pool(&guard, 1);
    let desk = Desk::on(PostgresStore::from_pool(pool.clone()).await.unwrap()).build();
    let (workspace, team) = (WorkspaceId::from_u128(1), TeamId::from_u128(1));
    let teammate = |n| Teammate::new(workspace, TeammateId::from_u128(n), "T");
    store.put_teammate(teammate(1).with_capacity(1)).await.unwrap();
    // The first is assigned; the second finds nobody with room; the third is for a team of which somebody has.
    for (n, to, calls) in [(1, None, 0), (2, None, 1), (3, Some(team), 1)] {
        if to.is_some() {
            store.put_teammate(teammate(2).with_capacity(2).in_teams(to)).await.unwrap();
            // Their first ticket makes the row that theirs are counted in.
            let first = to_team(place(workspace, 4, &desk).await, &desk, to).await;
            assert_eq!(first, Routing::Assigned { teammate: teammate(2).id });
        }
        let before = calls_of_commit(&pool).await;
        let routing = to_team(place(workspace, n, &desk).await, &desk, to).await;
        assert_eq!(matches!(routing, Routing::Assigned { .. }), n != 2);
        let called = calls_of_commit(&pool).await - before;
        assert_eq!(called, if to.is_some() { 0 } else { calls }, "escalation {n}");
    }
}

async fn place(workspace: WorkspaceId, n: u128, desk: &Desk) -> Place {
    let place = Place::new(workspace, ConversationId::from_u128(n));
    let customer = Requester::verified(CustomerId::from_u128(7));
    desk.open(Conversation::new(place, customer, "web", desk.now())).await.unwrap();
    place
}

async fn to_team(place: Place, desk: &Desk, team: Option<TeamId>) -> Routing {
    let request = Escalate::because(ReasonCode::OutOfScope);
    let request = team.into_iter().fold(request, Escalate::to_team);
    desk.escalate(place, Actor::System, "e".parse().unwrap(), request).await.unwrap().routing
}

/// How often the one connection of this pool has called the function.
async fn calls_of_commit(pool: &Pool) -> i64 {
    let asked = "SELECT coalesce(sum(generic_plans + custom_plans), 0)::bigint FROM pg_prepared_statements
        WHERE statement LIKE '%FROM escalate\\_commit(%'";
    pool.get().await.unwrap().query_one(asked, &[]).await.unwrap().get(0)
}

/// Many wait, all in one line, beside an archive: who stands in another line is not looked for among them.
#[tokio::test]
async fn a_look_at_who_is_ahead_reads_one_line() {
    const AHEAD: &str = "FROM escalate_tickets t
        WHERE t.workspace = $1 AND t.open AND t.assignee IS NULL AND t.line = $2
            AND (t.line, t.urgency, t.requested, t.id) < ($2, $3, $4, $5)";
    let (guard, _store) = Postgres.fresh().await;
    let client = pool(&guard, 1).get().await.unwrap();
    let spaced = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let source = "SELECT prosrc FROM pg_proc WHERE proname = 'escalate_commit'";
    let source: String = client.query_one(source, &[]).await.unwrap().get(0);
    let names = ["p_workspace", "p_line", "p_urgency", "p_requested", "p_ticket"];
    let named = (1..).zip(names).fold(spaced(AHEAD), |text, (n, name)| text.replace(&format!("${n}"), name));
    assert_eq!(
        spaced(&source).matches(&named).count(),
        2,
        "the function looks and counts like this: {named}"
    );
    let fill = format!(
        "INSERT INTO escalate_tickets (workspace, id, conversation, customer, open, urgency, requested, body)
            SELECT md5('w')::uuid, md5(n::text)::uuid, md5(n::text)::uuid, md5('c')::uuid, n <= {LONG}, 2, n, ''
            FROM generate_series(1, 10 * {LONG}) AS n;
        ANALYZE escalate_tickets;
        SET plan_cache_mode = force_generic_plan;
        PREPARE ahead (uuid, bytea, smallint, bigint, uuid) AS SELECT count(*) {AHEAD};
        PREPARE somebody (uuid, bytea, smallint, bigint, uuid) AS SELECT EXISTS (SELECT {AHEAD})"
    );
    client.batch_execute(&fill).await.unwrap();
    for look in ["ahead", "somebody"] {
        let explain = format!(
            "EXPLAIN (ANALYZE, COSTS OFF)
            EXECUTE {look} (md5('w')::uuid, '\\x0001', 2::smallint, 1000000, md5('z')::uuid)"
        );
        let plan = client.query(&explain, &[]).await.unwrap();
        let plan: Vec<String> = plan.iter().map(|row| row.get(0)).collect();
        let plan = plan.join("\n");
        assert!(plan.contains("escalate_tickets_line") && !plan.contains("Filter"), "{plan}");
    }
}
