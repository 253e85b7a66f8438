//! The section `[voice]` of the settings; `config.default.toml` holds the defaults and what they mean.

use std::net::SocketAddr;

use runtime::{Check, Secret, Section};
use serde::Deserialize;

use crate::domain::ice::HostPort;

/// The port of STUN and TURN (RFC 8656).
const TURN_PORT: u16 = 3478;

/// Settings of the service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address of gRPC, as a process of its own.
    pub grpc_listen: SocketAddr,
    /// Address of health and metrics, as a process of its own.
    pub admin_listen: SocketAddr,
    /// Largest number of people in the voice chat of a room.
    pub max_participants: u32,
    /// TURN servers, the preferred one first: `host` or `host:port`.
    pub turn_servers: Vec<String>,
    /// Secret that is shared with the TURN servers.
    pub turn_secret: Secret,
    /// Port of TURN over TLS; 0: none.
    pub turn_tls_port: u16,
    /// How long TURN credentials are good, in seconds.
    pub credential_seconds: u32,
    /// STUN servers besides the TURN servers, tried last: `host` or `host:port`.
    pub stun_servers: Vec<String>,
}

impl Section for Config {
    const NAME: &'static str = "voice";

    fn validate(&self, check: &mut Check) {
        check.range("max_participants", &self.max_participants, &(2..=8));
        check.range("credential_seconds", &self.credential_seconds, &(60..=86_400));
        for (name, servers) in [("turn_servers", &self.turn_servers), ("stun_servers", &self.stun_servers)] {
            if servers.len() > 4 {
                check.fault(name, "has more than 4 servers; browsers try all of them at once");
            }
            for (index, server) in servers.iter().enumerate() {
                check.outcome(&format!("{name}[{index}]"), HostPort::parse(server, TURN_PORT));
            }
        }
        if !self.turn_servers.is_empty() {
            if self.turn_secret.is_empty() {
                check.fault("turn_secret", "is empty; the TURN servers would refuse everyone");
            }
            check.secret("turn_secret", &self.turn_secret, "give the static-auth-secret of coturn");
        }
        check.listeners(&[("grpc_listen", self.grpc_listen), ("admin_listen", self.admin_listen)]);
    }
}

impl Config {
    /// The TURN servers. `validate` has refused a text that names none.
    pub(crate) fn turn(&self) -> Vec<HostPort> {
        servers(&self.turn_servers)
    }

    /// The STUN servers besides them.
    pub(crate) fn stun(&self) -> Vec<HostPort> {
        servers(&self.stun_servers)
    }
}

fn servers(texts: &[String]) -> Vec<HostPort> {
    texts.iter().filter_map(|text| HostPort::parse(text, TURN_PORT).ok()).collect()
}
