#![doc = include_str!("../README.md")]

mod address;
mod api;
mod config;
mod connection_limits;
mod contract;
mod descriptors;
mod error;
mod http;
mod json;
mod limits;
mod linger;
mod listener;
mod log_throttle;
mod process;
mod realtime;
mod wire;

use std::{collections::BTreeMap, sync::Arc};

use axum::Router;
use rpc::{RpcChannel, ServiceToken, Verifier};
use runtime::{Clock, Health, Tasks};
use state::RateLimit;

use self::api::{Api, Channels};

pub use self::{
    config::Config, connection_limits::Limits, contract::Contract, http::openapi, limits::LimitsConfig,
    listener::serve_http, process::serve, realtime::WebSocketConfig,
};

/// What the gateway stands in front of.
pub struct Deps {
    /// Which calls and resources there are, and how their messages are translated.
    pub contract: Contract,
    /// The services, by the package of their gRPC services: `syncwatch.room.v1`.
    pub services: BTreeMap<&'static str, RpcChannel>,
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
    /// Buffers and times of WebSockets.
    pub websocket: WebSocketConfig,
    /// Counts what they did.
    pub buckets: Arc<dyn RateLimit>,
}

/// Where media bytes come from and go to.
pub enum DataPlane {
    /// This process: a router for `/media/…` and uploads.
    Local(Router),
    /// Other servers, as `http://host:port`.
    Remote {
        /// media-svc, which takes uploads.
        media: String,
        /// media-edge, which gives the bytes of films. `None`: media-svc does.
        edge: Option<String>,
    },
}

/// Wires the gateway; binds nothing. The background work ends after the last WebSocket has been told to go elsewhere.
pub fn build(config: &Config, deps: Deps, tasks: &mut Tasks) -> anyhow::Result<Router> {
    runtime::ensure_valid(config)?;
    runtime::ensure_valid(&deps.websocket)?;
    let limits = Arc::new(limits::Limits::new(deps.limits.clone(), deps.buckets.clone())?);
    let channels = Channels::new(&deps.services, &deps.token);
    let api = Arc::new(Api::new(&deps.contract, &channels, &limits)?);
    let realtime = realtime::build(config, &deps, &channels, &api, limits.clone(), tasks)?;
    http::router(
        config,
        http::Parts {
            contract: deps.contract,
            api,
            room: channels.to("syncwatch.room.v1")?,
            data_plane: deps.data_plane,
            health: deps.health,
            limits,
            verifier: deps.verifier,
            clock: deps.clock,
            realtime,
        },
    )
}
