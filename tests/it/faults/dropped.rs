//! Every future is dropped at every await point: all of the command is there, or nothing (cancel safety).

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use futures::executor::block_on;

use super::deeds::{DEEDS, Deed, From, prepare};
use super::office::{LAYOUTS, Layout, Office, here};
use super::slow::Slow;

/// Polls `future` `times` times at most, then drops it. Whether it came to its end.
pub(super) fn polled<T>(future: impl Future<Output = T>, times: usize) -> Option<T> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    (0..times).find_map(|_| match future.as_mut().poll(&mut context) {
        Poll::Ready(outcome) => Some(outcome),
        Poll::Pending => None,
    })
}

/// Drops the deed after `times` polls, and gives it again. `false`: it was done by then.
fn dropped(layout: Layout, deed: Deed, from: From, times: usize, wanted: &[String]) -> bool {
    let office = block_on(Office::new(layout));
    let turn = block_on(prepare(&office, from));
    let slow = || Slow(office.shop.clone());
    let desk = office.desk(Slow(office.transcripts.clone()), slow(), slow()).build();
    if polled(deed.run(&desk, &turn), times).is_some() {
        return false;
    }
    let case = format!("{deed:?} from {from:?}, {layout:?}, dropped after {times} polls");
    block_on(async {
        if layout == Layout::Shared {
            office.audit().await;
        }
        if let Err(error) = deed.run(&office.sound, &turn).await {
            assert!(!deed.has_key() && error.refusal().is_some(), "{case}: {error:?}");
        }
        if layout == Layout::Apart {
            office.sound.begin_turn(here()).await.err();
        }
        office.audit().await;
        assert_eq!(office.picture().await, wanted, "{case}");
    });
    true
}

#[test]
fn a_future_dropped_at_any_await_is_made_good_by_a_retry() {
    let mut drops = 0;
    for layout in LAYOUTS {
        for (deed, from) in DEEDS {
            let office = block_on(Office::new(layout));
            let turn = block_on(prepare(&office, from));
            block_on(deed.run(&office.sound, &turn)).unwrap();
            let wanted = block_on(office.picture());
            // Bounded: no deed has a thousand await points.
            let made = (1..1_000).take_while(|times| dropped(layout, deed, from, *times, &wanted)).count();
            assert!(made < 999);
            drops += made;
        }
    }
    assert!(drops > 500, "only {drops} drops");
}
