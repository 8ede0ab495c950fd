//! Whose turn a ticket is (A7), followed by what happened alone.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use escalate::control::ControlEvent;
use escalate::{AssignedBy, Event, EventKind, Flag, Lapse, Rules, Teammate, TeammateId, Ticket, TicketId};

use super::naive;
use super::shot::Shot;
use super::step::Do;

/// What has become of one ticket.
#[derive(Clone, Debug, Default)]
pub(super) struct Track {
    pub(super) on: Option<(TeammateId, AssignedBy, DateTime<Utc>)>,
    /// Who has had it in this round.
    pub(super) had: Vec<TeammateId>,
    /// Who had it last in the round before.
    pub(super) last: Option<TeammateId>,
    pub(super) rounds: u32,
    pub(super) flagged: bool,
}

impl Track {
    pub(super) fn turn(&self, teammate: TeammateId) -> u8 {
        if self.had.contains(&teammate) { 2 } else { u8::from(self.last == Some(teammate)) }
    }

    fn lost(&mut self) {
        if let Some((teammate, ..)) = self.on.take()
            && !self.had.contains(&teammate)
        {
            self.had.push(teammate);
        }
    }

    fn asked_anew(&mut self) {
        (self.rounds, self.flagged) = (0, false);
    }

    /// Before the events of a command are looked at: what it does to whose turn it is.
    pub(super) fn command(&mut self, what: Do, events: &[&Event], reopens: bool) {
        let sent = events.iter().any(|event| matches!(event.kind, EventKind::SentTo { .. }));
        if reopens {
            self.asked_anew();
        }
        let released = matches!(what, Do::Release) && self.on.is_some();
        if sent || released {
            self.lost();
            self.asked_anew();
        }
    }

    /// Follows one event; fails where the machine took the ticket from somebody it may not take it from.
    pub(super) fn follow(&mut self, event: &Event, ticket: &Ticket, rules: &Rules, staff: &[Teammate]) {
        match event.kind {
            EventKind::Assigned { teammate, by, starts_at, .. } => {
                let begins = starts_at.unwrap_or(event.at).max(event.at);
                self.on = Some((teammate, by, begins));
                if by == AssignedBy::Hand {
                    self.asked_anew();
                }
            }
            EventKind::Waiting { .. } => self.on = None,
            EventKind::Replied { .. } => self.asked_anew(),
            EventKind::Lapsed { teammate, why } => self.lapsed(event, ticket, rules, staff, teammate, why),
            EventKind::Flagged { flag: Flag::Unanswered } => {
                let most = rules.unanswered.unwrap().rounds;
                assert!(self.rounds >= most && !self.flagged, "flagged without cause: {self:?}");
                self.flagged = true;
            }
            EventKind::Control { change: ControlEvent::TakenOver { teammate, .. } } => {
                self.on = Some((teammate, AssignedBy::Takeover, event.at));
            }
            _ => {}
        }
    }

    fn lapsed(
        &mut self,
        event: &Event,
        ticket: &Ticket,
        rules: &Rules,
        staff: &[Teammate],
        teammate: TeammateId,
        why: Lapse,
    ) {
        let (on, by, begins) = self.on.unwrap_or_else(|| panic!("nobody had {ticket:?}"));
        assert_eq!(on, teammate);
        assert_ne!(by, AssignedBy::Hand, "the machine unchose whom a person chose (A7)");
        assert!(begins <= event.at || why == Lapse::OffDuty, "they had not begun");
        let one = staff.iter().find(|one| one.id == teammate).unwrap();
        match why {
            Lapse::Unanswered => assert!(begins + rules.unanswered.unwrap().within <= event.at, "too early"),
            _ => assert!(naive::reason(rules, one, ticket, event.at).is_some(), "{one:?} is on duty"),
        }
        if why != Lapse::Unanswered {
            // Whoever went home did not let it lapse.
            self.on = None;
        } else {
            self.lost();
            let could: Vec<_> = staff.iter().filter(|one| naive::could(one, ticket)).collect();
            let there = could.iter().filter(|one| naive::reason(rules, one, ticket, event.at).is_none());
            let mut asked: Vec<_> = there.copied().collect();
            if asked.is_empty() {
                asked = could;
            }
            if !asked.is_empty() && asked.iter().all(|one| self.had.contains(&one.id)) {
                self.had.clear();
                self.last = Some(teammate);
                self.rounds += 1;
            }
        }
    }
}

/// Every ticket's track.
#[derive(Debug, Default)]
pub(super) struct Tracks {
    pub(super) of: HashMap<TicketId, Track>,
    /// Of the places told: how many behind others, and how many with others waiting that are not ahead.
    pub(super) places: [usize; 2],
}

impl Tracks {
    /// What was in the hands of nobody is; and what people were called to look at is flagged, and nothing else.
    pub(super) fn agree(&self, shot: &Shot) {
        for ticket in shot.open() {
            let track = self.of.get(&ticket.id).cloned().unwrap_or_default();
            let flagged = ticket.flags.contains(&Flag::Unanswered);
            assert_eq!(flagged, track.flagged, "{track:?} {ticket:?}");
            let due = ticket.is_waiting() && ticket.clocks.assigned.is_some();
            assert!(!due || track.on.is_none(), "{track:?} {ticket:?}");
        }
    }
}
