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
    /// Largest number of people who send to each other directly.
    pub mesh_participants: u32,
    /// Largest number of people in the voice chat of a room, by the media server.
    pub max_participants: u32,
    /// UDP address of the media server; empty: none.
    pub sfu_listen: String,
    /// Addresses of the media server that clients are told: `ip` or `ip:port`; none: those of the network interfaces.
    pub sfu_public_addresses: Vec<String>,
    /// Connections to the media server at once.
    pub sfu_max_connections: u32,
    /// URL by which other replicas reach this one; empty: made from `grpc_listen`.
    pub peer_url: String,
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
        check.range("mesh_participants", &self.mesh_participants, &(2..=8));
        check.range("max_participants", &self.max_participants, &(2..=256));
        check.range("sfu_max_connections", &self.sfu_max_connections, &(2..=10_000));
        if !self.sfu_listen.is_empty() {
            check.outcome("sfu_listen", self.sfu_listen.parse::<SocketAddr>().map_err(Into::into));
        }
        for (index, address) in self.sfu_public_addresses.iter().enumerate() {
            let parsed = address.parse::<sfu::PublicAddress>().map_err(anyhow::Error::msg);
            check.outcome(&format!("sfu_public_addresses[{index}]"), parsed);
        }
        if self.sfu_public_addresses.len() > 8 {
            check.fault("sfu_public_addresses", "has more than 8 addresses; clients try all of them");
        }
        if !self.peer_url.is_empty() {
            check.url("peer_url", &self.peer_url, &["http", "https"]);
        }
        check.range("credential_seconds", &self.credential_seconds, &(60..=86_400));
        for (name, servers) in [("turn_servers", &self.turn_servers), ("stun_servers", &self.stun_servers)] {
            if servers.len() > 4 {
                check.fault(name, "has more than 4 servers; browsers try all of them at once");
            }
            for (index, server) in servers.iter().enumerate() {
                check.outcome(&format!("{name}[{index}]"), HostPort::parse(server, TURN_PORT));
            }
        }
        if self.turn_servers.is_empty() {
            if check.strict() {
                check.fault(
                    "turn_servers",
                    "is empty; people behind carrier NAT and company firewalls would hear nobody",
                );
            }
        } else {
            if self.turn_secret.is_empty() {
                check.fault("turn_secret", "is empty; the TURN servers would refuse everyone");
            }
            check.secret("turn_secret", &self.turn_secret, "give the static-auth-secret of coturn");
        }
        check.listeners(&[("grpc_listen", self.grpc_listen), ("admin_listen", self.admin_listen)]);
    }
}

impl Config {
    /// Settings of the media server; `None`: there is none.
    pub(crate) fn sfu(&self) -> anyhow::Result<Option<sfu::Config>> {
        if self.sfu_listen.is_empty() {
            return Ok(None);
        }
        let public = self.sfu_public_addresses.iter().map(|text| text.parse().map_err(anyhow::Error::msg));
        Ok(Some(sfu::Config {
            listen: self.sfu_listen.parse()?,
            public_addresses: public.collect::<anyhow::Result<_>>()?,
            max_connections: usize::try_from(self.sfu_max_connections)?,
        }))
    }

    /// The URL by which other replicas reach this one. A listener for all addresses is reached by the name of the machine.
    pub(crate) fn peer_url(&self) -> anyhow::Result<String> {
        if !self.peer_url.is_empty() {
            return Ok(self.peer_url.clone());
        }
        if !self.grpc_listen.ip().is_unspecified() {
            return Ok(format!("http://{}", self.grpc_listen));
        }
        let name = nix::unistd::gethostname()?;
        Ok(format!("http://{}:{}", name.to_string_lossy(), self.grpc_listen.port()))
    }

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
