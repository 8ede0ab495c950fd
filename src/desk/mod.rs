//! The engine: load, decide, commit, follow up.
//!
//! Every command reads what a decision is made on, asks the pure machine, and writes the whole change in one
//! commit under the revision it was decided on. If somebody else was faster, it starts over with what is true
//! now. What may take time (a summarizer, a sink, a slow policy) is due work that the commit schedules.

mod act;
mod action_result;
mod authority;
mod bell;
mod briefing;
mod builder;
mod change;
mod close;
mod customer;
mod deadlines;
mod dry_run;
mod due;
mod escalate;
mod explain;
mod field;
mod follow_up;
mod hand_back;
mod idle;
mod inbox;
mod line;
mod note;
mod offer_again;
mod opening;
mod placing;
mod reassign;
mod release;
mod repeats;
mod reply;
mod request;
mod snapshot;
mod sweep;
mod take_over;
mod telling;
mod triggers;
mod turn;
mod worker;

pub use self::action_result::ActionResult;
pub use self::briefing::Briefing;
pub use self::builder::DeskBuilder;
pub use self::close::AfterClose;
pub use self::customer::{Next, Received};
pub use self::dry_run::{Considered, DryRun, Foreseen, Waits};
pub use self::due::DueReport;
pub use self::inbox::Inbox;
pub use self::request::Escalate;
pub use self::triggers::{Failed, Promised, Replied};
pub use self::turn::{Fenced, Permit, Turn};

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use uuid::Uuid;

use self::builder::{RulesOf, Settings, Trigger, WhoReceives};
use self::due::Crew;
use crate::control::{AiPresence, ControlState, Refusal};
use crate::conversation::Conversation;
use crate::error::Error;
use crate::id::{Place, WorkspaceId};
use crate::ports::{
    AssignmentPolicy, Clock, EventSink, IdSource, Roster, SinkName, Summarizer, TicketRepository,
    TranscriptStore,
};
use crate::rules::Rules;
use crate::ticket::Ticket;

/// Hands conversations from the AI agent to people and back.
///
/// A clone shares everything; any number of desks, on any number of machines, may work on one store.
///
/// ```
/// use escalate::{Actor, Control, Conversation, CustomerId, ConversationId, Desk, Escalate, MemoryStore, Place};
/// use escalate::{ReasonCode, Requester, Teammate, TeammateId, WorkspaceId};
///
/// # futures::executor::block_on(async {
/// let place = Place::new(WorkspaceId::from_u128(1), ConversationId::from_u128(2));
/// let (cleo, ana) = (CustomerId::from_u128(3), TeammateId::from_u128(4));
///
/// let store = MemoryStore::new();
/// store.put_teammate(Teammate::new(place.workspace, ana, "Ana")).await?;
/// let desk = Desk::on(store).build();
///
/// desk.open(Conversation::new(place, Requester::verified(cleo), "web", desk.now())).await?;
/// desk.customer_message(place, cleo, "m1".parse()?, "My order 1234 never came. I want a refund.").await?;
///
/// let turn = desk.begin_turn(place).await?;
/// turn.escalate("e1".parse()?, Escalate::because(ReasonCode::OutOfScope)).await?;
/// assert!(matches!(desk.control(place).await?.control, Control::Queued { .. }));
///
/// desk.take_over(place, ana, "t1".parse()?).await?;
/// desk.reply(place, ana, "r1".parse()?, "I have refunded it.").await?;
/// desk.hand_back(place, Actor::from(ana), "h1".parse()?).await?;
/// assert_eq!(desk.control(place).await?.control, Control::Ai);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct Desk {
    inner: Arc<Inner>,
}

struct Inner {
    transcripts: Arc<dyn TranscriptStore>,
    tickets: Arc<dyn TicketRepository>,
    roster: Arc<dyn Roster>,
    policy: Arc<dyn AssignmentPolicy>,
    summarizer: Option<Arc<dyn Summarizer>>,
    sinks: BTreeMap<SinkName, Arc<dyn EventSink>>,
    crews: Vec<Crew>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    who_receives: WhoReceives,
    trigger: Option<Trigger>,
    rules: RulesOf,
    settings: Settings,
}

impl Desk {
    /// The longest text of a message, in bytes of UTF-8.
    pub const MAX_TEXT_BYTES: usize = 1 << 20;

    /// Starts a desk on one store that is all three: [`MemoryStore`](crate::MemoryStore), or an SQL adapter.
    pub fn on<S>(store: S) -> DeskBuilder
    where
        S: TranscriptStore + TicketRepository + Roster + Clone,
    {
        Self::builder(store.clone(), store.clone(), store)
    }

    /// Starts a desk on three stores.
    pub fn builder(
        transcripts: impl TranscriptStore,
        tickets: impl TicketRepository,
        roster: impl Roster,
    ) -> DeskBuilder {
        DeskBuilder::new(Arc::new(transcripts), Arc::new(tickets), Arc::new(roster))
    }

    /// The desk's clock, UTC, cut to microseconds.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.inner.clock.now().trunc_subsecs(6)
    }

    /// Begins a conversation, or returns the one that is there, unchanged.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotYours`] if it is there and another customer's; [`Error::Store`].
    pub async fn open(&self, conversation: Conversation) -> Result<Conversation, Error> {
        let customer = conversation.requester.customer;
        let opened = self.inner.transcripts.open(conversation).await?;
        if opened.requester.customer != customer {
            return Err(Refusal::NotYours.into());
        }
        Ok(opened)
    }

    /// Who answers, from the one place that says so. Cheap enough to ask before every word.
    ///
    /// # Errors
    ///
    /// [`Error::Store`]: treat it as *not the AI agent* (C3).
    pub async fn control(&self, place: Place) -> Result<ControlState, Error> {
        Ok(self.inner.tickets.control(place).await?)
    }

    fn uuid(&self) -> Uuid {
        self.inner.ids.uuid()
    }

    fn rules(&self, workspace: WorkspaceId) -> Arc<Rules> {
        (self.inner.rules)(workspace)
    }

    fn ai_at(&self, place: Place) -> AiPresence {
        if (self.inner.who_receives)(place) { AiPresence::Present } else { AiPresence::Absent }
    }

    /// Whether the AI agent may get the conversation that `ticket` is about.
    fn ai_for(&self, place: Place, ticket: Option<&Ticket>) -> AiPresence {
        match self.ai_at(place) {
            AiPresence::Present if ticket.is_some_and(Ticket::is_looping) => AiPresence::Barred,
            ai => ai,
        }
    }
}

// Ports are dyn-safe, a desk takes shared handles of them, and may be shared itself.
const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    fn stores<T: TranscriptStore, R: TicketRepository, S: Roster>() {}
    shared::<Desk>();
    stores::<Arc<dyn TranscriptStore>, Arc<dyn TicketRepository>, Arc<dyn Roster>>();
};

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk")
            .field("transcripts", &self.inner.transcripts)
            .field("tickets", &self.inner.tickets)
            .finish_non_exhaustive()
    }
}
