//! What no well-behaved peer does.

use chrono::{DateTime, TimeDelta, Utc};
use escalate::adapters::llm::{InvalidModel, ModelFault};
use escalate::testkit::ManualClock;
use escalate::{ModelSummarizer, SummarizeError, Summarizer};

use super::server::{Server, answer, completion};
use super::{GOOD, SUBJECT, fault, openai, request, tls};

#[tokio::test]
async fn ten_megabytes_are_not_read() {
    let body = format!("{}{GOOD}", " ".repeat(10 << 20));
    let announced = answer("200 OK", "", &body);
    let chunked = format!(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    // A 400 is read for what it names, within the same bound.
    let refused = answer("400 Bad Request", "", &body);
    for answer in [announced, chunked.into_bytes(), refused] {
        let server = Server::answering(vec![answer]).await;
        let error = openai(server.port).build().unwrap().summarize(request()).await.unwrap_err();
        assert!(matches!(fault(&error), ModelFault::TooLarge { limit: 262_144, .. }), "{error:?}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let target = Server::answering(vec![completion(GOOD)]).await;
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "303 See Other",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let location = format!("location: http://127.0.0.1:{}/v1/chat/completions\r\n", target.port);
        let server = Server::answering(vec![answer(status, &location, "")]).await;
        let error = openai(server.port).build().unwrap().summarize(request()).await.unwrap_err();
        assert!(matches!(error, SummarizeError::Unavailable { .. }), "{error:?}");
        assert_eq!((server.requests().len(), target.requests().len()), (1, 0), "{status}");
    }
}

#[tokio::test]
async fn what_a_client_of_the_hosts_fetched_from_elsewhere_is_not_believed() {
    let target = Server::answering(vec![completion(GOOD)]).await;
    let location = format!("location: http://127.0.0.1:{}/v1/chat/completions\r\n", target.port);
    let server = Server::answering(vec![answer("307 Temporary Redirect", &location, "")]).await;
    let follows = reqwest::Client::builder().tls_backend_preconfigured(tls()).no_proxy().build().unwrap();
    let base = format!("http://127.0.0.1:{}/v1", server.port);
    let summarizer = ModelSummarizer::openai(&base, "m", follows.clone()).build().unwrap();
    let error = summarizer.summarize(request()).await.unwrap_err();
    assert!(matches!(error, SummarizeError::Unavailable { .. }), "{error:?}");
    // It works where it is.
    let base = format!("http://127.0.0.1:{}/v1", target.port);
    let summarizer = ModelSummarizer::openai(&base, "m", follows).build().unwrap();
    assert_eq!(summarizer.summarize(request()).await.unwrap().subject, SUBJECT);
}

#[tokio::test]
async fn an_answer_cut_off_anywhere_is_none() {
    let whole = completion(GOOD);
    let head = whole.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
    for length in [0, 1, 12, head, head + 4, head + 40, whole.len() - 1] {
        let server = Server::answering(vec![whole[..length].to_vec(), whole.clone()]).await;
        let proposal = openai(server.port).build().unwrap().summarize(request()).await.unwrap();
        assert_eq!((proposal.subject.as_str(), proposal.attempts), (SUBJECT, 2), "cut at {length}");
    }
}

#[tokio::test]
async fn what_is_no_completion_is_no_answer() {
    for body in ["", "<html>Welcome</html>", "{}", "[]", "null", "{\"choices\":[]}", "{\"choices\":", "\u{0}"]
    {
        let server = Server::answering(vec![answer("200 OK", "", body)]).await;
        let error = openai(server.port).attempts(1).build().unwrap().summarize(request()).await.unwrap_err();
        assert!(matches!(error, SummarizeError::Unavailable { .. }), "{body}: {error:?}");
    }
    let nobody = Server::answering(vec![b"NONSENSE\r\n\r\n".to_vec()]).await;
    let error = openai(nobody.port).attempts(1).build().unwrap().summarize(request()).await.unwrap_err();
    assert!(matches!(error, SummarizeError::Unavailable { .. }), "{error:?}");
}

#[tokio::test]
async fn a_date_is_a_wait_too() {
    let now: DateTime<Utc> = "2026-11-23T08:00:00Z".parse().unwrap();
    let seconds = |asked: &str| (asked.to_owned(), asked.parse().ok().map(TimeDelta::seconds));
    let cases = [
        ("Mon, 23 Nov 2026 09:30:00 GMT".to_owned(), Some(TimeDelta::minutes(90))),
        ("Mon, 23 Nov 2099 09:30:00 GMT".to_owned(), Some(TimeDelta::hours(24))),
        seconds("3600"),
        ("tomorrow".to_owned(), None),
    ];
    for (asked, wait) in cases {
        for status in ["429 Too Many Requests", "503 Service Unavailable"] {
            let server =
                Server::answering(vec![answer(status, &format!("retry-after: {asked}\r\n"), "")]).await;
            let clock = ManualClock::at(now);
            let summarizer = openai(server.port).clock(clock.clone()).attempts(1).build().unwrap();
            let error = summarizer.summarize(request()).await.unwrap_err();
            let SummarizeError::Unavailable { wait: told } = error else { panic!("{error:?}") };
            assert_eq!(told, wait, "{asked}");
            // Every other conversation keeps to it, to the moment.
            let Some(wait) = wait else { continue };
            clock.set(now + wait - TimeDelta::milliseconds(1));
            let error = summarizer.summarize(request()).await.unwrap_err();
            assert!(
                matches!(error, SummarizeError::Unavailable { wait: Some(left) } if left == TimeDelta::milliseconds(1))
            );
            assert_eq!(server.requests().len(), 1);
            clock.set(now + wait);
            assert!(summarizer.summarize(request()).await.is_err());
            assert_eq!(server.requests().len(), 2);
        }
    }
}

/// The one call that tries is dropped by the worker; that does not keep the endpoint closed for ever.
#[tokio::test]
async fn a_dropped_trial_is_no_deadlock() {
    let overloaded = answer("503 Service Unavailable", "retry-after: 10\r\n", "");
    let server = Server::answering(vec![overloaded, completion(GOOD)]).await;
    let clock = ManualClock::at(Utc::now());
    let summarizer = openai(server.port).clock(clock.clone()).attempts(1).build().unwrap();
    assert!(summarizer.summarize(request()).await.is_err());
    clock.advance(TimeDelta::seconds(10));
    // Polled once, which lets it out, and dropped.
    let trial = summarizer.summarize(request());
    assert!(futures::FutureExt::now_or_never(trial).is_none());
    let error = summarizer.summarize(request()).await.unwrap_err();
    assert!(matches!(error, SummarizeError::Unavailable { wait: Some(_) }), "two trials at once");
    clock.advance(TimeDelta::seconds(61));
    assert_eq!(summarizer.summarize(request()).await.unwrap().subject, SUBJECT);
}

#[tokio::test]
async fn nobody_there_is_unavailable() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = u64::from(listener.local_addr().unwrap().port());
    drop(listener);
    let error = openai(port).attempts(2).build().unwrap().summarize(request()).await.unwrap_err();
    assert!(matches!(error, SummarizeError::Unavailable { wait: None }), "{error:?}");
}

#[test]
fn without_a_runtime_it_says_so() {
    let summarizer = openai(1).build().unwrap();
    let error = futures::executor::block_on(summarizer.summarize(request())).unwrap_err();
    assert_eq!(fault(&error), &ModelFault::NoRuntime);
}

#[test]
fn addresses_keys_and_headers_that_are_none_are_refused() {
    let build = |base: &str| ModelSummarizer::openai(base, "m", tls()).build().map(|_| ());
    for base in ["", "api.openai.com/v1", "ftp://a.example", "file:///etc/passwd"] {
        assert!(matches!(build(base), Err(InvalidModel::NotAUrl)), "{base}");
    }
    for base in ["http://a.example/v1", "http://192.168.0.7:11434/v1", "http://localhost.a.example"] {
        assert!(matches!(build(base), Err(InvalidModel::NotHttps)), "{base}");
    }
    assert!(matches!(build("https://me:secret@a.example"), Err(InvalidModel::Credentials)));
    for base in
        ["https://a.example/v1/", "http://localhost:11434/v1", "http://127.0.0.1", "http://[::1]:8000"]
    {
        assert!(build(base).is_ok(), "{base}");
    }
    let plain = ModelSummarizer::openai("http://192.168.0.7:11434/v1", "m", tls()).allow_plain_http();
    assert!(plain.build().is_ok());
    assert!(matches!(openai(1).key("sk\n").build(), Err(InvalidModel::Key)));
    assert!(matches!(openai(1).header("a b", "c").build(), Err(InvalidModel::Header { .. })));
    assert!(matches!(openai(1).header("a", "b\r\nc: d").build(), Err(InvalidModel::Header { .. })));
    assert!(matches!(
        ModelSummarizer::openai("https://a.example", " ", tls()).build(),
        Err(InvalidModel::NoModel)
    ));
}
