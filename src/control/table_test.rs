use super::table;

/// The documentation is the machine: `ESCALATE_WRITE_TABLE=1 cargo test table` writes it anew.
#[test]
fn documented_table_is_the_machine() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/control/table.txt");
    if std::env::var_os("ESCALATE_WRITE_TABLE").is_some() {
        std::fs::write(path, table()).unwrap();
    }
    assert_eq!(table(), std::fs::read_to_string(path).unwrap());
}
