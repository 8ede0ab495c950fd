//! A desk over stores that can be made to fail, and a picture of what they hold.

use chrono::TimeDelta;
use escalate::rules::Triggers;
use escalate::testkit::{Flaky, ManualClock, SequentialIds};
use escalate::{
    AssignmentPolicy, Balanced, Desk, DeskBuilder, EventKind, MemoryStore, Place, Roster, Rules,
    TicketRepository, TranscriptStore,
};

use crate::flow::world::{ACME, NOON, audit, conversation, place, seen, staff, tickets};

/// How the stores lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// One database for everything.
    Shared,
    /// Transcripts in another database than tickets and roster.
    Apart,
}

pub(super) const LAYOUTS: [Layout; 2] = [Layout::Shared, Layout::Apart];

pub(super) struct Office {
    pub(super) layout: Layout,
    /// What never fails: for preparing and for looking.
    pub(super) sound: Desk,
    pub(super) transcripts: MemoryStore,
    pub(super) shop: MemoryStore,
    pub(super) clock: ManualClock,
    ids: SequentialIds,
}

/// With every trigger on, and quick.
fn triggered() -> Rules {
    Rules::default().triggered_by(Triggers::default().when_asked().after_failed_answers(1).unwrap())
}

impl Office {
    pub(super) async fn new(layout: Layout) -> Self {
        let shop = MemoryStore::new();
        let transcripts = if layout == Layout::Shared { shop.clone() } else { MemoryStore::new() };
        let (clock, ids) = (ManualClock::at(NOON), SequentialIds::new());
        let sound = Desk::builder(transcripts.clone(), shop.clone(), shop.clone());
        let sound = sound.rules(triggered()).clock(clock.clone()).ids(ids.clone()).build();
        staff(&shop, ACME, 0).await;
        sound.open(conversation(here())).await.unwrap();
        Self { layout, sound, transcripts, shop, clock, ids }
    }

    /// Another desk over the same contents, seen through other stores.
    pub(super) fn desk(
        &self,
        transcripts: impl TranscriptStore,
        tickets: impl TicketRepository,
        roster: impl Roster,
    ) -> DeskBuilder {
        Desk::builder(transcripts, tickets, roster)
            .rules(triggered())
            .clock(self.clock.clone())
            .ids(self.ids.clone())
    }

    /// A desk on the sound stores with another policy.
    pub(super) fn with_policy(&self, policy: impl AssignmentPolicy) -> DeskBuilder {
        self.desk(self.transcripts.clone(), self.shop.clone(), self.shop.clone()).policy(policy)
    }

    /// A desk whose calls can be made to fail, and what to make them fail with. Where all is one database, both
    /// are the same.
    pub(super) fn flaky(&self) -> (Desk, [Flaky<MemoryStore>; 2]) {
        let shop = Flaky::new(self.shop.clone());
        let transcripts =
            if self.layout == Layout::Shared { shop.clone() } else { Flaky::new(self.transcripts.clone()) };
        let desk = self.desk(transcripts.clone(), shop.clone(), shop.clone()).policy(Balanced).build();
        (desk, [shop, transcripts])
    }

    /// The worker does everything that is due, also what a dead machine had claimed.
    pub(super) async fn work(&self) {
        self.clock.advance(TimeDelta::minutes(1));
        for _ in 0..8 {
            let report = self.sound.run_due(100).await.unwrap();
            assert_eq!(report.failed, 0, "{report:?}");
            if report.next.is_none_or(|next| next > self.sound.now()) {
                return;
            }
        }
        panic!("the worker found no end");
    }

    pub(super) async fn audit(&self) {
        audit(&self.sound, &self.shop, ACME, &[here()]).await;
    }

    /// All that can be seen from outside, with ids and instants left out: two runs that look the same are equal.
    pub(super) async fn picture(&self) -> Vec<String> {
        let seen = seen(&self.sound, here()).await;
        let mut lines = vec![format!("{} at {}", name_of(seen.control), seen.epoch)];
        for event in &seen.events {
            // Where it waited is told when it was written; see the position there.
            let detail = match event.kind {
                EventKind::Assigned { teammate, by, over_cap, .. } => format!("{teammate} {by:?} {over_cap}"),
                EventKind::StatusMoved { from, to } => format!("{from:?} {to:?}"),
                _ => String::new(),
            };
            lines.push(format!("{} at {} by {:?} {detail}", event.kind.as_str(), event.epoch, event.actor));
        }
        for entry in &seen.messages {
            let (mark, body) = match entry.mark {
                Some(_) => ("fact", entry.body.split_whitespace().skip(2).collect()),
                None => ("says", entry.body.clone()),
            };
            lines.push(format!("{:?} {mark} {body} {:?}", entry.author, entry.visibility));
        }
        let mut all = tickets(&self.shop, ACME).await;
        all.sort_by_key(|ticket| (ticket.clocks.requested, ticket.id));
        for ticket in all {
            let clocks = ticket.clocks;
            let set = [clocks.assigned, clocks.first_reply, clocks.handed_back, clocks.closed];
            let set = set.map(|clock| clock.is_some());
            let key = ticket.opened_by;
            let on = ticket.assignee.map(|assignee| (assignee.teammate, assignee.by));
            lines.push(format!("{:?} {} {set:?} {key} {on:?}", ticket.status, ticket.ai_replies));
        }
        lines
    }
}

fn name_of(control: escalate::Control) -> String {
    match control {
        escalate::Control::Ai => "AI".to_owned(),
        escalate::Control::Queued { .. } => "queued".to_owned(),
        escalate::Control::Human { teammate, .. } => format!("with {teammate}"),
        escalate::Control::Closed { .. } => "closed".to_owned(),
    }
}

pub(super) fn here() -> Place {
    place(ACME, 1)
}
