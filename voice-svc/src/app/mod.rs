//! The use cases, one a file.

mod access;
mod connect;
mod host;
mod ice_servers;
mod join;
mod mute;
mod own;
mod report;
mod rooms;
mod watch;

use std::sync::Arc;

use rpc::RpcChannel;
use runtime::{Clock, Secret};
use state::RoomLog;

use self::{host::Host, report::Paths, watch::Watches};
use crate::{
    Config, Deps,
    domain::{ice::HostPort, record::Limits},
};

pub(crate) use ice_servers::Turn;

/// Shared by all use cases.
pub(crate) struct App {
    pub(crate) turn: Arc<Turn>,
    log: Arc<dyn RoomLog>,
    clock: Clock,
    /// To room-svc, as a service.
    room: RpcChannel,
    /// To sync-svc, as a service.
    sync: RpcChannel,
    watches: Watches,
    paths: Paths,
    limits: Limits,
    /// The media server of this replica.
    host: Option<Host>,
    turn_secret: Secret,
    turn_tls_port: u16,
    credential_seconds: u32,
    stun: Vec<HostPort>,
}

impl App {
    pub(crate) fn new(config: &Config, deps: &Deps) -> anyhow::Result<Arc<Self>> {
        let host = config.sfu()?.map(|sfu| Host::start(&sfu, &deps.address, &deps.token)).transpose()?;
        let count = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
        let mesh = count(config.mesh_participants);
        // Without a media server the mesh is all there is.
        let most = if host.is_some() { count(config.max_participants) } else { mesh };
        Ok(Arc::new(Self {
            turn: Arc::new(Turn::new(config.turn())),
            log: deps.log.clone(),
            clock: deps.clock.clone(),
            room: deps.room.as_service(&deps.token),
            sync: deps.sync.as_service(&deps.token),
            watches: Watches::default(),
            paths: Paths::default(),
            limits: Limits { mesh, most },
            host,
            turn_secret: config.turn_secret.clone(),
            turn_tls_port: config.turn_tls_port,
            credential_seconds: config.credential_seconds,
            stun: config.stun(),
        }))
    }

    fn now(&self) -> prost_types::Timestamp {
        let now_us = self.clock.now_us();
        let nanos = i32::try_from(now_us.rem_euclid(1_000_000) * 1000).unwrap_or_default();
        prost_types::Timestamp { seconds: now_us.div_euclid(1_000_000), nanos }
    }
}
