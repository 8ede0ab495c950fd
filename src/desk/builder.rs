//! How a desk is put together.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use chrono::TimeDelta;

use super::due::Crew;
use super::{Desk, Inner};
use crate::adapters::assignment::Balanced;
use crate::id::{Place, WorkspaceId};
use crate::message::Message;
use crate::ports::{
    AssignmentPolicy, Clock, EventSink, IdSource, Roster, SinkName, Summarizer, SystemClock,
    TicketRepository, TimeOrderedIds, TranscriptStore, Whereabouts,
};
use crate::rules::Rules;
use crate::ticket::Reason;

pub(super) type WhoReceives = Arc<dyn Fn(Place) -> bool + Send + Sync>;
pub(super) type Trigger = Arc<dyn Fn(&Message) -> Option<Reason> + Send + Sync>;
pub(super) type RulesOf = Arc<dyn Fn(WorkspaceId) -> Arc<Rules> + Send + Sync>;

/// Everything of a desk that has a default.
pub(super) struct Settings {
    /// Where the transcripts are, and where the roster is, seen from the tickets.
    pub(super) whereabouts: Whereabouts,
    pub(super) roster: Whereabouts,
    pub(super) conflict_retries: u32,
    /// Whether the policy is a host's own, which may go by the loads that it is shown.
    pub(super) has_own_policy: bool,
    pub(super) grace: TimeDelta,
    pub(super) lease: TimeDelta,
    pub(super) sweep_every: TimeDelta,
    pub(super) summary_attempts: u32,
    pub(super) summary_within: TimeDelta,
}

/// Puts a [`Desk`] together. What is required was given to [`Desk::builder`]; everything here has a default.
#[must_use = "a builder does nothing until `build`"]
pub struct DeskBuilder {
    inner: Inner,
}

impl DeskBuilder {
    pub(super) fn new(
        transcripts: Arc<dyn TranscriptStore>,
        tickets: Arc<dyn TicketRepository>,
        roster: Arc<dyn Roster>,
    ) -> Self {
        let seen = |database| match database == tickets.database() {
            true => Whereabouts::Here,
            false => Whereabouts::Elsewhere,
        };
        let settings = Settings {
            whereabouts: seen(transcripts.database()),
            roster: seen(roster.database()),
            conflict_retries: 64,
            has_own_policy: false,
            grace: TimeDelta::hours(24),
            lease: TimeDelta::seconds(60),
            sweep_every: TimeDelta::seconds(5),
            summary_attempts: 8,
            summary_within: TimeDelta::days(1),
        };
        Self {
            inner: Inner {
                transcripts,
                tickets,
                roster,
                policy: Arc::new(Balanced),
                summarizer: None,
                sinks: BTreeMap::new(),
                crews: Vec::new(),
                clock: Arc::new(SystemClock),
                ids: Arc::new(TimeOrderedIds),
                who_receives: Arc::new(|_| true),
                trigger: None,
                rules: rules_for_all(Rules::default()),
                settings,
            },
        }
    }

    /// Who gets a ticket. Default: [`Balanced`].
    pub fn policy(mut self, policy: impl AssignmentPolicy) -> Self {
        self.inner.settings.has_own_policy = !(&policy as &dyn Any).is::<Balanced>();
        self.inner.policy = Arc::new(policy);
        self
    }

    /// Writes better summaries after the fact. Default: none; tickets keep the deterministic summary.
    ///
    /// It is asked up to twice in one piece of work, the second time with what was wrong, if a third of the time for
    /// both is left; else it has failed once. Each call is told [how long](crate::ports::SummaryRequest::within) it may take: together not
    /// quite half a [lease](DeskBuilder::lease). One that lasts longer is dropped by [`Desk::work`] and put off, as if
    /// the summarizer were down.
    pub fn summarizer(mut self, summarizer: impl Summarizer) -> Self {
        self.inner.summarizer = Some(Arc::new(summarizer));
        self
    }

    /// Where events go; call it once for each sink. Default: nowhere; they stay in the timeline.
    ///
    /// Each sink gets every event by itself, from a mark of its own in each conversation, and is tried again by
    /// itself: one that is down or slow holds up no other. The name is stored with the marks, so it has to stay the
    /// same as long as the sink does; a second sink under one name replaces the first. Every desk that writes to a
    /// store names the same sinks: a commit schedules a delivery to each sink of the desk that makes it.
    ///
    /// A sink that is new to a conversation gets its events from the first one on, as soon as something happens in it.
    ///
    /// ```
    /// use async_trait::async_trait;
    /// use escalate::{Desk, Event, EventSink, MemoryStore, SinkError};
    ///
    /// #[derive(Debug)]
    /// struct Prints;
    ///
    /// #[async_trait]
    /// impl EventSink for Prints {
    ///     async fn deliver(&self, events: &[Event], attempt: u32) -> Result<(), SinkError> {
    ///         events.iter().for_each(|event| println!("{} {}: {}", event.conversation, event.sequence, event.kind.as_str()));
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let desk = Desk::on(MemoryStore::new()).sink("audit".parse()?, Prints).sink("screen".parse()?, Prints).build();
    /// # Ok::<(), escalate::InvalidSinkName>(())
    /// ```
    pub fn sink(mut self, name: SinkName, sink: impl EventSink) -> Self {
        self.inner.sinks.insert(name, Arc::new(sink));
        self
    }

    /// The clock. Default: the system's.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.inner.clock = Arc::new(clock);
        self
    }

    /// The source of ids. Default: UUIDs of version 7.
    pub fn ids(mut self, ids: impl IdSource) -> Self {
        self.inner.ids = Arc::new(ids);
        self
    }

    /// Whether an AI agent is there to receive a conversation (H2). Default: always.
    pub fn ai_agent_in(mut self, answers: impl Fn(Place) -> bool + Send + Sync + 'static) -> Self {
        self.inner.who_receives = Arc::new(answers);
        self
    }

    /// A rule of the host's own: looks at each message of a customer that an AI agent would answer, and says why a person
    /// is to be asked for, if one is. Default: none. [`Triggers::host_rule`](crate::rules::Triggers::host_rule) switches
    /// it off in a workspace.
    ///
    /// The message is stored before it is asked (E8). A rule that panics has nothing to say. It is asked again when a
    /// message is delivered again, so it answers from the message, and from memory.
    ///
    /// ```
    /// use escalate::{Desk, MemoryStore, Reason, ReasonCode};
    ///
    /// let desk = Desk::on(MemoryStore::new())
    ///     .trigger(|message| message.body.contains("lawyer").then(|| Reason::new(ReasonCode::Sensitive, "a lawyer")))
    ///     .build();
    /// ```
    pub fn trigger(mut self, rule: impl Fn(&Message) -> Option<Reason> + Send + Sync + 'static) -> Self {
        self.inner.trigger = Some(Arc::new(rule));
        self
    }

    /// How tickets are routed, in every workspace. Default: [`Rules::default`].
    pub fn rules(mut self, rules: Rules) -> Self {
        self.inner.rules = rules_for_all(rules);
        self
    }

    /// How tickets are routed, for each workspace. It is asked at every decision, so it answers from memory.
    pub fn rules_of(mut self, rules: impl Fn(WorkspaceId) -> Arc<Rules> + Send + Sync + 'static) -> Self {
        self.inner.rules = Arc::new(rules);
        self
    }

    /// How long after a close without resume the customer's next message reopens the ticket. Default: 24 hours. A
    /// negative one counts as none.
    pub fn grace(mut self, grace: TimeDelta) -> Self {
        self.inner.settings.grace = grace.max(TimeDelta::zero());
        self
    }

    /// How long a worker may be silent before another takes its work over. Default: one minute; at
    /// least one second. [`Desk::work`] drops a call of a summarizer or a sink after half of it; a summarizer is called
    /// up to twice in that time, and told how much of it is left.
    pub fn lease(mut self, lease: TimeDelta) -> Self {
        self.inner.settings.lease = lease.max(TimeDelta::seconds(1));
        self
    }

    /// How often waiting tickets are looked at again while there are any. Default: 5 seconds; at least
    /// 100 ms.
    pub fn sweep_every(mut self, interval: TimeDelta) -> Self {
        self.inner.settings.sweep_every = interval.max(TimeDelta::milliseconds(100));
        self
    }

    /// How often a command starts over when others change the conversation. Default: 64.
    pub fn conflict_retries(mut self, retries: u32) -> Self {
        self.inner.settings.conflict_retries = retries;
        self
    }

    /// How often the summarizer may fail on one ticket before it is not asked again. Default: 8. That it
    /// [cannot work now](crate::SummarizeError::Unavailable), or takes longer than half a lease, counts as no failure. A proposal that does not pass is followed by
    /// one more, with the fault named; after that the ticket keeps its deterministic summary.
    pub fn summary_attempts(mut self, attempts: u32) -> Self {
        self.inner.settings.summary_attempts = attempts;
        self
    }

    /// How long after a person was asked for the summarizer is asked at all. Default: one day. It is counted from the
    /// instant stored with the ticket, so no restart prolongs it.
    pub fn summary_within(mut self, span: TimeDelta) -> Self {
        self.inner.settings.summary_within = span.max(TimeDelta::zero());
        self
    }

    /// The desk.
    #[must_use]
    pub fn build(mut self) -> Desk {
        let sinks = self.inner.sinks.keys().copied();
        self.inner.crews = Crew::all(self.inner.summarizer.is_some(), sinks);
        Desk { inner: Arc::new(self.inner) }
    }
}

fn rules_for_all(rules: Rules) -> RulesOf {
    let rules = Arc::new(rules);
    Arc::new(move |_| Arc::clone(&rules))
}

impl fmt::Debug for DeskBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeskBuilder").finish_non_exhaustive()
    }
}
