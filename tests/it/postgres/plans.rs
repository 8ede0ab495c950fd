//! What a statement costs does not grow with what it is not about, also under a plan that was made for any values.

use escalate::adapters::postgres::PostgresStore;
use escalate::ports::Routing;
use escalate::testkit::Harness;
use escalate::{
    Actor, Conversation, ConversationId, CustomerId, Desk, Escalate, Place, ReasonCode, Requester, Teammate,
    TeammateId, WorkspaceId,
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

/// The first escalation of a conversation is one plain statement, and only what is not plain goes through the function.
#[tokio::test]
async fn a_plain_escalation_calls_no_function() {
    let (guard, store) = Postgres.fresh().await;
    let pool = pool(&guard, 1);
    let desk = Desk::on(PostgresStore::from_pool(pool.clone()).await.unwrap()).build();
    let workspace = WorkspaceId::from_u128(1);
    let mut teammate = Teammate::new(workspace, TeammateId::from_u128(1), "T");
    teammate.capacity = 1;
    store.put_teammate(teammate).await.unwrap();
    // The first is assigned; the second finds nobody with room.
    for (n, calls) in [(1, 0), (2, 1)] {
        let place = Place::new(workspace, ConversationId::from_u128(n));
        let customer = Requester::verified(CustomerId::from_u128(7));
        desk.open(Conversation::new(place, customer, "web", desk.now())).await.unwrap();
        let request = Escalate::because(ReasonCode::OutOfScope);
        let escalated = desk.escalate(place, Actor::System, "e".parse().unwrap(), request).await.unwrap();
        assert_eq!(matches!(escalated.routing, Routing::Assigned { .. }), n == 1);
        let client = pool.get().await.unwrap();
        let asked =
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%FROM escalate\\_commit(%'";
        assert_eq!(client.query_one(asked, &[]).await.unwrap().get::<_, i64>(0), calls, "escalation {n}");
    }
}
