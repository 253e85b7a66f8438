//! The list of ICE servers, and the credentials of coturn's REST interface (`use-auth-secret`,
//! draft-uberti-behave-turn-rest).

use std::fmt;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, Mac as _};
use proto::voice::v1::IceServer;
use sha1::Sha1;

/// A server, as URLs of STUN and TURN name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HostPort {
    /// A name, an IPv4 address, or an IPv6 address in brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl HostPort {
    /// Reads `host` or `host:port`. The error follows the name of a setting.
    pub(crate) fn parse(text: &str, default_port: u16) -> anyhow::Result<Self> {
        let (host, port) = match text.rsplit_once(':').filter(|_| !text.ends_with(']')) {
            Some((host, port)) => (host, port.parse().unwrap_or(0)),
            None => (text, default_port),
        };
        let is_v6 = host
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok());
        let is_name =
            !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c));
        anyhow::ensure!(
            (is_v6 || is_name) && port != 0,
            "must be a host or host:port, such as \"turn.example.org:3478\""
        );
        Ok(Self { host: host.to_owned(), port })
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// Credentials that a TURN server accepts until `expiry`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Credential {
    pub(crate) username: String,
    pub(crate) password: String,
}

impl Credential {
    /// A credential that is bound to a person. `expiry` is in seconds of Unix time.
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    pub(crate) fn new(secret: &str, subject_id: &str, expiry: i64) -> Self {
        let username = format!("{expiry}:{subject_id}");
        let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).expect("any length");
        mac.update(username.as_bytes());
        Self { password: BASE64_STANDARD.encode(mac.finalize().into_bytes()), username }
    }
}

/// The list for one person: STUN first, then each TURN server by UDP, TCP and TLS, and other STUN servers last.
pub(crate) fn servers(
    turn: &[HostPort],
    tls_port: u16,
    credential: &Credential,
    stun: &[HostPort],
) -> Vec<IceServer> {
    let stun_of = |servers: &[HostPort]| IceServer {
        urls: servers.iter().map(|server| format!("stun:{server}")).collect(),
        ..IceServer::default()
    };
    let turn_of = |server: &HostPort| {
        let mut urls = vec![format!("turn:{server}?transport=udp"), format!("turn:{server}?transport=tcp")];
        if tls_port != 0 {
            urls.push(format!("turns:{}:{tls_port}?transport=tcp", server.host));
        }
        IceServer {
            urls,
            username: credential.username.clone(),
            credential: credential.password.clone(),
            credential_type: "password".to_owned(),
        }
    };
    let mut list = vec![stun_of(turn)];
    list.extend(turn.iter().map(turn_of));
    list.push(stun_of(stun));
    list.retain(|server| !server.urls.is_empty());
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(text: &str) -> HostPort {
        HostPort::parse(text, 3478).unwrap()
    }

    #[test]
    fn a_credential_is_what_coturn_computes() {
        // printf '1700000000:user_mia' | openssl dgst -sha1 -hmac secret -binary | base64
        let credential = Credential::new("secret", "user_mia", 1_700_000_000);
        assert_eq!(credential.username, "1700000000:user_mia");
        assert_eq!(credential.password, "BRWr8gyLsph369Z3o8DgsrLDX3c=");
    }

    #[test]
    fn the_list_tries_udp_then_tcp_then_tls_and_other_stun_last() {
        let credential = Credential::new("secret", "user_mia", 1);
        let turn = [server("turn1.example.org"), server("turn2.example.org:3479")];
        let list = servers(&turn, 5349, &credential, &[server("stun.example.net:19302")]);
        let urls: Vec<_> = list.iter().map(|server| server.urls.join(" ")).collect();
        assert_eq!(
            urls,
            [
                "stun:turn1.example.org:3478 stun:turn2.example.org:3479",
                "turn:turn1.example.org:3478?transport=udp turn:turn1.example.org:3478?transport=tcp \
                 turns:turn1.example.org:5349?transport=tcp",
                "turn:turn2.example.org:3479?transport=udp turn:turn2.example.org:3479?transport=tcp \
                 turns:turn2.example.org:5349?transport=tcp",
                "stun:stun.example.net:19302",
            ]
        );
        let with_credential = list.iter().filter(|server| server.credential_type == "password");
        assert_eq!(with_credential.count(), 2, "STUN needs none");
        assert_eq!(servers(&[], 5349, &credential, &[]), [], "no server, no entry");
        let without_tls = servers(&turn[..1], 0, &credential, &[]);
        assert!(!without_tls[1].urls.iter().any(|url| url.starts_with("turns:")));
    }

    #[test]
    fn servers_are_named_by_host_and_port() {
        for (text, shown) in [
            ("turn.example.org", "turn.example.org:3478"),
            ("192.0.2.1:99", "192.0.2.1:99"),
            ("[::1]", "[::1]:3478"),
        ] {
            assert_eq!(server(text).to_string(), shown);
        }
        for text in
            ["", "turn:turn.example.org", "host:", "host:0", "host:99999", "a b", "[::1", "u@host", "::1"]
        {
            assert!(HostPort::parse(text, 3478).is_err(), "{text}");
        }
    }
}
