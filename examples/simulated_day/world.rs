//! Moves the clock from one thing that happens to the next.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use chrono::{DateTime, TimeDelta, Utc};
use escalate::testkit::{ManualClock, SequentialIds};
use escalate::{Desk, Event, MemoryStore};

use crate::arrivals::{self, Arrival};
use crate::audit::Audit;
use crate::office::{self, Hired};
use crate::people::{Deed, Talk};
use crate::random::Random;
use crate::sink::Heard;
use crate::tally::Tally;
use crate::{Failure, Options};

/// How often the state is written down for the plot.
pub(crate) const SAMPLE_EVERY: TimeDelta = TimeDelta::minutes(10);
/// How often waiting tickets are looked at again.
pub(crate) const SWEEP_EVERY: TimeDelta = TimeDelta::seconds(10);

/// Everything there is.
pub(crate) struct World {
    pub(crate) desk: Desk,
    pub(crate) store: MemoryStore,
    pub(crate) staff: Vec<Hired>,
    pub(crate) random: Random,
    pub(crate) arrivals: Vec<Arrival>,
    /// One for each arrival, in the same order.
    pub(crate) talks: Vec<Talk>,
    pub(crate) tally: Tally,
    pub(crate) audit: Audit,
    clock: ManualClock,
    heard: Heard,
    agenda: BinaryHeap<Reverse<(DateTime<Utc>, u64, Deed)>>,
    planned: u64,
}

/// What is left when it is over: all that the report and the plot are made of.
pub(crate) struct Played {
    pub(crate) conversations: u32,
    pub(crate) seed: u64,
    pub(crate) staff: Vec<Hired>,
    pub(crate) tally: Tally,
    pub(crate) audit: Audit,
}

/// Plays all three days.
pub(crate) async fn play(options: &Options) -> Result<Played, Failure> {
    let mut world = World::new(options).await?;
    let mut due = Some(office::begins());
    while let Some(now) = world.next(due).filter(|next| *next < office::ends()) {
        world.clock.set(now);
        while let Some(deed) = world.deed_of(now) {
            world.act(deed).await?;
        }
        due = world.work(now).await?;
        world.tally.loads(&world.store, &world.staff).await?;
    }
    world.clock.set(office::ends());
    world.work(office::ends()).await?;
    world.finish().await?;
    let World { staff, tally, audit, .. } = world;
    Ok(Played { conversations: options.conversations, seed: options.seed, staff, tally, audit })
}

impl World {
    async fn new(options: &Options) -> Result<Self, Failure> {
        let mut random = Random::seeded(options.seed);
        let store = MemoryStore::new();
        let staff = office::hire(&store, options.teammates, &mut random).await?;
        let arrivals = arrivals::draw(options.conversations, &mut random)?;
        let (clock, heard) = (ManualClock::at(office::begins()), Heard::default());
        let desk = Desk::on(store.clone())
            .clock(clock.clone())
            .ids(SequentialIds::new())
            .rules(office::rules()?)
            .sink("people".parse()?, heard.clone())
            .sweep_every(SWEEP_EVERY)
            .build();
        let talks = arrivals.iter().map(|_| Talk::default()).collect();
        let (tally, audit) = (Tally::new(&staff), Audit::default());
        let (agenda, planned) = (BinaryHeap::new(), 0);
        let mut world =
            Self { desk, store, staff, random, arrivals, talks, tally, audit, clock, heard, agenda, planned };
        for index in 0..world.arrivals.len() {
            world.plan(world.arrivals[index].at, Deed::Write { talk: index });
        }
        world.plan(office::begins(), Deed::Sample);
        // Not on the hour: a sweep may be one interval behind the start of a shift.
        world.plan(office::begins() + TimeDelta::minutes(7), Deed::Audit);
        Ok(world)
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.desk.now()
    }

    /// Puts something on the agenda.
    pub(crate) fn plan(&mut self, at: DateTime<Utc>, deed: Deed) {
        // The number keeps things of one instant in the order in which they were planned.
        self.agenda.push(Reverse((at, self.planned, deed)));
        self.planned += 1;
    }

    /// When something happens next: by somebody's plan, or because the desk has work that is due.
    fn next(&self, due: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
        let planned = self.agenda.peek().map(|Reverse((at, ..))| *at);
        planned.into_iter().chain(due).min()
    }

    fn deed_of(&mut self, now: DateTime<Utc>) -> Option<Deed> {
        self.agenda.peek().filter(|Reverse((at, ..))| *at <= now)?;
        self.agenda.pop().map(|Reverse((.., deed))| deed)
    }

    /// Does the desk's work until nothing more is due now, tells people of it, and says when the next is due.
    async fn work(&mut self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Failure> {
        loop {
            let report = self.desk.run_due(1_000).await?;
            self.audit.failed_work += report.failed;
            let events: Vec<Event> = self.heard.take();
            for event in &events {
                self.tally.hear(event);
                self.hear(event);
            }
            if report.next.is_none_or(|next| next > now) {
                return Ok(report.next);
            }
        }
    }
}
