//! The client of a request that came through proxies. Entries of `X-Forwarded-For` and `X-Forwarded-Proto` count as far as
//! trusted proxies wrote them; the client may have invented those further left.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use ipnet::IpNet;

use crate::address::{Origin, is_among};

const FOR: &str = "x-forwarded-for";
const PROTO: &str = "x-forwarded-proto";

/// The origin of a request that `peer` sent.
///
/// Each proxy appends the address that it heard from, so the walk goes from the right. It ends at the first address
/// that is no trusted proxy: the client. It also ends at an entry that is no address; then the last trusted proxy
/// counts as the client, because the entries further left may be the client's own invention.
pub(super) fn origin(trusted: &[IpNet], peer: IpAddr, headers: &HeaderMap) -> Origin {
    let mut origin = Origin { address: peer, is_https: false };
    let mut hops = 0;
    let mut entries = entries(headers, FOR);
    while is_among(trusted, origin.address) {
        hops += 1;
        let Some(address) = entries.next().and_then(address) else { break };
        origin.address = address;
    }
    origin.is_https = hops > 0 && is_https(headers, hops);
    origin
}

/// Whether the client spoke https to the outermost of our `hops` proxies. Proxies either append to the header, then it
/// has an entry for each hop, or write it anew, then it has one.
fn is_https(headers: &HeaderMap, hops: usize) -> bool {
    let outermost = entries(headers, PROTO).take(hops).last();
    outermost.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"https"))
}

/// The entries of a list header, from the right. Several lines are one list, in their order (RFC 9110, 5.3).
fn entries<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a [u8]> {
    let lines: Vec<_> = headers.get_all(name).into_iter().collect();
    lines
        .into_iter()
        .rev()
        .flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
}

/// `203.0.113.9`, `203.0.113.9:51234`, `2001:db8::7`, `[2001:db8::7]` or `[2001:db8::7]:443`.
fn address(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?;
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address = match bare {
        Some(v6) => v6.parse().map(IpAddr::V6).ok(),
        None => text.parse().ok().or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip())),
    };
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn seen(peer: &str, lines: &[(&'static str, &str)]) -> (String, bool) {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let origin = origin(&trusted, peer.parse().unwrap(), &headers);
        (origin.address.to_string(), origin.is_https)
    }

    // Cases A17 and O1.
    #[test]
    fn the_client_address_is_the_one_that_a_trusted_proxy_saw() {
        for (lines, client) in [
            (&["203.0.113.7"][..], "203.0.113.7"),
            // Entries that the client wrote itself do not count.
            (&["6.6.6.6, 203.0.113.7"], "203.0.113.7"),
            (&["6.6.6.6, 203.0.113.7, 10.1.1.1"], "203.0.113.7"),
            // A port, as some load balancers write it.
            (&["9.9.1.1, 203.0.113.9:51234"], "203.0.113.9"),
            (&["9.9.9.9, [2001:db8::7]:443"], "2001:db8::7"),
            (&["9.9.9.9, [2001:db8::7]"], "2001:db8::7"),
            (&["9.9.9.9, 2001:db8::7"], "2001:db8::7"),
            (&["9.9.9.9, ::ffff:203.0.113.7"], "203.0.113.7"),
            (&["203.0.113.7, [fd00::1]:8080, 10.1.1.1:99"], "203.0.113.7"),
            // Lines are one list.
            (&["9.9.1.3", "203.0.113.10"], "203.0.113.10"),
            (&["9.9.1.3, 203.0.113.10", "10.1.1.1"], "203.0.113.10"),
            // An unreadable entry ends the walk at the last proxy.
            (&["9.9.1.2, unknown"], "10.0.0.1"),
            (&["9.9.1.2, _hidden, 10.1.1.1"], "10.1.1.1"),
            (&["9.9.1.2, "], "10.0.0.1"),
            (&["9.9.1.2", ""], "10.0.0.1"),
            (&["9.9.1.2, 203.0.113.7:70000"], "10.0.0.1"),
            (&["9.9.1.2, fe80::1%eth0"], "10.0.0.1"),
            (&["9.9.1.2, [203.0.113.7]"], "10.0.0.1"),
            (&["9.9.1.2, \u{fc}"], "10.0.0.1"),
            (&["10.3.3.3, 10.2.2.2"], "10.3.3.3"),
            (&[], "10.0.0.1"),
        ] {
            let lines: Vec<_> = lines.iter().map(|line| (FOR, *line)).collect();
            assert_eq!(seen("10.0.0.1", &lines).0, client, "{lines:?}");
            assert_eq!(seen("198.51.100.1", &lines).0, "198.51.100.1", "{lines:?} from nobody we trust");
        }
    }

    // Case A17.
    #[test]
    fn the_forwarded_scheme_is_trusted_by_the_same_rule() {
        let through = |hops: &str, lines: &[&str]| {
            let lines: Vec<_> =
                std::iter::once((FOR, hops)).chain(lines.iter().map(|line| (PROTO, *line))).collect();
            seen("10.0.0.1", &lines).1
        };
        assert!(through("203.0.113.7", &["https"]));
        assert!(through("203.0.113.7", &["HTTPS"]));
        assert!(!through("203.0.113.7", &["http"]));
        assert!(!through("203.0.113.7", &[]));
        // The client wrote the first one, the proxy the second.
        assert!(!through("203.0.113.7", &["https, http"]));
        assert!(!through("203.0.113.7", &["https", "http"]));
        assert!(through("203.0.113.7", &["http", "https"]));
        // https to the outer proxy, http between ours; or one entry that both pass on.
        assert!(through("203.0.113.7, 10.1.1.1", &["https, http"]));
        assert!(through("203.0.113.7, 10.1.1.1", &["https"]));
        assert!(!through("203.0.113.7, 10.1.1.1", &["https, http, http"]));
        assert!(!seen("198.51.100.1", &[(PROTO, "https")]).1, "from nobody we trust");
        assert!(seen("10.0.0.1", &[(PROTO, "https")]).1, "a proxy that tells no address");
    }
}
