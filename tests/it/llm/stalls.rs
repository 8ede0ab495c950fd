//! An endpoint that takes a request and never answers: whoever asks hears of it before the worker drops the call.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use escalate::{Desk, MemoryStore, ModelSummarizer, SummarizeError, Summarizer};
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};

use super::server::{Server, answer, completion};
use super::{GOOD, openai, request, tls};
use crate::flow::world::{ACME, place, staff};
use crate::summarising::escalated;

/// Its port, and what keeps the port taken. The system takes up connections; nobody reads from them.
async fn stalls() -> (u64, TcpListener) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    (u64::from(listener.local_addr().unwrap().port()), listener)
}

#[tokio::test]
async fn no_call_takes_longer_than_the_desk_waits() {
    let (port, _taken) = stalls().await;
    let model = openai(port).build().unwrap();
    let mut short = request();
    short.within = Some(Duration::from_millis(50));
    // It has a minute for one attempt, and two for all.
    let told = timeout(Duration::from_secs(20), model.summarize(short)).await.expect("it ends by itself");
    assert!(matches!(told, Err(SummarizeError::Unavailable { .. })), "{told:?}");
}

/// As long as the worker drops its calls, a summarizer never hears that its endpoint is down.
#[tokio::test]
async fn under_the_worker_an_endpoint_that_stalls_is_left_alone() {
    let (port, _taken) = stalls().await;
    // Longer than half the lease, as its defaults are than half of a shorter lease than the default.
    let model = Arc::new(openai(port).pause_after(1, TimeDelta::hours(1)).build().unwrap());
    let store = MemoryStore::new();
    staff(&store, ACME, 0).await;
    let desk = Desk::on(store).lease(TimeDelta::seconds(1)).summarizer(model.clone()).build();
    escalated(&desk, place(ACME, 1)).await;
    let until_paused = async {
        while !format!("{model:?}").contains("is_paused: true") {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let work = desk.work(Duration::from_millis(50), sleep);
    tokio::select! {
        () = until_paused => {}
        _ = work => unreachable!("it works for ever"),
        () = sleep(Duration::from_secs(20)) => panic!("the calls were dropped, and the endpoint is still asked"),
    }
}

/// Half open, a request that is refused for what it holds shows that the endpoint is there.
#[tokio::test]
async fn a_transcript_that_is_refused_ends_the_pause() {
    for refusal in ["400 Bad Request", "413 Content Too Large", "422 Unprocessable Content"] {
        let down = answer("503 Service Unavailable", "", "");
        let answers = vec![down, answer(refusal, "", "no"), completion(GOOD)];
        let server = Server::answering(answers).await;
        let base = format!("http://127.0.0.1:{}/v1", server.port);
        let model = ModelSummarizer::openai(&base, "m", tls()).attempts(1);
        // So short a pause is over at the next call.
        let model = model.pause_after(1, TimeDelta::milliseconds(1)).build().unwrap();
        model.summarize(request()).await.unwrap_err();
        assert!(format!("{model:?}").contains("is_paused: true"));
        sleep(Duration::from_millis(2)).await;
        let refused = model.summarize(request()).await.unwrap_err();
        assert!(!matches!(refused, SummarizeError::Unavailable { .. }), "{refused:?}");
        assert!(format!("{model:?}").contains("is_paused: false"), "{refusal}");
        model.summarize(request()).await.unwrap();
    }
}
