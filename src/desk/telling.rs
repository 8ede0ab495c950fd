//! What the customer is told of an escalation.

use chrono::{DateTime, Utc};

use super::Desk;
use super::change::Change;
use super::placing::Offers;
use super::turn::Permit;
use crate::id::MessageId;
use crate::key::Key;
use crate::message::{Author, Draft};
use crate::ports::Telling;
use crate::rules::Rules;
use crate::schedule::Zone;
use crate::ticket::Ticket;

/// The one message that the customer gets (C4).
pub(super) struct Told {
    pub(super) entry: Draft,
    /// Its texts, where they depend on the choice of assignee.
    pub(super) telling: Option<Telling>,
}

impl Desk {
    /// Durable with the escalation it tells of, and true of it (E3): the commit takes the text that fits its choice. The
    /// AI agent's own words are taken as they are.
    pub(super) fn told(
        &self,
        change: &Change<'_>,
        ticket: &Ticket,
        words: Option<&str>,
        permit: Option<&Permit>,
        offers: &Offers,
    ) -> Told {
        // A reopened episode is another escalation, so it tells again: the epoch tells them apart.
        let key = Key::internal(&format!("told:{}:{}", ticket.id, change.epoch_before()));
        let (author, text, telling) = match words {
            Some(words) => (Author::AiAgent, words.to_owned(), None),
            None => {
                let telling = telling(&self.rules(ticket.workspace), ticket, key.clone(), offers);
                (Author::System, telling.waits.clone(), Some(telling))
            }
        };
        let entry = Draft::new(MessageId::new(self.uuid()), key, author, text, change.at());
        let entry = match permit {
            Some(permit) => entry.of_turn(permit.turn),
            None => entry,
        };
        Told { entry, telling }
    }
}

fn telling(rules: &Rules, ticket: &Ticket, entry: Key, offers: &Offers) -> Telling {
    let texts = rules.messages.texts(ticket.language.as_ref());
    let placed = match offers.starts_at {
        Some(starts_at) => texts.next_shift.replace("{starts_at}", &written(rules, ticket, starts_at)),
        None => texts.assigned,
    };
    let waits = if offers.is_staffed { texts.queued } else { texts.waiting };
    Telling { entry, placed, waits }
}

/// As the clock of the team shows it, or of the workspace: the customer's own zone is not known.
fn written(rules: &Rules, ticket: &Ticket, at: DateTime<Utc>) -> String {
    let zone = rules.calendar_of(ticket.team).map_or(Zone::utc(), |calendar| calendar.zone().clone());
    format!("{} ({zone})", zone.local(at).format("%Y-%m-%d %H:%M"))
}
