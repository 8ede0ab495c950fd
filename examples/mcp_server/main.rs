//! The action as a tool of the Model Context Protocol.
//!
//! `mcp_server stdio` is a server of one conversation: the host starts one for each turn of its AI agent. `mcp_server
//! http` serves all of them; the host's AI runtime says with the header `x-conversation` which one a call belongs to.
//! Either way it is the host that says so, and never the model. What became of the conversation is told on the standard
//! error stream.

use std::error::Error;

use async_trait::async_trait;
use clap::{Parser, Subcommand};
use escalate::action::EscalateAction;
use escalate::mcp::rmcp::{ServiceExt, transport::stdio};
use escalate::mcp::{Caller, McpServer, NobodysCall, Whose, WhoseCall};
use escalate::{
    Conversation, ConversationId, CustomerId, Desk, MemoryStore, Place, Requester, Teammate, TeammateId,
    WorkspaceId,
};

/// Serves the action *Escalate to a human* over the Model Context Protocol.
#[derive(Parser)]
struct Options {
    #[command(subcommand)]
    transport: Transport,
}

#[derive(Subcommand)]
enum Transport {
    /// For one conversation, on the standard streams.
    Stdio,
    /// For all conversations, by streamable HTTP on a free port of this machine.
    Http,
}

const ACME: WorkspaceId = WorkspaceId::from_u128(0xACE);
const CLEO: CustomerId = CustomerId::from_u128(0xC1E0);

/// The conversations that are open: 1, 2 and 3.
fn places() -> impl Iterator<Item = Place> {
    (1..=3).map(|n| Place::new(ACME, ConversationId::from_u128(n)))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let desk = shop().await?;
    let action = EscalateAction::new().when("the customer threatens to cancel a contract")?;
    match options.transport {
        Transport::Stdio => on_streams(desk, action).await,
        Transport::Http => on_http(desk, action).await,
    }
}

/// A shop with one teammate, in which a customer waits for an answer in each conversation.
async fn shop() -> Result<Desk, Box<dyn Error>> {
    let store = MemoryStore::new();
    store.put_teammate(Teammate::new(ACME, TeammateId::from_u128(0xA1), "Ana").with_capacity(1)).await?;
    let desk = Desk::on(store).build();
    for place in places() {
        desk.open(Conversation::new(place, Requester::verified(CLEO), "web", desk.now())).await?;
        desk.customer_message(place, CLEO, "m1".parse()?, "My order 1234 never came. A person, please.")
            .await?;
    }
    Ok(desk)
}

/// The turn is begun before the model is called, so whatever happens meanwhile supersedes its calls.
async fn on_streams(desk: Desk, action: EscalateAction) -> Result<(), Box<dyn Error>> {
    let place = places().next().ok_or("there is no conversation")?;
    let turn = desk.begin_turn(place).await?;
    let server = McpServer::new(desk.clone(), action, Whose::Turn(turn.permit()));
    server.serve(stdio()).await?.waiting().await?;
    eprintln!("{:?}", desk.control(place).await?.control);
    Ok(())
}

async fn on_http(desk: Desk, action: EscalateAction) -> Result<(), Box<dyn Error>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let hosts = ["localhost", "127.0.0.1"].map(|host| format!("{host}:{port}"));
    let origins = hosts.clone().map(|host| format!("http://{host}"));
    let service = McpServer::new(desk, action, Header).http(hosts, origins);
    println!("http://127.0.0.1:{port}/mcp");
    Ok(axum::serve(listener, axum::Router::new().nest_service("/mcp", service)).await?)
}

/// The AI runtime says in a header which conversation its call belongs to.
#[derive(Debug)]
struct Header;

#[async_trait]
impl WhoseCall for Header {
    async fn whose(&self, caller: &Caller<'_>) -> Result<Whose, NobodysCall> {
        let named = caller.header("x-conversation").and_then(|text| text.parse().ok());
        let place = places().find(|place| Some(place.conversation) == named);
        place.map(Whose::Conversation).ok_or(NobodysCall)
    }
}
