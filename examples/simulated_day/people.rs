//! What customers and teammates do, and how long they take for it.

use chrono::{DateTime, TimeDelta, Utc};
use escalate::ports::Routing;
use escalate::{
    AfterClose, Control, Conversation, ConversationId, Event, EventKind, Fenced, Place, Refusal, Requester,
    TeammateId,
};

use crate::Failure;
use crate::office::WORKSPACE;
use crate::world::{SAMPLE_EVERY, World};

/// Something that somebody is going to do. What has become pointless by then is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Deed {
    /// A customer writes for the first time, and the AI agent asks for a person.
    Write { talk: usize },
    /// A customer who waits asks where the answer is.
    Urge { talk: usize },
    /// A teammate writes to the customer, if the ticket is still theirs by the `turn`-th assignment.
    Reply { talk: usize, teammate: TeammateId, turn: u32 },
    /// The customer answers.
    Answer { talk: usize },
    /// The teammate ends it.
    Close { talk: usize, teammate: TeammateId },
    /// The state is written down for the plot.
    Sample,
    /// The promises are recounted.
    Audit,
}

/// What a conversation has come to.
#[derive(Debug, Default)]
pub(crate) struct Talk {
    /// How often it was given to somebody or taken away: a plan made before that is void.
    turn: u32,
    /// How many messages it has: the next one's key.
    said: u32,
    /// How many replies it takes; drawn with the first.
    replies_left: Option<i64>,
}

/// Of a hundred assignments, so many are never answered: the ticket lapses and is offered to the next.
const LAPSES: u32 = 7;
/// Of a hundred customers, so many never come back after an answer: the ticket is closed by a timer.
const LEAVES: u32 = 8;
/// Of a hundred customers, so many write again while they wait.
const URGES: u32 = 15;

impl World {
    pub(crate) async fn act(&mut self, deed: Deed) -> Result<(), Failure> {
        match deed {
            Deed::Write { talk } => self.write(talk).await,
            Deed::Urge { talk } => self.urge(talk).await,
            Deed::Reply { talk, teammate, turn } => self.reply(talk, teammate, turn).await,
            Deed::Answer { talk } => {
                self.say(talk).await?;
                self.plan_reply(talk);
                Ok(())
            }
            Deed::Close { talk, teammate } => self.close(talk, teammate).await,
            Deed::Sample => {
                self.plan(self.now() + SAMPLE_EVERY, Deed::Sample);
                self.tally.sample(&self.store, &self.staff, self.desk.now()).await
            }
            Deed::Audit => {
                self.plan(self.now() + TimeDelta::hours(1), Deed::Audit);
                self.recount().await
            }
        }
    }

    async fn write(&mut self, talk: usize) -> Result<(), Failure> {
        let arrival = &self.arrivals[talk];
        let (place, now) = (place(talk), self.now());
        let conversation = Conversation::new(place, Requester::verified(arrival.customer), "web", now);
        self.desk.open(conversation.in_language(arrival.language)).await?;
        self.say(talk).await?;
        // The AI agent reads it, and finds that a person is needed.
        let turn = self.desk.begin_turn(place).await?;
        let request = self.arrivals[talk].request.clone();
        let Fenced::Done(escalation) = turn.escalate("escalate".parse()?, request).await? else {
            return Err("a person came before the AI agent had read the first message".into());
        };
        self.tally.asked(self.arrivals[talk].team, talk, now, &escalation);
        let waits = matches!(escalation.routing, Routing::Queued { .. } | Routing::Waiting);
        if waits && self.random.happens(URGES) {
            self.plan_in(3 * 60, 15 * 60, Deed::Urge { talk });
        }
        Ok(())
    }

    async fn urge(&mut self, talk: usize) -> Result<(), Failure> {
        if let Control::Queued { .. } = self.desk.control(place(talk)).await?.control {
            self.say(talk).await?;
        }
        Ok(())
    }

    /// The customer's next message.
    async fn say(&mut self, talk: usize) -> Result<(), Failure> {
        let arrival = &self.arrivals[talk];
        let text =
            if self.talks[talk].said == 0 { arrival.says } else { "Thank you. One more thing, please." };
        let key = format!("m{}", self.talks[talk].said).parse()?;
        self.talks[talk].said += 1;
        self.desk.customer_message(place(talk), arrival.customer, key, text).await?;
        Ok(())
    }

    /// Somebody hears of what happened to a ticket.
    pub(crate) fn hear(&mut self, event: &Event) {
        let Some(talk) = index(event.conversation) else { return };
        match event.kind {
            EventKind::Assigned { teammate, starts_at, .. } => {
                self.talks[talk].turn += 1;
                // Whoever does not look loses it again, in time. Whoever finds it at the start of a shift looks.
                if starts_at.is_some() || !self.random.happens(LAPSES) {
                    let begins = starts_at.unwrap_or(event.at);
                    let at = begins.max(self.now()) + TimeDelta::seconds(self.random.between(45, 300));
                    let turn = self.talks[talk].turn;
                    self.plan(at, Deed::Reply { talk, teammate, turn });
                }
            }
            EventKind::Lapsed { .. } => self.talks[talk].turn += 1,
            _ => {}
        }
    }

    async fn reply(&mut self, talk: usize, teammate: TeammateId, turn: u32) -> Result<(), Failure> {
        if self.talks[talk].turn != turn {
            return Ok(());
        }
        self.talks[talk].said += 1;
        let key = format!("r{}", self.talks[talk].said).parse()?;
        let replied = self.desk.reply(place(talk), teammate, key, "I am looking into it.").await;
        match replied {
            Ok(_) => {}
            // Somebody else has it by now, or it has ended: that is what a host would show, too.
            Err(escalate::Error::Refused(Refusal::HeldBy { .. })) => {
                self.audit.refused += 1;
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        }
        let drawn = self.random.between(1, 4);
        let left = self.talks[talk].replies_left.get_or_insert(drawn);
        *left -= 1;
        if *left <= 0 {
            self.plan_in(60, 360, Deed::Close { talk, teammate });
        } else if !self.random.happens(LEAVES) {
            self.plan_in(60, 18 * 60, Deed::Answer { talk });
        }
        Ok(())
    }

    fn plan_reply(&mut self, talk: usize) {
        let turn = self.talks[talk].turn;
        if let Some(teammate) = self.tally.holder(talk) {
            self.plan_in(60, 12 * 60, Deed::Reply { talk, teammate, turn });
        }
    }

    /// Half of them go back to the AI agent; the others are closed, and the AI agent stays off for now.
    async fn close(&mut self, talk: usize, teammate: TeammateId) -> Result<(), Failure> {
        let after = if self.random.happens(50) { AfterClose::ResumeAi } else { AfterClose::StayOff };
        self.desk.close(place(talk), teammate.into(), "close".parse()?, after).await?;
        Ok(())
    }

    fn plan_in(&mut self, least: i64, most: i64, deed: Deed) {
        let at: DateTime<Utc> = self.now() + TimeDelta::seconds(self.random.between(least, most));
        self.plan(at, deed);
    }
}

/// The conversation of the arrival with this index.
pub(crate) fn place(talk: usize) -> Place {
    Place::new(WORKSPACE, ConversationId::from_u128(talk as u128 + 1))
}

/// And back.
pub(crate) fn index(conversation: ConversationId) -> Option<usize> {
    usize::try_from(conversation.uuid().as_u128()).ok()?.checked_sub(1)
}
