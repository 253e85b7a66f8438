//! Section `[room]` of the settings.

use std::net::SocketAddr;

use serde::Deserialize;

/// Settings of the service; the defaults are in `config.default.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where it serves gRPC as a process of its own.
    pub grpc_listen: SocketAddr,
    /// Where it serves health and metrics as a process of its own.
    pub admin_listen: SocketAddr,
    /// How many items a playlist takes.
    pub max_items: usize,
}
