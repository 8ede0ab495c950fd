//! TLS against a real server, with certificates of the run's own.

use std::error::Error;
use std::net::TcpListener;
use std::sync::Arc;

use escalate::adapters::postgres::{PostgresOptions, PostgresStore};
use escalate::{Actor, Desk, Escalate, ReasonCode, StoreError};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::NoTls;

use super::home::Home;
use crate::flow::world::{ACME, CLEO, WORDS, audit, conversation, key, place, staff};

/// A server that speaks TLS, as `localhost`.
struct Secure {
    home: Home,
    port: u16,
}

impl Secure {
    fn new() -> Self {
        let home = Home::new("-tls");
        home.write("authority.conf", "[req]\ndistinguished_name=dn\nx509_extensions=ext\n[dn]\n[ext]\nbasicConstraints=critical,CA:TRUE\nsubjectKeyIdentifier=hash\n");
        home.write("server.conf", "[req]\ndistinguished_name=dn\nx509_extensions=ext\n[dn]\n[ext]\nbasicConstraints=critical,CA:FALSE\nsubjectAltName=DNS:localhost\n");
        for name in ["right", "wrong"] {
            certify(&home, name, "authority.conf", &[]);
        }
        certify(&home, "server", "server.conf", &["-CA", "right.crt", "-CAkey", "right.key"]);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        home.init("data", &[]);
        // Not on the command line, where it could not be changed.
        let files = "ssl_cert_file = '../server.crt'\nssl_key_file = '../server.key'\n";
        home.write("data/postgresql.auto.conf", &format!("ssl = on\n{files}"));
        home.start("data", &format!("-p {port} -c listen_addresses=127.0.0.1"));
        Self { home, port }
    }

    fn address(&self, host: &str) -> String {
        format!("host={host} hostaddr=127.0.0.1 port={} user=postgres dbname=postgres", self.port)
    }

    /// Trusts what this authority has signed.
    fn trusting(&self, authority: &str) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        let file = self.home.socket().join(format!("{authority}.crt"));
        roots.add(CertificateDer::from_pem_file(file).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        builder.unwrap().with_root_certificates(roots).with_no_client_auth()
    }

    /// On the socket, where no TLS is spoken.
    async fn ask(&self, sql: &str) -> Vec<tokio_postgres::Row> {
        let mut config = tokio_postgres::Config::new();
        config.host_path(self.home.socket()).port(self.port).user("postgres").dbname("postgres");
        let (client, connection) = config.connect(NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        let rows = client.query(sql, &[]).await.unwrap();
        drop(client);
        let _closed = connection.await;
        rows
    }
}

fn certify(home: &Home, name: &str, settings: &str, more: &[&str]) {
    let (key, certificate, subject) = (format!("{name}.key"), format!("{name}.crt"), format!("/CN={name}"));
    let kind =
        ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    let files = ["-config", settings, "-subj", &subject, "-keyout", &key, "-out", &certificate];
    home.run("openssl", &[&kind[..], &files, more].concat());
}

fn whole(error: &StoreError) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        told = format!("{told}: {error}");
        cause = error.source();
    }
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_is_spoken_and_certificates_are_checked() {
    let server = Secure::new();
    let options = PostgresOptions::new().connections(2);
    let store = options.connect_tls(&server.address("localhost"), server.trusting("right")).await.unwrap();
    an_escalation(&store).await;
    let plain = "SELECT count(*) FILTER (WHERE ssl), count(*) FILTER (WHERE NOT ssl) FROM pg_stat_ssl
        JOIN pg_stat_activity USING (pid) WHERE client_addr IS NOT NULL";
    let row = server.ask(plain).await.remove(0);
    assert!(row.get::<_, i64>(0) > 0 && row.get::<_, i64>(1) == 0, "all of it was encrypted");

    for (host, authority, told) in
        [("localhost", "wrong", "UnknownIssuer"), ("db.example", "right", "not valid for name")]
    {
        let refused =
            options.connect_tls(&server.address(host), server.trusting(authority)).await.unwrap_err();
        assert!(whole(&refused).contains(told), "{}", whole(&refused));
    }
    // Asked for TLS by its address, a store that has none says so, and sends nothing in the clear.
    let address = format!("{} sslmode=require", server.address("localhost"));
    let refused = PostgresStore::connect(&address).await.unwrap_err();
    assert!(whole(&refused).contains("TLS"), "{}", whole(&refused));

    server.ask("ALTER SYSTEM SET ssl = off").await;
    server.ask("SELECT pg_reload_conf()").await;
    while server.ask("SELECT current_setting('ssl')").await[0].get::<_, String>(0) == "on" {}
    for mode in ["", " sslmode=require", " sslmode=prefer", " sslmode=disable"] {
        let address = format!("{}{mode}", server.address("localhost"));
        let refused = options.connect_tls(&address, server.trusting("right")).await.unwrap_err();
        assert!(whole(&refused).contains("server does not support TLS"), "{mode}: {}", whole(&refused));
    }
}

async fn an_escalation(store: &PostgresStore) {
    let (desk, place) = (Desk::on(store.clone()).build(), place(ACME, 1));
    staff(store, ACME, 0).await;
    desk.open(conversation(place)).await.unwrap();
    desk.customer_message(place, CLEO, key("first"), WORDS).await.unwrap();
    let asked = Escalate::because(ReasonCode::CustomerRequest);
    desk.escalate(place, Actor::System, key("escalate"), asked).await.unwrap();
    audit(&desk, store, ACME, &[place]).await;
}
