//! Clients who go through episodes, again and again, and keep every answer they were given.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use escalate::ports::{Escalation, HandBack, Reply, TakeOver};
use escalate::{Actor, Desk, Error, Escalate, MessageId, Place, ReasonCode, Sequence, StoreError};

use crate::flow::world::{ACME, ANA, CLEO, WORDS, conversation, key, place};

/// What was given for an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    Opened,
    Message(MessageId, Sequence),
    Escalation(Escalation),
    TakeOver(TakeOver),
    Reply(Reply),
    HandBack(HandBack),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Open,
    Write,
    Escalate,
    TakeOver,
    Reply,
    HandBack,
}

pub(crate) const EPISODE: [Step; 6] =
    [Step::Open, Step::Write, Step::Escalate, Step::TakeOver, Step::Reply, Step::HandBack];

impl Step {
    /// Takes this step under the key that it has in every conversation.
    pub(crate) async fn take(self, desk: &Desk, place: Place) -> Result<Answer, Error> {
        let key = key(format!("{self:?}"));
        Ok(match self {
            Self::Open => desk.open(conversation(place)).await.map(|_| Answer::Opened)?,
            Self::Write => {
                let received = desk.customer_message(place, CLEO, key, WORDS).await?;
                Answer::Message(received.message, received.sequence)
            }
            Self::Escalate => {
                let asked = Escalate::because(ReasonCode::CustomerRequest);
                Answer::Escalation(desk.escalate(place, Actor::System, key, asked).await?)
            }
            Self::TakeOver => Answer::TakeOver(desk.take_over(place, ANA, key).await?),
            Self::Reply => Answer::Reply(desk.reply(place, ANA, key, "I am on it.").await?),
            Self::HandBack => Answer::HandBack(desk.hand_back(place, Actor::from(ANA), key).await?),
        })
    }
}

/// All answers that were given, by all clients.
#[derive(Default)]
pub(super) struct Ledger {
    given: Mutex<Vec<(Place, Step, Answer)>>,
    pub(super) in_doubt: AtomicUsize,
    /// How many answers are enough for now; it is checked only now and then.
    enough: AtomicUsize,
    is_over: AtomicBool,
}

impl Ledger {
    pub(super) fn len(&self) -> usize {
        self.given.lock().unwrap().len()
    }

    pub(super) fn since(&self, first: usize) -> Vec<(Place, Step, Answer)> {
        self.given.lock().unwrap()[first..].to_vec()
    }

    /// Has the clients go on until there are about so many.
    pub(super) fn go_on(&self, enough: usize) {
        self.enough.store(enough, Ordering::SeqCst);
    }

    async fn until_wanted(&self) {
        while self.len() >= self.enough.load(Ordering::SeqCst) && !self.is_over.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    pub(super) fn finish(&self) {
        self.is_over.store(true, Ordering::SeqCst);
    }
}

/// Goes through episodes until the ledger is closed; gives the conversations. What fails is tried again under its key.
pub(super) async fn client(desk: Desk, ledger: Arc<Ledger>, number: u128) -> Vec<Place> {
    let mut places = Vec::new();
    while !ledger.is_over.load(Ordering::SeqCst) {
        let place = place(ACME, number * 1_000_000 + places.len() as u128 + 1);
        places.push(place);
        for step in EPISODE {
            ledger.until_wanted().await;
            let answer = insist(&desk, &ledger, place, step).await;
            ledger.given.lock().unwrap().push((place, step, answer));
        }
    }
    places
}

async fn insist(desk: &Desk, ledger: &Ledger, place: Place, step: Step) -> Answer {
    loop {
        match step.take(desk, place).await {
            Ok(answer) => return answer,
            Err(Error::Store(StoreError::Backend { backend: "postgres", .. })) => {
                ledger.in_doubt.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Err(error) => panic!("{step:?}: {error:?}"),
        }
    }
}
