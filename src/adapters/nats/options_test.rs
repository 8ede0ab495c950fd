use super::*;

/// A stream that would lose an acknowledged event is refused, whatever else is right about it.
#[test]
fn settings_that_lose_acknowledged_events_are_flaws() {
    let prefix = Prefix::new("events").unwrap();
    let subjects = vec!["events.>".to_owned()];
    let good = Config { subjects, num_replicas: 3, storage: StorageType::File, ..Config::default() };
    let find = |config: &Config, durability| flaw(config, &prefix, durability).unwrap_or_default();
    let one = Config { num_replicas: 1, ..good.clone() };
    assert_eq!(find(&good, Durability::Replicated), "");
    assert_eq!(find(&one, Durability::SyncAlways), "", "what is synced needs no replica");
    assert!(find(&one, Durability::Replicated).contains("it has 1 of the 3 replicas"));
    for (config, told) in [
        (Config { subjects: vec!["other.>".to_owned()], ..good.clone() }, "`events.*.*.*`"),
        (Config { storage: StorageType::Memory, ..good.clone() }, "memory"),
        (Config { no_ack: true, ..good.clone() }, "no_ack"),
        (Config { persist_mode: Some(PersistenceMode::Async), ..good.clone() }, "persist_mode"),
        (Config { retention: RetentionPolicy::Interest, ..good.clone() }, "limits"),
    ] {
        for durability in [Durability::Replicated, Durability::SyncAlways] {
            let flaw = find(&config, durability);
            assert!(flaw.contains(told), "{told}: {flaw}");
        }
    }
}
