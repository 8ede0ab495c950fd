//! What a database holds, in a form in which two of them can be compared.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use uuid::Uuid;

/// Tables by name, and their rows as text, sorted.
pub(super) type Contents = BTreeMap<String, Vec<String>>;

/// Everything, as it is.
pub(super) fn everything(path: &Path) -> Contents {
    read(path, |_, row| exactly(row))
}

/// Everything but what differs from run to run of the same recordings: random ids, instants, and who was assigned.
///
/// Left out are the id of the database, due work (a killed run leaves its lease), how often each teammate was
/// chosen, and fingerprints, which are made from the teammate.
pub(super) fn normalised(path: &Path) -> Contents {
    let teammates = teammates(path);
    let mut contents = read(path, |column, row| scrubbed(column, row, &teammates));
    for table in ["escalate_meta", "escalate_work", "escalate_assignments", "escalate_migrations"] {
        assert!(contents.remove(table).is_some(), "no table {table}");
    }
    contents
}

fn read(path: &Path, text: impl Fn(&str, ValueRef<'_>) -> String) -> Contents {
    let connection = Connection::open(path).unwrap();
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
    let mut tables = connection.prepare(sql).unwrap();
    let tables = tables.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let rows_of = |table: String| {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let name = |index| statement.column_name(index).unwrap().to_owned();
        let columns: Vec<_> = (0..statement.column_count()).map(name).collect();
        let row = |row: &Row<'_>| {
            let cell = |(index, column): (usize, &String)| Ok(text(column, row.get_ref(index)?));
            columns.iter().enumerate().map(cell).collect::<rusqlite::Result<Vec<_>>>()
        };
        let rows = statement.query_map([], row).unwrap();
        let mut rows: Vec<_> = rows.map(|row| row.unwrap().join(" | ")).collect();
        rows.sort_unstable();
        (table, rows)
    };
    tables.map(|table| rows_of(table.unwrap())).collect()
}

fn exactly(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Text(text) => String::from_utf8(text.to_vec()).unwrap(),
        other => format!("{other:?}"),
    }
}

fn teammates(path: &Path) -> BTreeSet<Uuid> {
    let connection = Connection::open(path).unwrap();
    let mut statement = connection.prepare("SELECT id FROM escalate_teammates").unwrap();
    let ids = statement.query_map([], |row| row.get::<_, [u8; 16]>(0)).unwrap();
    ids.map(|id| Uuid::from_bytes(id.unwrap())).collect()
}

fn scrubbed(column: &str, value: ValueRef<'_>, teammates: &BTreeSet<Uuid>) -> String {
    // Microseconds of this age are not a counter.
    const LONG_AGO: i64 = 1 << 48;
    match value {
        // Whom it was chosen among, with the work each had just then.
        ValueRef::Text(_) if column == "decision" => column.to_owned(),
        ValueRef::Integer(number) if number > LONG_AGO => "instant".to_owned(),
        ValueRef::Blob(bytes) => match Uuid::from_slice(bytes) {
            Ok(uuid) => known(uuid, teammates),
            Err(_) => format!("{bytes:?}"),
        },
        ValueRef::Text(text) if column == "body" && text.starts_with(b"{") => {
            let mut json = serde_json::from_slice(text).unwrap();
            without_fingerprint(&mut json);
            scrubbed_text(&json.to_string(), teammates)
        }
        ValueRef::Text(text) => scrubbed_text(std::str::from_utf8(text).unwrap(), teammates),
        other => exactly(other),
    }
}

fn without_fingerprint(json: &mut serde_json::Value) {
    if let Some(object) = json.as_object_mut() {
        object.remove("fingerprint");
    }
}

/// `text` with ids and instants in it made equal.
pub(super) fn scrubbed_text(text: &str, teammates: &BTreeSet<Uuid>) -> String {
    const ID: usize = 36;
    let (mut scrubbed, mut rest) = (String::new(), text);
    while let Some(first) = rest.chars().next() {
        if let Some(uuid) = rest.get(..ID).and_then(|id| Uuid::try_parse(id).ok()) {
            scrubbed.push_str(&known(uuid, teammates));
            rest = rest.get(ID..).unwrap_or_default();
        } else if let Some(length) = instant(rest) {
            scrubbed.push_str("instant");
            rest = rest.get(length..).unwrap_or_default();
        } else {
            scrubbed.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    scrubbed
}

/// How long the instant is that `text` begins with.
fn instant(text: &str) -> Option<usize> {
    if !text.starts_with("20") {
        return None;
    }
    let end = text.find('Z')? + 1;
    chrono::DateTime::parse_from_rfc3339(text.get(..end)?).is_ok().then_some(end)
}

/// Ids made from names stay; random ones, and those of teammates, do not.
fn known(uuid: Uuid, teammates: &BTreeSet<Uuid>) -> String {
    match uuid.get_version_num() {
        _ if teammates.contains(&uuid) => "teammate".to_owned(),
        7 => "id".to_owned(),
        _ => uuid.to_string(),
    }
}
