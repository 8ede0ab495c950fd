//! The table at the end.

use std::fmt;
use std::time::Duration;

use crate::line::Outcome;
use crate::quality::Quality;

/// What a run came to.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    dialogues: u64,
    escalated: u64,
    tickets: u64,
    superseded: u64,
    messages: u64,
    quality: Quality,
    pub(crate) bad_lines: u64,
    pub(crate) commits: u64,
    pub(crate) flushes: u64,
    pub(crate) steps: u64,
    pub(crate) wall: Duration,
}

impl Totals {
    pub(crate) fn add(&mut self, outcome: &Outcome) {
        self.dialogues += 1;
        self.escalated += u64::from(outcome.tickets > 0);
        self.tickets += outcome.tickets;
        self.superseded += outcome.superseded;
        self.messages += outcome.messages;
        if let Some(quality) = &outcome.quality {
            self.quality.add(quality);
        }
    }

    fn per_second(&self, number: u64) -> f64 {
        // Exact up to 2^53, and shown with one decimal.
        number as f64 / self.wall.as_secs_f64().max(f64::EPSILON)
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            ("dialogues", self.dialogues),
            ("escalated", self.escalated),
            ("tickets", self.tickets),
            ("superseded", self.superseded),
            ("messages", self.messages),
            ("bad lines", self.bad_lines),
            ("steps", self.steps),
            ("commits", self.commits),
            ("flushes", self.flushes),
        ];
        for (name, count) in counts {
            writeln!(f, "{name:<14}{count:>12}")?;
        }
        let wall = self.wall.as_secs_f64();
        let (dialogues, commits) = (self.per_second(self.dialogues), self.per_second(self.commits));
        for (name, figure) in [("wall s", wall), ("dialogues/s", dialogues), ("commits/s", commits)] {
            writeln!(f, "{name:<14}{figure:>12.1}")?;
        }
        write!(f, "\n{}", self.quality)
    }
}
