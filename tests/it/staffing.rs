//! Who gets a ticket when, over any staff, any rules and any time that passes: examples of each outcome, and random
//! histories recounted by a second model (A1-A8, N1).

#[path = "staffing/asked.rs"]
mod asked;
#[path = "staffing/check.rs"]
mod check;
#[path = "staffing/lapses.rs"]
mod lapses;
#[path = "staffing/mended.rs"]
mod mended;
#[path = "staffing/naive.rs"]
mod naive;
#[path = "staffing/outcomes.rs"]
mod outcomes;
#[path = "staffing/places.rs"]
mod places;
#[path = "staffing/properties.rs"]
mod properties;
#[path = "staffing/random.rs"]
mod random;
#[path = "staffing/rounds.rs"]
mod rounds;
#[path = "staffing/shot.rs"]
mod shot;
#[path = "staffing/step.rs"]
mod step;
