//! One dialogue through the desk: the part that a host would write.

use std::sync::Arc;

use escalate::{
    Actor, Conversation, ConversationId, CustomerId, Desk, Epoch, Error, Escalate, Fenced, Key, Permit,
    Place, Reason, ReasonCode, Requester, Sequence, TicketId, Turn, TurnId, WorkspaceId,
};
use uuid::Uuid;

use crate::dialogue::{Dialogue, Entry};
use crate::failure::Failure;
use crate::line::{self, Outcome};
use crate::staff::Staff;
use crate::steps::Steps;

/// The one tenant of a replay.
pub(crate) const WORKSPACE: WorkspaceId = WorkspaceId::new(NAMESPACE);
const NAMESPACE: Uuid = Uuid::from_u128(0x5b0c_2f8e_63d4_4f0a_a1c7_0e9d_3b58_7712);

/// The epoch all recordings are from: before anybody escalated.
const RECORDED: Epoch = Epoch(0);
/// What a teammate says who resolves a ticket.
const RESOLUTION: &str = "This is settled now.";

/// The id that the thing of this kind and name has in every run.
pub(crate) fn named(kind: &str, name: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, format!("{kind}:{name}").as_bytes())
}

/// Plays dialogues, many at once.
#[derive(Debug)]
pub(crate) struct Player {
    pub(crate) desk: Desk,
    pub(crate) staff: Staff,
    pub(crate) steps: Steps,
    pub(crate) escalate_at_end: bool,
    pub(crate) resolve: bool,
}

impl Player {
    /// Plays `dialogue` from its beginning; what an earlier run did already is found by its key.
    pub(crate) async fn play(self: Arc<Self>, dialogue: Dialogue) -> Result<Outcome, Failure> {
        let mut thread = Thread::open(&self, &dialogue.id).await?;
        for (number, entry) in (1..).zip(&dialogue.entries) {
            thread.play(number, entry).await?;
        }
        if self.escalate_at_end {
            thread.escalate_at_end().await?;
        }
        if self.resolve {
            thread.resolve().await?;
        }
        let Thread { place, customer, superseded, .. } = thread;
        line::outcome(&self, &dialogue, place, customer, superseded).await
    }
}

/// A conversation while its recording is played.
struct Thread<'a> {
    player: &'a Player,
    place: Place,
    customer: CustomerId,
    /// The newest entry that playing has come to.
    seen: Sequence,
    /// The AI agent's turn, from the customer's last message on.
    turn: Option<Turn>,
    ticket: Option<TicketId>,
    superseded: u64,
}

impl<'a> Thread<'a> {
    async fn open(player: &'a Player, id: &str) -> Result<Self, Failure> {
        let place = Place::new(WORKSPACE, ConversationId::new(named("conversation", id)));
        let customer = CustomerId::new(named("customer", id));
        let conversation =
            Conversation::new(place, Requester::verified(customer), "replay", player.desk.now());
        player.desk.open(conversation).await?;
        player.steps.take().await;
        Ok(Self { player, place, customer, seen: Sequence(0), turn: None, ticket: None, superseded: 0 })
    }

    async fn play(&mut self, number: usize, entry: &Entry) -> Result<(), Failure> {
        match entry {
            Entry::Customer(text) => self.customer(number, text).await,
            Entry::AiAgent(text) => self.reply(number, text).await,
            Entry::Transfer(reason) => self.escalate(number, reason).await,
            Entry::Transferred if self.ticket.is_none() => self.escalate(number, "").await,
            Entry::Transferred | Entry::Tool => Ok(()),
        }
    }

    async fn customer(&mut self, number: usize, text: &str) -> Result<(), Failure> {
        let key = self.key(&number.to_string());
        let received = self.player.desk.customer_message(self.place, self.customer, key, text).await?;
        self.player.steps.take().await;
        self.seen = self.seen.max(received.sequence);
        self.turn = None;
        Ok(())
    }

    /// What the recorded AI agent said. After the escalation it comes too late, as it should.
    async fn reply(&mut self, number: usize, text: &str) -> Result<(), Failure> {
        let turn = self.turn(number).await?;
        match turn.reply(self.key(&number.to_string()), text).await? {
            Fenced::Done(receipt) if self.ticket.is_some() && !receipt.repeated => {
                return Err(Failure::GotThrough { turn: number });
            }
            Fenced::Done(receipt) => self.seen = self.seen.max(receipt.sequence),
            Fenced::Superseded(_) => self.superseded += 1,
        }
        self.player.steps.take().await;
        Ok(())
    }

    async fn escalate(&mut self, number: usize, reason: &str) -> Result<(), Failure> {
        let turn = self.turn(number).await?;
        let request = Escalate::because(Reason::new(ReasonCode::Other, reason));
        if let Fenced::Done(escalation) = turn.escalate(self.key(&number.to_string()), request).await? {
            // A model that calls twice gets the ticket it has.
            if *self.ticket.get_or_insert(escalation.ticket) != escalation.ticket {
                return Err(Failure::SecondTicket { turn: number });
            }
        }
        self.player.steps.take().await;
        Ok(())
    }

    /// The AI agent's turn, taken before it speaks.
    ///
    /// A recorded reply belongs to the time before the escalation, also in a second run, when the conversation has
    /// been handed back since and a fresh turn would be welcome. So it is played under a permit of that time, as by
    /// a model that has been thinking ever since: what got through then is found by its key, and what came too late
    /// comes too late again.
    async fn turn(&mut self, number: usize) -> Result<Turn, Error> {
        let turn = match self.turn.take() {
            Some(turn) => turn,
            None => match self.player.desk.begin_turn(self.place).await {
                Ok(turn) if turn.permit().epoch == RECORDED => turn,
                Ok(_) | Err(Error::Refused(_)) => {
                    let id = TurnId::new(self.derived(&format!("turn {number}")));
                    self.player.desk.resume_turn(Permit::new(self.place, RECORDED, self.seen, id))
                }
                Err(error) => return Err(error),
            },
        };
        self.turn = Some(turn.clone());
        Ok(turn)
    }

    async fn escalate_at_end(&mut self) -> Result<(), Failure> {
        if self.ticket.is_none() {
            let request = Escalate::because(Reason::new(ReasonCode::HostRule, "the recording has ended"));
            let escalation =
                self.player.desk.escalate(self.place, Actor::System, self.key("end"), request).await?;
            self.ticket = Some(escalation.ticket);
            self.player.steps.take().await;
        }
        Ok(())
    }

    /// Whoever has the ticket takes over, says that it is settled, and hands back.
    async fn resolve(&self) -> Result<(), Failure> {
        let Some(ticket) = self.ticket else { return Ok(()) };
        let Player { desk, staff, steps, .. } = self.player;
        let assigned = desk.ticket(WORKSPACE, ticket).await?.assigned_to();
        let teammate = assigned.unwrap_or(staff.first);
        desk.take_over(self.place, teammate, self.key("take over")).await?;
        steps.take().await;
        desk.reply(self.place, teammate, self.key("resolution"), RESOLUTION).await?;
        steps.take().await;
        desk.hand_back(self.place, Actor::from(teammate), self.key("hand back")).await?;
        steps.take().await;
        Ok(())
    }

    /// The key of a command: the same in every run, and no other command's.
    fn key(&self, name: &str) -> Key {
        Key::from(self.derived(name))
    }

    fn derived(&self, name: &str) -> Uuid {
        Uuid::new_v5(&self.place.conversation.uuid(), name.as_bytes())
    }
}
