//! One attempt: an event as a request, and what its answer means.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, Url};
use serde::Serialize;

use super::fault::Fault;
use super::schedule;
use super::secret::Secrets;
use crate::adapters::retry_after::retry_after;
use crate::event::Event;

/// No more of an answer's body than this is read, so that the connection can be used again.
const DRAINED: u64 = 4096;

/// The body, structured as the specification recommends.
#[derive(Serialize)]
struct Body<'a> {
    r#type: String,
    timestamp: DateTime<Utc>,
    data: &'a Event,
}

/// Where requests go.
pub(super) struct Endpoint {
    pub(super) client: Client,
    pub(super) url: Url,
    /// Host and port: all of the address that is ever named.
    pub(super) host: String,
}

impl Endpoint {
    /// Sends `event` once, signed at `now`.
    pub(super) async fn post(
        &self,
        event: &Event,
        secrets: &Secrets,
        now: DateTime<Utc>,
        timeout: Duration,
    ) -> Result<(), Fault> {
        let r#type = format!("ticket.{}", event.kind.as_str());
        let body = Body { r#type, timestamp: event.at, data: event };
        let body = serde_json::to_vec(&body).map_err(|_| Fault::Unwritable)?;
        let (id, timestamp) = (event.id.to_string(), now.timestamp());
        let signature = secrets.sign(&id, timestamp, &body);
        let request = self.client.post(self.url.clone()).timeout(timeout);
        let request = request
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
            .body(body);
        let answer = request.send().await.map_err(|error| Fault::no_answer(self.host.clone(), error))?;
        let status = answer.status();
        if status.is_success() {
            drain(answer).await;
            return Ok(());
        }
        let asked = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let asked = asked.and_then(|asked| retry_after(asked, now, schedule::LONGEST));
        Err(Fault::Answered { host: self.host.clone(), status, asked })
    }
}

/// Reads a short body away; a connection with a long one is closed instead.
async fn drain(mut answer: Response) {
    if answer.content_length().is_some_and(|length| length <= DRAINED) {
        while let Ok(Some(_)) = answer.chunk().await {}
    }
}
