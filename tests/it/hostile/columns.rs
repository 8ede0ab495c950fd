//! Every column of ticket, control, timeline, decisions and due work, with an attack and without.

use async_trait::async_trait;
use escalate::adapters::sqlite::SqliteStore;
use escalate::ports::{Proposal, SummaryRequest, Window};
use escalate::testkit::{ManualClock, SequentialIds};
use escalate::{
    Actor, Desk, Escalate, EventSequence, MemoryStore, ReasonCode, SummarizeError, Summarizer, Summary,
    SummaryAuthor, Ticket,
};
use rusqlite::Connection;
use rusqlite::types::Value as Cell;
use serde_json::{Value, json, to_value};

use super::attacks::{OWN, attacks};
use crate::flow::world::{
    ACME, ANA, CLEO, NOON, Shop, WORDS, conversation, key, place, staff, tickets, unlimited,
};
use crate::races::wait;

/// Says the same to everybody.
#[derive(Clone, Debug)]
struct Says(String, String);

#[async_trait]
impl Summarizer for Says {
    async fn summarize(&self, _: SummaryRequest) -> Result<Proposal, SummarizeError> {
        Ok(Proposal::new(self.0.clone(), self.1.clone(), "m-1"))
    }
}

/// What is said without an attack.
const PLAIN: [&str; 4] = ["It is still not here."; 4];

/// Passes the checks about [`WORDS`].
fn passes() -> Says {
    Says("Order 1234".into(), "Order 1234 never came. The customer wants the money back.".into())
}

/// An episode in which everybody says something of `said`, from the first word to the next episode.
async fn episode(shop: &impl Shop, said: [&str; 4], model: Says) -> (Desk, Value) {
    staff(shop, ACME, 0).await;
    let (clock, here) = (ManualClock::at(NOON), place(ACME, 1));
    let desk = Desk::on(shop.clone()).clock(clock.clone()).ids(SequentialIds::new()).rules(unlimited());
    let desk = desk.summarizer(model).build();
    let mut opened = conversation(here);
    // Else the language is read from the words, and tells which teammates fit: by design, not by attack.
    opened.language = Some("en".into());
    desk.open(opened).await.unwrap();
    desk.customer_message(here, CLEO, key("m1"), WORDS).await.unwrap();
    desk.customer_message(here, CLEO, key("m2"), said[0]).await.unwrap();
    let turn = desk.begin_turn(here).await.unwrap();
    turn.reply(key("ai"), said[1]).await.unwrap().done().unwrap();
    let turn = desk.begin_turn(here).await.unwrap();
    let asked = Escalate::because(ReasonCode::OutOfScope);
    turn.escalate(key("e"), asked).await.unwrap().done().unwrap();
    desk.run_due(100).await.unwrap();
    desk.note(here, Actor::from(ANA), key("n"), said[0]).await.unwrap();
    desk.take_over(here, ANA, key("t")).await.unwrap();
    desk.reply(here, ANA, key("r"), said[2]).await.unwrap();
    desk.customer_message(here, CLEO, key("m3"), said[3]).await.unwrap();
    desk.hand_back(here, Actor::from(ANA), key("h")).await.unwrap();
    desk.escalate(here, Actor::System, key("e2"), Escalate::because(ReasonCode::Other)).await.unwrap();
    while desk.run_due(100).await.unwrap().done > 0 {}
    let state = desk.control(here).await.unwrap();
    let mut all = tickets(shop, ACME).await;
    all.sort_by_key(|ticket| ticket.id);
    all.iter().for_each(|ticket| usable(ticket, said));
    let all: Vec<Value> = all.iter().map(|ticket| masked(to_value(ticket).unwrap())).collect();
    let events = desk.timeline(here, EventSequence(0), 100).await.unwrap();
    let decisions = shop.decisions(here, EventSequence(0), 100).await.unwrap();
    let entries = desk.transcript(here, Window::Before(None), 100).await.unwrap().messages;
    let entries: Vec<_> =
        entries.iter().map(|entry| (entry.id, entry.author, entry.visibility, entry.at)).collect();
    let rows = json!({
        "control": format!("{state:?}"),
        "tickets": all,
        "timeline": to_value(events).unwrap(),
        "decisions": format!("{decisions:?}"),
        "entries": format!("{entries:?}"),
    });
    (desk, rows)
}

/// Without what the summary says.
fn masked(mut ticket: Value) -> Value {
    for part in ["subject", "text"] {
        *ticket["summary"].get_mut(part).unwrap() = Value::Null;
    }
    ticket
}

fn usable(ticket: &Ticket, said: [&str; 4]) {
    let Summary { subject, text, .. } = &ticket.summary;
    let characters = subject.chars().count();
    assert!((1..=Summary::MAX_SUBJECT).contains(&characters), "{said:?}: {subject:?}");
    assert!(!text.trim().is_empty() && text.chars().count() <= Summary::MAX_TEXT, "{said:?}: {text:?}");
    let hidden = |c: char| {
        let bidi = matches!(c, '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        c.is_control() || bidi || matches!(c, '\u{2028}' | '\u{2029}')
    };
    assert!(!subject.chars().chain(text.chars()).any(hidden), "{said:?}: {subject:?} {text:?}");
}

fn in_memory(said: [&str; 4], model: Says) -> Value {
    wait(episode(&MemoryStore::new(), said, model)).1
}

fn assert_same(rows: &Value, wanted: &Value, attack: &[&str]) {
    for (part, value) in wanted.as_object().unwrap() {
        assert_eq!(&rows[part], value, "{part} moved by {attack:?}");
    }
}

#[test]
fn hostile_words_in_a_transcript_move_nothing_but_the_summarys_text() {
    let test = "hostile_words_in_a_transcript_move_nothing_but_the_summarys_text";
    let plain = in_memory(PLAIN, passes());
    let all = attacks(test).unwrap_or_default();
    // A blank message is refused.
    let all: Vec<&str> =
        OWN.into_iter().chain(all.iter().map(String::as_str)).filter(|one| !one.trim().is_empty()).collect();
    for four in all.chunks(4) {
        let said = std::array::from_fn(|n| *four.get(n).unwrap_or(&four[0]));
        assert_same(&in_memory(said, passes()), &plain, four);
    }
}

/// A proposal passes or it does not; there is no third outcome, whatever it says.
#[test]
fn hostile_words_of_a_model_move_nothing_but_the_summarys_text() {
    let test = "hostile_words_of_a_model_move_nothing_but_the_summarys_text";
    let passed = in_memory(PLAIN, passes());
    let refused = in_memory(PLAIN, Says(String::new(), String::new()));
    assert_ne!(passed, refused);
    let all = attacks(test).unwrap_or_default();
    let mut passes = 0;
    for (n, attack) in OWN.into_iter().chain(all.iter().map(String::as_str)).enumerate() {
        // Each in one of three places.
        let model = match n % 3 {
            0 => Says(attack.to_owned(), "Order 1234 never came. A refund is wanted.".to_owned()),
            1 => Says("Order 1234".to_owned(), format!("Order 1234 never came. {attack}")),
            _ => Says("Order 1234".to_owned(), attack.to_owned()),
        };
        let rows = in_memory(PLAIN, model);
        let by_model = rows["tickets"][0]["summary"]["author"]["type"] == "model";
        passes += usize::from(by_model);
        assert_same(&rows, if by_model { &passed } else { &refused }, &[attack]);
    }
    println!("{passes} of {} hostile proposals are harmless enough to pass", all.len() + OWN.len());
}

/// What is really in the file, all of it but the words.
#[test]
fn hostile_words_move_no_other_column_of_the_database() {
    let test = "hostile_words_move_no_other_column_of_the_database";
    let directory = tempfile::tempdir().unwrap();
    let dump = |name: &str, said: [&str; 4]| {
        let path = directory.path().join(name);
        let _desk = wait(episode(&SqliteStore::open(&path).unwrap(), said, passes()));
        columns(&Connection::open(&path).unwrap())
    };
    let plain = dump("plain", PLAIN);
    assert!(plain.len() > 40 && plain.iter().any(|column| column.contains("escalate_events")));
    let all = attacks(test).unwrap_or_default();
    let some = all.iter().map(String::as_str).step_by(90).chain(OWN);
    for (n, attack) in some.enumerate() {
        assert_eq!(dump(&n.to_string(), [attack; 4]), plain, "{attack:?}");
    }
}

/// Every cell of every table as `table.column: cell`, but what is written in words.
fn columns(file: &Connection) -> Vec<String> {
    let list = |sql: &str| -> Vec<String> {
        let mut rows = file.prepare(sql).unwrap();
        rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let mut cells = Vec::new();
    for table in
        list("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'escalate_%' ORDER BY name")
    {
        let names = list(&format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid"));
        let mut rows = file
            .prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2, 3"))
            .unwrap_or_else(|_| file.prepare(&format!("SELECT * FROM {table}")).unwrap());
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for (at, name) in names.iter().enumerate() {
                let cell: Cell = row.get(at).unwrap();
                if !WORDY.contains(&(table.as_str(), name.as_str())) {
                    cells.push(format!("{table}.{name}: {}", without_words(cell)));
                }
            }
        }
    }
    cells
}

/// Columns that hold what was said, or a random name of the database.
const WORDY: [(&str, &str); 2] = [("escalate_messages", "body"), ("escalate_meta", "database")];

/// A ticket's body holds its summary.
fn without_words(cell: Cell) -> String {
    let text = match cell {
        Cell::Text(text) => text,
        other => return format!("{other:?}"),
    };
    match serde_json::from_str::<Value>(&text) {
        Ok(ticket) if ticket.get("summary").is_some() => masked(ticket).to_string(),
        // An answer is kept with a hash of what was said.
        Ok(mut answer) if answer.get("fingerprint").is_some() => {
            answer["fingerprint"] = Value::Null;
            answer.to_string()
        }
        _ => text,
    }
}

#[test]
fn the_comparison_sees_a_column_that_moved() {
    let plain = in_memory(PLAIN, passes());
    let author = plain["tickets"][0]["summary"]["author"].clone();
    assert!(matches!(serde_json::from_value(author).unwrap(), SummaryAuthor::Model { .. }));
    let mut moved = plain.clone();
    moved["tickets"][0]["priority"] = json!("urgent");
    assert_ne!(moved, plain);
}
