//! The use cases, one a file. Rooms live in a log.

mod access;
mod advance;
mod apply;
mod chat_lines;
mod checkpoints;
mod clock;
mod float;
mod owner;
mod playlist;
mod presence_reports;
mod quality;
mod room_event;
mod rooms;
mod send_command;
mod sessions;
mod skip;
mod subscribe;
mod sweep;
mod tell;
mod timers;
mod visits;
mod welcome;

use std::{sync::Arc, time::Duration};

use rpc::{RpcChannel, ServiceToken};
use runtime::Clock;
use sqlx::PgPool;
use state::State;
use tokio::sync::watch;

use self::{
    access::AccessCache, chat_lines::ChatLines, checkpoints::Checkpoints, owner::Absences,
    presence_reports::Reports, quality::Tallies, rooms::Rooms, timers::Timers, visits::Visits,
};
use crate::{config::Config, playback::Params};

pub(crate) use clock::{ClockFollower, STEP_EVERY};
pub(crate) use presence_reports::REPORT_EVERY;
pub(crate) use quality::record_rooms;
pub(crate) use room_event::RecentEvents;
pub(crate) use rooms::Known;

/// Shared by all use cases.
pub(crate) struct App {
    pub(crate) state: State,
    pub(crate) clock: Clock,
    pub(crate) checkpoints: Checkpoints,
    pub(crate) timers: Timers,
    pub(crate) absences: Absences,
    pub(crate) tallies: Tallies,
    pub(crate) chat_lines: ChatLines,
    pub(crate) reports: Reports,
    pub(crate) visits: Visits,
    /// True when the service stops: streams have no end of their own.
    pub(crate) stopping: watch::Sender<bool>,
    pool: PgPool,
    /// To room-svc, as a service.
    pub(crate) room: RpcChannel,
    access: Arc<AccessCache>,
    rooms: Rooms,
    params: Params,
    presence: PresenceTimes,
    log_length: usize,
}

/// How often clients say that they are there, and when they no longer are.
#[derive(Debug, Clone, Copy)]
struct PresenceTimes {
    heartbeat_interval: Duration,
    disconnect_timeout: Duration,
}

impl App {
    pub(crate) fn new(
        config: &Config,
        pool: PgPool,
        state: State,
        clock: Clock,
        room: &RpcChannel,
        token: &ServiceToken,
    ) -> Arc<Self> {
        let access = AccessCache::new(state.log.outlives_process());
        Arc::new(Self {
            state,
            clock,
            checkpoints: Checkpoints::new(pool.clone()),
            timers: Timers::default(),
            absences: Absences::default(),
            tallies: Tallies::new(config.max_latency_ms),
            chat_lines: ChatLines::default(),
            reports: Reports::default(),
            visits: Visits::default(),
            stopping: watch::Sender::new(false),
            pool,
            room: room.as_service(token),
            access: Arc::new(access),
            rooms: Rooms::default(),
            params: config.params(),
            presence: PresenceTimes {
                heartbeat_interval: Duration::from_secs(config.heartbeat_interval_seconds.into()),
                disconnect_timeout: Duration::from_secs(config.disconnect_timeout_seconds.into()),
            },
            log_length: config.log_length,
        })
    }
}
