//! The name of an event sink.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What a host calls one of its sinks. Stored with how far the sink has got in each conversation: a sink under a new
/// name gets every event from the start, and one that keeps its name goes on where it was.
///
/// ```
/// use escalate::SinkName;
/// let name: SinkName = "webhook".parse()?;
/// assert_eq!(name.as_str(), "webhook");
/// assert!("Web hook".parse::<SinkName>().is_err());
/// # Ok::<(), escalate::InvalidSinkName>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SinkName {
    /// Filled up with zeros, so that a name is as cheap to copy as an id and sorts as its text does.
    bytes: [u8; SinkName::MAX_BYTES],
}

impl SinkName {
    /// The longest name, in bytes.
    pub const MAX_BYTES: usize = 32;

    /// A name of 1 to 32 characters: `a` to `z`, `0` to `9`, `-` and `_`, a letter first. Usable in constants.
    ///
    /// # Errors
    ///
    /// [`InvalidSinkName`] for anything else.
    pub const fn new(text: &str) -> Result<Self, InvalidSinkName> {
        let text = text.as_bytes();
        if text.is_empty() || text.len() > Self::MAX_BYTES {
            return Err(InvalidSinkName);
        }
        let mut bytes = [0; Self::MAX_BYTES];
        let mut index = 0;
        while index < text.len() {
            match text[index] {
                b'a'..=b'z' => {}
                b'0'..=b'9' | b'-' | b'_' if index > 0 => {}
                _ => return Err(InvalidSinkName),
            }
            bytes[index] = text[index];
            index += 1;
        }
        Ok(Self { bytes })
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let used = self.bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        // It is ASCII: no constructor lets anything else in.
        std::str::from_utf8(used).unwrap_or_default()
    }
}

impl FromStr for SinkName {
    type Err = InvalidSinkName;

    fn from_str(text: &str) -> Result<Self, InvalidSinkName> {
        Self::new(text)
    }
}

impl TryFrom<String> for SinkName {
    type Error = InvalidSinkName;

    fn try_from(text: String) -> Result<Self, InvalidSinkName> {
        Self::new(&text)
    }
}

impl From<SinkName> for String {
    fn from(name: SinkName) -> Self {
        name.as_str().to_owned()
    }
}

impl fmt::Display for SinkName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for SinkName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SinkName({})", self.as_str())
    }
}

/// The text is no [`SinkName`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "a sink's name has 1 to 32 characters: a to z, 0 to 9, - and _, a letter first; call it `webhook`, say"
)]
#[allow(clippy::exhaustive_structs, reason = "one reason covers all of them")]
pub struct InvalidSinkName;
