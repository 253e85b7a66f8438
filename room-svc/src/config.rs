//! Section `[room]` of the settings.

use std::net::SocketAddr;

use runtime::{Check, Section};
use serde::Deserialize;

/// Settings of the service; the defaults are in `config.default.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address of gRPC, as a process of its own.
    pub grpc_listen: SocketAddr,
    /// Address of health and metrics, as a process of its own.
    pub admin_listen: SocketAddr,
    /// Largest number of items in a playlist.
    pub max_items: usize,
}

impl Section for Config {
    const NAME: &'static str = "room";

    fn validate(&self, check: &mut Check) {
        check.range("max_items", &self.max_items, &(1..=10_000));
        check.listeners(&[("grpc_listen", self.grpc_listen), ("admin_listen", self.admin_listen)]);
    }
}
