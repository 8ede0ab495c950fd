//! Names become addresses here, and only checked addresses are connected to: a name cannot lead elsewhere between
//! the check and the connection.

use std::io;
use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;

use super::address::is_public_address;

/// The system's resolver without the addresses that a webhook may not go to.
pub(super) struct Checked {
    pub(super) allow_private: bool,
}

/// All addresses of a name are refused.
#[derive(Clone, Copy, Debug, Error)]
#[error("its name leads to private addresses only, which webhooks do not go to")]
pub(super) struct PrivateName;

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if found.is_empty() {
                return Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address").into());
            }
            let fit = |address: &SocketAddr| allow_private || is_public_address(address.ip());
            let fitting: Vec<SocketAddr> = found.into_iter().filter(fit).collect();
            if fitting.is_empty() {
                return Err(PrivateName.into());
            }
            Ok(Box::new(fitting.into_iter()) as Addrs)
        })
    }
}
