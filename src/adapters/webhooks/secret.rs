//! Secrets, and the symmetric signature of the specification: HMAC-SHA256, identifier `v1`.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use thiserror::Error;

/// What an endpoint and its receiver share: 24 to 64 random bytes, one secret an endpoint.
///
/// Its text is `whsec_` and the bytes in Base64, as the specification writes it. It can be read in, never out: not
/// in `Debug`, not in an error.
///
/// ```
/// use escalate::adapters::webhooks::WebhookSecret;
/// let secret: WebhookSecret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD".parse()?;
/// assert_eq!(format!("{secret:?}"), "WebhookSecret(..)");
/// # Ok::<(), escalate::adapters::webhooks::InvalidSecret>(())
/// ```
#[derive(Clone)]
pub struct WebhookSecret {
    keyed: Hmac<Sha256>,
}

/// Why something is no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidSecret {
    /// The text does not begin with `whsec_`.
    #[error("a webhook secret begins with `whsec_`; this text does not")]
    NoPrefix,
    /// What follows `whsec_` is not Base64.
    #[error("what follows `whsec_` is not Base64; paste the secret as it was made")]
    NotBase64,
    /// It is too short to be safe, or longer than receivers take.
    #[error("a webhook secret has 24 to 64 bytes; this one has {bytes}")]
    Length {
        /// How long it is.
        bytes: usize,
    },
}

impl WebhookSecret {
    /// The secret with these bytes, which must come from a source of secure randomness.
    ///
    /// # Errors
    ///
    /// [`InvalidSecret::Length`] unless there are 24 to 64.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidSecret> {
        let length = InvalidSecret::Length { bytes: bytes.len() };
        if !(24..=64).contains(&bytes.len()) {
            return Err(length);
        }
        // HMAC takes a key of any length.
        let keyed = Hmac::new_from_slice(bytes).map_err(|_| length)?;
        Ok(Self { keyed })
    }

    /// The signature of one attempt, `v1,…`: `id` is the header `webhook-id`, `timestamp` the header
    /// `webhook-timestamp` in seconds since 1970 UTC, `body` the body byte for byte. For a receiver's own tests.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let mut mac = self.keyed.clone();
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl FromStr for WebhookSecret {
    type Err = InvalidSecret;

    fn from_str(text: &str) -> Result<Self, InvalidSecret> {
        let encoded = text.strip_prefix("whsec_").ok_or(InvalidSecret::NoPrefix)?;
        let bytes = LENIENT.decode(encoded).map_err(|_| InvalidSecret::NotBase64)?;
        Self::from_bytes(&bytes)
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(..)")
    }
}

/// Secrets are handed around with and without padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What an endpoint signs with: while secrets are rotated, with both.
#[derive(Clone, Debug)]
pub(super) struct Secrets {
    pub(super) current: WebhookSecret,
    pub(super) previous: Option<WebhookSecret>,
}

impl Secrets {
    /// The header `webhook-signature`: a signature for each secret, separated by spaces.
    pub(super) fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let both = std::iter::once(&self.current).chain(&self.previous);
        both.map(|secret| secret.sign(id, timestamp, body)).collect::<Vec<_>>().join(" ")
    }
}
