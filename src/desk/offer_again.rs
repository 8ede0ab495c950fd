//! An unanswered assignment is offered to the next (A7).

use super::Desk;
use super::due::Outcome;
use crate::error::Error;
use crate::id::{Place, TicketId};
use crate::ports::{Claim, Settlement};

impl Desk {
    pub(super) async fn offer_again(&self, _: Claim, _: Place, _: TicketId) -> Result<Outcome, Error> {
        Ok(Outcome::Settle(Settlement::default()))
    }
}
