//! The section `[sync]` of the settings; `config.default.toml` holds the defaults and what they mean.

use std::net::SocketAddr;

use runtime::{Check, Section};
use serde::Deserialize;

use crate::playback::Params;

/// Settings of the service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address of gRPC, as a process of its own.
    pub grpc_listen: SocketAddr,
    /// Address of health and metrics, as a process of its own.
    pub admin_listen: SocketAddr,
    /// How long a start waits for players in a room whose policy does not say, in milliseconds; 0: not at all.
    pub hold_limit_ms: u32,
    /// How long the owner of a room may be absent before the room acts on it, in milliseconds.
    pub owner_away_ms: u32,
    /// How often players report while nothing changes, in seconds.
    pub heartbeat_interval_seconds: u32,
    /// A client, or a gateway, that is silent for so many seconds has lost its place in the room.
    pub disconnect_timeout_seconds: u32,
    /// A player whose frames take longer than this is warned of, in milliseconds.
    pub max_latency_ms: u32,
    /// Number of events that the log of a room keeps.
    pub log_length: usize,
}

impl Section for Config {
    const NAME: &'static str = "sync";

    fn validate(&self, check: &mut Check) {
        check.range("hold_limit_ms", &self.hold_limit_ms, &(0..=60_000));
        check.range("owner_away_ms", &self.owner_away_ms, &(1..=3_600_000));
        check.range("heartbeat_interval_seconds", &self.heartbeat_interval_seconds, &(1..=30));
        check.range("disconnect_timeout_seconds", &self.disconnect_timeout_seconds, &(10..=600));
        if self.disconnect_timeout_seconds < self.heartbeat_interval_seconds.saturating_mul(2) {
            check.fault(
                "disconnect_timeout_seconds",
                "is less than two heartbeats (heartbeat_interval_seconds); one that is late would look like a lost connection",
            );
        }
        // A report cannot tell of more.
        check.range("max_latency_ms", &self.max_latency_ms, &(1..=60_000));
        check.range("log_length", &self.log_length, &(10..=100_000));
        check.listeners(&[("grpc_listen", self.grpc_listen), ("admin_listen", self.admin_listen)]);
    }
}

impl Config {
    pub(crate) fn params(&self) -> Params {
        Params {
            hold_limit_us: i64::from(self.hold_limit_ms) * 1000,
            owner_away_us: i64::from(self.owner_away_ms) * 1000,
            disconnect_us: i64::from(self.disconnect_timeout_seconds) * 1_000_000,
        }
    }
}
