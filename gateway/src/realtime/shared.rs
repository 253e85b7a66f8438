//! What all sockets of a gateway share.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use rpc::Verifier;
use runtime::Shutdown;
use state::Rate;
use tokio::sync::watch;

use super::{
    WebSocketConfig, clock::ClusterClock, frames::FrameTypes, hubs::Hubs, people::People,
    resources::Resources, services::Services,
};
use crate::{
    api::Api,
    limits::{Limits, Rules},
    log_throttle::LogThrottle,
};

/// What all sockets of a gateway share.
pub(crate) struct Realtime {
    pub(crate) id: String,
    pub(crate) services: Services,
    pub(crate) resources: Arc<Resources>,
    pub(crate) verifier: Verifier,
    pub(crate) clock: ClusterClock,
    pub(crate) frames: FrameTypes,
    pub(crate) hubs: Hubs,
    pub(crate) admission: Arc<Admission>,
    /// The sockets of one person in one room.
    pub(crate) people: People,
    pub(crate) websocket: WebSocketConfig,
    pub(crate) max_frame_bytes: usize,
    pub(crate) max_sockets: usize,
    /// Pages that may connect besides our own.
    pub(crate) origins: Vec<String>,
    pub(crate) refused_origins: LogThrottle,
    pub(crate) sockets: AtomicUsize,
    /// Changes when a socket ends.
    pub(crate) ended: watch::Sender<()>,
    /// Becomes true when the gateway stops.
    pub(crate) stopping: watch::Sender<bool>,
}

/// What sockets may ask for, and how often.
pub(crate) struct Admission {
    pub(crate) api: Arc<Api>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) command: Rules,
    /// Frames of one socket.
    pub(crate) frames: Rate,
    /// A client that goes on after being refused is cut off.
    pub(crate) abuse: Rate,
}

impl Admission {
    pub(crate) fn new(api: Arc<Api>, limits: Arc<Limits>, command: Rules) -> Self {
        let frames = limits.frames();
        let abuse = Rate { burst: frames.burst.saturating_mul(10), ..frames };
        Self { api, limits, command, frames, abuse }
    }
}

/// One of the sockets that a gateway may have. Given back when it is dropped.
pub(crate) struct Slot(Arc<Realtime>);

impl Slot {
    /// Takes a slot, if one is left.
    pub(crate) fn take(realtime: &Arc<Realtime>) -> Option<Self> {
        let taken = realtime.sockets.fetch_add(1, Ordering::Relaxed);
        let slot = Self(realtime.clone());
        metrics::gauge!("syncwatch_ws_connections").increment(1.0);
        (taken < realtime.max_sockets).then_some(slot)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.sockets.fetch_sub(1, Ordering::Relaxed);
        metrics::gauge!("syncwatch_ws_connections").decrement(1.0);
        self.0.ended.send_replace(());
    }
}

impl Realtime {
    /// Keeps the process until its sockets have been told that it stops.
    pub(crate) async fn drain(self: Arc<Self>, shutdown: Shutdown) -> anyhow::Result<()> {
        let mut ended = self.ended.subscribe();
        shutdown.soft().await;
        self.stopping.send_replace(true);
        while self.sockets.load(Ordering::Relaxed) > 0 {
            ended.changed().await?;
        }
        Ok(())
    }
}
