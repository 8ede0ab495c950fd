//! What was asked and told, in the order in which it was.

use std::sync::Mutex;

use stateright::semantics::{ConsistencyTester, LinearizabilityTester};

use super::spec::{Ask, Conversation, Told};

/// The calls on one conversation. Every call is a thread of its own: what is known of the order of two calls is only
/// that one had returned when the other began.
#[derive(Debug, Default)]
pub(super) struct History(Mutex<Vec<Moment>>);

#[derive(Debug)]
enum Moment {
    Asked(usize, Ask),
    Told(usize, Told),
}

impl History {
    /// Makes the call, and writes down when it began and ended.
    pub(super) async fn record(&self, ask: Ask, call: impl Future<Output = Option<Told>>) {
        let number = {
            let mut moments = self.0.lock().unwrap();
            let number = moments.len();
            moments.push(Moment::Asked(number, ask));
            number
        };
        if let Some(told) = call.await {
            self.0.lock().unwrap().push(Moment::Told(number, told));
        }
    }

    /// How many calls nobody knows the end of.
    pub(super) fn in_doubt(&self) -> usize {
        let count =
            |is: fn(&Moment) -> bool| self.0.lock().unwrap().iter().filter(|moment| is(moment)).count();
        count(|moment| matches!(moment, Moment::Asked(..)))
            - count(|moment| matches!(moment, Moment::Told(..)))
    }

    pub(super) fn is_linearizable(&self) -> bool {
        let mut tester = LinearizabilityTester::new(Conversation::default());
        for moment in self.0.lock().unwrap().iter() {
            match moment {
                Moment::Asked(number, ask) => tester.on_invoke(*number, *ask).unwrap(),
                Moment::Told(number, told) => tester.on_return(*number, Some(*told)).unwrap(),
            };
        }
        tester.is_consistent()
    }
}
