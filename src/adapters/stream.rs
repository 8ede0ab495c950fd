//! Events as a stream, inside this process: for a page that shows what happens while it happens.
//!
//! A delivery is made once, by the node whose worker claimed it. So a stream shows what *this* process's worker has
//! delivered: everything if there is one node, a part of it if there are several. Across nodes use a sink that
//! leaves the process.
//!
//! It is a view, not a record: delivery never waits for a subscriber. One that is slow is told how many events it
//! has missed and finds them in the timeline, [`TicketRepository::timeline`](crate::TicketRepository::timeline).

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use futures::stream::{FusedStream, Stream};

use crate::error::SinkError;
use crate::event::Event;
use crate::ports::EventSink;

/// How many events wait for a subscriber, unless [`EventStream::with_capacity`] says otherwise.
const CAPACITY: usize = 1024;

/// A sink that hands events to the subscribers of this process. A clone is the same sink.
///
/// ```
/// use escalate::EventSink;
/// use escalate::adapters::stream::{EventStream, Streamed};
/// use futures::StreamExt;
///
/// # futures::executor::block_on(async {
/// let stream = EventStream::new();
/// let mut events = stream.subscribe();
/// // let desk = Desk::builder(…).sink("stream".parse()?, stream.clone()).build();
/// # stream.deliver(&[], 0).await.unwrap();
/// # drop(stream);
/// while let Some(item) = events.next().await {
///     match item {
///         Streamed::Event(event) => println!("{} in {}", event.kind.as_str(), event.conversation),
///         Streamed::Lagged { missed } => println!("{missed} events missed: read the timelines again"),
///     }
/// }
/// # });
/// ```
#[derive(Clone)]
pub struct EventStream {
    hub: Arc<Hub>,
}

/// What a subscriber gets.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "an event or a gap")]
pub enum Streamed {
    /// The next event; of one conversation by ascending sequence, and possibly more than once.
    Event(Event),
    /// The subscriber was slow: this many events, the oldest that waited for it, are not in the stream.
    Lagged {
        /// How many.
        missed: u64,
    },
}

struct Hub {
    capacity: usize,
    subscribers: Mutex<Vec<Subscriber>>,
}

struct Subscriber {
    /// Gone when the [`Subscription`] is.
    queue: Weak<Mutex<Queue>>,
    wanted: Box<dyn Fn(&Event) -> bool + Send + Sync>,
}

#[derive(Default)]
struct Queue {
    events: VecDeque<Event>,
    missed: u64,
    waker: Option<Waker>,
    is_closed: bool,
}

impl EventStream {
    /// A stream without subscribers, on which up to 1024 events wait for each.
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(CAPACITY)
    }

    /// A stream on which up to `capacity` events, at least one, wait for each subscriber.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self { hub: Arc::new(Hub { capacity: capacity.max(1), subscribers: Mutex::default() }) }
    }

    /// The events delivered from now on, of all workspaces.
    ///
    /// To miss nothing of a conversation: subscribe, then read its timeline, then follow the stream and pass over
    /// the sequences that have been read.
    pub fn subscribe(&self) -> Subscription {
        self.subscribe_where(|_| true)
    }

    /// The events delivered from now on for which `wanted` is true, such as those of one workspace. The others
    /// take no room. `wanted` is called while events are delivered: it must neither wait nor subscribe; if it panics,
    /// this subscription ends.
    pub fn subscribe_where(&self, wanted: impl Fn(&Event) -> bool + Send + Sync + 'static) -> Subscription {
        let queue = Arc::new(Mutex::new(Queue::default()));
        let subscriber = Subscriber { queue: Arc::downgrade(&queue), wanted: Box::new(wanted) };
        let mut subscribers = locked(&self.hub.subscribers);
        // Those who left since the last delivery.
        subscribers.retain(|other| other.queue.strong_count() > 0);
        subscribers.push(subscriber);
        Subscription { queue }
    }
}

#[async_trait]
impl EventSink for EventStream {
    async fn deliver(&self, events: &[Event], _attempt: u32) -> Result<(), SinkError> {
        locked(&self.hub.subscribers).retain(|subscriber| {
            let Some(queue) = subscriber.queue.upgrade() else { return false };
            let wanted = || events.iter().filter(|event| (subscriber.wanted)(event)).collect::<Vec<_>>();
            // One whose filter panics has ended: the others get theirs, and the delivery is not made again for ever.
            let Ok(wanted) = catch_unwind(AssertUnwindSafe(wanted)) else {
                locked(&queue).close().into_iter().for_each(Waker::wake);
                return false;
            };
            if !wanted.is_empty() {
                let waker = locked(&queue).push(&wanted, self.hub.capacity);
                waker.into_iter().for_each(Waker::wake);
            }
            true
        });
        Ok(())
    }
}

impl Queue {
    /// Puts `events` at the end, and leaves the oldest out where there is no room; gives whom to wake.
    fn push(&mut self, events: &[&Event], capacity: usize) -> Option<Waker> {
        for event in events {
            if self.events.len() >= capacity && self.events.pop_front().is_some() {
                self.missed = self.missed.saturating_add(1);
            }
            self.events.push_back((*event).clone());
        }
        self.waker.take()
    }

    /// Nothing more comes; gives whom to wake.
    fn close(&mut self) -> Option<Waker> {
        self.is_closed = true;
        self.waker.take()
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        for subscriber in locked(&self.subscribers).drain(..) {
            let Some(queue) = subscriber.queue.upgrade() else { continue };
            let waker = locked(&queue).close();
            waker.into_iter().for_each(Waker::wake);
        }
    }
}

/// One subscriber's stream. It ends when the last clone of the [`EventStream`] is gone, or its filter panicked; dropping
/// it unsubscribes.
///
/// # Cancel safety
///
/// An item is taken out only when it is returned.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Subscription {
    queue: Arc<Mutex<Queue>>,
}

impl Stream for Subscription {
    type Item = Streamed;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Streamed>> {
        let mut queue = locked(&self.queue);
        if queue.missed > 0 {
            let missed = std::mem::take(&mut queue.missed);
            return Poll::Ready(Some(Streamed::Lagged { missed }));
        }
        match queue.events.pop_front() {
            Some(event) => Poll::Ready(Some(Streamed::Event(event))),
            None if queue.is_closed => Poll::Ready(None),
            None => {
                queue.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl FusedStream for Subscription {
    fn is_terminated(&self) -> bool {
        let queue = locked(&self.queue);
        queue.is_closed && queue.events.is_empty() && queue.missed == 0
    }
}

impl Default for EventStream {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream").field("capacity", &self.hub.capacity).finish_non_exhaustive()
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").finish_non_exhaustive()
    }
}

/// A panic in a subscriber's filter leaves nothing half done.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
