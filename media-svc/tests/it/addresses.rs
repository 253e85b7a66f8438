//! The SSRF guard (CWE-918): links that lead into this machine or its networks, in every notation. Not one request may
//! leave, whether the address is pasted or a host redirects to it.

use proto::common::v1::Reason;
use serde_json::json;

use crate::{host::Host, world::World};

/// Hosts as they stand in a link.
const PRIVATE: [&str; 77] = [
    // IPv4, plainly.
    "127.0.0.1",
    "127.0.0.2",
    "127.255.255.254",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.255.255",
    "169.254.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    // IPv4 as one number, in octal, in hexadecimal, short, mixed, in other digits, with a dot behind.
    "2130706433",
    "0",
    "2852039166",
    "3232235521",
    "017700000001",
    "0x7f000001",
    "0X7F000001",
    "0xa9fea9fe",
    "0177.0.0.1",
    "0177.0.0.01",
    "0300.0250.0.1",
    "0x7f.0x0.0x0.0x1",
    "0xa9.0xfe.0xa9.0xfe",
    "127.1",
    "127.0.1",
    "10.1",
    "192.168.1",
    "0x7f.1",
    "0177.1",
    "169.254.43518",
    "127.0.0.1.",
    "１２７.0.0.1",
    "127。0。0。1",
    "①②⑦.0.0.1",
    "%31%32%37.0.0.1",
    // IPv6 of its own.
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[0000::0001]",
    "[fe80::1]",
    "[fec0::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[2001:db8::1]",
    // IPv4 inside IPv6: mapped, compatible, translated, NAT64, 6to4, Teredo.
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:169.254.169.254]",
    "[::ffff:10.0.0.1]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::1]",
    "[2002:a9fe:a9fe::1]",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    // Names of this machine.
    "localhost",
];

/// What is no host, or hides one behind another.
const NO_HOSTS: [&str; 15] = [
    "LOCALHOST.",
    "[fe80::1%25eth0]",
    "[::1%25lo]",
    "[::ffff:127.0.0.1%25lo]",
    "127.0.0.1:0@127.0.0.1",
    "example.org@127.0.0.1",
    "127.0.0.1%00.example.org",
    "256.0.0.1",
    "127.0.0.0x100",
    "4294967296",
    "1.2.3.4.5",
    "[::1",
    "[127.0.0.1]",
    "",
    "%",
];

fn is_refusal(reason: Reason) -> bool {
    // Names and odd texts may also fail to be a link, or to resolve.
    matches!(
        reason,
        Reason::SourcePrivateAddress
            | Reason::InvalidField
            | Reason::SourceSchemeUnsupported
            | Reason::SourceUnreachable
            | Reason::SourceRefused
    )
}

#[tokio::test]
async fn no_notation_of_a_private_address_is_requested() {
    let (world, host) = (World::with(json!({})).await, Host::start().await);
    let port = host.address.port();
    for name in PRIVATE {
        for link in [format!("http://{name}:{port}/film.mp4"), format!("https://{name}/film.mp4")] {
            let (reason, message) = world.refused(link.clone()).await;
            assert_eq!(reason, Reason::SourcePrivateAddress, "{link}: {message}");
        }
    }
    for name in NO_HOSTS {
        let (reason, message) = world.refused(format!("http://{name}:{port}/film.mp4")).await;
        assert!(is_refusal(reason), "{name}: {reason:?} {message}");
    }
    for link in [
        format!("http:/\\127.0.0.1:{port}/film.mp4"),
        format!("http:127.0.0.1:{port}/film.mp4"),
        format!("http:////127.0.0.1:{port}/film.mp4"),
        format!("http://127.0.0.1\t:{port}/film.mp4"),
        format!("//127.0.0.1:{port}/film.mp4"),
        format!("gopher://127.0.0.1:{port}/_GET"),
        "file:///etc/passwd".to_owned(),
        "file://127.0.0.1/etc/passwd".to_owned(),
        "ftp://127.0.0.1/film.mp4".to_owned(),
        "data:video/mp4;base64,AAAA".to_owned(),
        format!("blob:http://127.0.0.1:{port}/x"),
    ] {
        let (reason, message) = world.refused(link.clone()).await;
        assert!(is_refusal(reason), "{link}: {reason:?} {message}");
    }
    assert_eq!(host.asked(), [""; 0], "no request left");
}

#[tokio::test]
async fn no_redirect_leads_to_a_private_address() {
    // Only the host itself may be reached.
    let (world, host) = (World::start().await, Host::start().await);
    let port = host.address.port();
    let own = [
        "127.0.0.1",
        "2130706433",
        "017700000001",
        "0x7f000001",
        "0X7F000001",
        "0177.0.0.1",
        "0177.0.0.01",
        "0x7f.0x0.0x0.0x1",
        "127.1",
        "127.0.1",
        "0x7f.1",
        "0177.1",
        "127.0.0.1.",
        "１２７.0.0.1",
        "127。0。0。1",
        "①②⑦.0.0.1",
        "%31%32%37.0.0.1",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::ffff:0:127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::1]",
        "localhost",
        "LOCALHOST.",
    ];
    for name in PRIVATE.iter().filter(|name| name.is_ascii() && !own.contains(name)) {
        let (reason, message) = world.refused(host.link(&format!("/to/http://{name}:{port}/film.mp4"))).await;
        assert_eq!(reason, Reason::SourcePrivateAddress, "{name}: {message}");
    }
    let asked = host.asked();
    assert!(asked.iter().all(|asked| asked.contains("/to/")), "{asked:?}");
}
