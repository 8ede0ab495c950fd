//! Webhooks, sent to a receiver in another process that verifies them with the official Python library.

mod addresses;
mod answers;
mod receiver;
mod schedule;
mod secrets;
mod signing;

use std::error::Error;
use std::process::Command;
use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};
use escalate::adapters::webhooks::{WebhookSecret, WebhookSink, WebhookSinkBuilder};
use escalate::testkit::ManualClock;
use escalate::{Event, SinkError};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use serde_json::json;
use tempfile::TempDir;

/// What the receivers of these tests verify with.
const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const OTHER_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn secret(text: &str) -> WebhookSecret {
    text.parse().unwrap()
}

/// As a host makes one: with a provider and roots of its own choice.
fn tls() -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certificate().path().join("localhost.pem")).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    config.with_root_certificates(roots).with_no_client_auth()
}

/// A folder with a certificate of this run's own for `localhost`, and its key.
fn certificate() -> &'static TempDir {
    static MADE: LazyLock<TempDir> = LazyLock::new(|| {
        let folder = tempfile::tempdir().unwrap();
        let made = Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "2",
            ])
            .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .args(["-keyout", "localhost.key.pem", "-out", "localhost.pem"])
            .current_dir(folder.path())
            .output()
            .expect("no openssl: install Debian's `openssl` (scripts/test does)");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        folder
    });
    &MADE
}

/// An endpoint on this machine.
fn local(port: u16, path: &str) -> WebhookSinkBuilder {
    let url = format!("http://127.0.0.1:{port}{path}");
    WebhookSink::builder(&url, secret(SECRET), tls()).allow_plain_http().allow_private_addresses()
}

/// A clock that stands still at an instant that a verifier accepts.
fn clock() -> ManualClock {
    ManualClock::at(Utc::now())
}

/// The `sequence`th event of conversation `conversation`.
fn event(conversation: u32, sequence: u64) -> Event {
    let uuid = |number: u64| format!("00000000-0000-7000-8000-{number:012x}");
    let at: DateTime<Utc> = DateTime::from_timestamp(1_750_000_000, 5000).unwrap();
    serde_json::from_value(json!({
        "id": uuid(u64::from(conversation) * 1000 + sequence),
        "workspace": uuid(1),
        "conversation": uuid(u64::from(conversation)),
        "ticket": uuid(2),
        "sequence": sequence,
        "epoch": 1,
        "at": at,
        "actor": { "type": "teammate", "id": uuid(3) },
        "kind": { "type": "assigned", "teammate": uuid(3), "by": "policy", "over_cap": false },
    }))
    .unwrap()
}

/// What an error says, with all that caused it.
fn told(error: &SinkError) -> String {
    let causes = std::iter::successors(Some::<&dyn Error>(error), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
