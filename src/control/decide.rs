//! The rules: one row per state and command, no wildcard.

use chrono::{DateTime, Utc};

use super::{AiPresence, Command, Control, ControlEvent, Principal, Refusal};
use crate::id::{TeammateId, TicketId};

/// What a command leads to: a change of who answers, none, or a refusal.
type Decision = Result<Option<ControlEvent>, Refusal>;

impl Control {
    /// What `command` by `by` leads to at the instant `at`.
    ///
    /// `Ok(Some(event))` changes who answers; `Ok(None)` allows it and changes nothing about who answers.
    ///
    /// # Errors
    ///
    /// A [`Refusal`]; nothing is to change.
    pub fn decide(&self, by: Principal, command: Command, at: DateTime<Utc>) -> Decision {
        match *self {
            Self::Ai => while_ai(by, command),
            Self::Queued { ticket } => while_queued(by, command, ticket),
            Self::Human { ticket, teammate } => while_human(by, command, ticket, teammate),
            Self::Closed { ticket, teammate, until } => {
                Rest { ticket, teammate, reopens: at < until }.decide(by, command)
            }
        }
    }
}

fn while_ai(by: Principal, command: Command) -> Decision {
    match command {
        Command::Speak => match by {
            Principal::AiAgent | Principal::System => Ok(None),
            Principal::Customer | Principal::Teammate(_) | Principal::Supervisor(_) => {
                Err(Refusal::NotAllowed)
            }
        },
        Command::Escalate { ticket, again: None } => Ok(Some(ControlEvent::Escalated { ticket })),
        Command::Escalate { again: Some(ticket), .. } => {
            Ok(Some(ControlEvent::Reopened { ticket, teammate: None }))
        }
        Command::TakeOver { ticket } | Command::Reply { ticket } => take(by, ticket),
        Command::Reassign { .. }
        | Command::Release
        | Command::Hold
        | Command::HandBack { .. }
        | Command::Close { .. } => match by {
            Principal::AiAgent | Principal::Customer => Err(Refusal::NotAllowed),
            Principal::Teammate(_) | Principal::Supervisor(_) | Principal::System => Err(Refusal::HeldByAi),
        },
        Command::CustomerWrite { .. } => customer_writes(by),
        Command::EndGrace { .. } => time_passes(by),
    }
}

fn while_queued(by: Principal, command: Command, ticket: TicketId) -> Decision {
    let waiting = Refusal::WaitingForPerson { ticket };
    match command {
        Command::Speak => Err(waiting),
        Command::Escalate { .. } => Err(Refusal::AlreadyEscalated { ticket }),
        Command::TakeOver { .. } | Command::Reply { .. } => match by {
            Principal::AiAgent => Err(waiting),
            Principal::Customer | Principal::Teammate(_) | Principal::Supervisor(_) | Principal::System => {
                take(by, ticket)
            }
        },
        // It may have an assignee who has not begun: who answers stays.
        Command::Reassign { .. } | Command::Release => staff(by, waiting).and(Ok(None)),
        Command::Hold => staff(by, waiting).and(Err(waiting)),
        Command::HandBack { ai } => match by {
            Principal::AiAgent => Err(waiting),
            // A customer who no longer wants a person withdraws while nobody has begun.
            Principal::Customer | Principal::Teammate(_) | Principal::Supervisor(_) | Principal::System => {
                hand_back(by, ticket, ai)
            }
        },
        Command::Close { until } => {
            staff(by, waiting).and(Ok(Some(ControlEvent::Closed { ticket, teammate: None, until })))
        }
        Command::CustomerWrite { .. } => customer_writes(by),
        Command::EndGrace { .. } => time_passes(by),
    }
}

fn while_human(by: Principal, command: Command, ticket: TicketId, holder: TeammateId) -> Decision {
    let held = Refusal::HeldBy { teammate: holder };
    match command {
        Command::Speak => Err(held),
        Command::Escalate { .. } => match by {
            Principal::AiAgent => Err(held),
            Principal::Customer | Principal::Teammate(_) | Principal::Supervisor(_) | Principal::System => {
                Err(Refusal::AlreadyEscalated { ticket })
            }
        },
        Command::TakeOver { .. } => match by {
            Principal::Teammate(id) | Principal::Supervisor(id) if id == holder => {
                Err(Refusal::AlreadyYours { ticket })
            }
            Principal::Supervisor(teammate) => Ok(Some(ControlEvent::TakenOver { ticket, teammate })),
            Principal::AiAgent | Principal::Teammate(_) => Err(held),
            Principal::Customer | Principal::System => Err(Refusal::NotAllowed),
        },
        // A supervisor may speak beside the holder; the holder stays.
        Command::Reply { .. } => match by {
            Principal::System => Err(Refusal::NotAllowed),
            Principal::AiAgent | Principal::Customer | Principal::Teammate(_) | Principal::Supervisor(_) => {
                holding(by, holder).and(Ok(None))
            }
        },
        Command::Reassign { to } => holding(by, holder)
            .and(Ok((to != holder).then_some(ControlEvent::Reassigned { ticket, teammate: to }))),
        Command::Release => holding(by, holder).and(Ok(Some(ControlEvent::Released { ticket }))),
        Command::Hold => holding(by, holder).and(Ok(None)),
        Command::HandBack { ai } => match by {
            // Once a person answers, only people decide when the AI agent does again.
            Principal::Customer => Err(held),
            Principal::AiAgent | Principal::Teammate(_) | Principal::Supervisor(_) | Principal::System => {
                holding(by, holder).and_then(|()| hand_back(by, ticket, ai))
            }
        },
        Command::Close { until } => {
            holding(by, holder).and(Ok(Some(ControlEvent::Closed { ticket, teammate: Some(holder), until })))
        }
        Command::CustomerWrite { .. } => customer_writes(by),
        Command::EndGrace { .. } => time_passes(by),
    }
}

/// A ticket that was closed without resume, seen at an instant.
struct Rest {
    ticket: TicketId,
    teammate: Option<TeammateId>,
    /// Whether that instant lies within the grace period.
    reopens: bool,
}

impl Rest {
    fn decide(&self, by: Principal, command: Command) -> Decision {
        let ticket = self.ticket;
        let closed = Refusal::TicketClosed { ticket };
        match command {
            Command::Speak => Err(closed),
            Command::Escalate { ticket: new, again } => match by {
                Principal::AiAgent => Err(closed),
                Principal::Customer
                | Principal::Teammate(_)
                | Principal::Supervisor(_)
                | Principal::System => Ok(Some(match (self.reopens, again) {
                    (true, _) => ControlEvent::Reopened { ticket, teammate: None },
                    (false, Some(again)) => ControlEvent::Reopened { ticket: again, teammate: None },
                    (false, None) => ControlEvent::Escalated { ticket: new },
                })),
            },
            Command::TakeOver { ticket: new } | Command::Reply { ticket: new } => match (by, self.reopens) {
                (Principal::AiAgent, _) => Err(closed),
                (Principal::Teammate(id) | Principal::Supervisor(id), true) => {
                    Ok(Some(ControlEvent::Reopened { ticket, teammate: Some(id) }))
                }
                (Principal::Teammate(_) | Principal::Supervisor(_), false)
                | (Principal::Customer | Principal::System, _) => take(by, new),
            },
            Command::Reassign { .. } | Command::Release | Command::Hold | Command::Close { .. } => {
                staff(by, closed).and(Err(closed))
            }
            Command::HandBack { ai } => match by {
                Principal::AiAgent => Err(closed),
                Principal::Customer
                | Principal::Teammate(_)
                | Principal::Supervisor(_)
                | Principal::System => hand_back(by, ticket, ai),
            },
            Command::CustomerWrite { ai } => customer_writes(by).and(Ok(Some(match (self.reopens, ai) {
                (true, _) => ControlEvent::Reopened { ticket, teammate: self.teammate },
                (false, AiPresence::Present) => ControlEvent::HandedBack { ticket },
                // Nobody else is there: a person is.
                (false, AiPresence::Absent | AiPresence::Barred) => {
                    ControlEvent::Reopened { ticket, teammate: None }
                }
            }))),
            Command::EndGrace { ai } => time_passes(by).and(Ok(match (self.reopens, ai) {
                (false, AiPresence::Present) => Some(ControlEvent::HandedBack { ticket }),
                (true, _) | (false, AiPresence::Absent | AiPresence::Barred) => None,
            })),
        }
    }
}

/// A teammate answers from now on; nobody else can.
fn take(by: Principal, ticket: TicketId) -> Decision {
    match by {
        Principal::Teammate(teammate) | Principal::Supervisor(teammate) => {
            Ok(Some(ControlEvent::TakenOver { ticket, teammate }))
        }
        Principal::AiAgent | Principal::Customer | Principal::System => Err(Refusal::NotAllowed),
    }
}

fn hand_back(by: Principal, ticket: TicketId, ai: AiPresence) -> Decision {
    let back = Ok(Some(ControlEvent::HandedBack { ticket }));
    match ai {
        AiPresence::Present => back,
        AiPresence::Absent => Err(Refusal::NoAiAgent),
        AiPresence::Barred => match by {
            Principal::AiAgent | Principal::Customer => Err(Refusal::Looping { ticket }),
            Principal::Teammate(_) | Principal::Supervisor(_) | Principal::System => back,
        },
    }
}

/// Whether `by` may act on a ticket that nobody holds.
fn staff(by: Principal, to_ai: Refusal) -> Result<(), Refusal> {
    match by {
        Principal::Teammate(_) | Principal::Supervisor(_) | Principal::System => Ok(()),
        Principal::Customer => Err(Refusal::NotAllowed),
        Principal::AiAgent => Err(to_ai),
    }
}

/// Whether `by` may act on a ticket that `holder` holds.
fn holding(by: Principal, holder: TeammateId) -> Result<(), Refusal> {
    match by {
        Principal::Supervisor(_) | Principal::System => Ok(()),
        Principal::Teammate(id) if id == holder => Ok(()),
        Principal::Teammate(_) | Principal::AiAgent => Err(Refusal::HeldBy { teammate: holder }),
        Principal::Customer => Err(Refusal::NotAllowed),
    }
}

fn customer_writes(by: Principal) -> Decision {
    match by {
        Principal::Customer => Ok(None),
        Principal::AiAgent | Principal::Teammate(_) | Principal::Supervisor(_) | Principal::System => {
            Err(Refusal::NotAllowed)
        }
    }
}

fn time_passes(by: Principal) -> Decision {
    match by {
        Principal::System => Ok(None),
        Principal::AiAgent | Principal::Customer | Principal::Teammate(_) | Principal::Supervisor(_) => {
            Err(Refusal::NotAllowed)
        }
    }
}
