//! The machine, exhaustively: every interleaving of one AI agent, two teammates and a customer, with retries, late
//! replies and a crash, over the library's own `decide` and `after` and the commit rules of a store.
//!
//! A state is what the stores hold and where each command is. A step is one atomic call of a store, so whatever
//! may happen between two calls does happen in some run.

#[path = "model/effects.rs"]
mod effects;
#[path = "model/properties.rs"]
mod properties;
#[path = "model/rules.rs"]
mod rules;
#[path = "model/world.rs"]
mod world;

use stateright::{Checker, Expectation, HasDiscoveries, Model, Property};

use self::rules::{ACTORS, AI, CUSTOMER, Phase, Task, World};
use self::world::Stage;

/// A rule that a mutant goes without, to prove that the model can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// An AI entry, or an escalation by a turn, under an older epoch is superseded.
    TurnFence,
    /// A commit fails unless the revision is the one it was decided on.
    Revision,
    /// Answers are kept under their key.
    KeyMemory,
    /// The fence rises in the same step as the commit, where the database is shared.
    FenceWithCommit,
    /// What is owed is finished before the next decision.
    OwedFirst,
    /// A claim on work that was removed and scheduled anew is not taken for a claim on the new work.
    FreshClaims,
}

/// What may happen in a run.
#[derive(Clone, Debug)]
struct Config {
    /// Transcripts and tickets are one database.
    shared: bool,
    /// The grace period lasts, or is over at once.
    grace: bool,
    without: Option<Rule>,
    /// Teammates put tickets back into the line, where else they close them.
    releases: bool,
    turns: usize,
    crashes: u8,
    repeats: u8,
    /// How many commands each actor gives.
    commands: [u8; ACTORS],
}

impl Config {
    fn holds(&self, rule: Rule) -> bool {
        self.without != Some(rule)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Begin(usize, Task),
    /// The newest command again, under the same key: a webhook delivered twice, a button pressed twice.
    Again(usize),
    Step(usize),
    Crash(usize),
    /// The reply of a turn arrives, or takes its next step.
    Speak(usize),
}

impl Model for Config {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::default()]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        for (actor, process) in world.processes.iter().enumerate() {
            if process.phase != Phase::Idle {
                actions.push(Action::Step(actor));
                if world.crashes < self.crashes && process.has_something_to_lose(actor) {
                    actions.push(Action::Crash(actor));
                }
                continue;
            }
            if process.slot < self.commands[actor] {
                actions.extend(self.tasks(world, actor).iter().map(|task| Action::Begin(actor, *task)));
            }
            if process.slot > 0 && world.repeats < self.repeats && actor != AI {
                actions.push(Action::Again(actor));
            }
        }
        for (turn, state) in world.turns.iter().enumerate() {
            if matches!(state.stage, Stage::Begun | Stage::Checked) {
                actions.push(Action::Speak(turn));
            }
        }
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut next = *world;
        match action {
            Action::Begin(actor, task) => next.begin(actor, task),
            Action::Again(actor) => {
                next.repeats += 1;
                next.again(actor);
            }
            Action::Step(actor) => next.step(actor, self),
            Action::Crash(actor) => {
                next.crashes += 1;
                next.crash(actor);
            }
            Action::Speak(turn) => next.speak(turn, self),
        }
        (next != *world).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::all()
    }
}

impl Config {
    fn tasks(&self, world: &World, actor: usize) -> &'static [Task] {
        let begun = world.turns.iter().filter(|turn| turn.stage != Stage::NotBegun).count();
        match actor {
            AI if begun == 0 => &[Task::BeginTurn],
            AI if begun < self.turns => &[Task::BeginTurn, Task::Escalate],
            AI => &[Task::Escalate],
            CUSTOMER => &[Task::CustomerWrite, Task::Escalate],
            _ if self.releases => &[Task::TakeOver, Task::Reply, Task::HandBack, Task::Release],
            _ => &[Task::TakeOver, Task::Reply, Task::HandBack, Task::Close],
        }
    }
}

/// Explores all of it, and expects exactly `states` of them: fewer or more means that the model has changed. What
/// must be possible is, but for what this configuration leaves no room for.
#[track_caller]
fn check(config: Config, states: usize, no_room_for: &[&str]) {
    let checker = config.clone().checker().threads(2).spawn_bfs().join();
    assert!(checker.is_done(), "stopped before the end");
    for property in config.properties() {
        match property.expectation {
            Expectation::Sometimes if no_room_for.contains(&property.name) => {
                checker.assert_no_discovery(property.name)
            }
            Expectation::Sometimes => checker.assert_any_discovery(property.name).into_actions().clear(),
            Expectation::Always | Expectation::Eventually => checker.assert_no_discovery(property.name),
        }
    }
    assert_eq!(checker.unique_state_count(), states);
}

fn shared(commands: [u8; ACTORS]) -> Config {
    Config {
        shared: true,
        grace: true,
        without: None,
        releases: false,
        turns: 1,
        crashes: 1,
        repeats: 0,
        commands,
    }
}

fn elsewhere(commands: [u8; ACTORS]) -> Config {
    Config { shared: false, ..shared(commands) }
}

/// Everybody at once, over one database.
#[test]
fn one_database() {
    check(shared([2, 1, 1, 1]), 358_336, &[]);
}

/// A second turn begins while the reply of the first is still on its way.
#[test]
fn two_turns() {
    check(Config { turns: 2, repeats: 1, crashes: 0, ..shared([3, 1, 0, 1]) }, 89_435, &[]);
}

/// Teammate to line, and to teammate again.
#[test]
fn released() {
    check(Config { releases: true, repeats: 1, crashes: 0, ..shared([1, 2, 1, 0]) }, 24_217, &[]);
}

/// A closed ticket does not reopen any more.
#[test]
fn after_the_grace_period() {
    check(Config { grace: false, repeats: 1, crashes: 0, ..shared([2, 2, 0, 1]) }, 99_338, &[]);
}

/// Transcripts in another database: what is owed is finished by whoever looks next (E5).
#[test]
fn two_databases() {
    check(elsewhere([2, 1, 1, 0]), 903_442, &[RESUMED]);
}

/// The customer beside one teammate, over two databases.
#[test]
fn two_databases_with_the_customer() {
    check(Config { crashes: 0, ..elsewhere([2, 1, 0, 1]) }, 68_330, &[FINISHED]);
}

const RESUMED: &str = "some: the AI gets it back and answers";
const FINISHED: &str = "some: somebody finishes what a crash left owed";

/// Without `rule` the model goes wrong, and the property that the rule is for says so.
#[track_caller]
fn catches(rule: Rule, config: Config, property: &str) {
    let config = Config { without: Some(rule), ..config };
    let failed = HasDiscoveries::AnyFailures;
    let checker = config.checker().threads(2).finish_when(failed).spawn_bfs().join();
    let failed: Vec<_> =
        checker.discoveries().into_keys().filter(|name| !name.starts_with("some:")).collect();
    assert!(
        failed.iter().any(|name| name.starts_with(property)),
        "{rule:?} gone, but only {failed:?} failed"
    );
}

#[test]
fn without_the_turn_fence_the_ai_speaks_after_a_takeover() {
    catches(Rule::TurnFence, shared([2, 1, 0, 0]), "C1");
}

#[test]
fn without_the_revision_check_control_is_overwritten() {
    catches(Rule::Revision, shared([2, 1, 0, 0]), "H3");
}

#[test]
fn without_remembered_keys_a_retry_is_done_twice() {
    catches(Rule::KeyMemory, Config { repeats: 1, ..shared([1, 1, 0, 0]) }, "E5 nothing twice");
}

#[test]
fn with_the_fence_raised_after_the_commit_the_ai_speaks_after_a_takeover() {
    catches(Rule::FenceWithCommit, shared([1, 1, 0, 0]), "C1");
}

#[test]
fn with_what_is_owed_left_to_later_decisions_entries_are_lost() {
    catches(Rule::OwedFirst, elsewhere([0, 2, 0, 0]), "E5 nothing lost");
}

#[test]
fn with_claims_that_count_from_zero_again_an_owed_write_is_lost() {
    catches(Rule::FreshClaims, elsewhere([2, 1, 0, 0]), "E5 nothing lost");
}
