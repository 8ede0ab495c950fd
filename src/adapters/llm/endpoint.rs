//! One call: a body goes out, an answer comes back within bounds.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url};
use serde_json::Value;

use super::breaker::LONGEST;
use super::dialect::{Form, Rung};
use super::fault::ModelFault;
use crate::adapters::retry_after::{retry_after, whole};

/// No more of an answer is read. A summary with its frame takes a hundredth of it.
pub(super) const LIMIT: usize = 256 * 1024;

/// Where requests go, and with what.
pub(super) struct Endpoint {
    pub(super) client: Client,
    pub(super) url: Url,
    /// The host's own, and the key: all of them marked as secrets.
    pub(super) headers: HeaderMap,
    /// Host and port: all of the address that is ever named.
    pub(super) host: String,
}

impl Endpoint {
    /// Sends `body` once and reads the answer.
    pub(super) async fn post(
        &self,
        body: &Value,
        form: Form,
        now: DateTime<Utc>,
        timeout: Duration,
    ) -> Result<Value, ModelFault> {
        let host = &self.host;
        let request = self.client.post(self.url.clone()).timeout(timeout).headers(self.headers.clone());
        let request = request.header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let answer = request.body(body.to_string()).send().await;
        let answer = answer.map_err(|error| ModelFault::no_answer(host, error))?;
        let status = answer.status();
        // The host's own client may have followed one; what came from elsewhere is not believed.
        if status.is_redirection() || *answer.url() != self.url {
            return Err(ModelFault::Redirected { host: host.clone() });
        }
        let asked = asked(answer.headers(), now);
        let is_worded = matches!(status, StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY);
        if !status.is_success() && !is_worded {
            return Err(ModelFault::Answered { host: host.clone(), status: status.as_u16(), asked });
        }
        let text = self.read(answer).await?;
        if !status.is_success() {
            let plain = ModelFault::Answered { host: host.clone(), status: status.as_u16(), asked };
            return Err(refused(&text, form, host, status.as_u16()).unwrap_or(plain));
        }
        serde_json::from_slice(&text).map_err(|_| ModelFault::BadAnswer { host: host.clone() })
    }

    /// The body, if it stays within [`LIMIT`].
    async fn read(&self, mut answer: Response) -> Result<Vec<u8>, ModelFault> {
        let too_large = || ModelFault::TooLarge { host: self.host.clone(), limit: LIMIT };
        if answer.content_length().is_some_and(|length| length > LIMIT as u64) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        loop {
            match answer.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > LIMIT => return Err(too_large()),
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => return Ok(body),
                Err(error) => return Err(ModelFault::no_answer(&self.host, error)),
            }
        }
    }
}

/// How long the endpoint asks to be left alone: in milliseconds, as OpenAI and Anthropic do besides, or as the standard
/// has it.
fn asked(headers: &HeaderMap, now: DateTime<Utc>) -> Option<TimeDelta> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let exact = header("retry-after-ms").and_then(|value| whole(value.trim()));
    let exact =
        exact.map(|milliseconds| TimeDelta::try_milliseconds(milliseconds).unwrap_or(LONGEST).min(LONGEST));
    exact.or_else(|| retry_after(header(RETRY_AFTER.as_str())?, now, LONGEST))
}

/// What a 400 or a 422 is about; there is no code for it that all endpoints share, so it is found by the names of what
/// was sent. What is about the account comes last: its words are a customer's too, whom some endpoints quote. The text itself goes no further: it may quote the request.
fn refused(body: &[u8], form: Form, host: &str, status: u16) -> Option<ModelFault> {
    let body = String::from_utf8_lossy(body).to_lowercase();
    let names = |words: &[&str]| words.iter().any(|word| body.contains(word));
    let host = host.to_owned();
    if names(&["content_filter", "content management policy"]) {
        Some(ModelFault::Filtered)
    } else if names(&[
        "context length",
        "context_length",
        "prompt is too long",
        "context window",
        "too many tokens",
    ]) {
        Some(ModelFault::TranscriptTooLong)
    } else if names(&["max_tokens", "max_completion_tokens"]) {
        Some(ModelFault::LimitRefused { host })
    } else if form.rung != Rung::Plain
        && names(&[
            "response_format",
            "json_schema",
            "json_object",
            "json mode",
            "structured output",
            "grammar",
            "tool",
        ])
    {
        Some(ModelFault::FormRefused { host })
    } else if names(&[
        "api key",
        "api_key",
        "credit balance",
        "billing",
        "quota",
        "model_not_found",
        "model not found",
        "invalid model",
        "unknown model",
        "not a valid model",
    ]) {
        // Anthropic's "credit balance is too low" and Gemini's "API key not valid" come as a 400.
        Some(ModelFault::AccountRefused { host, status })
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::SummarizeError;

    fn told(status: u16, body: &str) -> SummarizeError {
        let form = Form { rung: Rung::JsonSchema, is_renamed: false };
        let plain = ModelFault::Answered { host: "host".to_owned(), status, asked: None };
        refused(body.as_bytes(), form, "host", status).unwrap_or(plain).told(None)
    }

    #[test]
    fn a_refusal_over_the_account_loses_no_summary() {
        for body in [
            r#"{"error":{"message":"Your credit balance is too low to access the Anthropic API."}}"#,
            r#"[{"error":{"message":"API key not valid.","details":[{"reason":"API_KEY_INVALID"}]}}]"#,
            r#"{"error":{"code":"billing_hard_limit_reached"}}"#,
            r#"{"error":{"code":"model_not_found"}}"#,
        ] {
            assert!(matches!(told(400, body), SummarizeError::Unavailable { .. }), "{body}");
        }
    }

    #[test]
    fn only_what_names_the_transcript_is_permanent() {
        for body in ["context_length_exceeded", "content_filter"] {
            assert!(matches!(told(400, body), SummarizeError::Permanent { .. }), "{body}");
        }
        for status in [400, 422] {
            assert!(matches!(told(status, "no"), SummarizeError::Backend(_)), "{status}");
        }
    }
}
