//! The server in this process, over a pipe, with a desk to look into.

use escalate::action::EscalateAction;
use escalate::mcp::rmcp::ServiceExt;
use escalate::mcp::{McpServer, Whose};
use escalate::{Actor, Control, Desk, MemoryStore};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use crate::flow::world::{ACME, ANA, CLEO, WORDS, audit, conversation, key, place, staff, unlimited};

/// The answer to a call, from a client that starts with the handshake.
async fn call(server: McpServer, arguments: Value) -> Value {
    let (ours, theirs) = tokio::io::duplex(1 << 21);
    let serving = tokio::spawn(async move { server.serve(theirs).await.unwrap().waiting().await });
    let (read, mut write) = tokio::io::split(ours);
    let mut lines = BufReader::new(read).lines();
    let hello = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } });
    for message in [
        json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello }),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/call",
                "params": { "name": "escalate_to_human", "arguments": arguments } }),
    ] {
        write.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    }
    let mut answer = Value::Null;
    while answer["id"] != 2 {
        answer = serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap();
    }
    drop((write, lines));
    serving.await.unwrap().unwrap();
    answer
}

async fn shop() -> (Desk, MemoryStore) {
    let store = MemoryStore::new();
    staff(&store, ACME, 5).await;
    let desk = Desk::on(store.clone()).rules(unlimited()).build();
    desk.open(conversation(place(ACME, 1))).await.unwrap();
    desk.customer_message(place(ACME, 1), CLEO, key("m1"), WORDS).await.unwrap();
    (desk, store)
}

/// C2 and C5 through the server: with the host's permit, and with the conversation alone.
#[tokio::test]
async fn a_takeover_stops_a_call() {
    let (desk, store) = shop().await;
    let here = place(ACME, 1);
    let permit = desk.begin_turn(here).await.unwrap().permit();
    desk.take_over(here, ANA, key("t")).await.unwrap();
    let server = |whose| McpServer::new(desk.clone(), EscalateAction::new(), whose);
    for whose in [Whose::Turn(permit), Whose::Conversation(here)] {
        let answer = call(server(whose), json!({ "reason": "other" })).await;
        assert_eq!(answer["result"]["structuredContent"]["refusal"], "held_by", "{answer}");
        assert!(!answer.to_string().contains(&ANA.to_string()), "no teammate is named (N4)");
    }
    desk.reply(here, ANA, key("r"), "Done.").await.unwrap();
    desk.hand_back(here, Actor::from(ANA), key("h")).await.unwrap();
    let late = call(server(Whose::Turn(permit)), json!({ "reason": "other" })).await;
    assert_eq!(late["result"]["structuredContent"]["outcome"], "superseded");
    assert_eq!(desk.control(here).await.unwrap().control, Control::Ai);
    let now = call(server(Whose::Conversation(here)), json!({ "reason": "other" })).await;
    assert_eq!(now["result"]["structuredContent"]["outcome"], "assigned", "{now}");
    audit(&desk, &store, ACME, &[here]).await;
}

#[tokio::test]
async fn a_megabyte_of_words_is_a_fault_that_the_model_can_read() {
    let (desk, _) = shop().await;
    let server = McpServer::new(desk, EscalateAction::new(), Whose::Conversation(place(ACME, 1)));
    let arguments = json!({ "reason": "other", "message_to_customer": "x".repeat(1 << 20) });
    let answer = call(server, arguments).await;
    assert_eq!(answer["result"]["isError"], true);
    assert!(answer.to_string().len() < 1000);
}

/// N3: an id of another workspace is nobody's.
#[tokio::test]
async fn an_unknown_conversation_tells_nothing() {
    let (desk, _) = shop().await;
    let elsewhere = place(escalate::WorkspaceId::from_u128(0xBAD), 1);
    let server = McpServer::new(desk, EscalateAction::new(), Whose::Conversation(elsewhere));
    let answer = call(server, json!({ "reason": "other" })).await;
    assert_eq!(answer["error"]["code"], -32603, "{answer}");
    assert!(answer["error"]["message"].as_str().unwrap().contains("would not help"), "time does not mend it");
}

/// E2 with the conversation alone: the same call again until the customer writes, or somebody else changes who answers.
#[tokio::test]
async fn a_retry_is_the_same_call() {
    let (desk, _) = shop().await;
    let here = place(ACME, 1);
    let ask = async |arguments| {
        let server = McpServer::new(desk.clone(), EscalateAction::new(), Whose::Conversation(here));
        call(server, arguments).await["result"]["structuredContent"].clone()
    };
    let first = ask(json!({ "reason": "other" })).await;
    assert_eq!(first["outcome"], "assigned");
    assert_eq!(ask(json!({ "reason": "other" })).await, first);
    assert_eq!(ask(json!({ "reason": "sensitive" })).await["outcome"], "already_open");
    desk.hand_back(here, Actor::System, key("h")).await.unwrap();
    let second = ask(json!({ "reason": "other" })).await;
    assert_eq!(second["outcome"], "assigned");
    assert_ne!(second["ticket"], first["ticket"], "the first answer is of an episode that is over");
    desk.customer_message(here, CLEO, key("m2"), "Hello?").await.unwrap();
    assert_eq!(ask(json!({ "reason": "other" })).await["outcome"], "already_open");
}

/// The SDK would let in everybody.
#[tokio::test]
async fn no_hosts_means_nobody() {
    let (desk, _) = shop().await;
    let server = McpServer::new(desk, EscalateAction::new(), Whose::Conversation(place(ACME, 1)));
    let router = axum::Router::new().nest_service("/mcp", server.http::<String>([], []));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    for host in ["localhost", "127.0.0.1", "evil.example.com"] {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
        let request = format!(
            "POST /mcp HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nAccept: application/json, \
             text/event-stream\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let status = BufReader::new(stream).lines().next_line().await.unwrap().unwrap();
        assert!(status.starts_with("HTTP/1.1 403 "), "{host}: {status}");
    }
}
