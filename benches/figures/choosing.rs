//! Choosing a teammate.

use std::hint::black_box;

use escalate::TeammateId;
use escalate::assignment::{Candidate, Load, Offer, Pool, Rule, pick};

use crate::measure::{Figure, Size, Target, in_turn, nanoseconds};

fn team(size: u32) -> Vec<Candidate> {
    let load = |n: u32| Load {
        teammate: TeammateId::from_u128(u128::from(n)),
        open: n % 7,
        last_assigned: u64::from(n.wrapping_mul(2_654_435_761) % 1_000_003),
    };
    (0..size).map(|n| Candidate { cap: 0, load: load(n) }).collect()
}

/// The floor of both: a scan for the least, as short as it can be written.
fn scan(team: &[Candidate]) -> Option<&Candidate> {
    team.iter().min_by_key(|candidate| (candidate.load.open, candidate.load.last_assigned))
}

pub(crate) fn figures(size: Size) -> Vec<Figure> {
    let (small, large) = (team(10), team(100_000));
    let offers: Vec<_> = small.iter().map(|c| Offer { teammate: c.load.teammate, cap: c.cap }).collect();
    let loads: Vec<_> = small.iter().map(|c| c.load).collect();
    let rounds = size.of(200_000, 100);
    let ten = in_turn(
        size.of(15, 1),
        || {
            (0..rounds).for_each(|_| {
                black_box(pick(Rule::FewestOpen, black_box(&offers), black_box(&loads)));
            })
        },
        || {
            (0..rounds).for_each(|_| {
                black_box(scan(black_box(&small)));
            })
        },
    );
    let mut pool = Pool::new(Rule::FewestOpen, &large);
    let takes = size.of(20_000, 100);
    let scans = size.of(20, 1);
    let many = in_turn(
        size.of(15, 1),
        || {
            (0..takes).for_each(|_| {
                black_box(pool.take());
            })
        },
        || {
            (0..scans).for_each(|_| {
                black_box(scan(black_box(&large)));
            })
        },
    );
    let mut among_many = nanoseconds("choose_among_100000", takes, &many, Some(Target::OursAtMost(1000.0)));
    // The floor does fewer rounds; both are told for one choice.
    let scale = takes as f64 / scans as f64;
    among_many.floor *= scale;
    among_many.ratio /= scale;
    vec![nanoseconds("choose_among_10", rounds, &ten, Some(Target::OursAtMost(100.0))), among_many]
}
