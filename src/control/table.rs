//! The machine printed, so that documentation and code cannot drift apart.

use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{AiPresence, Command, Control, ControlEvent, Principal, Refusal};
use crate::id::{TeammateId, TicketId};

const OPEN: TicketId = TicketId::new(Uuid::from_u128(1));
const NEW: TicketId = TicketId::new(Uuid::from_u128(2));
const T1: TeammateId = TeammateId::new(Uuid::from_u128(11));
const T2: TeammateId = TeammateId::new(Uuid::from_u128(12));
const S: TeammateId = TeammateId::new(Uuid::from_u128(13));

/// Every state, command and actor, with what follows: one line a state and command, actors grouped by outcome.
///
/// ```
/// assert!(escalate::control::table().contains("Human(T1)      take over"));
/// ```
#[must_use]
pub fn table() -> String {
    let now = DateTime::<Utc>::UNIX_EPOCH;
    let later = now + TimeDelta::hours(1);
    let closed = |until| Control::Closed { ticket: OPEN, teammate: Some(T1), until };
    let states = [
        ("Ai", Control::Ai),
        ("Queued", Control::Queued { ticket: OPEN }),
        ("Human(T1)", Control::Human { ticket: OPEN, teammate: T1 }),
        ("Closed, grace", closed(later)),
        ("Closed, over", closed(now)),
    ];
    let mut text = String::new();
    for (state_name, state) in states {
        for (command_name, command) in commands(later) {
            let outcomes = grouped(|by| outcome(state.decide(by, command, now)));
            for (index, (actors, outcome)) in outcomes.iter().enumerate() {
                let (state, command) = if index == 0 { (state_name, command_name) } else { ("", "") };
                // Writing to a String cannot fail.
                let _ = writeln!(text, "{state:<14} {command:<19} {actors:<27} {outcome}");
            }
        }
    }
    text
}

fn commands(until: DateTime<Utc>) -> [(&'static str, Command); 17] {
    use AiPresence::{Absent, Barred, Present};
    [
        ("speak", Command::Speak),
        ("escalate", Command::Escalate { ticket: NEW, again: None }),
        ("escalate again", Command::Escalate { ticket: NEW, again: Some(OPEN) }),
        ("take over", Command::TakeOver { ticket: NEW }),
        ("reply", Command::Reply { ticket: NEW }),
        ("reassign to T1", Command::Reassign { to: T1 }),
        ("reassign to T2", Command::Reassign { to: T2 }),
        ("release", Command::Release),
        ("hold", Command::Hold),
        ("hand back", Command::HandBack { ai: Present }),
        ("hand back, no AI", Command::HandBack { ai: Absent }),
        ("hand back, looping", Command::HandBack { ai: Barred }),
        ("close", Command::Close { until }),
        ("customer writes", Command::CustomerWrite { ai: Present }),
        ("   ..., no AI", Command::CustomerWrite { ai: Absent }),
        ("   ..., looping", Command::CustomerWrite { ai: Barred }),
        ("grace ends", Command::EndGrace { ai: Present }),
    ]
}

/// The actors, grouped by what follows, in order of first appearance.
fn grouped(outcome: impl Fn(Principal) -> String) -> Vec<(String, String)> {
    let actors = [
        ("AI", Principal::AiAgent),
        ("customer", Principal::Customer),
        ("T1", Principal::Teammate(T1)),
        ("T2", Principal::Teammate(T2)),
        ("S", Principal::Supervisor(S)),
        ("host", Principal::System),
    ];
    let mut groups: Vec<(String, String)> = Vec::new();
    for (name, principal) in actors {
        let outcome = outcome(principal);
        match groups.iter_mut().find(|(_, known)| *known == outcome) {
            Some((names, _)) => {
                names.push(' ');
                names.push_str(name);
            }
            None => groups.push((name.to_owned(), outcome)),
        }
    }
    groups
}

fn outcome(decision: Result<Option<ControlEvent>, Refusal>) -> String {
    match decision {
        Ok(None) => "allowed, control stays".to_owned(),
        Ok(Some(event)) => format!("-> {}", event_name(&event)),
        Err(refusal) => format!("refused: {}", refusal_name(&refusal)),
    }
}

fn event_name(event: &ControlEvent) -> String {
    let ticket = if event.ticket() == OPEN { "" } else { ", new ticket" };
    match event {
        ControlEvent::Escalated { .. } => format!("Escalated{ticket}"),
        ControlEvent::TakenOver { teammate, .. } => format!("TakenOver by {}{ticket}", name(*teammate)),
        ControlEvent::Reassigned { teammate, .. } => format!("Reassigned to {}{ticket}", name(*teammate)),
        ControlEvent::Released { .. } => "Released, queued".to_owned(),
        ControlEvent::HandedBack { .. } => "HandedBack".to_owned(),
        ControlEvent::Closed { .. } => "Closed".to_owned(),
        ControlEvent::Reopened { teammate: None, .. } => "Reopened, queued".to_owned(),
        ControlEvent::Reopened { teammate: Some(teammate), .. } => {
            format!("Reopened with {}", name(*teammate))
        }
    }
}

fn refusal_name(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::HeldBy { .. } => "HeldBy T1",
        Refusal::WaitingForPerson { .. } => "WaitingForPerson",
        Refusal::AlreadyEscalated { .. } => "AlreadyEscalated",
        Refusal::AlreadyYours { .. } => "AlreadyYours",
        Refusal::HeldByAi => "HeldByAi",
        Refusal::TicketClosed { .. } => "TicketClosed",
        Refusal::NoAiAgent => "NoAiAgent",
        Refusal::Looping { .. } => "Looping",
        Refusal::NotAllowed => "NotAllowed",
        // The desk refuses these before it asks the machine.
        Refusal::NotYours
        | Refusal::UnknownTeammate { .. }
        | Refusal::EmptyPromise
        | Refusal::EmptyText
        | Refusal::TextTooLong { .. } => "not by the machine",
    }
}

fn name(teammate: TeammateId) -> &'static str {
    match teammate {
        T1 => "T1",
        T2 => "T2",
        _ => "S",
    }
}

#[cfg(test)]
#[path = "table_test.rs"]
mod tests;
