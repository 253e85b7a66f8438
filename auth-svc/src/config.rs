//! The section `[auth]` of the settings; `config.default.toml` holds the defaults and what they mean.

use std::net::SocketAddr;

use chrono::TimeDelta;
use runtime::Secret;
use serde::Deserialize;

/// The service's settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where gRPC is served.
    pub grpc_listen: SocketAddr,
    /// Where health and metrics are served.
    pub admin_listen: SocketAddr,
    /// How long access tokens are good.
    pub access_token_minutes: u32,
    /// How long refresh tokens are good.
    pub refresh_token_days: u32,
    /// The OPAQUE server setup, base64.
    pub opaque_setup: Secret,
    /// Ed25519 seeds of 32 bytes, base64, newest first. The first signs, all verify.
    pub signing_keys: Vec<Secret>,
}

/// How long tokens are good.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lifetimes {
    pub(crate) access: TimeDelta,
    pub(crate) refresh: TimeDelta,
}

impl Config {
    pub(crate) fn lifetimes(&self) -> anyhow::Result<Lifetimes> {
        anyhow::ensure!(
            (1..=24 * 60).contains(&self.access_token_minutes),
            "auth.access_token_minutes is {}; it must be 1 to 1440",
            self.access_token_minutes
        );
        anyhow::ensure!(
            (1..=365).contains(&self.refresh_token_days),
            "auth.refresh_token_days is {}; it must be 1 to 365",
            self.refresh_token_days
        );
        Ok(Lifetimes {
            access: TimeDelta::minutes(self.access_token_minutes.into()),
            refresh: TimeDelta::days(self.refresh_token_days.into()),
        })
    }
}
