//! Escalating and asking on PostgreSQL, against the bare driver on the same tables in the same run.

mod floor;
mod naive;

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use deadpool_postgres::{Manager, Pool, Runtime as PoolRuntime};
use escalate::adapters::postgres::PostgresStore;
use escalate::{
    Actor, Conversation, ConversationId, CustomerId, Desk, Escalate, Place, ReasonCode, Requester, Teammate,
    TeammateId, TicketRepository, WorkspaceId,
};
use futures::future::join_all;
use futures::stream::{self, StreamExt};
use tokio::runtime::Runtime;
use tokio_postgres::config::Host;
use tokio_postgres::{Client, NoTls};

use crate::cluster::Database;
use crate::escalate::{SAID, TEAM};
use crate::home::state;
use crate::measure::{Cost, Figure, Size, Target, cost, median};

/// Conversations of each way of doing it stand in workspaces of its own, in the same tables.
const OURS: u128 = 1;
const BARE: u128 = 2;
const NAIVE: u128 = 3;
/// Ours again, of conversations that this process has never seen.
const UNSEEN: u128 = 4;
/// How many workspaces each way has, with a team of [`TEAM`] each; conversations take turns among them.
const WORKSPACES: u128 = 16;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// One client's way of escalating.
trait Way: Send + Sync + 'static {
    fn escalate(&self, place: Place) -> impl Future<Output = ()> + Send;
}

struct Desks {
    desk: Desk,
}

impl Way for Desks {
    async fn escalate(&self, place: Place) {
        let request = Escalate::because(ReasonCode::OutOfScope);
        let escalated = self.desk.escalate(place, Actor::System, "e".parse().unwrap(), request).await;
        assert!(matches!(&escalated, Ok(one) if one.joined.is_none()), "{escalated:?}");
    }
}

/// The next conversation that nobody has escalated yet.
struct Line {
    way: u128,
    next: AtomicU64,
}

impl Line {
    const fn of(way: u128) -> Self {
        Self { way, next: AtomicU64::new(0) }
    }

    fn next(&self) -> Place {
        self.at(self.next.fetch_add(1, Ordering::Relaxed))
    }

    fn at(&self, n: u64) -> Place {
        let workspace = self.workspace(u128::from(n) % WORKSPACES);
        Place::new(workspace, ConversationId::from_u128(self.way << 64 | u128::from(n)))
    }

    fn workspace(&self, n: u128) -> WorkspaceId {
        WorkspaceId::from_u128(self.way << 64 | n)
    }
}

pub(crate) fn figures(size: Size) -> Result<Vec<Figure>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let database = runtime.block_on(Database::from_template());
    let lines = [OURS, BARE, NAIVE, UNSEEN].map(|way| Arc::new(Line::of(way)));
    let mut figures = Vec::new();
    for (clients, each, names) in [
        (
            1,
            size.of(400, 4),
            [
                "escalate_postgres_1",
                "escalate_postgres_1_to_naive",
                "escalate_postgres_1_processors",
                "escalate_postgres_1_unseen",
                "escalate_postgres_1_unseen_to_naive",
            ],
        ),
        (
            8,
            size.of(200, 2),
            [
                "escalate_postgres_8",
                "escalate_postgres_8_to_naive",
                "escalate_postgres_8_processors",
                "escalate_postgres_8_unseen",
                "escalate_postgres_8_unseen_to_naive",
            ],
        ),
        (
            32,
            size.of(60, 1),
            [
                "escalate_postgres_32",
                "escalate_postgres_32_to_naive",
                "escalate_postgres_32_processors",
                "escalate_postgres_32_unseen",
                "escalate_postgres_32_unseen_to_naive",
            ],
        ),
    ] {
        let blocks = size.of(7, 1);
        let more = (clients * each * (blocks + 1)) as u64;
        runtime.block_on(fill(&database, &lines, more))?;
        figures.extend(escalate(&runtime, &database, &lines, clients, each, blocks, names)?);
    }
    figures.push(gate(&runtime, &database, size)?);
    Ok(figures)
}

/// Conversations with one message each, as the library writes them, each of a customer of its own, and the teams. Ours
/// come by the library itself, block by block.
async fn fill(database: &Database, lines: &[Arc<Line>], more: u64) -> Result<()> {
    let client = connect(database).await?;
    let store = PostgresStore::from_pool(pool(database, 1)).await?;
    for line in lines {
        let from = line.next.load(Ordering::Relaxed);
        let uuid =
            |low| format!("(lpad(to_hex({}), 16, '0') || lpad(to_hex({low}), 16, '0'))::uuid", line.way);
        let (workspace, conversation) = (uuid(format!("n % {WORKSPACES}")), uuid("n".to_owned()));
        let range = format!("generate_series({from}, {}) n", from + more - 1);
        if line.way != OURS {
            let fill = format!(
                "INSERT INTO escalate_conversations
                    (workspace, id, customer, verified, channel, language, opened_at, active_at, last, fence)
                SELECT {workspace}, {conversation}, {conversation}, true, 'web', 'en', n, n, 1, 0 FROM {range};
                INSERT INTO escalate_messages
                    (workspace, conversation, sequence, id, key, author, author_id, visibility, body, at)
                SELECT {workspace}, {conversation}, 1, gen_random_uuid(), 'm', 'customer', {conversation}, 'public',
                    '{SAID}', n FROM {range};"
            );
            client.batch_execute(&fill).await?;
        }
        for workspace in (0..WORKSPACES).map(|n| line.workspace(n)) {
            for n in 1..=TEAM {
                store.put_teammate(Teammate::new(workspace, TeammateId::from_u128(n), "T")).await?;
            }
        }
    }
    // Not the empty tables: the server would take them for empty until it looks again by itself.
    client.batch_execute("ANALYZE escalate_conversations, escalate_messages, escalate_teammates").await?;
    client.batch_execute("CHECKPOINT").await?;
    Ok(())
}

async fn connect(database: &Database) -> Result<Client> {
    let (client, connection) = database.config().connect(NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

fn pool(database: &Database, size: usize) -> Pool {
    let manager = Manager::new(database.config(), NoTls);
    Pool::builder(manager).max_size(size).runtime(PoolRuntime::Tokio1).build().unwrap()
}

fn escalate(
    runtime: &Runtime,
    database: &Database,
    lines: &[Arc<Line>; 4],
    clients: usize,
    each: usize,
    blocks: usize,
    [name, to_naive, on_processors, unseen, unseen_to_naive]: [&'static str; 5],
) -> Result<[Figure; 5]> {
    let (ours, bare, naive) = runtime.block_on(async {
        let store = PostgresStore::from_pool(pool(database, clients)).await?;
        let desk = Desk::on(store).build();
        let ours: Vec<_> = (0..clients).map(|_| Arc::new(Desks { desk: desk.clone() })).collect();
        let (mut bare, mut naive) = (Vec::new(), Vec::new());
        for _ in 0..clients {
            bare.push(Arc::new(floor::Statement::on(connect(database).await?).await?));
            naive.push(Arc::new(naive::Transaction::on(connect(database).await?).await?));
        }
        Ok::<_, Box<dyn std::error::Error>>((ours, bare, naive))
    })?;
    let costly = |work: &dyn Fn()| {
        let before = server_seconds(database);
        let cost = cost(work);
        Cost { cpu: cost.cpu + server_seconds(database) - before, ..cost }
    };
    let mut costs: Vec<[Cost; 4]> = Vec::new();
    for block in 0..=blocks {
        runtime.block_on(hear(&ours, &lines[0], clients * each));
        let costs_of_block = [
            costly(&|| runtime.block_on(run(&ours, &lines[0], each))),
            costly(&|| runtime.block_on(run(&bare, &lines[1], each))),
            costly(&|| runtime.block_on(run(&naive, &lines[2], each))),
            costly(&|| runtime.block_on(run(&ours, &lines[3], each))),
        ];
        // The first is not counted: plans, caches, connections.
        if block > 0 {
            costs.push(costs_of_block);
        }
    }
    let rate = |way: usize| median(costs.iter().map(|block| (clients * each) as f64 / block[way].wall));
    let figure = |name, unit, way: usize, floor: usize, target| Figure {
        name,
        unit,
        ours: rate(way),
        floor: rate(floor),
        ratio: median(costs.iter().map(|block| block[floor].wall / block[way].wall)),
        target: Some(Target::RatioAtLeast(target)),
    };
    let processor =
        |way: usize| median(costs.iter().map(|block| block[way].cpu)) * 1e6 / (clients * each) as f64;
    Ok([
        figure(name, "1/s, floor: one bare statement", 0, 1, 0.75),
        figure(to_naive, "1/s, floor: seven round trips", 0, 2, 1.5),
        Figure {
            name: on_processors,
            unit: "us on the processors of client and server, floor: one bare statement",
            ours: processor(0),
            floor: processor(1),
            ratio: median(costs.iter().map(|block| block[0].cpu / block[1].cpu)),
            target: None,
        },
        figure(unseen, "1/s, of a thread that was not seen before, floor: one bare statement", 3, 1, 0.75),
        figure(
            unseen_to_naive,
            "1/s, of a thread that was not seen before, floor: seven round trips",
            3,
            2,
            1.5,
        ),
    ])
}

/// Conversations begin and customers write, through the library.
async fn hear(ways: &[Arc<Desks>], line: &Line, many: usize) {
    let from = line.next.load(Ordering::Relaxed);
    let desk = &ways[0].desk;
    stream::iter(from..from + many as u64)
        .for_each_concurrent(ways.len(), |n| async move {
            let (place, customer) = (line.at(n), CustomerId::from_u128(u128::from(n)));
            let conversation = Conversation::new(place, Requester::verified(customer), "web", desk.now());
            desk.open(conversation.in_language("en")).await.unwrap();
            desk.customer_message(place, customer, "m".parse().unwrap(), SAID).await.unwrap();
        })
        .await;
}

/// Processor time of the server that this run has started; of another one it is not known, and zero.
fn server_seconds(database: &Database) -> f64 {
    let config = database.config();
    let Some(Host::Unix(directory)) = config.get_hosts().first() else { return 0.0 };
    let Ok(lines) = std::fs::read_to_string(directory.join("data/postmaster.pid")) else { return 0.0 };
    let postmaster = lines.lines().next().and_then(|line| line.trim().parse::<u32>().ok());
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let own = ids.filter(|id| state(*id).is_some_and(|(_, parent)| Some(parent) == postmaster));
    let texts = own.filter_map(|id| std::fs::read_to_string(format!("/proc/{id}/schedstat")).ok());
    texts.filter_map(|text| text.split_whitespace().next()?.parse::<f64>().ok()).sum::<f64>() / 1e9
}

/// Each client in a task of its own, as the requests of a host are.
async fn run<W: Way>(ways: &[Arc<W>], line: &Arc<Line>, each: usize) {
    let clients = ways.iter().map(|way| {
        let (way, line) = (Arc::clone(way), Arc::clone(line));
        tokio::spawn(async move {
            for _ in 0..each {
                way.escalate(line.next()).await;
            }
        })
    });
    let ended = join_all(clients.collect::<Vec<_>>()).await;
    assert!(ended.iter().all(std::result::Result::is_ok), "a client failed");
}

/// "May the AI agent answer?", one round trip.
fn gate(runtime: &Runtime, database: &Database, size: Size) -> Result<Figure> {
    const SELECT: &str = "SELECT holder, ticket, teammate, until, epoch FROM escalate_controls
        WHERE workspace = $1 AND conversation = $2";
    let rounds = size.of(2_000, 5);
    let line = Line::of(OURS);
    let place = |n: usize| line.at(n as u64 % 500);
    runtime.block_on(async {
        let store = PostgresStore::from_pool(pool(database, 1)).await?;
        let bare = connect(database).await?;
        let statement = bare.prepare(SELECT).await?;
        let mut blocks = Vec::new();
        for _ in 0..size.of(9, 1) {
            let mut costs = [0.0; 2];
            for (way, cost) in costs.iter_mut().enumerate() {
                let start = std::time::Instant::now();
                for n in 0..rounds {
                    let place = place(n);
                    if way == 0 {
                        black_box(store.control(place).await?);
                    } else {
                        let (w, c) = (place.workspace.uuid(), place.conversation.uuid());
                        let row = bare.query_opt(&statement, &[&w, &c]).await?;
                        black_box(row.map(|row| (row.get::<_, String>(0), row.get::<_, i64>(4))));
                    }
                }
                *cost = start.elapsed().as_secs_f64() * 1e6 / rounds as f64;
            }
            blocks.push(costs);
        }
        let of = |way: usize| median(blocks.iter().map(|block| block[way]));
        Ok(Figure {
            name: "gate_on_postgres",
            unit: "us, floor: the bare select",
            ours: of(0),
            floor: of(1),
            ratio: median(blocks.iter().map(|block| block[0] / block[1])),
            target: Some(Target::RatioAtMost(1.25)),
        })
    })
}
