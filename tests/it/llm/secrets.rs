//! Where neither the key nor the customer's words may be.

use std::sync::{Arc, Mutex};

use escalate::Summarizer;

use super::server::{Server, answer, completion};
use super::{GOOD, KEY, message, openai, request, told};

/// Keeps everything that is logged, with the names of spans and their fields.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Log {
    fn keep(&self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        self.0.lock().unwrap().push_str(&format!("{field}={value:?} "));
    }
}

impl tracing::Subscriber for Log {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        span.record(&mut |field: &tracing::field::Field, value: &dyn std::fmt::Debug| {
            self.keep(field, value)
        });
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, values: &tracing::span::Record<'_>) {
        values.record(&mut |field: &tracing::field::Field, value: &dyn std::fmt::Debug| {
            self.keep(field, value)
        });
    }

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut |field: &tracing::field::Field, value: &dyn std::fmt::Debug| {
            self.keep(field, value)
        });
        self.0.lock().unwrap().push('\n');
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

/// An endpoint that says everything it was told back, as some do in their errors.
fn echoes() -> Vec<Vec<u8>> {
    let echo = format!(
        "{{\"error\": {{\"message\": \"Incorrect API key provided: {KEY}. My kettle arrived broken\"}}}}"
    );
    let header = format!("x-echo: {KEY}\r\nlocation: /{KEY}\r\n");
    let with_usage = r#"{"choices":[{"message":{"content":"My kettle arrived broken, and so on"},"finish_reason":"stop"}],
        "usage":{"prompt_tokens":1234,"completion_tokens":56}}"#;
    let statuses = [
        "400 Bad Request",
        "401 Unauthorized",
        "403 Forbidden",
        "404 Not Found",
        "422 No",
        "302 Found",
        "500 Oh",
    ];
    let mut answers: Vec<_> = statuses.iter().map(|status| answer(status, &header, &echo)).collect();
    answers.push(answer("200 OK", &header, &echo));
    answers.push(answer("200 OK", &header, with_usage));
    answers.push(format!("HTTP/1.1 200 {KEY}\r\n{KEY}").into_bytes());
    answers.push(completion(GOOD));
    answers
}

#[test]
fn neither_the_key_nor_a_customers_words_are_in_debug_errors_or_the_log() {
    let log = Log::default();
    let mut said = String::new();
    tracing::subscriber::with_default(log.clone(), || {
        // One thread, so that all that the client logs comes here.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            for reply in echoes() {
                let server = Server::answering(vec![reply]).await;
                let builder = openai(server.port).header("x-gateway-key", format!("{KEY}-2")).attempts(2);
                said.push_str(&format!("{builder:?}"));
                let summarizer = builder.build().unwrap();
                // Another test's thread may have met the same line with nobody listening, and be remembered for it.
                tracing::callsite::rebuild_interest_cache();
                match summarizer.summarize(request()).await {
                    Ok(proposal) => said.push_str(&format!("{proposal:?}")),
                    Err(error) => said.push_str(&told(&error)),
                }
                said.push_str(&format!("{summarizer:?} {:?}", message(1, super::customer(), "My kettle")));
                // The server did get it, so what is looked for is there to be found.
                assert!(server.requests()[0].contains(KEY) && server.requests()[0].contains("kettle"));
            }
            let broken = openai(1).key(format!("{KEY}\n")).build().unwrap_err();
            said.push_str(&format!("{broken} {broken:?}"));
            let broken = openai(1).header("x", format!("{KEY}\n")).build().unwrap_err();
            said.push_str(&format!("{broken} {broken:?}"));
        });
    });
    let logged = log.0.lock().unwrap().clone();
    for (name, text) in [("said", &said), ("logged", &logged)] {
        assert!(!text.contains(KEY), "the key was {name}");
        assert!(
            !text.to_lowercase().contains("kettle") && !text.contains("refund"),
            "the customer's words were {name}"
        );
    }
    // The log has what it should.
    for expected in [
        "gen_ai.request.model=\"gpt-4o-mini\"",
        "gen_ai.usage.input_tokens=1234",
        "gen_ai.usage.output_tokens=56",
    ] {
        assert!(logged.contains(expected), "{expected} is not in the log");
    }
}
