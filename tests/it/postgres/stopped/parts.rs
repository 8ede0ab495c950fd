//! What the other process does.

use async_trait::async_trait;
use chrono::TimeDelta;
use escalate::adapters::postgres::{PostgresOptions, PostgresStore};
use escalate::ports::{EventSink, Proposal, Summarizer, SummaryRequest};
use escalate::{Desk, Error, Event, Fenced, Key, Place, SinkError, SummarizeError};
use std::sync::Arc;
use tokio::sync::watch;
use uuid::Uuid;

use super::process::{gate, tell};
use super::{HELD, TALKS};
use crate::flow::world::{ACME, place};
use crate::postgres::spy::Spy;

pub(super) async fn play(part: &str, address: &str) {
    let store = PostgresOptions::new().connections(8).connect(address).await.unwrap();
    match part {
        "ai" => ai_agent(store).await,
        "worker" => worker(store).await,
        part => panic!("no part {part}"),
    }
}

/// Some turns are held until the gate opens; the others follow one another.
async fn ai_agent(store: PostgresStore) {
    let (desk, gate) = (Desk::on(store).build(), gate());
    let held = HELD.map(|n| tokio::spawn(hold(desk.clone(), place(ACME, n), gate.clone())));
    let talks = TALKS.map(|n| tokio::spawn(talk(desk.clone(), place(ACME, n))));
    for task in held.chain(talks).collect::<Vec<_>>() {
        task.await.unwrap();
    }
}

async fn hold(desk: Desk, place: Place, mut gate: watch::Receiver<bool>) {
    let turn = desk.begin_turn(place).await.unwrap();
    tell("holds");
    gate.wait_for(|is_open| *is_open).await.unwrap();
    let late = turn.reply(Key::from(Uuid::now_v7()), "A late word.").await.unwrap();
    tell(if matches!(late, Fenced::Superseded(_)) { "held superseded" } else { "held said" });
}

async fn talk(desk: Desk, place: Place) {
    loop {
        let turn = match desk.begin_turn(place).await {
            Ok(turn) => turn,
            Err(Error::Refused(_)) => return tell("refused"),
            Err(error) => panic!("{error:?}"),
        };
        // The model thinks.
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        let outcome = turn.reply(Key::from(Uuid::now_v7()), "One more thing.").await.unwrap();
        tell(if matches!(outcome, Fenced::Superseded(_)) { "superseded" } else { "said" });
    }
}

/// Claims what is due, and is at it until the gate opens.
async fn worker(store: PostgresStore) {
    let spy = Arc::new(Spy::on(store.clone()));
    let slow = Slow(gate());
    let desk = Desk::builder(store.clone(), Arc::clone(&spy), store);
    let desk = desk
        .lease(TimeDelta::seconds(1))
        .sink("here".parse().unwrap(), slow.clone())
        .summarizer(slow)
        .build();
    desk.run_due(16).await.unwrap();
    tell(&format!("lost {}", spy.claims_lost()));
}

#[derive(Clone, Debug)]
struct Slow(watch::Receiver<bool>);

impl Slow {
    async fn wait(&self) {
        self.0.clone().wait_for(|is_open| *is_open).await.unwrap();
    }
}

#[async_trait]
impl EventSink for Slow {
    async fn deliver(&self, _: &[Event], _: u32) -> Result<(), SinkError> {
        tell("delivers");
        self.wait().await;
        Ok(())
    }
}

#[async_trait]
impl Summarizer for Slow {
    async fn summarize(&self, _: SummaryRequest) -> Result<Proposal, SummarizeError> {
        tell("summarises");
        self.wait().await;
        Ok(Proposal::new(
            "A late subject",
            "The order never came. The customer wants the money back.",
            "late",
        ))
    }
}
