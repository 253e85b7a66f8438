#![doc = include_str!("../README.md")]

mod address;
mod bucket;
mod config;
mod http;
mod json;
mod listener;
mod places;
mod process;
mod realtime;

use std::collections::BTreeMap;

use axum::Router;
use rpc::{RpcChannel, ServiceToken, Verifier};
use runtime::{Clock, Health, Tasks};

pub use self::{
    config::Config,
    http::openapi,
    listener::{Limits, serve_http},
    process::serve,
};

/// What the gateway stands in front of.
pub struct Deps {
    /// auth-svc.
    pub auth: RpcChannel,
    /// room-svc.
    pub room: RpcChannel,
    /// sync-svc.
    pub sync: RpcChannel,
    /// media-svc.
    pub media: RpcChannel,
    /// By which the services know that a call comes from one of them.
    pub token: ServiceToken,
    /// Verifies access tokens.
    pub verifier: Verifier,
    /// The time.
    pub clock: Clock,
    /// Where media bytes come from.
    pub data_plane: DataPlane,
    /// What the process depends on.
    pub health: Health,
}

/// Where media bytes come from.
pub enum DataPlane {
    /// This process: a router for `/media/…`.
    Local(Router),
    /// Another server, as `http://host:port`.
    Remote(String),
}

/// Wires the gateway; binds nothing. The background work ends after the last WebSocket has been told to go elsewhere.
pub fn build(config: &Config, deps: Deps, tasks: &mut Tasks) -> anyhow::Result<Router> {
    config.validate()?;
    let realtime = realtime::build(config, &deps, tasks);
    let channels = BTreeMap::from([
        ("syncwatch.auth.v1.AuthService", deps.auth),
        ("syncwatch.room.v1.RoomService", deps.room),
        ("syncwatch.sync.v1.SyncService", deps.sync),
        ("syncwatch.media.v1.MediaService", deps.media),
    ]);
    http::router(
        config,
        http::Parts {
            channels,
            data_plane: deps.data_plane,
            health: deps.health,
            clock: deps.clock,
            realtime,
        },
    )
}
