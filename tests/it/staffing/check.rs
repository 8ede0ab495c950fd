//! What has to hold after every step, recounted.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use escalate::assignment::{Exclusion, Rule};
use escalate::rules::{AfterShift, Method, NobodyThere};
use escalate::{
    AssignedBy, DeadlineOf, DeadlineState, Event, EventKind, Flag, Rules, Teammate, TeammateId, Ticket,
};

use super::naive;
use super::rounds::Track;
use super::shot::Shot;
use super::step::{Office, Store};
use crate::flow::world::ACME;

/// A choice, with all it is looked at with.
pub(super) struct Chosen<'a> {
    pub(super) rules: &'a Rules,
    pub(super) staff: &'a [Teammate],
    pub(super) ticket: &'a Ticket,
    /// Whose turn it was before.
    pub(super) track: &'a Track,
    pub(super) event: &'a Event,
    pub(super) after: &'a Shot,
}

impl Chosen<'_> {
    fn reason(&self, one: &Teammate) -> Option<Exclusion> {
        naive::reason(self.rules, one, self.ticket, self.event.at)
    }

    fn there(&self) -> impl Iterator<Item = &Teammate> {
        self.staff.iter().filter(|one| self.reason(one).is_none())
    }

    /// A1, A4, A7, A8: whoever the machine chose could be chosen, it was their turn, and the record says why.
    pub(super) fn check(&self) {
        let EventKind::Assigned { teammate, by: AssignedBy::Policy, starts_at, over_cap } = self.event.kind
        else {
            return;
        };
        let (turn, ticket) = (self.track.turn(teammate), self.ticket);
        assert!(!over_cap && !self.track.flagged, "{ticket:?} is left to people (A7)");
        assert_ne!(ticket.method, Some(Method::Manual));
        let one = self.staff.iter().find(|one| one.id == teammate).unwrap();
        match starts_at {
            None => {
                assert_eq!(self.reason(one), None, "{one:?} at {} for {ticket:?} (A4)", self.event.at);
                let first = self.there().map(|one| self.track.turn(one.id)).min();
                assert_eq!(Some(turn), first, "{teammate} had it, others did not: {:?} (A7)", self.track);
            }
            Some(starts_at) => {
                assert_eq!(self.rules.nobody_there, NobodyThere::NextShift);
                assert_eq!(self.there().next(), None, "somebody is there");
                assert!(naive::could(one, ticket) && one.available);
                let begins = naive::begins(self.rules, one, ticket, self.event.at);
                assert_eq!(begins, Some(starts_at), "the true start of {one:?} (T3)");
                self.nobody_begins_sooner(turn, starts_at);
            }
        }
        self.record(one);
    }

    fn nobody_begins_sooner(&self, turn: u8, starts_at: chrono::DateTime<chrono::Utc>) {
        for other in self.staff.iter().filter(|one| naive::could(one, self.ticket) && one.available) {
            let cap = naive::cap(other, self.ticket);
            // As far as a count afterwards tells: they had no fewer then, unless they lost one at this instant.
            let lost = |event: &&Event| {
                let whose = matches!(event.kind, EventKind::Lapsed { teammate, .. } if teammate == other.id);
                whose && event.at == self.event.at
            };
            let lost = self.after.events.iter().flatten().filter(lost).count();
            // Who had it until this command was seen with it.
            let lost = lost + usize::from(self.track.had.last() == Some(&other.id));
            let has_room = cap == 0 || lost == 0 && self.after.open_of(other.id) < cap;
            let begins = naive::begins(self.rules, other, self.ticket, self.event.at);
            let sooner = begins.is_some_and(|begins| (self.track.turn(other.id), begins) < (turn, starts_at));
            assert!(!(has_room && sooner), "{other:?} begins before {starts_at} (T3)");
        }
    }

    /// A8, and A1 as the record has it.
    fn record(&self, one: &Teammate) {
        let decided = self.after.decision_of(self.event);
        let decision = &decided.unwrap_or_else(|| panic!("no record of {:?} (A8)", self.event)).decision;
        assert_eq!((decision.chosen, decision.replay()), (Some(one.id), Some(one.id)), "{decision:?} (A8)");
        assert_ne!(decision.rule, Rule::Given);
        for seen in &decision.seen {
            let seen_one = self.staff.iter().find(|one| one.id == seen.teammate).unwrap();
            assert_eq!(seen.cap, naive::cap(seen_one, self.ticket));
        }
        let own = decision.seen.iter().find(|seen| seen.teammate == one.id).unwrap();
        assert!(own.cap == 0 || own.load.unwrap().open < own.cap, "over the cap (A1)");
        let mut named = BTreeSet::new();
        for id in decision.seen.iter().map(|seen| seen.teammate) {
            assert!(named.insert(id), "{id} is seen twice");
        }
        for passed in &decision.passed_over {
            assert!(named.insert(passed.teammate), "{passed:?} is named twice: {decision:?} (A8)");
            let other = self.staff.iter().find(|one| one.id == passed.teammate).unwrap();
            let truly = match self.reason(other) {
                None if self.track.turn(other.id) > self.track.turn(one.id) => Exclusion::LetLapse,
                None => Exclusion::Full,
                Some(why) => why,
            };
            assert_eq!(passed.why, truly, "{other:?} {decision:?} (A8)");
            assert!(truly != Exclusion::Full || naive::cap(other, self.ticket) > 0);
        }
        let members: BTreeSet<_> =
            self.staff.iter().filter(|one| naive::member(one, self.ticket)).collect_ids();
        let others: Vec<_> = named.iter().filter(|id| !members.contains(id)).collect();
        assert!(others.is_empty(), "{others:?} are not of the team asked for");
        let more = usize::try_from(decision.more_passed_over).unwrap();
        assert_eq!(named.len() + more, members.len(), "somebody is not accounted for: {decision:?} (A8)");
    }
}

trait Ids<'a>: Iterator<Item = &'a Teammate> + Sized {
    fn collect_ids(self) -> BTreeSet<TeammateId> {
        self.map(|one| one.id).collect()
    }
}

impl<'a, I: Iterator<Item = &'a Teammate>> Ids<'a> for I {}

/// N1 and A5, after any step.
pub(super) async fn always<S: Store>(office: &Office<S>, shot: &Shot) {
    for ticket in shot.open() {
        let people = ticket.flags.contains(&Flag::Unanswered) || ticket.method == Some(Method::Manual);
        let seen_to = ticket.assignee.is_some() || people || shot.sweep_is_scheduled;
        assert!(seen_to, "nobody is responsible for {ticket:?} (N1)");
    }
    let ids: Vec<_> = office.staff.keys().copied().collect();
    for load in office.store.workload(ACME, ids).await.unwrap() {
        assert_eq!(load.open, shot.open_of(load.teammate), "the load is no recount (A5)");
    }
    let mut told = BTreeSet::new();
    for event in shot.events.iter().flatten() {
        if let EventKind::Deadline { of, state, .. } = event.kind {
            let (first, near) = (of == DeadlineOf::FirstReply, state == DeadlineState::Near);
            assert!(told.insert((event.ticket, first, near)), "{event:?} is told twice");
        }
    }
}

/// A6, A7: after a round of a worker that had time for a sweep.
pub(super) fn after_a_round<S: Store>(office: &Office<S>, shot: &Shot, of: impl Fn(&Ticket) -> Track) {
    let (rules, now) = (&office.rules, office.desk.now());
    for ticket in shot.open() {
        let track = of(ticket);
        assert!(ticket.due.next(ticket.clocks.first_reply.is_some()).is_none_or(|next| next > now));
        if ticket.is_waiting() {
            waits_for_good_reason(office, shot, ticket, &track);
        }
        let Some(on) = ticket.assignee.filter(|on| on.by == AssignedBy::Policy) else { continue };
        let begins = on.starts_at.unwrap_or(on.at).max(on.at);
        if !shot.awaits_person(ticket) || begins > now {
            continue;
        }
        let late = rules.unanswered.is_some_and(|unanswered| begins + unanswered.within <= now);
        assert!(!late, "nobody answers, and nobody else is asked: {ticket:?} (A7)");
        let one = &office.staff[&on.teammate];
        let gone = naive::reason(rules, one, ticket, now)
            .is_some_and(|why| !matches!(why, Exclusion::Away | Exclusion::LacksLanguage));
        let seen = rules.scheduling && one.schedule.is_some() && begins + TimeDelta::minutes(1) <= now;
        assert!(!gone || !seen || rules.off_duty == AfterShift::Keep, "{one:?} is off duty with {ticket:?}");
    }
}

fn waits_for_good_reason<S: Store>(office: &Office<S>, shot: &Shot, ticket: &Ticket, track: &Track) {
    if ticket.flags.contains(&Flag::Unanswered) || ticket.method == Some(Method::Manual) {
        return;
    }
    let (rules, now) = (&office.rules, office.desk.now());
    let has_room = |one: &Teammate| {
        let cap = naive::cap(one, ticket);
        cap == 0 || shot.open_of(one.id) < cap
    };
    let there: Vec<_> =
        office.staff.values().filter(|one| naive::reason(rules, one, ticket, now).is_none()).collect();
    let turn = there.iter().map(|one| track.turn(one.id)).min();
    for one in there.iter().filter(|one| Some(track.turn(one.id)) == turn) {
        assert!(!has_room(one), "{ticket:?} waits for {one:?} (A6)");
    }
    if there.is_empty() && rules.nobody_there == NobodyThere::NextShift {
        let could = office.staff.values().filter(|one| naive::could(one, ticket) && one.available);
        for one in could.filter(|one| has_room(one)) {
            let begins = naive::begins(rules, one, ticket, now);
            assert_eq!(begins, None, "{ticket:?} could go to {one:?} (A6)");
        }
    }
}

/// A3: who had to wait while a later one of the same kind was served.
pub(super) fn in_order(before: &Shot, after: &Shot, served: &[(&Event, &Ticket)]) {
    let line = |ticket: &Ticket| {
        let languages = (ticket.language.clone(), ticket.speaks);
        let had = (ticket.lapsed.clone(), ticket.lapsed_last);
        (ticket.team, languages, ticket.method, had)
    };
    let place = |ticket: &Ticket| (std::cmp::Reverse(ticket.priority), ticket.clocks.requested, ticket.id);
    for old in before.tickets.values().filter(|old| old.is_waiting()) {
        let Some(new) = after.tickets.get(&old.id) else { continue };
        let waited = new.is_waiting() && line(old) == line(new) && !new.flags.contains(&Flag::Unanswered);
        for (event, other) in served {
            let overtaken = waited && line(other) == line(new) && place(other) > place(new);
            assert!(!overtaken, "{event:?} was served before {new:?} (A3)");
        }
    }
}
