//! The optional second wall: what a tenant's role can do with SQL of its own.

use std::sync::Arc;

use deadpool_postgres::{Client, Manager, Pool, Runtime};
use escalate::adapters::postgres::PostgresStore;
use escalate::ports::{Ask, Routing, Snapshot, StaffOf, TicketFilter};
use escalate::testkit::Harness;
use escalate::{
    Actor, Desk, Error, Escalate, EventSequence, ReasonCode, Roster, StoreError, Teammate, TicketRepository,
    WorkspaceId,
};
use tokio_postgres::{Config, NoTls};
use uuid::Uuid;

use super::cluster::Database;
use super::contention::nothing;
use super::{Postgres, pool};
use crate::flow::world::{ANA, CLEO, WORDS, audit, conversation, key, place, staff};

const OWN: WorkspaceId = WorkspaceId::from_u128(1);
const OTHER: WorkspaceId = WorkspaceId::from_u128(2);

/// A database with rows of two workspaces in every table, and a role that is bound to one of them.
struct Walled {
    guard: Arc<Database>,
    owner: Client,
    role: String,
    store: PostgresStore,
}

impl Walled {
    async fn new() -> Self {
        let (guard, store) = Postgres.fresh().await;
        let role = format!("{}_tenant", guard.config().get_dbname().unwrap());
        let owner = pool(&guard, 1).get().await.unwrap();
        owner.batch_execute(&format!("CREATE ROLE {role} LOGIN PASSWORD '{role}'")).await.unwrap();
        for workspace in [OWN, OTHER] {
            fill(&store, &owner, workspace).await;
        }
        let pool = pool(&guard, 1);
        // Twice: it is run again after every migration.
        PostgresStore::enforce_row_security(&pool).await.unwrap();
        PostgresStore::bind_role(&pool, &role, OWN).await.unwrap();
        PostgresStore::enforce_row_security(&pool).await.unwrap();
        Self { guard, owner, role, store }
    }

    fn config(&self) -> Config {
        let mut config = self.guard.config();
        config.user(&self.role).password(&self.role);
        config
    }

    fn pool(&self) -> Pool {
        let manager = Manager::new(self.config(), NoTls);
        Pool::builder(manager).max_size(4).runtime(Runtime::Tokio1).build().unwrap()
    }

    /// The tables, and whether their rows are a workspace's.
    async fn tables(&self) -> Vec<(String, bool)> {
        let sql = "SELECT c.relname::text, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid
                AND a.attname = 'workspace') AND c.relname <> 'escalate_roles'
            FROM pg_class c WHERE c.relname LIKE 'escalate\\_%' AND c.relkind IN ('r', 'p', 'v', 'm') ORDER BY 1";
        let rows = self.owner.query(sql, &[]).await.unwrap();
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    }

    /// Roles are the whole server's.
    async fn end(self) {
        let Self { owner, role, .. } = self;
        owner.batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).await.unwrap();
    }
}

/// An episode, and by hand what an episode leaves empty.
async fn fill(store: &PostgresStore, owner: &Client, workspace: WorkspaceId) {
    let (desk, place) = (Desk::on(store.clone()).build(), place(workspace, 1));
    staff(store, workspace, 0).await;
    let team = Uuid::from_u128(5).into();
    store.put_teammate(Teammate::new(workspace, ANA, "Ana").in_teams([team])).await.unwrap();
    store.put_team(workspace, team, 3).await.unwrap();
    store.set_workspace_capacity(workspace, 9).await.unwrap();
    desk.open(conversation(place)).await.unwrap();
    desk.customer_message(place, CLEO, key("first"), WORDS).await.unwrap();
    let asked = Escalate::because(ReasonCode::CustomerRequest);
    desk.escalate(place, Actor::System, key("escalate"), asked).await.unwrap();
    desk.hand_back(place, Actor::System, key("back")).await.unwrap();
    let owed = "INSERT INTO escalate_owed (workspace, conversation, revision, generation, body)
        VALUES ($1, $1, 1, 1, '\\x')";
    owner.execute(owed, &[&workspace.uuid()]).await.unwrap();
}

/// The code of the server's refusal.
async fn refused(client: &Client, sql: &str) -> String {
    match client.batch_execute(sql).await {
        Err(error) => error.code().map(|code| code.code().to_owned()).unwrap_or_else(|| error.to_string()),
        Ok(()) => panic!("allowed: {sql}"),
    }
}

const DENIED: &str = "42501";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenants_role_is_kept_to_its_rows() {
    let walled = Walled::new().await;
    let tenant = walled.pool().get().await.unwrap();
    let tables = walled.tables().await;
    assert!(tables.iter().filter(|(_, is_shared)| *is_shared).count() >= 12, "{tables:?}");
    for (table, is_shared) in &tables {
        assert_eq!(refused(&tenant, &format!("TRUNCATE {table}")).await, DENIED);
        if !is_shared {
            assert_eq!(refused(&tenant, &format!("DELETE FROM {table}")).await, DENIED, "{table}");
            continue;
        }
        let count = async |client: &Client, of: WorkspaceId| {
            let sql = format!("SELECT count(*) FROM {table} WHERE workspace = $1");
            client.query_one(&sql, &[&of.uuid()]).await.unwrap().get::<_, i64>(0)
        };
        let theirs = count(&walled.owner, OTHER).await;
        assert!(theirs > 0, "{table} holds rows of another workspace in this test: fill it");
        assert!(count(&tenant, OWN).await > 0, "{table}");
        assert_eq!(count(&tenant, OTHER).await, 0, "{table} shows another workspace's rows");
        let other = OTHER.uuid();
        for sql in [
            format!("UPDATE {table} SET workspace = workspace WHERE workspace = $1"),
            format!("DELETE FROM {table} WHERE workspace = $1"),
        ] {
            assert_eq!(tenant.execute(&sql, &[&other]).await.unwrap(), 0, "{sql}");
        }
        let moved = format!("UPDATE {table} SET workspace = '{other}'");
        assert_eq!(refused(&tenant, &moved).await, DENIED, "{table}");
        let row = format!("SELECT row_to_json(t)::text FROM {table} t WHERE workspace = $1 LIMIT 1");
        let row: String = walled.owner.query_one(&row, &[&other]).await.unwrap().get(0);
        let row = row.replace('\'', "''");
        let insert =
            format!("INSERT INTO {table} SELECT * FROM json_populate_record(NULL::{table}, '{row}')");
        assert_eq!(refused(&tenant, &insert).await, DENIED, "{table}");
        assert_eq!(count(&walled.owner, OTHER).await, theirs, "{table}");
    }
    walled.end().await;
}

/// By settings, by names that stand in for others, by the mapping, by functions.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenants_role_cannot_climb_the_wall() {
    let walled = Walled::new().await;
    let tenant = walled.pool().get().await.unwrap();
    let other = OTHER.uuid();
    let owner: String = walled.owner.query_one("SELECT current_user::text", &[]).await.unwrap().get(0);
    for sql in [
        "SET row_security = off; SELECT * FROM escalate_tickets".to_owned(),
        format!("SET ROLE {owner}"),
        format!("SET SESSION AUTHORIZATION {owner}"),
        format!("UPDATE escalate_roles SET workspace = '{other}'"),
        format!("INSERT INTO escalate_roles VALUES ('{}x', '{other}')", walled.role),
        "SELECT * FROM escalate_roles".to_owned(),
        format!("SELECT escalate_bind_role('{}', '{other}')", walled.role),
        format!(
            "CREATE OR REPLACE FUNCTION escalate_workspace() RETURNS uuid LANGUAGE sql AS 'SELECT ''{other}''::uuid'"
        ),
        "ALTER TABLE escalate_tickets DISABLE ROW LEVEL SECURITY".to_owned(),
        "DROP POLICY escalate_own ON escalate_tickets".to_owned(),
        format!("ALTER ROLE {} BYPASSRLS", walled.role),
        "SELECT setval('escalate_tokens', 1)".to_owned(),
        format!("SELECT escalate_schedule('{other}', '{other}', 'deliver', '', 0)"),
    ] {
        assert_eq!(refused(&tenant, &sql).await, DENIED, "{sql}");
        tenant.batch_execute("RESET row_security").await.unwrap();
    }
    tenant
        .batch_execute(&format!(
            "CREATE TEMPORARY TABLE escalate_roles (role name, workspace uuid);
            INSERT INTO escalate_roles VALUES (session_user, '{other}');
            SET search_path = pg_temp, public; SET escalate.workspace = '{other}'"
        ))
        .await
        .unwrap();
    let seen =
        tenant.query_one("SELECT count(*) FROM escalate_tickets WHERE workspace = $1", &[&other]).await;
    assert_eq!(seen.unwrap().get::<_, i64>(0), 0);
    let settled = format!("SELECT escalate_settle('{other}', '{other}', 'sweep', 1, 1, NULL, NULL)");
    assert!(!tenant.query_one(&settled, &[]).await.unwrap().get::<_, bool>(0));
    let as_owner = "SELECT proname::text FROM pg_proc WHERE proname LIKE 'escalate\\_%' AND prosecdef";
    let names: Vec<String> =
        walled.owner.query(as_owner, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    assert_eq!(names, ["escalate_workspace"], "functions have the rights of whoever calls them");
    let plan = tenant.query("EXPLAIN SELECT * FROM escalate_tickets", &[]).await.unwrap();
    let plan: Vec<String> = plan.iter().map(|row| row.get(0)).collect();
    assert!(plan.iter().any(|line| line.contains("InitPlan")), "asked once a statement: {plan:?}");
    // Whom no policy binds cannot be bound, and whoever is unbound sees nothing.
    let pool = pool(&walled.guard, 1);
    let refused = PostgresStore::bind_role(&pool, &owner, OWN).await.unwrap_err();
    assert!(format!("{refused:?}").contains("no policy binds this role"), "{refused:?}");
    PostgresStore::unbind_role(&pool, &walled.role).await.unwrap();
    let seen = tenant.query_one("SELECT count(*) FROM escalate_tickets", &[]);
    assert_eq!(seen.await.unwrap().get::<_, i64>(0), 0);
    walled.end().await;
}

/// Workers see all workspaces, so a tenant that writes another's name into its own rows must not have them act there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenants_role_cannot_have_workers_climb_the_wall() {
    let walled = Walled::new().await;
    let (desk, here) = (Desk::on(walled.store.clone()).build(), place(OWN, 3));
    desk.open(conversation(here)).await.unwrap();
    desk.customer_message(here, CLEO, key("first"), WORDS).await.unwrap();
    let asked = Escalate::because(ReasonCode::CustomerRequest);
    desk.escalate(here, Actor::System, key("escalate"), asked.clone()).await.unwrap();
    let tenant = walled.pool().get().await.unwrap();
    for table in ["escalate_tickets", "escalate_events", "escalate_teammates"] {
        let forged = format!(
            "UPDATE {table} SET body = convert_to(replace(convert_from(body, 'UTF8'),
                '\"workspace\":\"{OWN}\"', '\"workspace\":\"{OTHER}\"'), 'UTF8')"
        );
        assert!(tenant.execute(&forged, &[]).await.unwrap() > 0, "{table}");
    }
    let store = &walled.store;
    let all = EventSequence::default();
    let found = [
        ("timeline", store.timeline(here, all, 9).await.map(drop)),
        ("open", store.tickets(OWN, TicketFilter::Open, None, 9).await.map(drop)),
        ("closed", store.tickets(OWN, TicketFilter::Closed, None, 9).await.map(drop)),
        ("load", store.load(here, Ask::default()).await.map(drop)),
        ("staff", store.staff(OWN, None).await.map(drop)),
        ("teammate", store.teammate(OWN, ANA).await.map(drop)),
    ];
    for (name, found) in found {
        assert!(matches!(found, Err(StoreError::Backend { .. })), "{name}: {found:?}");
    }
    // Nobody can be found, and nothing fails because of that (E4).
    let there = place(OWN, 4);
    desk.open(conversation(there)).await.unwrap();
    let ask = Ask { staff: Some(StaffOf::Workspace), ..Ask::default() };
    assert_eq!(store.load(there, ask).await.unwrap().staff, None);
    let waits = desk.escalate(there, Actor::System, key("escalate"), asked).await.unwrap();
    assert!(matches!(waits.routing, Routing::Queued { .. } | Routing::Waiting), "{waits:?}");
    walled.end().await;
}

/// A store that connects as the role works for its workspace, and finds nothing of another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desk_works_behind_the_wall() {
    let walled = Walled::new().await;
    let store = PostgresStore::from_pool(walled.pool()).await.unwrap();
    let (desk, place) = (Desk::on(store.clone()).build(), place(OWN, 2));
    desk.open(conversation(place)).await.unwrap();
    desk.customer_message(place, CLEO, key("first"), WORDS).await.unwrap();
    let turn = desk.begin_turn(place).await.unwrap();
    turn.reply(key("ai"), "Let me see.").await.unwrap().done().unwrap();
    let asked = Escalate::because(ReasonCode::CustomerRequest);
    desk.escalate(place, Actor::System, key("escalate"), asked.clone()).await.unwrap();
    desk.take_over(place, ANA, key("take")).await.unwrap();
    desk.reply(place, ANA, key("reply"), "I am on it.").await.unwrap();
    desk.hand_back(place, Actor::from(ANA), key("back")).await.unwrap();
    desk.run_due(64).await.unwrap();
    audit(&desk, &store, OWN, &[place]).await;

    let there = crate::flow::world::place(OTHER, 1);
    let before = walled.store.load(there, Ask::default()).await.unwrap();
    assert_ne!(before, Snapshot::default());
    assert_eq!(store.load(there, Ask::default()).await.unwrap(), Snapshot::default(), "it is not there");
    let taken = desk.take_over(there, ANA, key("take")).await.unwrap_err();
    assert!(taken.is_not_found(), "{taken:?}");
    let escalated = desk.escalate(there, Actor::System, key("again"), asked).await.unwrap_err();
    assert!(escalated.is_not_found(), "{escalated:?}");
    let opened = desk.open(conversation(there)).await.unwrap_err();
    assert!(matches!(opened, Error::Store(StoreError::Backend { .. })), "{opened:?}");
    let committed = store.commit(nothing(there, &Snapshot::default())).await.unwrap_err();
    assert!(matches!(committed, StoreError::Backend { .. }), "{committed:?}");
    assert_eq!(walled.store.load(there, Ask::default()).await.unwrap(), before, "nothing was changed");
    let due = "SELECT count(*) FROM escalate_work WHERE workspace = $1 AND attempts = 0";
    let due = walled.owner.query_one(due, &[&OTHER.uuid()]).await.unwrap();
    assert!(due.get::<_, i64>(0) > 0, "nor is its work claimed");
    walled.end().await;
}

/// N3: no key reaches across workspaces.
#[tokio::test]
async fn every_key_leads_with_the_workspace() {
    let (guard, _store) = Postgres.fresh().await;
    let client = pool(&guard, 1).get().await.unwrap();
    let sql = "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        WHERE c.relname LIKE 'escalate\\_%' AND i.indisunique AND NOT EXISTS (SELECT FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attname = 'workspace' AND a.attnum = i.indkey[0])
        ORDER BY 1";
    let keys: Vec<String> = client.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    assert_eq!(keys, ["escalate_meta_pkey", "escalate_migrations_pkey"]);
}
