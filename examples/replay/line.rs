//! What came of a dialogue, read back from the database.

use std::collections::HashSet;

use chrono::SecondsFormat;
use escalate::ports::Window;
use escalate::{
    Briefing, Control, CustomerId, Desk, Error, Event, EventSequence, Place, Reason, Sequence, TicketId,
};
use serde::Serialize;

use crate::dialogue::Dialogue;
use crate::failure::Failure;
use crate::play::{Player, WORKSPACE};
use crate::quality::Quality;

/// How much is read at once.
const PAGE: usize = 500;

/// A dialogue that was played.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The line for the output, with its end.
    pub(crate) json: String,
    pub(crate) tickets: u64,
    pub(crate) superseded: u64,
    pub(crate) messages: u64,
    /// Of the ticket's summary, where the customer said something.
    pub(crate) quality: Option<Quality>,
}

#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    escalated: bool,
    superseded: u64,
    messages: u64,
    control: &'static str,
    ticket: Option<TicketLine>,
    timeline: Vec<EventLine>,
}

#[derive(Serialize)]
struct TicketLine {
    id: TicketId,
    kind: &'static str,
    status: &'static str,
    ai_replies: bool,
    subject: String,
    summary: String,
    language: String,
    reason: String,
    assignee: Option<String>,
    previous_tickets: usize,
}

#[derive(Serialize)]
struct EventLine {
    at: String,
    event: &'static str,
}

/// What is true of the conversation now.
pub(crate) async fn outcome(
    player: &Player,
    dialogue: &Dialogue,
    place: Place,
    customer: CustomerId,
    superseded: u64,
) -> Result<Outcome, Failure> {
    let desk = &player.desk;
    let control = match desk.control(place).await?.control {
        Control::Ai => "ai",
        Control::Queued { .. } => "queued",
        Control::Human { .. } => "human",
        // Nothing here closes so, but whoever else uses this database may.
        Control::Closed { .. } => "closed",
    };
    let events = timeline(desk, place).await?;
    let ticket = match events.last() {
        Some(event) => Some(ticket(player, event.ticket).await?),
        None => None,
    };
    let messages = visible(desk, place, customer).await?;
    let tickets = events.iter().map(|event| event.ticket).collect::<HashSet<_>>().len() as u64;
    let escalated = ticket.is_some();
    let quality = ticket
        .as_ref()
        .filter(|_| !dialogue.said().is_empty())
        .map(|ticket| Quality::of(dialogue, &ticket.subject, &ticket.summary, &ticket.language));
    let timeline = events.iter().map(EventLine::from).collect();
    let line = Line { id: &dialogue.id, escalated, superseded, messages, control, ticket, timeline };
    let json = serde_json::to_string(&line)? + "\n";
    Ok(Outcome { json, tickets, superseded, messages, quality })
}

async fn timeline(desk: &Desk, place: Place) -> Result<Vec<Event>, Error> {
    let mut events: Vec<Event> = Vec::new();
    loop {
        let after = events.last().map_or(EventSequence(0), |event| event.sequence);
        let page = desk.timeline(place, after, PAGE).await?;
        let is_last = page.len() < PAGE;
        events.extend(page);
        if is_last {
            return Ok(events);
        }
    }
}

/// How many messages the customer sees.
async fn visible(desk: &Desk, place: Place, customer: CustomerId) -> Result<u64, Error> {
    let (mut seen, mut after) = (0, Sequence(0));
    loop {
        // Up to a page of entries is looked at, of which some are not for the customer.
        let page = desk.customer_view(place, customer, Window::After(after), PAGE).await?;
        seen += page.messages.len() as u64;
        after = Sequence(after.0 + PAGE as u64);
        if after >= page.conversation.last {
            return Ok(seen);
        }
    }
}

async fn ticket(player: &Player, id: TicketId) -> Result<TicketLine, Error> {
    let Briefing { ticket, earlier, .. } = player.desk.briefing(WORKSPACE, player.staff.first, id).await?;
    Ok(TicketLine {
        id,
        kind: ticket.kind.as_str(),
        status: ticket.status.as_str(),
        ai_replies: ticket.ai_replies,
        language: ticket.summary.language.map_or_else(|| "und".to_owned(), |language| language.to_string()),
        subject: ticket.summary.subject,
        summary: ticket.summary.text,
        reason: reason(&ticket.reason),
        assignee: ticket.assignee.map(|assignee| player.staff.name(assignee.teammate)),
        previous_tickets: earlier.len(),
    })
}

/// The code, and the words if there are any.
fn reason(reason: &Reason) -> String {
    match reason.text.as_str() {
        "" => reason.code.as_str().to_owned(),
        text => format!("{}: {text}", reason.code.as_str()),
    }
}

impl From<&Event> for EventLine {
    fn from(event: &Event) -> Self {
        Self { at: event.at.to_rfc3339_opts(SecondsFormat::Micros, true), event: event.kind.as_str() }
    }
}
