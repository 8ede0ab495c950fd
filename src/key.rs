//! The host's idempotency keys.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

/// A name the host gives to one command, so that a retry is recognised (E2).
///
/// Keys are scoped to a conversation, once for what is said (messages of the customer, the AI agent's replies, notes)
/// and once for what is done (escalate, take over, reply as a teammate, close, hand back). The same key with the same
/// content gives the first answer for ever; with other content it is an error. A webhook's delivery id or the
/// provider's message id is a good key.
///
/// ```
/// use escalate::Key;
/// let key: Key = "whatsapp:wamid.HBgM".parse()?;
/// assert_eq!(key.as_str(), "whatsapp:wamid.HBgM");
/// assert!("".parse::<Key>().is_err());
/// # Ok::<(), escalate::InvalidKey>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "String")]
pub struct Key(String);

/// A key as stored: besides what a host may choose, it may be one of the library's own.
#[derive(Deserialize)]
#[serde(transparent)]
struct Stored(String);

impl TryFrom<Stored> for Key {
    type Error = InvalidKey;

    fn try_from(Stored(text): Stored) -> Result<Self, InvalidKey> {
        match text.strip_prefix(OWN) {
            Some(own) => Self::try_from(own.to_owned()).map(|_| Self(text)),
            None => Self::try_from(text),
        }
    }
}

/// What the library's own keys start with: a control character, which no key of a host can hold.
const OWN: char = '\u{1}';

impl Key {
    /// The longest key, in bytes of UTF-8.
    pub const MAX_BYTES: usize = 200;

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A key of the library's own, in a name space no host key can be in (it starts with a control character).
    pub(crate) fn internal(text: &str) -> Self {
        Self(format!("{OWN}{text}"))
    }

    /// The key of what the library does by itself because of the command under this one: always the same, and of no
    /// greater length than any.
    pub(crate) fn derived(&self, name: &str) -> Self {
        Self::internal(&format!("{name}:{}", Fingerprint::of(&[self.0.as_bytes()]).0))
    }

    /// Whether it is a [derived](Key::derived) one of that name.
    pub(crate) fn is_derived(&self, name: &str) -> bool {
        let own = self.0.strip_prefix(OWN).and_then(|own| own.strip_prefix(name));
        own.is_some_and(|own| own.starts_with(':'))
    }

    /// A key from storage, which has been through a constructor before it was written.
    #[cfg(feature = "sqlite")]
    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }
}

impl TryFrom<String> for Key {
    type Error = InvalidKey;

    fn try_from(text: String) -> Result<Self, InvalidKey> {
        if text.is_empty() {
            return Err(InvalidKey::Empty);
        }
        if text.len() > Self::MAX_BYTES {
            return Err(InvalidKey::TooLong { bytes: text.len() });
        }
        if text.chars().any(char::is_control) {
            return Err(InvalidKey::Control);
        }
        Ok(Self(text))
    }
}

impl std::str::FromStr for Key {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<&str> for Key {
    type Error = InvalidKey;

    fn try_from(text: &str) -> Result<Self, InvalidKey> {
        Self::try_from(text.to_owned())
    }
}

impl From<Uuid> for Key {
    fn from(uuid: Uuid) -> Self {
        Self(uuid.to_string())
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({:?})", self.0)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.trim_start_matches(OWN))
    }
}

/// Why a text is no [`Key`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidKey {
    /// The text is empty.
    #[error("a key must not be empty; use the id your channel gave the message")]
    Empty,
    /// The text is longer than [`Key::MAX_BYTES`].
    #[error("a key has at most {max} bytes, this one has {bytes}; hash it", max = Key::MAX_BYTES)]
    TooLong {
        /// Length of the refused text in bytes.
        bytes: usize,
    },
    /// The text holds a control character.
    #[error("a key must not hold control characters")]
    Control,
}

/// What a command said, in 128 bits: tells a retry from another command under the same key.
///
/// A UUID of version 5 (RFC 9562, section 5.5) over the parts of the command, each preceded by its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(Uuid);

impl Fingerprint {
    /// The fingerprint of `parts`, in order.
    #[must_use]
    pub fn of(parts: &[&[u8]]) -> Self {
        const NAMESPACE: Uuid = Uuid::from_u128(0x8f1d_2f0e_5c1b_4b3e_9d57_6a0c_11e5_ca1a);
        let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len() + 8).sum());
        for part in parts {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        Self(Uuid::new_v5(&NAMESPACE, &bytes))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
