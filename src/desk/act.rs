//! A model's call of the action, carried out within its turn.

use super::Desk;
use super::action_result::ActionResult;
use super::request::Escalate;
use super::turn::{Fenced, Permit, Turn};
use crate::action::{ActionCall, Arguments, EscalateAction};
use crate::error::Error;
use crate::id::{Place, TurnId};
use crate::key::Key;
use crate::message::Sequence;
use crate::ticket::ReasonCode;

impl Desk {
    /// A turn that begins now, without a look at the transcript, for a call of the action of which only the conversation
    /// is known. It fences what happens from now on; the permit of [`Desk::begin_turn`] is better, as it fences from
    /// before the model was called. What it says to the customer is superseded, as it has read nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Store`]: do nothing (C3).
    pub async fn turn_from_now(&self, place: Place) -> Result<Turn, Error> {
        let epoch = self.control(place).await?.epoch;
        Ok(self.resume_turn(Permit::new(place, epoch, Sequence(0), TurnId::new(self.uuid()))))
    }
}

impl Turn {
    /// Carries out a call of `action` by the model: reads `arguments` (a text or a value) and
    /// [escalates](Turn::escalate). What comes of it, whatever that is, goes back to the model as the result of its
    /// call: [`ActionResult::to_text`] or [`ActionResult::to_json`].
    ///
    /// Derive `key` from the turn and the model's id for the call: a repeat then gives the same result for ever (E2).
    ///
    /// # Errors
    ///
    /// [`Error::Store`]: it is not known whether it was done, and the same key finds out; [`Error::Contended`]. Call it
    /// again before the model is told anything. What was refused is an [`ActionResult`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves all of the escalation or none; the same key finds out.
    ///
    /// ```
    /// # use escalate::{Conversation, CustomerId, ConversationId, Desk, MemoryStore, Place, Requester, WorkspaceId};
    /// use escalate::ActionResult;
    /// use escalate::action::EscalateAction;
    /// # futures::executor::block_on(async {
    /// # let place = Place::new(WorkspaceId::from_u128(1), ConversationId::from_u128(2));
    /// # let cleo = CustomerId::from_u128(3);
    /// # let desk = Desk::on(MemoryStore::new()).build();
    /// # desk.open(Conversation::new(place, Requester::verified(cleo), "web", desk.now())).await?;
    /// # desk.customer_message(place, cleo, "m1".parse()?, "I want to talk to a person.").await?;
    /// let action = EscalateAction::new();
    /// let turn = desk.begin_turn(place).await?;
    /// let key = format!("{}:{}", turn.permit().turn, "call_7").parse()?;
    /// let result = turn.act(&action, key, r#"{"reason": "customer_request"}"#).await?;
    /// assert!(matches!(result, ActionResult::Waiting { .. }));
    /// assert!(result.to_text().ends_with("The customer has been told."));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub async fn act<'a>(
        &self,
        action: &EscalateAction,
        key: Key,
        arguments: impl Into<Arguments<'a>>,
    ) -> Result<ActionResult, Error> {
        self.act_as(action, key, arguments, Escalate::because(ReasonCode::Other)).await
    }

    /// The same, for the team, skills, tags, attributes and priority that the host asks for with `request`. Its reason
    /// and words are the model's, or the action's.
    ///
    /// # Errors
    ///
    /// As [`Turn::act`].
    ///
    /// # Cancel safety
    ///
    /// As [`Turn::act`].
    pub async fn act_as<'a>(
        &self,
        action: &EscalateAction,
        key: Key,
        arguments: impl Into<Arguments<'a>>,
        request: Escalate,
    ) -> Result<ActionResult, Error> {
        let call = match action.parse(arguments) {
            Ok(call) => call,
            Err(fault) => return Ok(ActionResult::InvalidCall { fault }),
        };
        match self.escalate(key.clone(), request.called(action, call)).await {
            Ok(Fenced::Done(escalation)) => Ok(ActionResult::of(&escalation, &key)),
            Ok(Fenced::Superseded(by)) => Ok(ActionResult::Superseded { by }),
            Err(Error::Refused(refusal)) => Ok(ActionResult::Refused { refusal }),
            Err(error) => Err(error),
        }
    }
}

impl Escalate {
    /// The host's request, with what a model may say put in: why, what the customer is told, and a priority as far as
    /// the host lets it (S4). For a host that escalates with [`Turn::escalate`] itself.
    #[must_use]
    pub fn called(mut self, action: &EscalateAction, call: ActionCall) -> Self {
        let ActionCall { reason, words } = call;
        self.filled.priority = Some(action.priority(self.priority, reason.urgency));
        self.routed_as = Some(action.routed_as(reason.code));
        self.reason = reason;
        self.words = words.or_else(|| self.words.filter(|words| !words.trim().is_empty()));
        self.filled.words = action.handoff_message().map(str::to_owned);
        self
    }
}
