//! What an escalation says.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::snapshot::KeyUse;
use crate::assignment::Need;
use crate::conversation::{Channel, Conversation};
use crate::event::Actor;
use crate::id::TeamId;
use crate::key::Key;
use crate::rules::{Explained, Facts, Routed, Rules};
use crate::summary::Language;
use crate::ticket::{Priority, Reason, ReasonCode, Ticket};

/// What an escalation says.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Escalate {
    /// Why.
    pub reason: Reason,
    /// How soon.
    pub priority: Priority,
    /// The team and skills asked for.
    pub need: Need,
    /// The host's tags: what rules may go by, kept with the ticket, sorted.
    pub tags: Vec<String>,
    /// What the host knows of the customer: what rules may go by, not kept.
    pub attributes: BTreeMap<String, String>,
    /// The AI agent's own words to the customer, instead of the desk's own text.
    pub words: Option<String>,
    /// The reason that rules see instead of the one given: a model's is not to say where a ticket goes (S4).
    pub(super) routed_as: Option<ReasonCode>,
    /// What the action's settings put in where host and model say nothing, or less. No part of what is said: a setting may
    /// change between a call and its retry (E2).
    pub(super) filled: Filled,
}

/// See [`Escalate::filled`].
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Filled {
    pub(super) words: Option<String>,
    pub(super) priority: Option<Priority>,
}

impl Escalate {
    /// An escalation of normal priority to anybody.
    pub fn because(reason: impl Into<Reason>) -> Self {
        let (reason, need) = (reason.into(), Need::default());
        let (priority, tags, attributes) = (Priority::Normal, Vec::new(), BTreeMap::new());
        Self {
            reason,
            priority,
            need,
            tags,
            attributes,
            words: None,
            routed_as: None,
            filled: Filled::default(),
        }
    }

    /// Sets how soon.
    #[must_use]
    pub fn with_priority(mut self, priority: Priority) -> Self {
        self.priority = priority;
        self
    }

    /// Asks for a team.
    #[must_use]
    pub fn to_team(mut self, team: TeamId) -> Self {
        self.need.team = Some(team);
        self
    }

    /// Asks for skills, all of them.
    #[must_use]
    pub fn needing<S: Into<String>>(mut self, skills: impl IntoIterator<Item = S>) -> Self {
        self.need.skills = skills.into_iter().map(Into::into).collect();
        self
    }

    /// Asks for somebody who speaks this language, whatever the customer's is taken to be.
    #[must_use]
    pub fn answered_in(mut self, language: impl Into<Language>) -> Self {
        self.need.language = Some(language.into());
        self
    }

    /// Sets the tags that [rules](crate::Rules) may go by. They come from the host's own systems, and never from the
    /// customer's or a model's words: whoever says them says where the ticket goes (S4).
    #[must_use]
    pub fn tagged<S: Into<String>>(mut self, tags: impl IntoIterator<Item = S>) -> Self {
        let tags: BTreeSet<_> = tags.into_iter().map(Into::into).collect();
        self.tags = tags.into_iter().collect();
        self
    }

    /// Says what the host knows of the customer, such as `plan` and `gold`, for rules to go by; call it once for each.
    /// As with [tags](Escalate::tagged), never a customer's or a model's words.
    #[must_use]
    pub fn with_attribute(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.attributes.insert(name.into(), value.into());
        self
    }

    /// Tells the customer this, instead of the desk's own text. Blank words count as none.
    #[must_use]
    pub fn saying(mut self, words: impl Into<String>) -> Self {
        self.words = Some(words.into());
        self
    }

    pub(super) fn key_use(&self, key: Key, actor: Actor) -> KeyUse {
        let mut parts: Vec<&[u8]> = vec![self.reason.code.as_str().as_bytes(), self.reason.text.as_bytes()];
        let (priority, team) = ([self.priority.rank()], self.need.team.map(|team| team.uuid().into_bytes()));
        let actor = actor.tag();
        parts.push(&priority);
        parts.push(team.as_ref().map_or(&[], |team| team.as_slice()));
        parts.extend(self.need.skills.iter().map(String::as_bytes));
        parts.push(self.words.as_deref().unwrap_or_default().as_bytes());
        parts.push(&actor);
        // What older escalations could not say comes behind, with its counts, and only where it is said: their
        // fingerprints stay. The last part is never an actor, so the two forms cannot be mistaken for each other.
        let language = self.need.language.as_ref().map(|language| language.as_str().as_bytes());
        let counts = [self.tags.len(), self.attributes.len()].map(|count| (count as u64).to_be_bytes());
        if language.is_some() || !self.tags.is_empty() || !self.attributes.is_empty() {
            parts.extend(self.tags.iter().map(String::as_bytes));
            let attributes = self.attributes.iter();
            parts.extend(attributes.flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]));
            parts.extend(counts.iter().map(<[u8; 8]>::as_slice));
            parts.extend([language.unwrap_or_default(), b"tags, attributes, language"]);
        }
        if let Some(urgency) = self.reason.urgency {
            parts.extend([urgency.as_str().as_bytes(), b"urgency"]);
        }
        KeyUse::new(key, "escalate", &parts)
    }

    /// What the customer is told, unless by the desk's own text.
    pub(super) fn words(&self) -> Option<&str> {
        [&self.words, &self.filled.words]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .find(|w| !w.trim().is_empty())
    }

    fn facts<'a>(&'a self, channel: &'a Channel, language: Option<&'a Language>) -> Facts<'a> {
        let reason = self.routed_as.unwrap_or(self.reason.code);
        let priority = self.filled.priority.map_or(self.priority, |filled| self.priority.max(filled));
        let facts = Facts::new(reason, channel).in_language(language).with_priority(priority);
        facts.needing(&self.need).tagged(&self.tags).with_attributes(&self.attributes)
    }

    /// Where it goes, with what is known of the conversation.
    pub(super) fn route(
        &self,
        rules: &Rules,
        conversation: &Conversation,
        language: Option<&Language>,
    ) -> Routed {
        rules.route(&self.facts(&conversation.channel, language))
    }

    /// Where it goes under the ticket `before`, if one goes on. What is not named now stays, and nothing gets less urgent:
    /// the words of a customer or a model do not undo what the host has asked for (S4).
    pub(super) fn going_on(&self, actor: Actor, before: Option<&Ticket>, now: Routed) -> Routed {
        let Some(before) = before.filter(|_| !self.begins_anew(actor)) else { return now };
        let earlier = Routed::from(before);
        let asked = &self.need;
        let team = if asked.team.is_some() { now.need.team } else { earlier.need.team.or(now.need.team) };
        // The rule of now does not speak for another team than its own.
        let by_now = team == now.need.team;
        let keeps_skills = asked.skills.is_empty() && !(earlier.need.skills.is_empty() && by_now);
        let skills = if keeps_skills { earlier.need.skills } else { now.need.skills };
        let (rule, method) = match by_now && (now.rule.is_some() || earlier.rule.is_none()) {
            true => (now.rule, now.method),
            false => (earlier.rule, earlier.method),
        };
        let (language, speaks, required) = match asked.language.is_none() && earlier.language.is_some() {
            true => (earlier.language, earlier.speaks, earlier.need.language),
            false => (now.language, now.speaks, now.need.language),
        };
        let need = Need { team, skills, language: required };
        Routed { rule, need, priority: now.priority.max(earlier.priority), method, speaks, language }
    }

    /// Whether what an earlier escalation asked for is gone: only the host and people of the team say so, and the host
    /// does not where it only tells of a failure.
    pub(super) fn begins_anew(&self, actor: Actor) -> bool {
        let decides = matches!(actor, Actor::System | Actor::Teammate { .. });
        decides && self.reason.code != ReasonCode::AiFailure
    }

    /// Where it goes, with why.
    pub(super) fn explain(
        &self,
        rules: &Rules,
        conversation: &Conversation,
        language: Option<&Language>,
    ) -> Explained {
        rules.explain(&self.facts(&conversation.channel, language))
    }

    /// The team whose staff is worth reading together with the conversation, before that is known.
    pub(super) fn likely_team(&self, rules: &Rules) -> Option<TeamId> {
        rules.likely_team(&self.facts(&Channel::from(""), None))
    }
}

impl fmt::Debug for Escalate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Escalate")
            .field("reason", &self.reason)
            .field("priority", &self.priority)
            .field("need", &self.need)
            .field("tags", &self.tags)
            .finish_non_exhaustive()
    }
}
