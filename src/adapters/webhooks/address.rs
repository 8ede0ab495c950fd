//! Which addresses a webhook may go to (server-side request forgery).
//!
//! Source: the IANA registries of special-purpose IPv4 and IPv6 addresses (RFC 6890). Left out are also the few
//! blocks of them that are globally reachable, as no receiver of webhooks is in one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether `address` is one of the public internet's hosts.
///
/// Not loopback, private, link-local (the clouds' metadata services), carrier-grade NAT, multicast, documentation or
/// reserved; nor an IPv6 address that stands for an IPv4 one (mapped, NAT64, 6to4, Teredo), as what is behind it is
/// decided by somebody's gateway.
///
/// ```
/// use escalate::adapters::webhooks::is_public_address;
/// assert!(is_public_address([8, 8, 8, 8].into()));
/// assert!(!is_public_address([169, 254, 169, 254].into()));
/// ```
#[must_use]
pub const fn is_public_address(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

const fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = matches!(
        address.octets(),
        [0 | 10 | 127 | 224..=255, ..]
            | [100, 64..=127, ..]
            | [169, 254, ..]
            | [172, 16..=31, ..]
            | [192, 168, ..]
            | [198, 18 | 19, ..]
            // Protocol assignments; documentation; AS112; AMT; 6to4 relays; AS112.
            | [192, 0, 0 | 2, _]
            | [192, 31, 196, _]
            | [192, 52, 193, _]
            | [192, 88, 99, _]
            | [192, 175, 48, _]
            // Documentation.
            | [198, 51, 100, _]
            | [203, 0, 113, _]
    );
    !special
}

const fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // Protocol assignments with Teredo and ORCHID; documentation; 6to4; AS112; documentation.
        [0x2001, 0..=0x01ff | 0x0db8, ..] | [0x2002, ..] | [0x2620, 0x004f, 0x8000, ..] => false,
        [0x3fff, 0..=0x0fff, ..] => false,
        // Global unicast; outside of it are loopback, mapped, NAT64, unique local, link-local and multicast.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}
