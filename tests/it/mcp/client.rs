//! The official Python client and the official conformance suite, against the example.

use std::process::{Command, Output};

use serde_json::{Value, json};

use super::example::Http;
use crate::example::binary;
use crate::node::node;
use crate::python::{NEEDED, python};

/// Lists the tools, and calls the first with each of the arguments; what comes back is printed, one a line.
const CLIENT: &str = r#"
import asyncio, json, sys
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

def show(value):
    print(json.dumps(value.model_dump(by_alias=True, mode="json", exclude_none=True)))

async def talk(read, write):
    async with ClientSession(read, write) as session:
        show(await session.initialize())
        listed = await session.list_tools()
        show(listed)
        for arguments in json.loads(sys.argv[3]):
            show(await session.call_tool(listed.tools[0].name, arguments))

async def main():
    if sys.argv[1] == "stdio":
        async with stdio_client(StdioServerParameters(command=sys.argv[2], args=["stdio"])) as (read, write):
            await talk(read, write)
    else:
        http = create_mcp_http_client(headers={"x-conversation": sys.argv[4]})
        async with http, streamable_http_client(sys.argv[2], http_client=http) as streams:
            await talk(streams[0], streams[1])

asyncio.run(main())
"#;

fn lines(output: &Output) -> Vec<Value> {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}\n{NEEDED}");
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn talk(transport: &str, server: &str, conversation: &str) -> Vec<Value> {
    let calls = json!([
        { "reason": "other", "team": "billing" },
        { "reason": "customer_request", "details": "wants a person" },
        { "reason": "customer_request", "details": "wants a person" },
        { "reason": "sensitive" },
    ]);
    let arguments = ["-c", CLIENT, transport, server, &calls.to_string(), conversation];
    lines(
        &Command::new(python()).args(arguments).output().unwrap_or_else(|error| panic!("{error}: {NEEDED}")),
    )
}

fn check(told: &[Value], second: &str) {
    let [info, listed, fault, assigned, again, other] = told else { panic!("{told:?}") };
    assert_eq!(info["serverInfo"]["name"], "escalate");
    assert!(info["instructions"].as_str().unwrap().contains("offer that a person"));
    let tool = &listed["tools"][0];
    assert_eq!((&tool["name"], listed["tools"].as_array().unwrap().len()), (&json!("escalate_to_human"), 1));
    assert_eq!(tool["inputSchema"]["additionalProperties"], false);
    assert_eq!(
        (&fault["isError"], &fault["structuredContent"]["outcome"]),
        (&json!(true), &json!("invalid_call"))
    );
    assert!(fault["content"][0]["text"].as_str().unwrap().contains("`team` is not a field"));
    let outcome = |answer: &Value| answer["structuredContent"]["outcome"].as_str().unwrap().to_owned();
    assert_eq!(
        (outcome(assigned), outcome(again), outcome(other)),
        ("assigned".into(), second.into(), "already_open".into())
    );
    let ticket = |answer: &Value| answer["structuredContent"]["ticket"].as_str().unwrap().to_owned();
    assert!(ticket(assigned) == ticket(again) && ticket(again) == ticket(other), "one ticket (E1)");
    assert!(assigned["content"][0]["text"].as_str().unwrap().contains(&ticket(assigned)));
    assert!(assigned["isError"] != json!(true));
}

#[test]
fn official_client_over_stdio() {
    // The turn is the host's, so the same call again is the same answer (E2).
    check(&talk("stdio", binary("mcp_server").to_str().unwrap(), ""), "assigned");
}

#[test]
fn official_client_over_http() {
    let server = Http::start();
    // Only the conversation is known there; until something happens in it, the same call again is the same (E2).
    let conversation = escalate::ConversationId::from_u128(1).to_string();
    check(&talk("http", &server.url, &conversation), "assigned");
}

/// The scenarios for servers that apply. The others are about tools, resources and prompts of their own test server,
/// about logging, completion, sampling and elicitation, which this server does not offer, and about sessions, which it
/// does not keep.
#[test]
fn conformance_suite() {
    let server = Http::start();
    for scenario in ["server-initialize", "ping", "tools-list", "dns-rebinding-protection"] {
        let mut command = node("@modelcontextprotocol/conformance/dist/index.js");
        let output = command.args(["server", "--url", &server.url, "--scenario", scenario]).output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout);
        let passed = told.lines().find(|line| line.starts_with("Passed: "));
        let passed =
            passed.unwrap_or_else(|| panic!("{scenario}: {told}{}", String::from_utf8_lossy(&output.stderr)));
        assert!(output.status.success() && passed.ends_with(" 0 failed, 0 warnings"), "{scenario}: {told}");
        assert!(!passed.starts_with("Passed: 0/"), "{scenario}: {told}");
    }
}
