//! An unanswered assignment is offered to the next (A7).

use chrono::{DateTime, Utc};

use super::Desk;
use super::change::Change;
use super::due::Outcome;
use crate::error::Error;
use crate::id::{Place, TicketId};
use crate::ports::{Claim, Settlement};
use crate::ticket::Ticket;

impl Desk {
    pub(super) async fn offer_again(&self, _: Claim, _: Place, _: TicketId) -> Result<Outcome, Error> {
        Ok(Outcome::Settle(Settlement::default()))
    }
}

impl Change<'_> {
    /// Has somebody look whether the teammate answers who gets this ticket now, or at `starts_at`.
    pub(super) fn watch_answer(&mut self, _: &Desk, _: &Ticket, _: Option<DateTime<Utc>>) {}
}
