//! How a ticket moves by itself. Every method takes the instant from outside.

use chrono::{DateTime, Utc};

use super::{AssignedBy, Assignee, Ticket, TicketStatus};
use crate::id::TeammateId;

impl Ticket {
    /// A teammate replied to the customer: it waits for the customer now.
    pub fn replied(&mut self, at: DateTime<Utc>) {
        if matches!(self.status, TicketStatus::New | TicketStatus::OnYou) {
            self.status = TicketStatus::OnCustomer;
        }
        self.resting_since = Some(at);
        self.clocks.first_reply.get_or_insert(at);
    }

    /// The customer wrote: it waits for a teammate now. Returns whether that changed anything.
    pub fn customer_wrote(&mut self) -> bool {
        let moves = matches!(self.status, TicketStatus::OnCustomer | TicketStatus::OnHold);
        if moves {
            self.status = TicketStatus::OnYou;
            self.resting_since = None;
        }
        moves
    }

    /// It waits for something external.
    pub fn held(&mut self, at: DateTime<Utc>) {
        self.status = TicketStatus::OnHold;
        self.resting_since = Some(at);
    }

    /// Nobody was found: it waits in the inbox.
    pub fn queued(&mut self, at: DateTime<Utc>) {
        self.assignee = None;
        self.clocks.queued.get_or_insert(at);
    }

    /// The policy chose, to begin at once or when their shift does; the ticket stays new until somebody acts on it.
    pub fn assigned(&mut self, teammate: TeammateId, starts_at: Option<DateTime<Utc>>, at: DateTime<Utc>) {
        self.assignee = Some(Assignee { starts_at, ..Assignee::new(teammate, AssignedBy::Policy, at) });
        self.clocks.assigned.get_or_insert(at);
    }

    /// A person chose, over the cap or not.
    pub fn given(&mut self, teammate: TeammateId, by: AssignedBy, over_cap: bool, at: DateTime<Utc>) {
        self.assignee = Some(Assignee { over_cap, ..Assignee::new(teammate, by, at) });
        self.clocks.assigned.get_or_insert(at);
    }

    /// It was taken over or assigned by hand: it waits for a teammate.
    pub fn waits_for_teammate(&mut self) {
        self.status = TicketStatus::OnYou;
        self.resting_since = None;
    }

    /// It ends as `status`, with the AI agent on again.
    pub fn handed_back(&mut self, status: TicketStatus, at: DateTime<Utc>) {
        if self.status.is_open() {
            self.status = status;
            self.clocks.closed = Some(at);
        }
        self.ai_replies = true;
        self.reopens_until = None;
        self.clocks.handed_back.get_or_insert(at);
    }

    /// It ends with the AI agent still off; the customer's next message before `until` reopens it.
    pub fn closed(&mut self, until: DateTime<Utc>, at: DateTime<Utc>) {
        self.status = TicketStatus::Closed;
        self.reopens_until = Some(until);
        self.clocks.closed = Some(at);
    }

    /// It goes on.
    pub fn reopened(&mut self) {
        self.status = TicketStatus::OnYou;
        self.resting_since = None;
        self.reopens_until = None;
    }
}
