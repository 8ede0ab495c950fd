//! One step aside: how a test lets whatever shares its task go on.

use std::future::poll_fn;
use std::task::Poll;

/// Is pending once. It wakes itself, as whoever keeps several futures polls only those that were woken.
pub(crate) async fn step_aside() {
    let mut stepped = false;
    poll_fn(|context| {
        if stepped {
            return Poll::Ready(());
        }
        stepped = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
