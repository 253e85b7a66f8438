//! The section `[sync]` of the settings; `config.default.toml` holds the defaults and what they mean.

use std::net::SocketAddr;

use serde::Deserialize;

use crate::playback::Params;

/// The service's settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where gRPC is served.
    pub grpc_listen: SocketAddr,
    /// Where health and metrics are served.
    pub admin_listen: SocketAddr,
    /// How long a start waits for members whose players are not ready, in milliseconds; 0: not at all.
    pub hold_limit_ms: u32,
    /// How long the owner of a room may be away before the room acts on it, in milliseconds.
    pub owner_away_ms: u32,
    /// Events that a room's log keeps.
    pub log_length: usize,
}

impl Config {
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        anyhow::ensure!(
            self.hold_limit_ms <= 60_000,
            "sync.hold_limit_ms is {}; it must be at most 60000",
            self.hold_limit_ms
        );
        anyhow::ensure!(
            (1..=3_600_000).contains(&self.owner_away_ms),
            "sync.owner_away_ms is {}; it must be 1 to 3600000",
            self.owner_away_ms
        );
        anyhow::ensure!(
            (10..=100_000).contains(&self.log_length),
            "sync.log_length is {}; it must be 10 to 100000",
            self.log_length
        );
        Ok(())
    }

    pub(crate) fn params(&self) -> Params {
        Params {
            hold_limit_us: i64::from(self.hold_limit_ms) * 1000,
            owner_away_us: i64::from(self.owner_away_ms) * 1000,
        }
    }
}
