//! A room with its people and sessions, and instances of the service.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::{Stream, StreamExt as _};
use ids::{GuestId, RoomId};
use prost::Message as _;
use proto::{
    room::v1::{
        GetAccessRequest, GetAccessResponse, Member, Permission, Role, Room, RoomEvent, room_event::Kind,
    },
    sync::v1::{
        AnnounceRequest, AnnounceResponse, PresenceChange, Session, Snapshot, SubscribeRequest,
        SubscribeResponse, presence_change, subscribe_response::Delivery,
    },
    voice::v1::{voice_service_client::VoiceServiceClient, *},
};
use rpc::{Context, Identity, Reason, RpcChannel, Service, SubjectKind};
use runtime::{Clock, Health, Phase, Shutdown, Tasks};
use state::State;
use testkit::{Fake, TestKeys, service_token};
use tokio::{
    net::TcpListener,
    runtime::Runtime,
    sync::{broadcast, watch},
};
use tonic::Status;
use voice_peer::{Offer, Peer};
use voice_svc::{Config, Deps};

pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// State of the fakes' only room.
struct Known {
    members: BTreeMap<String, (Role, Vec<Permission>)>,
    sessions: Vec<Session>,
}

pub(crate) struct World {
    pub(crate) room: RoomId,
    pub(crate) clock: Clock,
    known: Arc<Mutex<Known>>,
    deliveries: broadcast::Sender<Delivery>,
    announced: watch::Sender<u32>,
    state: State,
}

/// One replica. Dropping it is as sudden as SIGKILL.
pub(crate) struct Instance {
    pub(crate) service: VoiceServiceClient<RpcChannel>,
    pub(crate) health: Health,
    pub(crate) room: String,
    _tasks: Option<Tasks>,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::on("").await
    }

    pub(crate) async fn on(redis_url: &str) -> Self {
        Self {
            room: RoomId::new(),
            clock: Clock::system(),
            known: Arc::new(Mutex::new(Known { members: BTreeMap::new(), sessions: Vec::new() })),
            deliveries: broadcast::Sender::new(64),
            announced: watch::Sender::new(0),
            state: state::connect(redis_url).await.unwrap(),
        }
    }

    pub(crate) fn config() -> Config {
        Config {
            grpc_listen: "127.0.0.1:0".parse().unwrap(),
            admin_listen: "127.0.0.1:0".parse().unwrap(),
            mesh_participants: 3,
            max_participants: 64,
            sfu_listen: String::new(),
            sfu_public_addresses: vec![],
            sfu_max_connections: 100,
            peer_url: String::new(),
            turn_servers: vec![],
            turn_secret: runtime::Secret::new("turn-secret"),
            turn_tls_port: 5349,
            credential_seconds: 3600,
            stun_servers: vec!["stun.example.net:19302".to_owned()],
        }
    }

    pub(crate) fn start(&self) -> Instance {
        self.start_with(&Self::config())
    }

    pub(crate) fn start_with(&self, config: &Config) -> Instance {
        let health = Health::new(Phase::Serving);
        let mut tasks = Tasks::new(Shutdown::default());
        let service = self.build(config, String::new(), &health, &mut tasks);
        let channel = service.local().as_service(&service_token());
        Instance {
            service: VoiceServiceClient::new(channel),
            health,
            room: self.room.to_string(),
            _tasks: Some(tasks),
        }
    }

    fn build(&self, config: &Config, address: String, health: &Health, tasks: &mut Tasks) -> Service {
        let deps = Deps {
            log: self.state.log.clone(),
            clock: self.clock.clone(),
            verifier: TestKeys::verifier(),
            token: service_token(),
            room: self.room_svc(),
            sync: self.sync_svc(),
            health: health.clone(),
            address,
        };
        voice_svc::build(config, deps, tasks).unwrap()
    }

    fn room_svc(&self) -> RpcChannel {
        let (known, room) = (self.known.clone(), self.room.to_string());
        let access = move |context: Context, _: GetAccessRequest| {
            let answer = context.identity().map_err(Status::from).and_then(|identity| {
                let known = known.lock().unwrap();
                let (role, permissions) = known
                    .members
                    .get(&identity.subject_id)
                    .ok_or_else(|| rpc::Error::new(Reason::NotAMember, "you are not in this room"))?;
                Ok(GetAccessResponse {
                    room: Some(Room { id: room.clone(), ..Room::default() }),
                    member: Some(Member {
                        subject_id: identity.subject_id.clone(),
                        role: (*role).into(),
                        ..Member::default()
                    }),
                    permissions: permissions.iter().map(|permission| (*permission).into()).collect(),
                })
            });
            async move { answer }
        };
        Fake::default()
            .on("syncwatch.room.v1.MemberService/GetAccess", access)
            .service(TestKeys::verifier())
            .unwrap()
            .local()
    }

    fn sync_svc(&self) -> RpcChannel {
        let (known, deliveries) = (self.known.clone(), self.deliveries.clone());
        let subscribe = move |_: SubscribeRequest| stream(&known, &deliveries);
        let (announced, told) = (self.announced.clone(), self.deliveries.clone());
        let announce = move |_: Context, request: AnnounceRequest| {
            let event = RoomEvent::decode(request.event.as_slice()).unwrap();
            let _ = told.send(Delivery::RoomEvent(event));
            announced.send_modify(|count| *count += 1);
            async { Ok(AnnounceResponse {}) }
        };
        Fake::default()
            .streaming("syncwatch.sync.v1.DeliveryService/Subscribe", subscribe)
            .on("syncwatch.sync.v1.DeliveryService/Announce", announce)
            .service(TestKeys::verifier())
            .unwrap()
            .local()
    }

    /// Someone who may talk, with a session of the name `session_<name>`.
    pub(crate) fn person(&self, name: &str) -> Context {
        let who = self.member(name, Role::Guest, &[Permission::UseVoice]);
        self.opens(&who, &format!("session_{name}"));
        who
    }

    pub(crate) fn member(&self, name: &str, role: Role, permissions: &[Permission]) -> Context {
        let identity = Identity {
            subject_id: GuestId::new().to_string(),
            kind: SubjectKind::Guest.into(),
            display_name: name.to_owned(),
            ..Identity::default()
        };
        let who = Context::on_behalf_of(identity);
        self.may(&who, role, permissions);
        who
    }

    /// Someone who may mute others.
    pub(crate) fn moderator(&self, name: &str) -> Context {
        self.member(name, Role::Moderator, &[Permission::UseVoice, Permission::Ban])
    }

    pub(crate) fn may(&self, who: &Context, role: Role, permissions: &[Permission]) {
        self.known.lock().unwrap().members.insert(id_of(who), (role, permissions.to_vec()));
    }

    pub(crate) fn opens(&self, who: &Context, session: &str) {
        let session = Session {
            id: session.to_owned(),
            gateway_id: "gateway_1".to_owned(),
            member: Some(Member { subject_id: id_of(who), ..Member::default() }),
            ..Session::default()
        };
        self.known.lock().unwrap().sessions.push(session.clone());
        self.tell_presence(presence_change::Kind::Upserted(session));
    }

    pub(crate) fn closes(&self, session: &str) {
        self.forgets(session);
        self.tell_presence(presence_change::Kind::RemovedSessionId(session.to_owned()));
    }

    /// A session ends while nobody listens.
    pub(crate) fn forgets(&self, session: &str) {
        self.known.lock().unwrap().sessions.retain(|known| known.id != session);
    }

    fn tell_presence(&self, kind: presence_change::Kind) {
        let _ = self.deliveries.send(Delivery::Presence(PresenceChange { kind: Some(kind) }));
    }

    /// An event of room-svc, as sync-svc passes it on.
    pub(crate) fn tells(&self, kind: Kind) {
        let event = RoomEvent { room_id: self.room.to_string(), kind: Some(kind), ..RoomEvent::default() };
        let _ = self.deliveries.send(Delivery::RoomEvent(event));
    }

    /// Waits until so many people are in voice. Each change of it is announced.
    pub(crate) async fn until(&self, instance: &Instance, count: usize) -> Vec<VoiceParticipant> {
        let mut announced = self.announced.subscribe();
        let waiting = async {
            loop {
                announced.mark_unchanged();
                let participants = instance.read().await;
                if participants.len() == count {
                    return participants;
                }
                announced.changed().await.unwrap();
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("the voice chat changes and says so")
    }
}

/// A replica on a runtime and a port of its own, as in a process of its own.
pub(crate) struct Replica {
    pub(crate) instance: Instance,
    runtime: Option<Runtime>,
}

impl Replica {
    pub(crate) async fn start(world: &World, config: &Config) -> Self {
        let runtime = Runtime::new().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap().into_std().unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let health = Health::new(Phase::Serving);
        let service = {
            let _inside = runtime.enter();
            let mut tasks = Tasks::new(Shutdown::default());
            let service = world.build(config, url.clone(), &health, &mut tasks);
            let listener = TcpListener::from_std(listener).unwrap();
            runtime.spawn(async move {
                let _tasks = tasks;
                Service::serve_all(&[service], listener, std::future::pending()).await
            });
            VoiceServiceClient::new(RpcChannel::remote(&url).unwrap().as_service(&service_token()))
        };
        let instance = Instance { service, health, room: world.room.to_string(), _tasks: None };
        Self { instance, runtime: Some(runtime) }
    }

    /// Ends as suddenly as with SIGKILL: nobody is told.
    pub(crate) fn kill(mut self) {
        self.stop();
    }

    fn stop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Settings with a media server on loopback.
pub(crate) fn with_sfu() -> Config {
    Config { sfu_listen: "127.0.0.1:0".to_owned(), ..World::config() }
}

/// A snapshot, then what happens from then on.
fn stream(
    known: &Mutex<Known>,
    deliveries: &broadcast::Sender<Delivery>,
) -> impl Stream<Item = Result<SubscribeResponse, Status>> + Send + use<> {
    let later = deliveries.subscribe();
    let sessions = known.lock().unwrap().sessions.clone();
    let first = Delivery::Snapshot(Snapshot { sessions, ..Snapshot::default() });
    let later = futures::stream::unfold(later, |mut later| async {
        later.recv().await.ok().map(|delivery| (delivery, later))
    });
    futures::stream::iter([first])
        .chain(later)
        .map(|delivery| Ok(SubscribeResponse { delivery: Some(delivery) }))
}

impl Instance {
    pub(crate) async fn join(&self, who: &Context, session: &str) -> Result<VoiceRoom, Status> {
        let request = JoinVoiceRequest {
            room: self.room.clone(),
            session_id: session.to_owned(),
            own: Some(VoiceSelf::default()),
        };
        let mut service = self.service.clone();
        Ok(service.join_voice(who.request(request)).await?.into_inner().voice.unwrap())
    }

    /// Opens a connection to the media server.
    pub(crate) async fn connect(&self, who: &Context, session: &str, number: u32) -> Result<Peer, Status> {
        let offer = Offer::new(number, 4).await.unwrap();
        let answer = self.ask_to_connect(who, session, &offer.sdp).await?;
        Ok(offer.connect(&answer.answer).unwrap())
    }

    pub(crate) async fn ask_to_connect(
        &self,
        who: &Context,
        session: &str,
        offer: &str,
    ) -> Result<ConnectVoiceResponse, Status> {
        let request = ConnectVoiceRequest {
            room: self.room.clone(),
            session_id: session.to_owned(),
            offer: offer.to_owned(),
        };
        Ok(self.service.clone().connect_voice(who.request(request)).await?.into_inner())
    }

    pub(crate) async fn voice(&self) -> VoiceRoom {
        let request = Context::background().request(ReadVoiceRequest { room_id: self.room.clone() });
        self.service.clone().read_voice(request).await.unwrap().into_inner().voice.unwrap()
    }

    pub(crate) async fn read(&self) -> Vec<VoiceParticipant> {
        let request = Context::background().request(ReadVoiceRequest { room_id: self.room.clone() });
        self.service.clone().read_voice(request).await.unwrap().into_inner().voice.unwrap().participants
    }

    pub(crate) async fn mute(&self, by: &Context, who: &Context, muted: bool) -> Result<VoiceRoom, Status> {
        let request = MuteInVoiceRequest { room: self.room.clone(), subject_id: id_of(who), muted };
        Ok(self.service.clone().mute_in_voice(by.request(request)).await?.into_inner().voice.unwrap())
    }
}

pub(crate) fn id_of(who: &Context) -> String {
    who.identity.as_ref().unwrap().subject_id.clone()
}

pub(crate) fn names(participants: &[VoiceParticipant]) -> Vec<&str> {
    participants.iter().map(|participant| participant.display_name.as_str()).collect()
}

pub(crate) fn reason(status: &Status) -> Reason {
    rpc::reason_of(status).unwrap()
}
