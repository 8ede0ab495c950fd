//! Blocks, medians, and the line that is printed.

use std::fs;
use std::time::Instant;

use serde_json::json;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    Full,
    Smoke,
}

impl Size {
    pub(crate) fn of<T>(self, full: T, smoke: T) -> T {
        match self {
            Self::Full => full,
            Self::Smoke => smoke,
        }
    }
}

/// What a target bounds.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    RatioAtLeast(f64),
    RatioAtMost(f64),
    OursAtMost(f64),
}

pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) ours: f64,
    pub(crate) floor: f64,
    pub(crate) ratio: f64,
    pub(crate) target: Option<Target>,
}

impl Figure {
    pub(crate) fn json(&self) -> String {
        let (target, met) = match self.target {
            Some(Target::RatioAtLeast(least)) => {
                (Some(format!("ratio >= {least}")), Some(self.ratio >= least))
            }
            Some(Target::RatioAtMost(most)) => (Some(format!("ratio <= {most}")), Some(self.ratio <= most)),
            Some(Target::OursAtMost(most)) => (Some(format!("ours <= {most}")), Some(self.ours <= most)),
            None => (None, None),
        };
        let round = |value: f64| (value * 1000.0).round() / 1000.0;
        json!({
            "figure": self.name, "unit": self.unit, "ours": round(self.ours), "floor": round(self.floor),
            "ratio": round(self.ratio), "target": target, "met": met,
        })
        .to_string()
    }
}

/// What one block of work took.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    /// Seconds on the wall.
    pub(crate) wall: f64,
    /// Seconds on all processors, of all threads.
    pub(crate) cpu: f64,
}

pub(crate) fn cost(work: impl FnOnce()) -> Cost {
    let (cpu, start) = (cpu_seconds(), Instant::now());
    work();
    Cost { wall: start.elapsed().as_secs_f64(), cpu: cpu_seconds() - cpu }
}

/// Runs ours and the floor in turn and returns the cost of each block.
pub(crate) fn in_turn(blocks: usize, mut ours: impl FnMut(), mut floor: impl FnMut()) -> Vec<(Cost, Cost)> {
    // One of each first, not counted: caches, pages, the branch predictor.
    ours();
    floor();
    (0..blocks).map(|_| (cost(&mut ours), cost(&mut floor))).collect()
}

pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A figure in nanoseconds an operation; the ratio is ours to the floor.
pub(crate) fn nanoseconds(
    name: &'static str,
    operations: usize,
    blocks: &[(Cost, Cost)],
    target: Option<Target>,
) -> Figure {
    let each = |wall: f64| wall * 1e9 / operations as f64;
    Figure {
        name,
        unit: "ns",
        ours: median(blocks.iter().map(|(ours, _)| each(ours.wall))),
        floor: median(blocks.iter().map(|(_, floor)| each(floor.wall))),
        ratio: median(blocks.iter().map(|(ours, floor)| ours.wall / floor.wall)),
        target,
    }
}

/// A figure in operations a second; the ratio is our rate to the floor's.
pub(crate) fn rate(
    name: &'static str,
    operations: usize,
    blocks: &[(Cost, Cost)],
    target: Option<Target>,
) -> Figure {
    let rate = |wall: f64| operations as f64 / wall;
    Figure {
        name,
        unit: "1/s",
        ours: median(blocks.iter().map(|(ours, _)| rate(ours.wall))),
        floor: median(blocks.iter().map(|(_, floor)| rate(floor.wall))),
        ratio: median(blocks.iter().map(|(ours, floor)| floor.wall / ours.wall)),
        target,
    }
}

/// The time every thread of this process has been on a processor, as the kernel counts it.
fn cpu_seconds() -> f64 {
    let Ok(threads) = fs::read_dir("/proc/self/task") else { return 0.0 };
    let of_thread = |path: std::path::PathBuf| {
        let text = fs::read_to_string(path.join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<f64>().ok()
    };
    threads.flatten().filter_map(|thread| of_thread(thread.path())).sum::<f64>() / 1e9
}
