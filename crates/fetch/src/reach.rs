//! Which addresses may be requested. Everything that is not plainly public is refused, or people could have this
//! server look into the network in which it stands (CWE-918).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use anyhow::Context as _;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// The special blocks of IPv4 (IANA special-purpose registry, RFC 6890), multicast and what is reserved.
const SPECIAL_V4: [Ipv4Net; 15] = [
    v4(0, 0, 0, 0, 8),       // this network
    v4(10, 0, 0, 0, 8),      // private
    v4(100, 64, 0, 0, 10),   // carrier-grade NAT
    v4(127, 0, 0, 0, 8),     // loopback
    v4(169, 254, 0, 0, 16),  // link-local, where clouds keep their metadata
    v4(172, 16, 0, 0, 12),   // private
    v4(192, 0, 0, 0, 24),    // protocol assignments
    v4(192, 0, 2, 0, 24),    // documentation
    v4(192, 88, 99, 0, 24),  // 6to4 relays
    v4(192, 168, 0, 0, 16),  // private
    v4(198, 18, 0, 0, 15),   // benchmarking
    v4(198, 51, 100, 0, 24), // documentation
    v4(203, 0, 113, 0, 24),  // documentation
    v4(224, 0, 0, 0, 4),     // multicast
    v4(240, 0, 0, 0, 4),     // reserved, and broadcast
];

/// Of IPv6, only this block is given out for public use; it covers neither loopback, link-local, unique local nor
/// multicast addresses.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 3);

/// Special blocks within it.
const SPECIAL_V6: [Ipv6Net; 3] = [
    v6(0x2001, 0, 23),      // protocol assignments: Teredo, benchmarking, ORCHID
    v6(0x2001, 0x0db8, 32), // documentation
    v6(0x3fff, 0, 20),      // documentation
];

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(first: u16, second: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(first, second, 0, 0, 0, 0, 0, 0), prefix)
}

/// The addresses that may be requested.
#[derive(Debug, Clone)]
pub struct Reach {
    allowed: Vec<IpNet>,
}

impl Reach {
    /// Public addresses and `allowed`: networks or single addresses that are not public.
    pub fn new(allowed: &[String]) -> anyhow::Result<Self> {
        let parse = |text: &String| {
            text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).with_context(|| {
                format!(
                    "media.allow_private_networks has `{text}`, which is no network such as `192.168.1.0/24`"
                )
            })
        };
        Ok(Self { allowed: allowed.iter().map(parse).collect::<anyhow::Result<_>>()? })
    }

    /// Whether the client may connect to this address.
    pub fn permits(&self, address: IpAddr) -> bool {
        let address = destination(address);
        self.allowed.iter().any(|network| network.contains(&address)) || is_public(address)
    }
}

/// The address that packets reach: an IPv6 address may stand for an IPv4 one.
fn destination(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    let v4 = |high: u16, low: u16| IpAddr::V4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)));
    match v6.segments() {
        // IPv4-mapped (RFC 4291), IPv4-translated (RFC 2765), NAT64 (RFC 6052), 6to4 (RFC 3056).
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => v4(high, low),
        _ => address,
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !SPECIAL_V4.iter().any(|network| network.contains(&v4)),
        IpAddr::V6(v6) => GLOBAL_V6.contains(&v6) && !SPECIAL_V6.iter().any(|network| network.contains(&v6)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn nothing_private() -> Reach {
        Reach::new(&[]).unwrap()
    }

    #[test]
    fn public_addresses_are_allowed() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.1",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2a00:1450:4001::1",
            "2001:4860:4860::8888",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
        ] {
            assert!(nothing_private().permits(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn all_other_addresses_are_refused() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.0",
            "10.255.255.255",
            "100.64.0.0",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.0",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.7",
            "192.88.99.1",
            "192.168.0.1",
            "192.168.255.255",
            "198.18.0.0",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.255",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            // IPv6 of its own.
            "::",
            "::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "fc00::1",
            "fd12:3456::1",
            "ff02::1",
            "100::1",
            "2001::1",
            "2001:2::1",
            "2001:db8::1",
            "3fff::1",
            "5f00::1",
            "64:ff9b:1::1",
            // IPv4 inside IPv6.
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "::10.0.0.1",
            "::ffff:0:10.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b::127.0.0.1",
            "2002:a00:1::1",
            "2002:7f00:1::",
            "2002:c0a8:101::1",
        ] {
            assert!(!nothing_private().permits(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn only_an_allowed_private_network_is_reached() {
        let reach = Reach::new(&["192.168.1.0/24".into(), "10.1.2.3".into(), "fd00::/8".into()]).unwrap();
        for address in [
            "192.168.1.1",
            "192.168.1.255",
            "10.1.2.3",
            "fd12::1",
            "::ffff:192.168.1.9",
            "64:ff9b::10.1.2.3",
            "8.8.8.8",
        ] {
            assert!(reach.permits(address.parse().unwrap()), "{address}");
        }
        for address in ["192.168.2.1", "10.1.2.4", "fc00::1", "127.0.0.1", "::ffff:192.168.2.1"] {
            assert!(!reach.permits(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn an_invalid_network_is_named() {
        let error = Reach::new(&["192.168.1.0/33".into()]).unwrap_err().to_string();
        assert!(
            error.contains("media.allow_private_networks") && error.contains("192.168.1.0/33"),
            "{error}"
        );
    }

    proptest! {
        #[test]
        fn an_embedded_address_is_treated_as_itself(high: u16, low: u16) {
            let v4 = Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
            let expected = nothing_private().permits(v4.into());
            prop_assert_eq!(nothing_private().permits(v4.to_ipv6_mapped().into()), expected);
            for v6 in [Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low), Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1)] {
                prop_assert_eq!(nothing_private().permits(v6.into()), expected);
            }
        }
    }
}
