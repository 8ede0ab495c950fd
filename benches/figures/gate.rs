//! "May the AI agent answer?", asked before and during every turn.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::RwLock;

use escalate::{ControlState, ConversationId, Desk, MemoryStore, Place, SqliteStore};
use futures::executor::block_on;

use crate::escalate::{escalate, open, place, scratch};
use crate::measure::{Figure, Size, Target, in_turn, nanoseconds};

const CONVERSATIONS: u128 = 1_000;

pub(crate) fn figures(size: Size) -> Result<Vec<Figure>, Box<dyn std::error::Error>> {
    Ok(vec![in_memory(size), on_sqlite(size)?])
}

fn ask(desk: &Desk, rounds: u128) {
    block_on(async {
        for n in 0..rounds {
            let _ = black_box(desk.control(place(n % CONVERSATIONS)).await);
        }
    });
}

fn fill(desk: &Desk) {
    block_on(async {
        for n in 0..CONVERSATIONS {
            open(desk, n).await;
            escalate(desk, n).await;
        }
    });
}

fn in_memory(size: Size) -> Figure {
    let desk = Desk::on(MemoryStore::new()).build();
    fill(&desk);
    let map: RwLock<HashMap<Place, ControlState>> =
        RwLock::new((0..CONVERSATIONS).map(|n| (place(n), ControlState::default())).collect());
    let rounds = size.of(300_000, 100);
    let blocks = in_turn(
        size.of(15, 1),
        || ask(&desk, rounds),
        // The floor: a map behind a lock.
        || {
            (0..rounds).for_each(|n| {
                drop(black_box(map.read().map(|map| map.get(&place(n % CONVERSATIONS)).copied())))
            })
        },
    );
    nanoseconds(
        "gate_in_memory",
        usize::try_from(rounds).unwrap_or(1),
        &blocks,
        Some(Target::OursAtMost(100.0)),
    )
}

fn on_sqlite(size: Size) -> Result<Figure, Box<dyn std::error::Error>> {
    let folder = scratch()?;
    let path = folder.path().join("gate.db");
    let desk = Desk::on(SqliteStore::open(&path)?).build();
    fill(&desk);
    let bare = rusqlite::Connection::open_with_flags(&path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut select = bare.prepare(
        "SELECT holder, ticket, teammate, until, epoch FROM escalate_controls WHERE workspace = ?1 AND conversation = ?2",
    )?;
    let rounds = size.of(50_000, 100);
    let blocks = in_turn(
        size.of(15, 1),
        || ask(&desk, rounds),
        || {
            for n in 0..rounds {
                let Place { workspace, conversation } = place(n % CONVERSATIONS);
                let _ = black_box(select.query_row((key(workspace.uuid()), id(conversation)), |row| {
                    Ok((
                        row.get_ref(0)?.as_str()?.len(),
                        row.get::<_, Option<[u8; 16]>>(1)?,
                        row.get::<_, i64>(4)?,
                    ))
                }));
            }
        },
    );
    let operations = usize::try_from(rounds).unwrap_or(1);
    Ok(nanoseconds("gate_on_sqlite", operations, &blocks, Some(Target::OursAtMost(4_000.0))))
}

fn key(uuid: uuid::Uuid) -> [u8; 16] {
    uuid.into_bytes()
}

fn id(conversation: ConversationId) -> [u8; 16] {
    key(conversation.uuid())
}
