//! One dialogue through the desk: the part that a host would write.
//!
//! Every command has a key made from the conversation and the step, the same on every node. So a dialogue may be
//! played again from its beginning by whoever comes next, and by two nodes at the same time: what was done is found.

use escalate::{
    Conversation, ConversationId, CustomerId, Desk, Epoch, Error, Escalate, Fenced, Key, Permit, Place,
    ReasonCode, Requester, Sequence, TeammateId, TurnId, WorkspaceId,
};
use uuid::Uuid;

use crate::Failure;
use crate::dialogue::{Dialogue, Line, Speaker};

/// The conversation of a dialogue.
pub(crate) fn place(workspace: WorkspaceId, number: usize) -> Place {
    let id = Uuid::new_v5(&workspace.uuid(), format!("conversation {number}").as_bytes());
    Place::new(workspace, ConversationId::new(id))
}

/// A dialogue while it is played.
struct Thread<'a> {
    desk: &'a Desk,
    place: Place,
    customer: CustomerId,
    told: &'a (dyn Fn() + Sync),
}

/// Plays `dialogue`, and calls `told` after each step.
pub(crate) async fn play(
    desk: &Desk,
    workspace: WorkspaceId,
    dialogue: &Dialogue,
    told: &(dyn Fn() + Sync),
) -> Result<(), Failure> {
    let place = place(workspace, dialogue.number);
    let customer = CustomerId::new(Uuid::new_v5(&place.conversation.uuid(), b"customer"));
    let thread = Thread { desk, place, customer, told };
    desk.open(Conversation::new(place, Requester::verified(customer), "web", desk.now())).await?;
    thread.say("before", &dialogue.before, None).await?;
    let teammate = thread.escalate().await?;
    desk.take_over(place, teammate, thread.key("take over")).await?;
    told();
    thread.answer_too_late().await?;
    thread.say("human", &dialogue.human, Some(teammate)).await?;
    desk.hand_back(place, teammate.into(), thread.key("hand back")).await?;
    told();
    thread.say("after", &dialogue.after, None).await
}

impl Thread<'_> {
    async fn say(&self, part: &str, lines: &[Line], teammate: Option<TeammateId>) -> Result<(), Failure> {
        for (number, line) in lines.iter().enumerate() {
            let key = self.key(&format!("{part} {number}"));
            match (line.speaker, teammate) {
                (Speaker::Customer, _) => {
                    self.desk.customer_message(self.place, self.customer, key, &line.text).await?;
                }
                (Speaker::Teammate, Some(teammate)) => {
                    self.desk.reply(self.place, teammate, key, &line.text).await?;
                }
                (Speaker::AiAgent | Speaker::Teammate, _) => self.answer(key, &line.text).await?,
            }
            (self.told)();
        }
        Ok(())
    }

    /// The AI agent asks for a turn, and answers in it.
    async fn answer(&self, key: Key, text: &str) -> Result<(), Failure> {
        let turn = match self.desk.begin_turn(self.place).await {
            Ok(turn) => turn,
            // Another node was further than this, and a person answers by now: what the AI agent said before that
            // is found by its key.
            Err(Error::Refused(_)) => self.desk.resume_turn(self.old_permit()),
            Err(error) => return Err(error.into()),
        };
        match turn.reply(key, text).await? {
            Fenced::Done(_) => Ok(()),
            Fenced::Superseded(_) => Err("an answer of the AI agent got lost".into()),
        }
    }

    /// The customer asks for a person; gives whoever got the ticket.
    async fn escalate(&self) -> Result<TeammateId, Failure> {
        let asked = Escalate::because(ReasonCode::CustomerRequest);
        let escalated =
            self.desk.escalate(self.place, self.customer.into(), self.key("escalate"), asked).await?;
        (self.told)();
        let ticket = self.desk.ticket(self.place.workspace, escalated.ticket).await?;
        ticket.assigned_to().ok_or_else(|| "nobody got the ticket".into())
    }

    /// A model that began before the escalation has its answer only now: it must not get through (C1).
    async fn answer_too_late(&self) -> Result<(), Failure> {
        let turn = self.desk.resume_turn(self.old_permit());
        match turn.reply(self.key("too late"), "I can help you with that myself!").await? {
            Fenced::Superseded(_) => (self.told)(),
            Fenced::Done(_) => return Err("an answer of the AI agent came after the takeover".into()),
        }
        Ok(())
    }

    /// The permit of a turn from before anybody escalated.
    fn old_permit(&self) -> Permit {
        let turn = Uuid::new_v5(&self.place.conversation.uuid(), b"old turn");
        Permit::new(self.place, Epoch(0), Sequence(0), TurnId::new(turn))
    }

    fn key(&self, step: &str) -> Key {
        Key::from(Uuid::new_v5(&self.place.conversation.uuid(), step.as_bytes()))
    }
}
