//! The action as a tool of the Model Context Protocol, by the official SDK (feature `mcp`).
//!
//! [`McpServer`] is a handler of [`rmcp`], so it runs over any of its transports: one process a conversation over stdio,
//! or one service for all over streamable HTTP, with [`McpServer::http`]. `examples/mcp_server` does both.
//!
//! Which conversation a call belongs to is said by the host's [`WhoseCall`], never by the model: the tool has no
//! parameter for it (N3, S4).

mod server;
mod whose;

pub use rmcp;

pub use self::server::{HttpService, McpServer};
pub use self::whose::{Caller, NobodysCall, Whose, WhoseCall};
