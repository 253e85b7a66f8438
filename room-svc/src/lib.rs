#![doc = include_str!("../README.md")]

mod app;
mod config;
mod domain;
mod error;
mod grpc;
mod store;
mod tasks;

use std::sync::Arc;

use outbox::Outbox;
use proto::room::v1::{
    chat_service_server::ChatServiceServer, folder_service_server::FolderServiceServer,
    history_service_server::HistoryServiceServer, invite_service_server::InviteServiceServer,
    live_service_server::LiveServiceServer, member_service_server::MemberServiceServer,
    moderation_service_server::ModerationServiceServer, my_rooms_service_server::MyRoomsServiceServer,
    permission_service_server::PermissionServiceServer, playlist_service_server::PlaylistServiceServer,
    room_event_service_server::RoomEventServiceServer, room_log_service_server::RoomLogServiceServer,
    room_service_server::RoomServiceServer, saved_queue_service_server::SavedQueueServiceServer,
    track_service_server::TrackServiceServer, vote_service_server::VoteServiceServer,
};
use rpc::{Service, ServiceParts, ServiceProcess, ServiceToken, Verifier};
use runtime::{Clock, Process, Tasks};
use sqlx::PgPool;
use state::KeyValue;

pub use config::{CleanupConfig, Config, RoomsConfig, Sections};

const NAME: &str = "room-svc";

/// The schema `room`.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

/// What the service needs.
pub struct Deps {
    /// Connections under the service's own role, with its schema up to date.
    pub pool: PgPool,
    /// The settings about rooms and what is in them.
    pub sections: Sections,
    /// The store of tickets.
    pub keys: Arc<dyn KeyValue>,
    /// Dates changes and ends leases of events.
    pub clock: Clock,
    /// Verifies access tokens.
    pub verifier: Verifier,
    /// Authenticates services of the installation to each other.
    pub token: ServiceToken,
}

/// Wires the service; its background work runs in `tasks`.
pub fn build(config: &Config, deps: Deps, tasks: &mut Tasks) -> anyhow::Result<Service> {
    runtime::ensure_valid(config)?;
    let outbox = Outbox::new(&store::outbox::TABLE, deps.pool.clone(), deps.clock.clone(), tasks);
    let guard = app::Guard::new(deps.keys.clone(), deps.clock.clone(), &deps.sections);
    let app = app::App {
        guard,
        stretcher: passwords::Stretcher::default(),
        rooms: app::RoomReader::new(deps.pool.clone()),
        pool: deps.pool,
        keys: deps.keys,
        clock: deps.clock,
        outbox,
        sections: deps.sections,
        filters: app::FilterCache::default(),
        max_items: config.max_items,
    };
    let app = Arc::new(app);
    tasks::spawn(tasks, &app);
    let grpc = grpc::Grpc(app);
    ServiceParts::default()
        .add(RoomServiceServer::new(grpc.clone()))
        .add(LiveServiceServer::new(grpc.clone()))
        .add(MyRoomsServiceServer::new(grpc.clone()))
        .add(RoomLogServiceServer::new(grpc.clone()))
        .add(MemberServiceServer::new(grpc.clone()))
        .add(PermissionServiceServer::new(grpc.clone()))
        .add(InviteServiceServer::new(grpc.clone()))
        .add(PlaylistServiceServer::new(grpc.clone()))
        .add(FolderServiceServer::new(grpc.clone()))
        .add(VoteServiceServer::new(grpc.clone()))
        .add(HistoryServiceServer::new(grpc.clone()))
        .add(SavedQueueServiceServer::new(grpc.clone()))
        .add(TrackServiceServer::new(grpc.clone()))
        .add(ChatServiceServer::new(grpc.clone()))
        .add(ModerationServiceServer::new(grpc.clone()))
        .add(RoomEventServiceServer::new(grpc))
        .guard(deps.verifier, deps.token)
}

/// The service as a process of its own, until it is asked to stop.
pub async fn serve(process: Process) -> anyhow::Result<()> {
    let mut own = ServiceProcess::<Config>::start(process).await?;
    let deps = Deps {
        pool: pg::start(&own.process, NAME, &MIGRATIONS).await?,
        sections: Sections::load(&own.process.settings)?,
        keys: state::start(&own.process).await?.keys,
        clock: Clock::system(),
        verifier: own.links.verifier()?,
        token: own.links.token.clone(),
    };
    let service = build(&own.config, deps, &mut own.process.tasks)?;
    own.serve(service).await
}
