//! Starts nodes, hands out dialogues, kills one node by progress, and gives what it had not finished to the others.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use escalate::{PostgresStore, Teammate, TeammateId, WorkspaceId};
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::database::{ADDRESS, Database};
use crate::dialogue::{self, Dialogue};
use crate::node::Told;
use crate::server::Server;
use crate::{Failure, check};

const NODES: usize = 3;
/// Every dialogue of such a number is played by two nodes at the same time.
const SHARED: usize = 5;
/// A node that says nothing for so long hangs.
const SILENCE: Duration = Duration::from_secs(120);

/// Plays `count` dialogues and gives the summary, if nothing was wrong.
pub(crate) fn run(runtime: &Runtime, data: &Path, count: usize) -> Result<String, Failure> {
    let server = std::env::var(ADDRESS).is_err().then(Server::start).transpose()?;
    let address =
        server.as_ref().map_or_else(|| std::env::var(ADDRESS), |server| Ok(server.address.clone()))?;
    let database = Database::on(&address, &format!("escalate_cluster_{}", std::process::id()))?;
    runtime.block_on(database.create())?;
    let ran = in_database(runtime, &address, &database, &dialogue::load(data, count));
    let dropped = runtime.block_on(database.drop());
    let summary = ran?;
    dropped.map(|()| summary)
}

fn in_database(
    runtime: &Runtime,
    address: &str,
    database: &Database,
    dialogues: &[Dialogue],
) -> Result<String, Failure> {
    let workspace = WorkspaceId::new(Uuid::now_v7());
    let pool = database.pool(2)?;
    let store = runtime.block_on(async {
        let store = PostgresStore::from_pool(pool.clone()).await?;
        for number in 1..=5 {
            let id = TeammateId::new(Uuid::now_v7());
            let teammate = Teammate::new(workspace, id, format!("Teammate {number}"));
            store.put_teammate(teammate.with_capacity(10_000)).await?;
        }
        Ok::<_, Failure>(store)
    })?;
    let mut cluster = Cluster::start(address, &database.name, workspace, dialogues)?;
    let played = cluster.play()?;
    while runtime.block_on(check::undelivered(&pool, workspace))? > 0 {
        cluster.listen(Duration::from_millis(50))?;
    }
    let events = cluster.finish()?;
    let found = runtime.block_on(check::check(&pool, store, workspace, dialogues, &events))?;
    Ok(format!("{played}\n{found}"))
}

/// What the coordinator did; for the summary.
struct Played {
    dialogues: usize,
    shared: usize,
    killed: usize,
    after: usize,
    of: usize,
    unfinished: usize,
}

impl fmt::Display for Played {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { dialogues, shared, killed, after, of, unfinished } = self;
        writeln!(
            f,
            "{NODES} nodes, one PostgreSQL: {dialogues} dialogues, {shared} of them on two nodes at once"
        )?;
        write!(
            f,
            "node {killed} was killed after {after} of {of} steps; others played its {unfinished} unfinished dialogues"
        )
    }
}

struct Node {
    process: Child,
    /// `None` once it is to end.
    input: Option<ChildStdin>,
}

/// What is heard of a node: a line of it, or its end.
type Heard = (usize, Option<Result<Told, Failure>>);

struct Cluster<'a> {
    nodes: Vec<Node>,
    heard: Receiver<Heard>,
    dialogues: &'a [Dialogue],
    /// Which node still has which dialogue to play.
    pending: BTreeSet<(usize, usize)>,
    steps: usize,
    killed: Option<usize>,
    ended: BTreeSet<usize>,
    /// How often each event was delivered.
    events: BTreeMap<String, usize>,
}

impl<'a> Cluster<'a> {
    fn start(
        address: &str,
        database: &str,
        workspace: WorkspaceId,
        dialogues: &'a [Dialogue],
    ) -> Result<Self, Failure> {
        let (sender, heard) = channel();
        let (pending, events, ended) = (BTreeSet::new(), BTreeMap::new(), BTreeSet::new());
        let mut cluster =
            Self { nodes: Vec::new(), heard, dialogues, pending, steps: 0, killed: None, ended, events };
        for number in 0..NODES {
            let mut command = Command::new(std::env::current_exe()?);
            command.args(["node", "--database", database, "--workspace", &workspace.to_string()]);
            let command = command.env(ADDRESS, address).stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut process = command.spawn()?;
            let (input, output) = (process.stdin.take(), process.stdout.take());
            cluster.nodes.push(Node { process, input });
            let sender = sender.clone();
            thread::spawn(move || output.map(|output| hear(number, BufReader::new(output), &sender)));
        }
        Ok(cluster)
    }

    /// Has all dialogues played, and kills a node in the middle.
    fn play(&mut self) -> Result<Played, Failure> {
        for number in 0..self.dialogues.len() {
            self.hand_out(number % NODES, number)?;
            if number % SHARED == 0 {
                self.hand_out((number + 1) % NODES, number)?;
            }
        }
        let (mut after, mut unfinished) = (0, 0);
        let of = self
            .pending
            .iter()
            .filter_map(|(_, number)| self.dialogues.get(*number))
            .map(Dialogue::steps)
            .sum();
        while !self.pending.is_empty() {
            self.listen(SILENCE)?;
            match self.killed {
                None if self.steps >= of * 2 / 5 => {
                    let victim = self.busiest();
                    self.nodes.get_mut(victim).map(|node| node.process.kill()).transpose()?;
                    (self.killed, after) = (Some(victim), self.steps);
                }
                // All that it said has been heard by now.
                Some(victim) if self.ended.contains(&victim) => unfinished += self.pass_on(victim)?,
                _ => {}
            }
        }
        let killed = self.killed.ok_or("no node was killed: there was too little to do")? + 1;
        let shared = self.dialogues.len().div_ceil(SHARED);
        Ok(Played { dialogues: self.dialogues.len(), shared, killed, after, of, unfinished })
    }

    fn hand_out(&mut self, node: usize, number: usize) -> Result<(), Failure> {
        let dialogue = self.dialogues.get(number).ok_or("no such dialogue")?;
        let input = self.nodes.get_mut(node).and_then(|node| node.input.as_mut()).ok_or("no such node")?;
        if self.pending.insert((node, number)) {
            writeln!(input, "{}", serde_json::to_string(dialogue)?)?;
        }
        Ok(())
    }

    /// Hears one thing of one node, or nothing for so long.
    fn listen(&mut self, at_most: Duration) -> Result<(), Failure> {
        match self.heard.recv_timeout(at_most) {
            Ok((_, Some(Ok(Told::Step)))) => self.steps += 1,
            Ok((node, Some(Ok(Told::Done(number))))) => drop(self.pending.remove(&(node, number))),
            Ok((_, Some(Ok(Told::Event(event))))) => *self.events.entry(event).or_default() += 1,
            Ok((_, Some(Err(failure)))) => return Err(failure),
            Ok((node, None)) => {
                self.ended.insert(node);
                let is_expected =
                    self.killed == Some(node) || self.nodes.iter().all(|node| node.input.is_none());
                is_expected.then_some(()).ok_or_else(|| format!("node {} ended by itself", node + 1))?;
            }
            Err(_) if at_most == SILENCE => return Err("the nodes hang".into()),
            Err(_) => {}
        }
        Ok(())
    }

    fn busiest(&self) -> usize {
        let load = |node: &usize| self.pending.iter().filter(|(holder, _)| holder == node).count();
        (0..NODES).max_by_key(load).unwrap_or_default()
    }

    /// Gives what a dead node had not finished to those that live; says how much that was.
    fn pass_on(&mut self, victim: usize) -> Result<usize, Failure> {
        let (left, kept): (BTreeSet<_>, _) =
            std::mem::take(&mut self.pending).into_iter().partition(|(node, _)| *node == victim);
        self.pending = kept;
        for (_, number) in &left {
            self.hand_out((victim + 1 + number % (NODES - 1)) % NODES, *number)?;
        }
        Ok(left.len())
    }

    /// Lets the nodes end, and gives the events that they delivered.
    fn finish(mut self) -> Result<BTreeMap<String, usize>, Failure> {
        self.nodes.iter_mut().for_each(|node| node.input = None);
        while self.ended.len() < NODES {
            self.listen(SILENCE)?;
        }
        Ok(std::mem::take(&mut self.events))
    }
}

impl Drop for Cluster<'_> {
    fn drop(&mut self) {
        for node in &mut self.nodes {
            let (_killed, _ended) = (node.process.kill(), node.process.wait());
        }
    }
}

fn hear(number: usize, output: impl BufRead, sender: &Sender<Heard>) {
    let told = output.lines().map_while(Result::ok).map(|line| Some(line.parse()));
    // Nobody listens any more once the coordinator has failed.
    let _gone = told.chain([None]).try_for_each(|told| sender.send((number, told)));
}
