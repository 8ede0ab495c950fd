//! How a ticket moves, written down a second time from the design: section 2 for statuses, N8 for clocks.

use chrono::{DateTime, Utc};
use escalate::{Control, Ticket, TicketStatus};

use super::history::Shot;
use super::step::{Do, Step, Who};

/// N8: set once, never moved; only `closed` may be, by a reopening.
pub(super) fn clocks(before: &Shot, after: &Shot) {
    for old in &before.tickets {
        let new = after.tickets.iter().find(|new| new.id == old.id).expect("a ticket is never lost");
        assert_eq!(old.clocks.requested, new.clocks.requested);
        for (old, new) in [
            (old.clocks.queued, new.clocks.queued),
            (old.clocks.assigned, new.clocks.assigned),
            (old.clocks.first_reply, new.clocks.first_reply),
            (old.clocks.handed_back, new.clocks.handed_back),
        ] {
            assert!(old.is_none() || old == new, "a clock was set twice (N8)");
        }
        assert_eq!((old.kind, &old.channel, &old.opened_by), (new.kind, &new.channel, &new.opened_by));
    }
}

fn named(shot: &Shot) -> Option<&Ticket> {
    let named = shot.state.control.ticket()?;
    shot.tickets.iter().find(|ticket| ticket.id == named)
}

/// Where the ticket has to stand after a step that was done.
pub(super) fn statuses(step: Step, before: &Shot, after: &Shot, now: DateTime<Utc>) {
    let old = named(before);
    // What was done may have been done before, under the same key: then nothing moves.
    if before == after {
        return;
    }
    let id = named(after).or(old).map(|ticket| ticket.id);
    let Some(new) = after.tickets.iter().find(|ticket| Some(ticket.id) == id) else { return };
    let was = old.filter(|old| old.id == new.id).map(|old| old.status);
    if let Some(expected) = expected(step, before.state.control, was, new, now) {
        assert_eq!(
            new.status, expected,
            "after {step:?} from {:?}, where it was {was:?}",
            before.state.control
        );
    }
}

fn expected(
    step: Step,
    control: Control,
    was: Option<TicketStatus>,
    new: &Ticket,
    now: DateTime<Utc>,
) -> Option<TicketStatus> {
    use TicketStatus::{Cancelled, Closed, New, OnCustomer, OnHold, OnYou};
    let closed = matches!(control, Control::Closed { .. });
    Some(match step.what {
        Do::CustomerWrites => match (was?, control) {
            (OnCustomer | OnHold | OnYou, _) => OnYou,
            (New, _) => New,
            // Reopened with whoever answered last, or into the line; after the grace period the AI agent answers.
            (Closed | Cancelled, Control::Closed { until, teammate, .. }) if now < until => {
                if teammate.is_some() { OnYou } else { New }
            }
            (ended @ (Closed | Cancelled), _) => ended,
        },
        Do::Reply(_) => match was {
            // Held by something external: a word to the customer does not end that.
            Some(OnHold) => OnHold,
            _ => OnCustomer,
        },
        Do::TakeOver(_) | Do::Reassign(..) => OnYou,
        Do::Release(_) | Do::ReassignToTeam(_) => match new.clocks.first_reply {
            None => New,
            Some(_) => OnYou,
        },
        Do::Hold(_) => OnHold,
        Do::Close(_) => Closed,
        Do::HandBack(Who::Customer) => {
            if closed {
                Closed
            } else {
                Cancelled
            }
        }
        Do::HandBack(_) => Closed,
        Do::Escalate(_) | Do::TurnEscalates => match was {
            Some(open) if open.is_open() => open,
            _ => New,
        },
        // The policy's choice leaves it new; time closes nothing that is open.
        Do::Sweep | Do::RunDue => was.unwrap_or(new.status),
        Do::Note(_) | Do::BeginTurn | Do::TurnReplies | Do::StrangerWrites => was?,
        Do::Available(..) | Do::Pass(_) => was?,
    })
}
