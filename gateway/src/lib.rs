#![doc = include_str!("../README.md")]

mod address;
mod config;
mod descriptors;
mod http;
mod json;
mod limits;
mod linger;
mod listener;
mod places;
mod process;
mod rarely;
mod realtime;

use std::{collections::BTreeMap, sync::Arc};

use axum::Router;
use rpc::{RpcChannel, ServiceToken, Verifier};
use runtime::{Clock, Health, Tasks};
use state::RateLimit;

pub use self::{
    config::Config,
    http::openapi,
    limits::LimitsConfig,
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
    /// How often people may do what.
    pub limits: LimitsConfig,
    /// Counts what they did.
    pub buckets: Arc<dyn RateLimit>,
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
    runtime::ensure_valid(config)?;
    let limits = Arc::new(limits::Limits::new(deps.limits.clone(), deps.buckets.clone())?);
    let realtime = realtime::build(config, &deps, limits.clone(), tasks)?;
    let channels = BTreeMap::from([
        ("syncwatch.auth.v1", deps.auth.as_service(&deps.token)),
        ("syncwatch.room.v1", deps.room.as_service(&deps.token)),
        ("syncwatch.sync.v1", deps.sync.as_service(&deps.token)),
        ("syncwatch.media.v1", deps.media.as_service(&deps.token)),
    ]);
    http::router(
        config,
        http::Parts {
            channels,
            data_plane: deps.data_plane,
            health: deps.health,
            limits,
            verifier: deps.verifier,
            clock: deps.clock,
            realtime,
        },
    )
}
