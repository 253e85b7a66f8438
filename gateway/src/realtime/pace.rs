//! How often a client and the server hear of each other, and when a client counts as gone.

use std::{
    sync::atomic::{AtomicI32, Ordering},
    time::Duration,
};

use proto::sync::v1::JoinSessionResponse;

use super::WebSocketConfig;

/// The settings of sync-svc, as its last answer said them; 0: not said.
#[derive(Debug, Default)]
pub(crate) struct SyncTimes {
    heartbeat_interval_seconds: AtomicI32,
    disconnect_timeout_seconds: AtomicI32,
}

impl SyncTimes {
    pub(crate) fn note(&self, joined: &JoinSessionResponse) {
        self.heartbeat_interval_seconds.store(joined.heartbeat_interval_seconds, Ordering::Relaxed);
        self.disconnect_timeout_seconds.store(joined.disconnect_timeout_seconds, Ordering::Relaxed);
    }
}

/// The times of one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    /// How often the client reports its player; zero: not known.
    pub(crate) heartbeat: Duration,
    /// A client that is silent for this long gets a ping.
    pub(crate) ping_every: Duration,
    /// A client that is silent for this long is gone.
    pub(crate) gone_after: Duration,
}

impl Pace {
    /// The shorter timeout counts. A ping leaves the client time for its answer.
    pub(crate) fn new(websocket: &WebSocketConfig, sync: &SyncTimes) -> Self {
        let known = |seconds: &AtomicI32| match u64::try_from(seconds.load(Ordering::Relaxed)) {
            Ok(seconds) if seconds > 0 => Some(Duration::from_secs(seconds)),
            _ => None,
        };
        let pong_timeout = Duration::from_secs(websocket.pong_timeout_seconds.into());
        let disconnect_timeout = known(&sync.disconnect_timeout_seconds).unwrap_or(pong_timeout);
        let gone_after = pong_timeout.min(disconnect_timeout);
        let ping_every = Duration::from_secs(websocket.ping_interval_seconds.into());
        Self {
            heartbeat: known(&sync.heartbeat_interval_seconds).unwrap_or_default(),
            ping_every: ping_every.min(gone_after / 2),
            gone_after,
        }
    }
}

/// A duration in a frame.
pub(crate) fn millis(duration: Duration) -> i32 {
    i32::try_from(duration.as_millis()).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(ping_s: u32, timeout_s: u32, disconnect: i32) -> (u64, u64) {
        let websocket = WebSocketConfig {
            max_connections_per_user: 1,
            read_buffer_size: 512,
            write_buffer_size: 0,
            ping_interval_seconds: ping_s,
            pong_timeout_seconds: timeout_s,
        };
        let sync = SyncTimes::default();
        sync.note(&JoinSessionResponse {
            disconnect_timeout_seconds: disconnect,
            ..JoinSessionResponse::default()
        });
        let pace = Pace::new(&websocket, &sync);
        (pace.ping_every.as_secs(), pace.gone_after.as_secs())
    }

    #[test]
    fn a_client_is_gone_after_the_shorter_timeout_and_is_asked_before() {
        assert_eq!(pace(5, 15, 0), (5, 15), "sync-svc does not say it");
        assert_eq!(pace(5, 15, 15), (5, 15));
        assert_eq!(pace(30, 60, 30), (15, 30), "the defaults of document 003");
        assert_eq!(pace(5, 10, 600), (5, 10));
        assert_eq!(pace(20, 30, 0), (15, 30));
    }
}
