//! What is played: lines of a customer and of an AI agent, with a place where a person is asked for.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// Who says a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Speaker {
    Customer,
    AiAgent,
    Teammate,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) speaker: Speaker,
    pub(crate) text: String,
}

/// A dialogue; also what the coordinator sends a node, as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Dialogue {
    /// Its number in this run.
    pub(crate) number: usize,
    /// Before the customer asks for a person.
    pub(crate) before: Vec<Line>,
    /// While the teammate answers.
    pub(crate) human: Vec<Line>,
    /// Once the AI agent has the conversation back.
    pub(crate) after: Vec<Line>,
}

impl Dialogue {
    /// Asking for a person comes after the line `at`.
    fn new(number: usize, mut before: Vec<Line>, at: usize) -> Self {
        let after = before.split_off(at.clamp(1, before.len()));
        let human = vec![
            line(
                Speaker::Teammate,
                format!("I have looked at your case, number {number}. It is settled now."),
            ),
            line(Speaker::Customer, "Thank you, that was quick."),
        ];
        Self { number, before, human, after }
    }

    /// Everything that has to be in the transcript in the end, in order.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &Line> {
        self.before.iter().chain(&self.human).chain(&self.after)
    }

    /// How many steps it takes: its lines, and asking, taking over, a late reply, handing back.
    pub(crate) fn steps(&self) -> usize {
        self.lines().count() + 4
    }
}

fn line(speaker: Speaker, text: impl Into<String>) -> Line {
    Line { speaker, text: text.into() }
}

/// As many dialogues as asked for, from all files of the directory in turn; made up where there are too few.
pub(crate) fn load(directory: &Path, count: usize) -> Vec<Dialogue> {
    let mut files: Vec<_> =
        fs::read_dir(directory).into_iter().flatten().flatten().map(|file| file.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    let texts: Vec<String> = files.iter().filter_map(|file| fs::read_to_string(file).ok()).collect();
    let mut lines: Vec<_> = texts.iter().map(|text| text.lines()).collect();
    let mut dialogues = Vec::new();
    while dialogues.len() < count {
        let round: Vec<&str> = lines.iter_mut().filter_map(Iterator::next).collect();
        if round.is_empty() {
            dialogues.push(made_up(dialogues.len()));
        }
        for recorded in round {
            dialogues.extend(parse(dialogues.len(), recorded));
        }
    }
    dialogues.truncate(count);
    dialogues
}

#[derive(Deserialize)]
struct Recorded {
    turns: Vec<Turn>,
}

#[derive(Deserialize)]
struct Turn {
    role: String,
    text: String,
}

/// A recorded dialogue, asking for a person where the recording does, or else in its middle.
fn parse(number: usize, recorded: &str) -> Option<Dialogue> {
    let recorded: Recorded = serde_json::from_str(recorded).ok()?;
    let (mut lines, mut asks) = (Vec::new(), None);
    for Turn { role, text } in recorded.turns {
        match role.as_str() {
            "tool_call" if text.starts_with("transfer_to_human") => asks = asks.or(Some(lines.len())),
            _ if text.trim().is_empty() => {}
            "customer" => lines.push(line(Speaker::Customer, text)),
            // A recording between two people stands in for one with an AI agent.
            "ai" | "agent" => lines.push(line(Speaker::AiAgent, text)),
            _ => {}
        }
    }
    let middle = lines.len().div_ceil(2);
    (!lines.is_empty()).then(|| Dialogue::new(number, lines, asks.unwrap_or(middle)))
}

fn made_up(number: usize) -> Dialogue {
    let things = ["lamp", "coffee machine", "bicycle", "tent", "pair of shoes"];
    let thing = things.get(number % things.len()).copied().unwrap_or("parcel");
    let lines = vec![
        line(Speaker::Customer, format!("My {thing} of order {} came broken.", 1000 + number)),
        line(Speaker::AiAgent, "I am sorry to hear that. Would you like a new one, or your money back?"),
        line(Speaker::Customer, "My money back. And please let me speak to a person."),
        line(Speaker::Customer, format!("One more thing: can I keep the box of the {thing}?")),
        line(Speaker::AiAgent, "Yes, please keep it."),
    ];
    Dialogue::new(number, lines, 3)
}
