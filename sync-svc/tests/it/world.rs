//! An installation in small: servers, a room, and instances of the service.

use std::time::Duration;

use futures::{StreamExt as _, channel::mpsc::UnboundedSender};
use ids::{RoomId, SessionId};
use prost::Message as _;
use proto::{
    room::v1::Member,
    sync::v1::{
        delivery_service_client::DeliveryServiceClient, playback_service_client::PlaybackServiceClient,
        presence_service_client::PresenceServiceClient, reaction_service_client::ReactionServiceClient,
        subscribe_response::Delivery, *,
    },
};
use rpc::{Context, RpcChannel};
use runtime::{Clock, Shutdown, Tasks};
use state::State;
use sync_svc::{Config, Deps, MIGRATIONS};
use testkit::{Postgres, Redis, TestKeys, service_token};
use tokio::sync::mpsc;
use tonic::{Status, Streaming};

use crate::room_svc::Rooms;

pub(crate) struct World {
    pub(crate) room: RoomId,
    pub(crate) rooms: Rooms,
    pub(crate) postgres: Postgres,
    pub(crate) redis: Option<Redis>,
    pub(crate) hold_limit_ms: u32,
    pub(crate) owner_away_ms: u32,
    pub(crate) log_length: usize,
    pub(crate) clock: Clock,
}

/// One replica. Dropping it is as sudden as SIGKILL: nothing of it runs on.
pub(crate) struct Instance {
    channel: RpcChannel,
    pub(crate) state: State,
    pub(crate) room: String,
    _tasks: Tasks,
}

impl World {
    pub(crate) async fn in_memory() -> Self {
        let room = RoomId::new();
        let postgres = Postgres::start().await.unwrap();
        Self {
            room,
            rooms: Rooms::new(room),
            postgres,
            redis: None,
            hold_limit_ms: 60_000,
            owner_away_ms: 60_000,
            log_length: 100,
            clock: Clock::system(),
        }
    }

    pub(crate) async fn on_redis() -> Self {
        Self { redis: Some(Redis::start().await.unwrap()), ..Self::in_memory().await }
    }

    pub(crate) async fn start(&self) -> Instance {
        let state = state::connect(&self.redis.as_ref().map(Redis::url).unwrap_or_default()).await.unwrap();
        self.start_with(state).await
    }

    /// Whether several replicas can serve one room, as in an installation with Redis.
    pub(crate) fn shares_its_log(&self) -> bool {
        self.redis.is_some()
    }

    /// Another replica, on the same log.
    pub(crate) async fn start_beside(&self, instance: &Instance) -> Instance {
        if self.redis.is_some() { self.start().await } else { self.start_with(instance.state.clone()).await }
    }

    /// The same world with a clock that stands until it is moved. On Redis it follows Redis, by a twentieth of the
    /// time that passes.
    pub(crate) fn held_still(self) -> Self {
        Self { clock: Clock::manual(self.clock.now_us()), ..self }
    }

    async fn start_with(&self, state: State) -> Instance {
        let pool = self.postgres.pool("sync-svc", &MIGRATIONS).await.unwrap();
        let config = Config {
            grpc_listen: "127.0.0.1:0".parse().unwrap(),
            admin_listen: "127.0.0.1:0".parse().unwrap(),
            hold_limit_ms: self.hold_limit_ms,
            owner_away_ms: self.owner_away_ms,
            heartbeat_interval_seconds: 4,
            disconnect_timeout_seconds: 15,
            max_latency_ms: 500,
            log_length: self.log_length,
        };
        let deps = Deps {
            pool,
            state: state.clone(),
            clock: self.clock.clone(),
            verifier: TestKeys::verifier(),
            token: service_token(),
            room: self.rooms.service().local(),
        };
        let mut tasks = Tasks::new(Shutdown::default());
        let service = sync_svc::build(&config, deps, &mut tasks).unwrap();
        let channel = service.local().as_service(&service_token());
        Instance { channel, state, room: self.room.to_string(), _tasks: tasks }
    }

    /// An instance whose room has an item on.
    pub(crate) async fn start_with_item(&self) -> Instance {
        let instance = self.start().await;
        self.rooms.adds_item("item_1");
        self.rooms.acknowledged("added-item_1").await;
        instance
    }
}

impl Instance {
    pub(crate) fn playback_service(&self) -> PlaybackServiceClient<RpcChannel> {
        PlaybackServiceClient::new(self.channel.clone())
    }

    pub(crate) fn presence(&self) -> PresenceServiceClient<RpcChannel> {
        PresenceServiceClient::new(self.channel.clone())
    }

    pub(crate) fn reactions(&self) -> ReactionServiceClient<RpcChannel> {
        ReactionServiceClient::new(self.channel.clone())
    }

    pub(crate) fn delivery(&self) -> DeliveryServiceClient<RpcChannel> {
        DeliveryServiceClient::new(self.channel.clone())
    }

    /// Joins without saying for whom, so that nothing is learned of the room besides.
    pub(crate) async fn join(&self, session: &str, gateway: &str) -> Snapshot {
        self.join_as(&Context::background(), session, gateway).await
    }

    pub(crate) async fn join_as(&self, who: &Context, session: &str, gateway: &str) -> Snapshot {
        self.try_join(who, session, gateway, 0).await.unwrap()
    }

    /// Joins where one person may have `most` sessions; 0: any number.
    pub(crate) async fn try_join(
        &self,
        who: &Context,
        session: &str,
        gateway: &str,
        most: i32,
    ) -> Result<Snapshot, Status> {
        let subject_id = who
            .identity
            .as_ref()
            .map_or_else(|| format!("user_{session}"), |identity| identity.subject_id.clone());
        let member = Some(Member { subject_id, ..Member::default() });
        let session =
            Session { id: session.into(), gateway_id: gateway.into(), member, ..Session::default() };
        let request = JoinSessionRequest {
            room_id: self.room.clone(),
            session: Some(session),
            max_sessions_of_person: most,
            ..JoinSessionRequest::default()
        };
        Ok(self.presence().join_session(who.request(request)).await?.into_inner().snapshot.unwrap())
    }

    pub(crate) async fn leave(&self, session: &str) {
        let (room_id, session_id) = (self.room.clone(), session.into());
        let message = LeaveSessionRequest { room_id, session_id, silent_ms: 0 };
        self.presence().leave_session(Context::background().request(message)).await.unwrap();
    }

    pub(crate) async fn report(&self, session: &str, state: PlayerState) -> Result<(), Status> {
        let status =
            PlayerStatus { state: state.into(), item_id: "item_1".into(), ..PlayerStatus::default() };
        self.says(session, status).await
    }

    pub(crate) async fn says(&self, session: &str, status: PlayerStatus) -> Result<(), Status> {
        let message = ReportPlayerRequest {
            room_id: self.room.clone(),
            session_id: session.into(),
            status: Some(status),
        };
        self.presence().report_player(Context::background().request(message)).await.map(|_| ())
    }

    /// The room's record as the log has it.
    pub(crate) async fn record(&self) -> RoomRecord {
        let record = self.state.log.load(&self.room).await.unwrap().unwrap();
        RoomRecord::decode(record.state).unwrap()
    }

    pub(crate) async fn send(&self, who: &Context, command: Command) -> Result<SendCommandResponse, Status> {
        let message = SendCommandRequest { room: self.room.clone(), command: Some(command) };
        Ok(self.playback_service().send_command(who.request(message)).await?.into_inner())
    }

    /// A stream of commands: where to put them, and for each in turn the id of the command that was carried out, or
    /// `refused`.
    pub(crate) async fn send_all(&self, who: &Context) -> (UnboundedSender<Command>, mpsc::Receiver<String>) {
        let (commands, requests) = futures::channel::mpsc::unbounded();
        let (answered, answers) = mpsc::channel(64);
        let room_id = self.room.clone();
        let requests = requests.map(move |command| SendCommandsRequest {
            room_id: room_id.clone(),
            command: Some(command),
            access_changed_us: 0,
        });
        let replies = self.playback_service().send_commands(who.request(requests)).await.unwrap();
        let mut replies = replies.into_inner();
        tokio::spawn(async move {
            while let Some(reply) = replies.message().await.unwrap() {
                let id = match reply.result.unwrap() {
                    send_commands_response::Result::Done(done) => done.event.unwrap().command_id,
                    send_commands_response::Result::Refusal(_) => "refused".to_owned(),
                };
                answered.send(id).await.unwrap();
            }
        });
        (commands, answers)
    }

    /// Does something that must work.
    pub(crate) async fn act(&self, who: &Context, action: command::Action) -> PlaybackEvent {
        self.send(who, command(action)).await.unwrap().event.unwrap()
    }

    pub(crate) async fn playback(&self, who: &Context) -> PlaybackState {
        let request = who.request(GetPlaybackRequest { room: self.room.clone() });
        self.playback_service().get_playback(request).await.unwrap().into_inner().state.unwrap()
    }

    pub(crate) async fn subscribe(&self, after_seq: i64) -> Subscription {
        let request =
            Context::background().request(SubscribeRequest { room_id: self.room.clone(), after_seq });
        Subscription(self.delivery().subscribe(request).await.unwrap().into_inner())
    }
}

pub(crate) struct Subscription(Streaming<SubscribeResponse>);

impl Subscription {
    /// The next delivery; a stream that stays silent fails instead of hanging.
    pub(crate) async fn next(&mut self) -> Delivery {
        let next = tokio::time::timeout(Duration::from_mins(1), self.0.message()).await.expect("a delivery");
        next.unwrap().expect("no end").delivery.unwrap()
    }

    /// The next playback event, passing over what happens to people.
    pub(crate) async fn event(&mut self) -> PlaybackEvent {
        loop {
            match self.next().await {
                Delivery::Event(event) => return event,
                Delivery::Presence(_) | Delivery::RoomEvent(_) | Delivery::Status(_) | Delivery::Aside(_) => {
                }
                Delivery::Snapshot(snapshot) => panic!("a snapshot instead of an event: {snapshot:?}"),
            }
        }
    }

    pub(crate) async fn snapshot(&mut self) -> Snapshot {
        match self.next().await {
            Delivery::Snapshot(snapshot) => snapshot,
            other => panic!("not a snapshot: {other:?}"),
        }
    }
}

/// A command with an id of its own.
pub(crate) fn command(action: command::Action) -> Command {
    Command { id: SessionId::new().to_string(), action: Some(action), ..Command::default() }
}

pub(crate) fn play() -> command::Action {
    command::Action::Play(Play {})
}

pub(crate) fn pause() -> command::Action {
    command::Action::Pause(Pause {})
}

pub(crate) fn seek(position_us: i64) -> command::Action {
    command::Action::Seek(Seek { position_us })
}
