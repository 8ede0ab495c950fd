//! Where webhooks do not go.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use escalate::EventSink;
use escalate::adapters::webhooks::{InvalidEndpoint, WebhookSink, is_public_address};
use proptest::prelude::*;

use super::receiver::Receiver;
use super::{SECRET, clock, event, local, secret, tls, told};
use crate::properties::config;

/// The blocks that are refused, as the registries write them, apart from how the code looks at them.
const FORBIDDEN: [&str; 41] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.31.196.0/24",
    "192.52.193.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "192.175.48.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "255.255.255.255/32",
    "::/128",
    "::1/128",
    "::ffff:0:0/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "2620:4f:8000::/48",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fd00:ec2::254/128",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
    // Not assigned as global unicast (RFC 4291, section 2.4).
    "::/3",
    "4000::/2",
    "8000::/1",
    "169.254.169.254/32",
    "100.100.100.200/32",
];

/// First and last address of a block, as numbers.
fn block(text: &str) -> (bool, u128, u128) {
    let (address, length) = text.split_once('/').unwrap();
    let length: u32 = length.parse().unwrap();
    let (is_v4, first, bits) = match address.parse::<IpAddr>().unwrap() {
        IpAddr::V4(address) => (true, u128::from(address.to_bits()), 32),
        IpAddr::V6(address) => (false, address.to_bits(), 128),
    };
    let size = 1_u128.checked_shl(bits - length).map_or(u128::MAX, |size| size - 1);
    (is_v4, first, first + size)
}

fn address(is_v4: bool, number: u128) -> IpAddr {
    match u32::try_from(number) {
        Ok(bits) if is_v4 => Ipv4Addr::from_bits(bits).into(),
        _ => Ipv6Addr::from_bits(number).into(),
    }
}

fn is_listed(found: IpAddr) -> bool {
    static BLOCKS: LazyLock<Vec<(bool, u128, u128)>> =
        LazyLock::new(|| FORBIDDEN.iter().map(|text| block(text)).collect());
    BLOCKS.iter().any(|&(is_v4, first, last)| {
        let number = match found {
            IpAddr::V4(found) => u128::from(found.to_bits()),
            IpAddr::V6(found) => found.to_bits(),
        };
        is_v4 == found.is_ipv4() && (first..=last).contains(&number)
    })
}

proptest! {
    #![proptest_config(config(4096))]

    #[test]
    fn no_address_of_a_forbidden_block_passes(which in 0..FORBIDDEN.len(), at in any::<u128>()) {
        let (is_v4, first, last) = block(FORBIDDEN[which]);
        let inside = first + at % (last - first).saturating_add(1).max(1);
        for number in [first, inside, last] {
            prop_assert!(!is_public_address(address(is_v4, number)), "{}", address(is_v4, number));
        }
    }

    #[test]
    fn every_other_ipv4_address_passes(bits in any::<u32>()) {
        let found = IpAddr::from(Ipv4Addr::from_bits(bits));
        prop_assert_eq!(is_public_address(found), !is_listed(found), "{}", found);
    }

    #[test]
    fn every_other_ipv6_address_passes(bits in any::<u128>(), tail in any::<u128>(), shift in 0_u32..64) {
        // All over, and close to the blocks' beginnings, where a random address is hardly ever.
        let near = (0x2001 << 112) + (tail >> (16 + shift));
        for bits in [bits, bits >> 3 | 1 << 125, near] {
            let found = IpAddr::from(Ipv6Addr::from_bits(bits));
            prop_assert_eq!(is_public_address(found), !is_listed(found), "{}", found);
        }
    }

    /// Just outside each block is another's matter, but never refused for the neighbour's sake.
    #[test]
    fn the_edges_of_a_block_are_exact(which in 0..FORBIDDEN.len()) {
        let (is_v4, first, last) = block(FORBIDDEN[which]);
        let limit = if is_v4 { u128::from(u32::MAX) } else { u128::MAX };
        for number in [first.checked_sub(1), last.checked_add(1).filter(|number| *number <= limit)].into_iter().flatten() {
            let found = address(is_v4, number);
            prop_assert_eq!(is_public_address(found), !is_listed(found), "{}", found);
        }
    }
}

#[test]
fn well_known_public_addresses_pass() {
    for text in ["1.1.1.1", "8.8.8.8", "151.101.1.140", "2606:4700:4700::1111", "2a00:1450:4001:82a::200e"] {
        assert!(is_public_address(text.parse().unwrap()), "{text}");
    }
}

/// A literal is refused before anything is sent, however it is spelled.
#[test]
fn literals_of_private_addresses_are_refused() {
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "192.168.0.1",
        "169.254.169.254",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fd00:ec2::254]",
        "[fe80::1]",
    ] {
        let built =
            WebhookSink::builder(&format!("https://{host}:8443/hooks"), secret(SECRET), tls()).build();
        assert!(matches!(built, Err(InvalidEndpoint::PrivateAddress { .. })), "{host}: {built:?}");
    }
}

/// A name is checked by what it resolves to, when it is connected to.
#[tokio::test]
async fn a_name_that_leads_to_a_private_address_is_not_called() {
    let receiver = Receiver::start();
    let url = format!("http://localhost:{}/hooks", receiver.port);
    let builder = || WebhookSink::builder(&url, secret(SECRET), tls()).allow_plain_http().clock(clock());
    let sink = builder().build().unwrap();
    let error = sink.deliver(&[event(9, 1)], 0).await.unwrap_err();
    assert!(told(&error).contains("private"), "{}", told(&error));
    assert!(error.wait().is_some());
    assert_eq!(receiver.log().len(), 0, "the receiver was called");
    // With the exception made, the same sink calls it: it was the address, not the name.
    builder().allow_private_addresses().build().unwrap().deliver(&[event(9, 1)], 0).await.unwrap();
}

#[test]
fn only_plain_addresses_of_endpoints_are_taken() {
    let build = |url: &str| WebhookSink::builder(url, secret(SECRET), tls()).build();
    assert!(build("https://shop.example/hooks?shop=1").is_ok());
    for url in ["", "hooks", "/hooks", "mailto:cleo@shop.example", "https://"] {
        let built = build(url);
        assert!(matches!(built, Err(InvalidEndpoint::NotAUrl)), "{url}: {built:?}");
    }
    for url in ["http://shop.example/", "ftp://shop.example/", "file://shop.example/etc/passwd"] {
        assert!(matches!(build(url), Err(InvalidEndpoint::NotHttps)), "{url}");
    }
    for url in ["https://ana@shop.example/", "https://ana:pass@shop.example/", "https://:pass@shop.example/"]
    {
        assert!(matches!(build(url), Err(InvalidEndpoint::Credentials)), "{url}");
    }
    assert!(local(80, "/").build().is_ok());
}
