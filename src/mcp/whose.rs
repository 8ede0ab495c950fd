//! Which conversation a call belongs to.

use std::fmt;

use async_trait::async_trait;
use rmcp::model::Extensions;
use thiserror::Error;

use crate::desk::Permit;
use crate::id::Place;

/// Says which conversation a call belongs to, from what the host knows of the caller.
#[async_trait]
pub trait WhoseCall: fmt::Debug + Send + Sync + 'static {
    /// Whose call this is.
    ///
    /// # Errors
    ///
    /// [`NobodysCall`]: the call is refused, and nothing is done.
    async fn whose(&self, caller: &Caller<'_>) -> Result<Whose, NobodysCall>;
}

/// What the turn of a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Whose {
    /// That of this permit, which the host got from [`Desk::begin_turn`](crate::Desk::begin_turn) before it called its
    /// model: whatever has happened in the conversation since makes the call come too late (C2).
    Turn(Permit),
    /// One that begins with the call: who answers is what it is at that moment. For hosts that cannot hand a permit on.
    /// The same arguments are the same call until the customer writes again or who answers changes otherwise than by it.
    Conversation(Place),
}

/// Every call belongs to this turn or conversation, as in a process of its own.
#[async_trait]
impl WhoseCall for Whose {
    async fn whose(&self, _: &Caller<'_>) -> Result<Whose, NobodysCall> {
        Ok(*self)
    }
}

/// The call belongs to no conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Error)]
#[error("this call belongs to no conversation; the host has to say which one it is about")]
#[allow(clippy::exhaustive_structs, reason = "hosts make it")]
pub struct NobodysCall;

/// Who calls, as the transport knows it.
#[derive(Clone, Copy)]
pub struct Caller<'a> {
    extensions: &'a Extensions,
}

impl<'a> Caller<'a> {
    pub(super) const fn new(extensions: &'a Extensions) -> Self {
        Self { extensions }
    }

    /// A header of the HTTP request, where the call came by one, and once. Only what the host's own AI runtime or gateway
    /// sets may say whose call it is.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        let parts: &http::request::Parts = self.extensions.get()?;
        let mut values = parts.headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (Some(only), None) => only.to_str().ok(),
            _ => None,
        }
    }

    /// All that the SDK and the layers before it know of the request.
    #[must_use]
    pub const fn extensions(&self) -> &'a Extensions {
        self.extensions
    }
}

// Headers hold credentials.
impl fmt::Debug for Caller<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Caller")
    }
}
