//! The action as a tool of MCP: by the official client, the official conformance suite, and bare requests.

#[path = "mcp/client.rs"]
mod client;
#[path = "mcp/example.rs"]
mod example;
#[path = "mcp/refused.rs"]
mod refused;
#[path = "mcp/served.rs"]
mod served;
