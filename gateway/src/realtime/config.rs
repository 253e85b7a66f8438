//! Section `[websocket]` of the settings. The defaults and what each key means are in `config.default.toml`.

use runtime::{Check, Section};
use serde::Deserialize;

/// Settings of WebSockets.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebSocketConfig {
    /// WebSockets that one person may have in one room.
    pub max_connections_per_user: usize,
    /// Read buffer of a socket, in bytes.
    pub read_buffer_size: usize,
    /// Write buffer of a socket, in bytes; 0: each frame is written at once.
    pub write_buffer_size: usize,
    /// A client that is silent for so many seconds gets a ping.
    pub ping_interval_seconds: u32,
    /// A client that is silent for so many seconds is gone.
    pub pong_timeout_seconds: u32,
}

impl Section for WebSocketConfig {
    const NAME: &'static str = "websocket";

    fn validate(&self, check: &mut Check) {
        if self.max_connections_per_user == 0 {
            check.fault("max_connections_per_user", "is 0; nobody could enter a room");
        }
        check.range("read_buffer_size", &self.read_buffer_size, &(512..=1024 * 1024));
        check.range("write_buffer_size", &self.write_buffer_size, &(0..=1024 * 1024));
        check.range("ping_interval_seconds", &self.ping_interval_seconds, &(1..=60));
        check.range("pong_timeout_seconds", &self.pong_timeout_seconds, &(2..=600));
        if self.pong_timeout_seconds <= self.ping_interval_seconds {
            check.fault(
                "pong_timeout_seconds",
                "is not longer than ping_interval_seconds; clients would be dropped before they are asked",
            );
        }
    }
}
