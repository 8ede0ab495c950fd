//! Streams whose acknowledgements promise too little, and hosts that say too much.

use async_nats::jetstream::stream::{Config, StorageType};
use escalate::adapters::nats::{Durability, NatsError, NatsOptions};

use super::bench::Bench;

/// The flaw of the stream, as both ways to a sink tell it.
async fn flaw(bench: &Bench) -> String {
    let refused = bench.options().sink(bench.context.clone()).await.map(drop);
    let ensured = match refused {
        Err(NatsError::Stream { ref flaw, .. }) if flaw.contains("none of that name") => None,
        _ => Some(bench.options().ensure_stream(bench.context.clone()).await.map(drop)),
    };
    match (refused, ensured) {
        (Err(NatsError::Stream { flaw, .. }), None) => flaw,
        (Err(NatsError::Stream { flaw, .. }), Some(Err(NatsError::Stream { flaw: same, .. }))) => {
            assert_eq!(flaw, same);
            flaw
        }
        other => panic!("a flaw of the stream: {other:?}"),
    }
}

#[tokio::test]
async fn streams_that_lose_what_they_acknowledge_are_refused() {
    let bench = Bench::new().await;
    assert!(flaw(&bench).await.contains("none of that name"));
    let subjects = vec![format!("{}.*.*.*", bench.prefix)];
    let good = Config { name: bench.stream.clone(), subjects, num_replicas: 3, ..Config::default() };
    for (config, told) in [
        (Config { storage: StorageType::Memory, ..good.clone() }, "kept in memory"),
        (Config { num_replicas: 1, ..good.clone() }, "1 of the 3 replicas"),
        (Config { no_ack: true, ..good.clone() }, "acknowledges nothing"),
        (
            Config { subjects: vec![format!("{}.elsewhere.>", bench.prefix)], ..good.clone() },
            "does not capture",
        ),
    ] {
        bench.context.create_stream(config).await.unwrap();
        let flaw = flaw(&bench).await;
        assert!(flaw.contains(told), "{flaw}");
        bench.context.delete_stream(&bench.stream).await.unwrap();
    }
    bench.context.create_stream(good).await.unwrap();
    bench.options().sink(bench.context.clone()).await.unwrap();
}

/// Ten nodes that start at once make one stream.
#[tokio::test]
async fn ten_nodes_make_one_stream() {
    let bench = Bench::new().await;
    let options = bench.options();
    let made = futures::future::join_all((0..10).map(|_| options.ensure_stream(bench.context.clone()))).await;
    assert!(made.iter().all(Result::is_ok), "{made:?}");
    let made = bench.settings().await;
    assert_eq!((made.num_replicas, made.storage), (3, StorageType::File));
}

/// Debian's server, 2.9, cannot run with `sync_interval: always`: whoever says so is mistaken.
#[tokio::test]
async fn a_server_that_cannot_sync_each_message_is_not_believed_to() {
    let bench = Bench::new().await;
    drop(bench.sink().await);
    let options = NatsOptions::new(&bench.stream, &bench.prefix, Durability::SyncAlways);
    let believed = options.sink(bench.context.clone()).await;
    if bench.context.client().is_server_compatible(2, 10, 0) {
        believed.unwrap();
    } else {
        let version = bench.context.client().server_info().version;
        let told = believed.unwrap_err().to_string();
        assert!(told.contains(&version) && told.contains("2.10"), "{told}");
    }
}

#[tokio::test]
async fn names_that_are_none_are_refused() {
    let bench = Bench::new().await;
    for prefix in ["", "a.>", "$JS.API", "a b"] {
        let options = NatsOptions::new(&bench.stream, prefix, Durability::Replicated);
        let refused = options.sink(bench.context.clone()).await;
        assert!(matches!(refused, Err(NatsError::Prefix { .. })), "{refused:?}");
    }
    for stream in ["", "a.b", "a b", "*"] {
        let options = NatsOptions::new(stream, &bench.prefix, Durability::Replicated);
        options.ensure_stream(bench.context.clone()).await.unwrap_err();
        options.sink(bench.context.clone()).await.unwrap_err();
    }
}
