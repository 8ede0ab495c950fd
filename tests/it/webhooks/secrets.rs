//! What is a secret, and that it stays one.

use std::error::Error;

use escalate::EventSink;
use escalate::adapters::webhooks::{InvalidSecret, WebhookSecret, WebhookSink};

use super::receiver::Receiver;
use super::{OTHER_SECRET, SECRET, clock, event, local, secret, tls, told};

#[test]
fn secrets_have_24_to_64_bytes() {
    for (bytes, is_fine) in [(0, false), (23, false), (24, true), (32, true), (64, true), (65, false)] {
        assert_eq!(WebhookSecret::from_bytes(&vec![7; bytes]).is_ok(), is_fine, "{bytes}");
    }
    let error = |text: &str| text.parse::<WebhookSecret>().err();
    assert_eq!(error(OTHER_SECRET), None);
    assert_eq!(error(OTHER_SECRET.strip_prefix("whsec_").unwrap()), Some(InvalidSecret::NoPrefix));
    assert_eq!(error("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2Lañ"), Some(InvalidSecret::NotBase64));
    assert_eq!(error("whsec_MfKQ9r8G"), Some(InvalidSecret::Length { bytes: 6 }));
    assert_eq!(error("whsec_"), Some(InvalidSecret::Length { bytes: 0 }));
}

/// With padding and without, as the reference libraries take them.
#[test]
fn padding_makes_no_difference() {
    let sign = |text: &str| secret(text).sign("id", 1, b"{}");
    let bytes = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwBg";
    assert_eq!(sign(bytes), sign(&format!("{bytes}==")));
}

#[tokio::test]
async fn neither_secret_nor_address_is_shown() {
    let receiver = Receiver::start();
    let path = "/hooks/T0KEN?token=swordfish";
    let builder = local(receiver.port, path).previous_secret(secret(OTHER_SECRET)).clock(clock());
    let mut shown = vec![format!("{:?} {builder:?}", secret(SECRET))];
    let sink = builder.build().unwrap();
    receiver.statuses(&[500, 302, 410]);
    for attempt in 0..4 {
        let error = sink.deliver(&[event(9, 1)], attempt).await.unwrap_err();
        shown.push(format!("{error:?} {} {sink:?}", told(&error)));
    }
    // One that cannot be reached, and one whose answer is not HTTP's.
    let port = receiver.port;
    drop(receiver);
    let sink = local(port, path).build().unwrap();
    let error = sink.deliver(&[event(9, 1)], 0).await.unwrap_err();
    shown.push(format!("{error:?} {}", told(&error)));
    for url in ["https://ana:swordfish@shop.example/", "swordfish", "ftp://swordfish/"] {
        let error = WebhookSink::builder(url, secret(SECRET), tls()).build().unwrap_err();
        shown.push(format!("{error:?} {error} {:?}", error.source()));
    }
    for text in ["swordfish", "whsec_swordfish!"] {
        let error = text.parse::<WebhookSecret>().unwrap_err();
        shown.push(format!("{error:?} {error}"));
    }
    for text in shown {
        for hidden in ["swordfish", "T0KEN", &SECRET[6..], &OTHER_SECRET[6..]] {
            assert!(!text.contains(hidden), "{text}");
        }
    }
}
