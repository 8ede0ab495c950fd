//! The handler that offers the one tool.

use std::fmt;
use std::sync::Arc;

use rmcp::ErrorData;
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::{RequestContext, RoleServer};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::{Map, Value};

use super::whose::{Caller, Whose, WhoseCall};
use crate::action::EscalateAction;
use crate::control::{Control, Epoch};
use crate::desk::{ActionResult, Desk, Turn};
use crate::error::{Error, StoreError};
use crate::id::Place;
use crate::key::{Fingerprint, Key};
use crate::ports::Window;

/// The service that [`McpServer::http`] makes: a `tower` service, to be put into the host's own router.
pub type HttpService = StreamableHttpService<McpServer, NeverSessionManager>;

/// A server of the Model Context Protocol with one tool: the action.
#[derive(Clone)]
pub struct McpServer {
    desk: Desk,
    action: Arc<EscalateAction>,
    whose: Arc<dyn WhoseCall>,
    tool: Tool,
}

impl McpServer {
    /// The longest body of an HTTP request, in bytes.
    pub const MAX_BODY: usize = 1 << 17;

    /// A server of `action` on `desk`, for calls of which `whose` says what conversation they belong to.
    #[must_use]
    pub fn new(desk: Desk, action: EscalateAction, whose: impl WhoseCall) -> Self {
        let tool = tool(&action);
        Self { desk, action: Arc::new(action), whose: Arc::new(whose), tool }
    }

    /// The server over streamable HTTP, guarded against other sites' pages and rebound names: with 403, it refuses a
    /// request whose `Host` is not among `hosts` (`support.example.com`, with a port or without), and one that carries an
    /// `Origin` that is not among `origins` (`https://support.example.com:443`; none where no page of the host's calls it).
    /// With no `hosts` it refuses every request.
    ///
    /// No session is kept, so any number of machines may serve one client. It does not know who calls: put it behind the
    /// host's own authentication. The SDK runs each request as a task on the host's Tokio runtime.
    #[must_use]
    pub fn http<T: Into<String>>(
        self,
        hosts: impl IntoIterator<Item = T>,
        origins: impl IntoIterator<Item = T>,
    ) -> HttpService {
        let mut hosts: Vec<String> = hosts.into_iter().map(Into::into).collect();
        if hosts.is_empty() {
            // The SDK takes an empty list for "any". A blank name is passed over, so nothing matches.
            hosts.push(String::new());
        }
        let config = StreamableHttpServerConfig::default()
            .with_allowed_hosts(hosts)
            .with_allowed_origins(origins)
            // Also where the list is empty, which the SDK takes for "any" otherwise.
            .enforce_origin_validation()
            .with_legacy_session_mode(false)
            .with_json_response(true)
            .with_max_request_body_bytes(Self::MAX_BODY);
        StreamableHttpService::new(move || Ok(self.clone()), Arc::default(), config)
    }

    async fn run(
        &self,
        caller: &Caller<'_>,
        arguments: &Map<String, Value>,
    ) -> Result<ActionResult, ErrorData> {
        let whose = self.whose.whose(caller).await;
        let whose = whose.map_err(|fault| ErrorData::invalid_request(fault.to_string(), None))?;
        let (turn, key) = self.turn(whose, arguments).await.map_err(failed)?;
        turn.act(&self.action, key, arguments).await.map_err(failed)
    }

    /// The turn, and the key of the call: the same turn saying the same is the same call, so a client that tries again
    /// under another id gets the same answer (E2).
    async fn turn(&self, whose: Whose, arguments: &Map<String, Value>) -> Result<(Turn, Key), Error> {
        let (turn, name) = match whose {
            Whose::Turn(permit) => (self.desk.resume_turn(permit), permit.turn.to_string()),
            Whose::Conversation(place) => {
                let name = self.stretch(place).await?;
                (self.desk.turn_from_now(place).await?, name)
            }
        };
        let said = serde_json::to_vec(arguments).unwrap_or_default();
        Ok((turn, Key::internal(&format!("mcp:{name}:{}", Fingerprint::of(&[&said])))))
    }

    /// What stands for the turn of a call of which only the conversation is known: the epoch in which a person was asked
    /// for, or may be, and the customer's newest message.
    async fn stretch(&self, place: Place) -> Result<String, Error> {
        const LOOKS_AT: usize = 50;
        let state = self.desk.control(place).await?;
        let Epoch(epoch) = match state.control {
            // A retry of the call that asked comes one epoch after it.
            Control::Queued { .. } => Epoch(state.epoch.0.saturating_sub(1)),
            _ => state.epoch,
        };
        let entries = self.desk.transcript(place, Window::Before(None), LOOKS_AT).await?.messages;
        let newest =
            entries.iter().filter(|entry| entry.is_from_customer()).map(|entry| entry.sequence).max();
        Ok(format!("{epoch}:{}", newest.map_or(0, |sequence| sequence.0)))
    }
}

impl ServerHandler for McpServer {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")))
            .with_instructions(self.action.prompt())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(vec![self.tool.clone()]))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if request.name != self.action.name() {
            let text = format!("there is no such tool; this server has `{}` only", self.action.name());
            return Err(ErrorData::invalid_params(text, None));
        }
        let result =
            self.run(&Caller::new(&context.extensions), &request.arguments.unwrap_or_default()).await?;
        let text = vec![ContentBlock::text(result.to_text())];
        let mut answer = match result {
            ActionResult::InvalidCall { .. } => CallToolResult::error(text),
            _ => CallToolResult::success(text),
        };
        answer.structured_content = Some(result.to_json());
        Ok(answer.into())
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        (name == self.action.name()).then(|| self.tool.clone())
    }
}

/// As [`EscalateAction::to_mcp`] has it, in the SDK's own type.
fn tool(action: &EscalateAction) -> Tool {
    serde_json::from_value(action.to_mcp()).unwrap_or_else(|_| {
        // Unreachable while the SDK knows the fields that we write, which a test sees to.
        Tool::new(action.name().to_owned(), action.description(), Arc::<Map<String, Value>>::default())
    })
}

/// Without what failed: that is in the host's log.
fn failed(error: Error) -> ErrorData {
    tracing::warn!(%error, "a call of the action over MCP could not be carried out");
    let text = match error {
        // What was asked can only be asked again as it is where time mends what failed.
        Error::Store(StoreError::NotFound { .. } | StoreError::KeyReused { .. }) | Error::Refused(_) => {
            "no person was asked by this call, and the same call again would not help"
        }
        Error::Store(_) | Error::Contended { .. } => {
            "it is not known whether a person was asked; make the same call again"
        }
    };
    ErrorData::internal_error(text, None)
}

impl fmt::Debug for McpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("McpServer").field("action", &self.action.name()).finish_non_exhaustive()
    }
}
