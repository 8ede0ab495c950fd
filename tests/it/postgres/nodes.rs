//! Many nodes on one database.

use chrono::Utc;
use escalate::adapters::postgres::{PostgresOptions, PostgresStore};
use escalate::ports::TicketFilter;
use escalate::{
    Control, Conversation, Desk, Error, Escalate, Key, Place, ReasonCode, Refusal, Requester, StoreError,
    Teammate, TicketRepository, TranscriptStore,
};
use futures::future::join_all;
use uuid::Uuid;

use super::cluster::Database;
use super::{Postgres, pool};
use escalate::testkit::{Harness, Reopen};

/// Ten nodes that start at once on an empty database find one schema.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_nodes_migrate_at_once() {
    let database = Database::empty().await;
    let starts = join_all((0..10).map(|_| PostgresStore::from_pool(pool(&database, 1)))).await;
    let ids: Vec<_> = starts.into_iter().map(|store| TicketRepository::database(&store.unwrap())).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "one database, whoever made it");
    let client = pool(&database, 1).get().await.unwrap();
    let versions =
        client.query("SELECT version FROM escalate_migrations ORDER BY version", &[]).await.unwrap();
    let versions: Vec<i32> = versions.iter().map(|row| row.get(0)).collect();
    assert_eq!(versions, (1..=i32::try_from(versions.len()).unwrap()).collect::<Vec<_>>(), "each once");
}

/// A later version's schema is refused, naming both; one made from other statements too.
#[tokio::test]
async fn a_schema_that_is_not_ours_is_refused() {
    let (database, _store) = Postgres.fresh().await;
    let client = pool(&database, 1).get().await.unwrap();
    let known: i32 =
        client.query_one("SELECT max(version) FROM escalate_migrations", &[]).await.unwrap().get(0);
    client.execute("INSERT INTO escalate_migrations VALUES (99, gen_random_uuid())", &[]).await.unwrap();
    let told = refusal(&database).await;
    assert!(told.contains("99") && told.contains(&known.to_string()), "both versions are named: {told}");
    client.execute("DELETE FROM escalate_migrations WHERE version = 99", &[]).await.unwrap();
    client.execute("UPDATE escalate_migrations SET checksum = gen_random_uuid()", &[]).await.unwrap();
    assert!(refusal(&database).await.contains("other statements"));
}

/// Settings under which the contracts would not hold are refused.
#[tokio::test]
async fn weaker_settings_are_refused() {
    let (database, _store) = Postgres.fresh().await;
    for (setting, value) in [("default_transaction_isolation", "serializable"), ("synchronous_commit", "off")]
    {
        let client = pool(&database, 1).get().await.unwrap();
        let name = database.config().get_dbname().unwrap().to_owned();
        let set = |to: &str| format!("ALTER DATABASE {name} SET {setting} = {to}");
        client.batch_execute(&set(&format!("'{value}'"))).await.unwrap();
        let told = refusal(&database).await;
        assert!(told.contains(setting), "{told}");
        client.batch_execute(&set("DEFAULT")).await.unwrap();
    }
}

async fn refusal(database: &Database) -> String {
    match PostgresStore::from_pool(pool(database, 1)).await {
        Err(StoreError::Backend { source, .. }) => source.to_string(),
        other => panic!("a backend error: {other:?}"),
    }
}

/// By an address, with a pool of the store's own, it is the same database.
#[tokio::test]
async fn an_address_leads_to_the_same_database() {
    let (guard, store) = Postgres.fresh().await;
    let config = guard.config();
    let [tokio_postgres::config::Host::Unix(socket)] = config.get_hosts() else { return };
    let (user, name) = (config.get_user().unwrap(), config.get_dbname().unwrap());
    let address = format!("host={} user={user} dbname={name}", socket.display());
    let other = PostgresOptions::new().connections(1).connect(&address).await.unwrap();
    assert_eq!(TicketRepository::database(&other), TicketRepository::database(&store));
}

/// An address that cannot be used is told of without quoting it: it may hold a password.
#[tokio::test]
async fn a_password_is_never_shown() {
    for address in ["postgres://desk:hunter2@%zz/desk", "postgres://desk:hunter2@127.0.0.1:1/desk", "hunter2"]
    {
        let error = PostgresStore::connect(address).await.unwrap_err();
        assert!(!format!("{error:?} {error:#}").contains("hunter2"), "{error:?}");
    }
    let (_guard, store) = Postgres.fresh().await;
    assert!(!format!("{store:?}").contains("tmp"), "nor is the address");
}

/// Two nodes, each with a pool of its own: an escalation on one against a takeover on the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn escalations_race_takeovers() {
    const ROUNDS: u128 = 60;
    let (guard, one) = Postgres.fresh().await;
    let two = Postgres.reopen(&guard).await;
    let (workspace, ana) = (Uuid::from_u128(1).into(), Uuid::from_u128(2).into());
    one.put_teammate(Teammate::new(workspace, ana, "Ana").with_capacity(3)).await.unwrap();
    let desk = |store: &PostgresStore| Desk::builder(store.clone(), store.clone(), store.clone()).build();
    let (here, there) = (desk(&one), desk(&two));
    for round in 0..ROUNDS {
        let place = Place::new(workspace, Uuid::from_u128(100 + round).into());
        let customer = Uuid::from_u128(1_000 + round).into();
        let begun = Conversation::new(place, Requester::verified(customer), "web", Utc::now());
        one.open(begun).await.unwrap();
        let (asked, taken) = (Key::from(Uuid::from_u128(1)), Key::from(Uuid::from_u128(2)));
        let request = Escalate::because(ReasonCode::CustomerRequest);
        let escalated = here.escalate(place, customer.into(), asked.clone(), request.clone());
        let (escalated, took) = tokio::join!(escalated, there.take_over(place, ana, taken));
        let took = took.unwrap();
        match escalated {
            Ok(escalated) => {
                assert_eq!(escalated.ticket, took.ticket, "one episode, whoever was first (E1)");
                let again = there.escalate(place, customer.into(), asked, request).await.unwrap();
                assert_eq!(again, escalated, "the same key gets the same answer on every node (E2)");
            }
            Err(Error::Refused(Refusal::HeldBy { .. })) => {}
            Err(error) => panic!("{error}"),
        }
        for store in [&one, &two] {
            let state = store.control(place).await.unwrap();
            assert_eq!(state.control, Control::Human { ticket: took.ticket, teammate: ana });
        }
        let open =
            two.tickets(workspace, TicketFilter::OpenIn(vec![place.conversation]), None, 9).await.unwrap();
        assert_eq!(open.items.len(), 1, "one open ticket (E1)");
    }
}
