//! How a ticket moves by itself. Every method takes the instant from outside.

use chrono::{DateTime, TimeDelta, Utc};

use super::{AssignedBy, Assignee, Flag, Ticket, TicketStatus};
use crate::id::TeammateId;

impl Ticket {
    /// A teammate replied to the customer: it waits for the customer now.
    pub fn replied(&mut self, at: DateTime<Utc>) {
        if matches!(self.status, TicketStatus::New | TicketStatus::OnYou) {
            self.status = TicketStatus::OnCustomer;
        }
        self.resting_since = Some(at);
        self.clocks.first_reply.get_or_insert(at);
        // A person has spoken: there is no loop, and nothing left to look at.
        self.escalated_at.clear();
        self.flags.clear();
        self.rounds = 0;
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

    /// Everybody is asked anew: a person wants it so.
    pub fn asked_anew(&mut self) {
        self.rounds = 0;
        self.flags.retain(|flag| *flag != Flag::Unanswered);
    }

    /// Everybody who is there has had it, `last` as the last of them: whether that was the round after which people are
    /// to look at it (A7).
    pub fn ends_round(&mut self, last: TeammateId, most: u32) -> bool {
        self.lapsed.clear();
        self.lapsed_last = Some(last);
        self.rounds = self.rounds.saturating_add(1);
        let flags = self.rounds >= most && !self.flags.contains(&Flag::Unanswered);
        if flags {
            self.flags.push(Flag::Unanswered);
        }
        flags
    }

    /// It goes on.
    pub fn reopened(&mut self) {
        self.asked_anew();
        self.status = TicketStatus::OnYou;
        self.resting_since = None;
        self.reopens_until = None;
        self.ai_replies = false;
    }

    /// It is nobody's again, and as new if nobody has replied. Whoever had it is not to get it back at once.
    pub fn released(&mut self) {
        if let Some(Assignee { teammate, .. }) = self.assignee.take()
            && !self.lapsed.contains(&teammate)
        {
            self.lapsed.push(teammate);
        }
        self.status = match self.clocks.first_reply {
            None => TicketStatus::New,
            Some(_) => TicketStatus::OnYou,
        };
    }

    /// When a person was last asked for.
    #[must_use]
    pub fn last_escalated(&self) -> DateTime<Utc> {
        self.escalated_at.iter().copied().max().unwrap_or(self.clocks.requested)
    }

    /// Nobody asked for it: it was opened by a takeover.
    pub fn unasked(&mut self) {
        self.escalations = 0;
        self.escalated_at.clear();
    }

    /// A person is asked for once more.
    pub fn escalated_again(&mut self, at: DateTime<Utc>) {
        // A ticket of before these were kept has only the instant it was requested at.
        if self.escalated_at.is_empty() && self.escalations > 0 && self.clocks.first_reply.is_none() {
            self.escalated_at.push(self.clocks.requested);
        }
        self.escalations = self.escalations.saturating_add(1);
        self.escalated_at.push(at);
    }

    /// Keeps of the escalations those `within` so long before `at`, and flags it if these are `count` or more: whether
    /// it was not flagged before (E6). A `count` of nought flags nothing.
    pub fn break_loop(&mut self, count: u32, within: TimeDelta, at: DateTime<Utc>) -> bool {
        self.escalated_at.retain(|then| at.signed_duration_since(*then) < within);
        let excess =
            self.escalated_at.len().saturating_sub(usize::try_from(count).unwrap_or(usize::MAX).max(1));
        self.escalated_at.drain(..excess);
        let recent = u32::try_from(self.escalated_at.len()).unwrap_or(u32::MAX);
        let flags = count > 0 && recent >= count && !self.flags.contains(&Flag::Looping);
        if flags {
            self.flags.push(Flag::Looping);
        }
        flags
    }
}
