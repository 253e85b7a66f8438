//! The WebSocket side: one task a socket, one hub a room, one clock a gateway.

mod acks;
mod clock;
mod commands;
mod deliver;
mod feed;
mod frames;
mod hear;
mod heartbeat;
mod hub;
mod hubs;
mod lanes;
mod links;
mod mirror;
mod observe;
mod opening;
mod people;
mod requests;
mod ring;
mod session;
mod socket;
mod upgrade;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Router, routing::get};
use ids::GatewayId;
use proto::{
    media::v1::media_service_client::MediaServiceClient,
    room::v1::{
        chat_service_client::ChatServiceClient, member_service_client::MemberServiceClient,
        playlist_service_client::PlaylistServiceClient, room_service_client::RoomServiceClient,
    },
    sync::v1::{
        delivery_service_client::DeliveryServiceClient, playback_service_client::PlaybackServiceClient,
        presence_service_client::PresenceServiceClient,
    },
};
use rpc::{RpcChannel, Verifier};
use runtime::{OnFailure, Shutdown, Tasks};
use state::Rate;
use tokio::sync::watch;

use self::{clock::ClusterClock, hubs::Hubs, people::People};
use crate::{
    Config, Deps,
    limits::{Limits, Rules},
    rarely::Rarely,
};

/// Calls of the gateway as a service of the installation.
#[derive(Clone)]
pub(crate) struct Services {
    room: RpcChannel,
    sync: RpcChannel,
    media: RpcChannel,
    /// Sockets that one person may have in one room, on all gateways together.
    max_sessions_of_person: i32,
}

impl Services {
    fn rooms(&self) -> RoomServiceClient<RpcChannel> {
        RoomServiceClient::new(self.room.clone())
    }

    fn members(&self) -> MemberServiceClient<RpcChannel> {
        MemberServiceClient::new(self.room.clone())
    }

    fn playlist(&self) -> PlaylistServiceClient<RpcChannel> {
        PlaylistServiceClient::new(self.room.clone())
    }

    fn chat(&self) -> ChatServiceClient<RpcChannel> {
        ChatServiceClient::new(self.room.clone())
    }

    fn playback(&self) -> PlaybackServiceClient<RpcChannel> {
        PlaybackServiceClient::new(self.sync.clone())
    }

    fn presence(&self) -> PresenceServiceClient<RpcChannel> {
        PresenceServiceClient::new(self.sync.clone())
    }

    fn delivery(&self) -> DeliveryServiceClient<RpcChannel> {
        DeliveryServiceClient::new(self.sync.clone())
    }

    fn media(&self) -> MediaServiceClient<RpcChannel> {
        MediaServiceClient::new(self.media.clone())
    }
}

/// What all sockets of a gateway share.
pub(crate) struct Realtime {
    id: String,
    services: Services,
    verifier: Verifier,
    clock: ClusterClock,
    hubs: Hubs,
    limited: Arc<Limited>,
    /// The sockets of one person in one room.
    people: People,
    max_frame_bytes: usize,
    max_sockets: usize,
    /// Pages that may connect besides our own.
    origins: Vec<String>,
    refused_origins: Rarely,
    sockets: AtomicUsize,
    /// Told when a socket ends.
    ended: watch::Sender<()>,
    /// Becomes true when the gateway stops.
    stopping: watch::Sender<bool>,
}

/// What sockets may do how often.
pub(crate) struct Limited {
    limits: Arc<Limits>,
    command: Rules,
    chat: Rules,
    /// Frames of one socket.
    frames: Rate,
    /// Whoever goes on after being told is no client of ours.
    abuse: Rate,
}

impl Limited {
    fn new(limits: Arc<Limits>) -> anyhow::Result<Self> {
        let frames = limits.frames();
        Ok(Self {
            command: limits.rules_of("syncwatch.sync.v1.PlaybackService", "SendCommand")?,
            chat: limits.rules_of("syncwatch.room.v1.ChatService", "SendMessage")?,
            frames,
            abuse: Rate { burst: frames.burst.saturating_mul(10), ..frames },
            limits,
        })
    }
}

/// One of the gateway's places for sockets.
pub(crate) struct Slot(Arc<Realtime>);

impl Realtime {
    /// Takes a place, if there is one.
    fn slot(self: &Arc<Self>) -> Option<Slot> {
        let taken = self.sockets.fetch_add(1, Ordering::Relaxed);
        let slot = Slot(self.clone());
        metrics::gauge!("syncwatch_ws_connections").increment(1.0);
        (taken < self.max_sockets).then_some(slot)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.sockets.fetch_sub(1, Ordering::Relaxed);
        metrics::gauge!("syncwatch_ws_connections").decrement(1.0);
        self.0.ended.send_replace(());
    }
}

/// The routes of the WebSocket, and the background work behind them.
pub(crate) fn build(
    config: &Config,
    deps: &Deps,
    limits: Arc<Limits>,
    tasks: &mut Tasks,
) -> anyhow::Result<Router> {
    let most = limits.max_connections_per_user();
    let services = Services {
        room: deps.room.as_service(&deps.token),
        sync: deps.sync.as_service(&deps.token),
        media: deps.media.as_service(&deps.token),
        max_sessions_of_person: i32::try_from(most).unwrap_or(i32::MAX),
    };
    let clock = ClusterClock::new(deps.clock.clone());
    let id = GatewayId::new().to_string();
    let mut origins = config.cors_origins.clone();
    origins.extend(config.public_origin());
    let realtime = Arc::new(Realtime {
        hubs: Hubs::new(services.clone(), clock.clone()),
        id,
        services,
        verifier: deps.verifier.clone(),
        clock,
        limited: Arc::new(Limited::new(limits)?),
        people: People::new(most),
        max_frame_bytes: config.max_frame_bytes,
        max_sockets: config.max_sockets,
        origins,
        refused_origins: Rarely::default(),
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
    tasks.spawn("sockets", OnFailure::Restart, move |shutdown| drain(drained.clone(), shutdown));

    Ok(Router::new()
        .route("/ws/rooms/{room}", get(upgrade::by_path).post(upgrade::check))
        .route("/api/v1/syncplay/ws", get(upgrade::by_query))
        .with_state(realtime))
}

/// Keeps the process until its sockets have said goodbye.
async fn drain(realtime: Arc<Realtime>, shutdown: Shutdown) -> anyhow::Result<()> {
    let mut ended = realtime.ended.subscribe();
    shutdown.soft().await;
    realtime.stopping.send_replace(true);
    while realtime.sockets.load(Ordering::Relaxed) > 0 {
        ended.changed().await?;
    }
    Ok(())
}
