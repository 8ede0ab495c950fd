//! Requests as a browser of another site, or through a rebound name, would send them.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::example::Http;

const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
const CALL: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"escalate_to_human","arguments":{"reason":"other","conversation":"1"}}}"#;

/// The status line and the body of the answer.
fn post(server: &Http, host: &str, headers: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(server.authority()).unwrap();
    let request = format!(
        "POST /mcp HTTP/1.1\r\nHost: {host}\r\n{headers}Content-Type: application/json\r\nAccept: application/json, \
         text/event-stream\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer)
}

#[test]
fn foreign_hosts_and_origins_are_forbidden() {
    let server = Http::start();
    let own = server.authority().to_owned();
    let port = own.split(':').nth(1).unwrap();
    assert_eq!(post(&server, &own, "", LIST).0, 200);
    assert_eq!(post(&server, &own, &format!("Origin: http://{own}\r\n"), LIST).0, 200);
    let hosts = ["evil.example.com".to_owned(), format!("evil.example.com:{port}"), "localhost:1".to_owned()];
    for host in hosts {
        assert_eq!(post(&server, &host, "", LIST).0, 403, "{host}");
    }
    let origins =
        ["http://evil.example.com".to_owned(), "null".to_owned(), format!("https://{own}"), "x".to_owned()];
    for origin in origins {
        assert_eq!(post(&server, &own, &format!("Origin: {origin}\r\n"), CALL).0, 403, "{origin}");
    }
}

/// Whose call it is comes from the host's header: not from the arguments, not twice, not from an unknown one.
#[test]
fn a_call_of_nobody_is_refused() {
    let server = Http::start();
    let own = server.authority().to_owned();
    let unknown = escalate::ConversationId::from_u128(9).to_string();
    let known = escalate::ConversationId::from_u128(2).to_string();
    let twice = format!("x-conversation: {known}\r\nx-conversation: {known}\r\n");
    for headers in [String::new(), format!("x-conversation: {unknown}\r\n"), twice] {
        let (_, answer) = post(&server, &own, &headers, &CALL.replace(r#","conversation":"1""#, ""));
        assert!(answer.contains("this call belongs to no conversation"), "{answer}");
    }
    let (_, answer) = post(&server, &own, &format!("x-conversation: {known}\r\n"), CALL);
    assert!(answer.contains("`conversation` is not a field of this action"), "{answer}");
    let huge = CALL.replace("\"1\"", &format!("\"{}\"", "x".repeat(1 << 20)));
    let (status, _) = post(&server, &own, &format!("x-conversation: {known}\r\n"), &huge);
    assert_eq!(status, 413);
}
