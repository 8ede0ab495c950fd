//! The two protocols: how a prompt becomes a request, and what an answer holds.

use serde_json::{Value, json};

use super::fault::ModelFault;
use super::prompt::Prompt;

/// Which protocol an endpoint speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Chat Completions of OpenAI, and of everybody who took it over.
    OpenAi,
    /// The same at Azure, which has the key in another header.
    Azure,
    /// Messages of Anthropic.
    Anthropic,
}

/// How strictly the form of the answer is asked for, from the strictest down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rung {
    /// By a JSON Schema; at Anthropic's by a tool that has to be called.
    JsonSchema,
    /// Some object of JSON.
    JsonObject,
    /// By the words of the prompt.
    Plain,
}

impl Rung {
    pub(super) const fn below(self, dialect: Dialect) -> Option<Self> {
        match (self, dialect) {
            (Self::JsonSchema, Dialect::OpenAi | Dialect::Azure) => Some(Self::JsonObject),
            (Self::JsonSchema, Dialect::Anthropic) | (Self::JsonObject, _) => Some(Self::Plain),
            (Self::Plain, _) => None,
        }
    }

    pub(super) const fn number(self) -> u8 {
        match self {
            Self::JsonSchema => 0,
            Self::JsonObject => 1,
            Self::Plain => 2,
        }
    }

    pub(super) const fn of(number: u8) -> Self {
        match number {
            0 => Self::JsonSchema,
            1 => Self::JsonObject,
            _ => Self::Plain,
        }
    }
}

/// The form of a request; what an endpoint refuses is changed and remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) rung: Rung,
    /// Whether the limit is `max_completion_tokens`, as OpenAI's reasoning models demand, and not `max_tokens`, which
    /// all others know.
    pub(super) is_renamed: bool,
}

/// The name of the schema, and of the tool.
const NAME: &str = "write_note";

fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "subject": { "type": "string", "description": "One line of at most 80 characters" },
            "summary": { "type": "string", "description": "Two or three sentences" },
        },
        "required": ["subject", "summary"],
        "additionalProperties": false,
    })
}

/// What an answer holds, besides what a model wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Usage {
    pub(super) input: Option<u64>,
    pub(super) output: Option<u64>,
}

impl Dialect {
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::OpenAi | Self::Azure => "/chat/completions",
            Self::Anthropic => "/v1/messages",
        }
    }

    /// The name that OpenTelemetry's conventions have for it (`gen_ai.provider.name`).
    pub(super) const fn provider(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Azure => "azure.ai.openai",
            Self::Anthropic => "anthropic",
        }
    }

    /// The header of the key, and what stands before it.
    pub(super) const fn key_header(self) -> (&'static str, &'static str) {
        match self {
            Self::OpenAi => ("authorization", "Bearer "),
            Self::Azure => ("api-key", ""),
            Self::Anthropic => ("x-api-key", ""),
        }
    }

    pub(super) fn body(self, model: &str, prompt: &Prompt, form: Form, limit: u32) -> Value {
        match self {
            Self::OpenAi | Self::Azure => chat_completion(model, prompt, form, limit),
            Self::Anthropic => messages(model, prompt, form, limit),
        }
    }

    /// What the model wrote, if it ended as one that is done.
    pub(super) fn written(self, answer: &Value, host: &str) -> Result<String, ModelFault> {
        match self {
            Self::OpenAi | Self::Azure => chosen(answer, host),
            Self::Anthropic => content(answer, host),
        }
    }

    pub(super) fn usage(self, answer: &Value) -> Usage {
        let (input, output) = match self {
            Self::OpenAi | Self::Azure => ("/usage/prompt_tokens", "/usage/completion_tokens"),
            Self::Anthropic => ("/usage/input_tokens", "/usage/output_tokens"),
        };
        let at = |pointer| answer.pointer(pointer).and_then(Value::as_u64);
        Usage { input: at(input), output: at(output) }
    }
}

fn chat_completion(model: &str, prompt: &Prompt, form: Form, limit: u32) -> Value {
    let mut body = json!({
        "model": model,
        "messages": [
            { "role": "system", "content": prompt.system },
            { "role": "user", "content": prompt.data },
        ],
    });
    let limited = if form.is_renamed { "max_completion_tokens" } else { "max_tokens" };
    body[limited] = limit.into();
    match form.rung {
        Rung::JsonSchema => {
            let schema = json!({ "name": NAME, "strict": true, "schema": schema() });
            body["response_format"] = json!({ "type": "json_schema", "json_schema": schema });
        }
        Rung::JsonObject => body["response_format"] = json!({ "type": "json_object" }),
        Rung::Plain => {}
    }
    body
}

fn messages(model: &str, prompt: &Prompt, form: Form, limit: u32) -> Value {
    let mut body = json!({
        "model": model,
        "max_tokens": limit,
        "system": prompt.system,
        "messages": [{ "role": "user", "content": prompt.data }],
    });
    if form.rung == Rung::JsonSchema {
        let description = "Writes the note that the teammate reads first.";
        body["tools"] = json!([{ "name": NAME, "description": description, "input_schema": schema() }]);
        body["tool_choice"] = json!({ "type": "tool", "name": NAME });
    }
    body
}

/// The first choice of a chat completion.
fn chosen(answer: &Value, host: &str) -> Result<String, ModelFault> {
    let bad = || ModelFault::BadAnswer { host: host.to_owned() };
    let choice = answer.pointer("/choices/0").ok_or_else(bad)?;
    let message = choice.get("message").ok_or_else(bad)?;
    if message.get("refusal").and_then(Value::as_str).is_some_and(|refusal| !refusal.is_empty()) {
        return Err(ModelFault::Refused);
    }
    match choice.get("finish_reason").and_then(Value::as_str) {
        Some("stop") => {}
        Some("length") => return Err(ModelFault::Cut),
        Some("content_filter") => return Err(ModelFault::Filtered),
        _ => return Err(ModelFault::Unfinished),
    }
    match message.get("content") {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Array(parts)) => Ok(texts(parts)),
        _ => Ok(String::new()),
    }
}

/// The blocks of an answer by Anthropic's Messages: the tool's input, or else the text.
fn content(answer: &Value, host: &str) -> Result<String, ModelFault> {
    let bad = || ModelFault::BadAnswer { host: host.to_owned() };
    let blocks = answer.get("content").and_then(Value::as_array).ok_or_else(bad)?;
    let tool = blocks.iter().find(|block| {
        block.get("type").and_then(Value::as_str) == Some("tool_use")
            && block.get("name").and_then(Value::as_str) == Some(NAME)
    });
    match (answer.get("stop_reason").and_then(Value::as_str), tool) {
        (Some("end_turn"), _) | (Some("tool_use"), Some(_)) => {}
        (Some("max_tokens" | "model_context_window_exceeded"), _) => return Err(ModelFault::Cut),
        (Some("refusal"), _) => return Err(ModelFault::Refused),
        _ => return Err(ModelFault::Unfinished),
    }
    Ok(tool.and_then(|tool| tool.get("input")).map_or_else(|| texts(blocks), Value::to_string))
}

/// The texts among the parts; thoughts are parts too.
fn texts(parts: &[Value]) -> String {
    let text = |part: &Value| {
        let is_text = part.get("type").and_then(Value::as_str) == Some("text");
        is_text.then(|| part.get("text").and_then(Value::as_str).map(str::to_owned))?
    };
    parts.iter().filter_map(text).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
#[path = "dialect_test.rs"]
mod tests;
