//! The WebSocket side: one task for each socket, one hub for each room, one clock for the gateway.
//!
//! From the bottom up: [`services`] and [`resources`] call, [`frames`] encodes; a [`hub`] holds a room, fed by [`feed`];
//! a [`session`] reads the hub and makes its calls in [`lanes`]; [`upgrade`] opens sockets. The methods of a session stand by
//! subject in [`opening`], [`client_frames`], [`observations`] and [`deliveries`]; these four and [`session`] are one type, the
//! only files that import one another. What is special about single resources stands in two places: state that comes with
//! the stream of a room in [`hub`] and [`feed`], links in [`links`].

mod acks;
mod client_frames;
mod clock;
mod commands;
mod config;
mod deliveries;
mod entry;
mod feed;
mod frames;
mod heartbeat;
mod hub;
mod hubs;
mod lanes;
mod links;
mod local;
mod mirror;
mod observations;
mod observed;
mod opening;
mod pace;
mod people;
mod request;
mod resources;
mod ring;
mod services;
mod session;
mod session_calls;
mod shared;
mod snapshots;
mod socket;
mod upgrade;

use std::sync::{Arc, atomic::AtomicUsize};

use axum::{Router, routing::get};
use ids::GatewayId;
use runtime::{OnFailure, Tasks};
use tokio::sync::watch;

pub use self::config::WebSocketConfig;
use self::{
    clock::ClusterClock,
    frames::FrameTypes,
    hubs::Hubs,
    people::People,
    resources::Resources,
    services::Services,
    shared::{Admission, Realtime},
};
use crate::{
    Config, Deps,
    api::{Api, Channels},
    limits::Limits,
    log_throttle::LogThrottle,
};

/// The routes of the WebSocket, and the background work behind them.
pub(crate) fn build(
    config: &Config,
    deps: &Deps,
    channels: &Channels,
    api: &Arc<Api>,
    limits: Arc<Limits>,
    tasks: &mut Tasks,
) -> anyhow::Result<Router> {
    let most = deps.websocket.max_connections_per_user;
    let services = Services {
        room: channels.to("syncwatch.room.v1")?,
        sync: channels.to("syncwatch.sync.v1")?,
        media: channels.to("syncwatch.media.v1")?,
        max_sessions_of_person: i32::try_from(most).unwrap_or(i32::MAX),
        sync_times: Arc::default(),
    };
    let clock = ClusterClock::new(deps.clock.clone());
    let resources = Resources::new(&deps.contract, channels, &limits)?;
    let command = limits.rules(&deps.contract.method("syncwatch.sync.v1.PlaybackService/SendCommand")?)?;
    let mut origins = config.cors_origins.clone();
    origins.extend(config.public_origin());
    let realtime = Arc::new(Realtime {
        hubs: Hubs::new(services.clone(), resources.clone(), clock.clone()),
        id: GatewayId::new().to_string(),
        services,
        resources,
        verifier: deps.verifier.clone(),
        clock,
        frames: FrameTypes::new(&deps.contract)?,
        admission: Arc::new(Admission::new(api.clone(), limits, command)),
        people: People::new(most),
        websocket: deps.websocket.clone(),
        max_frame_bytes: config.max_frame_bytes,
        max_sockets: config.max_sockets,
        origins,
        refused_origins: LogThrottle::default(),
        sockets: AtomicUsize::new(0),
        ended: watch::Sender::new(()),
        stopping: watch::Sender::new(false),
    });

    let (clock, services) = (realtime.clock.clone(), realtime.services.clone());
    tasks.spawn("cluster clock", OnFailure::Restart, move |shutdown| {
        clock.clone().follow(services.clone(), shutdown)
    });
    let (id, services) = (realtime.id.clone(), realtime.services.clone());
    tasks.spawn("heartbeat", OnFailure::Restart, move |shutdown| {
        heartbeat::run(id.clone(), services.clone(), shutdown)
    });
    let drained = realtime.clone();
    tasks.spawn("sockets", OnFailure::Restart, move |shutdown| drained.clone().drain(shutdown));

    Ok(Router::new()
        .route("/ws/rooms/{room}", get(upgrade::by_path).post(upgrade::check))
        .route("/api/v1/syncplay/ws", get(upgrade::by_query))
        .with_state(realtime))
}
