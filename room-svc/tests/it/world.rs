//! What the tests share: a database, instances of the service on it, and short ways to call them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use ids::AssetId;
use proto::room::v1::{
    AcknowledgeEventsRequest, AppendItemRequest, ChatChange, ChatMessage, CreateRoomRequest, DirectSource,
    GetAccessRequest, GetAccessResponse, GetRoomRequest, Item, JoinRoomRequest, JoinRoomResponse,
    LeaveRoomRequest, ListItemsRequest, ListItemsResponse, MediaFormat, Room, RoomEvent, SendMessageRequest,
    Source, StreamEventsRequest, StreamEventsResponse, chat_change, chat_service_client::ChatServiceClient,
    invite_service_client::InviteServiceClient, live_service_client::LiveServiceClient,
    member_service_client::MemberServiceClient, moderation_service_client::ModerationServiceClient,
    my_rooms_service_client::MyRoomsServiceClient, permission_service_client::PermissionServiceClient,
    playlist_service_client::PlaylistServiceClient, room_event::Kind,
    room_event_service_client::RoomEventServiceClient, room_log_service_client::RoomLogServiceClient,
    room_service_client::RoomServiceClient, source,
};
use room_svc::{Config, Deps, MIGRATIONS, Sections};
use rpc::{Context, Identity, Reason, RpcChannel};
use runtime::{Clock, Settings, Shutdown, Tasks};
use state::KeyValue;
use testkit::{Postgres, TestKeys};
use tonic::{Request, Status, Streaming};

pub(crate) type Outcome<T> = Result<T, Status>;

/// Items that a playlist of the tests takes.
pub(crate) const MAX_ITEMS: usize = 5;

/// A database, and what instances of the service share besides.
pub(crate) struct World {
    pub(crate) postgres: Postgres,
    pub(crate) clock: Clock,
    keys: Arc<dyn KeyValue>,
}

impl World {
    pub(crate) async fn start() -> Self {
        let clock = Clock::manual(1_800_000_000_000_000);
        let keys = Arc::new(ClockedKeys { clock: clock.clone(), values: Mutex::default() });
        Self { postgres: Postgres::start().await.unwrap(), clock, keys }
    }

    /// A new instance, called directly.
    pub(crate) async fn instance(&self) -> Instance {
        self.instance_with(serde_json::json!({})).await
    }

    /// As [`World::instance`], with settings of its own.
    pub(crate) async fn instance_with(&self, settings: serde_json::Value) -> Instance {
        let shutdown = Shutdown::default();
        let mut tasks = Tasks::new(shutdown.clone());
        let deps = Deps {
            pool: self.postgres.pool("room-svc", &MIGRATIONS).await.unwrap(),
            sections: Sections::load(&Settings::load(&[], settings).unwrap()).unwrap(),
            keys: self.keys.clone(),
            clock: self.clock.clone(),
            verifier: TestKeys::verifier(),
            token: testkit::service_token(),
        };
        let any = "127.0.0.1:0".parse().unwrap();
        let config = Config { grpc_listen: any, admin_listen: any, max_items: MAX_ITEMS };
        let service = room_svc::build(&config, deps, &mut tasks).unwrap();
        Instance { channel: service.local().as_service(&testkit::service_token()), shutdown, tasks }
    }
}

/// One instance of the service. It stops when it is dropped.
pub(crate) struct Instance {
    channel: RpcChannel,
    pub(crate) shutdown: Shutdown,
    pub(crate) tasks: Tasks,
}

impl Instance {
    pub(crate) fn channel(&self) -> RpcChannel {
        self.channel.clone()
    }

    pub(crate) fn rooms(&self) -> RoomServiceClient<RpcChannel> {
        RoomServiceClient::new(self.channel.clone())
    }

    pub(crate) fn live(&self) -> LiveServiceClient<RpcChannel> {
        LiveServiceClient::new(self.channel.clone())
    }

    pub(crate) fn my_rooms(&self) -> MyRoomsServiceClient<RpcChannel> {
        MyRoomsServiceClient::new(self.channel.clone())
    }

    pub(crate) fn log(&self) -> RoomLogServiceClient<RpcChannel> {
        RoomLogServiceClient::new(self.channel.clone())
    }

    pub(crate) fn members(&self) -> MemberServiceClient<RpcChannel> {
        MemberServiceClient::new(self.channel.clone())
    }

    pub(crate) fn invites(&self) -> InviteServiceClient<RpcChannel> {
        InviteServiceClient::new(self.channel.clone())
    }

    pub(crate) fn permissions(&self) -> PermissionServiceClient<RpcChannel> {
        PermissionServiceClient::new(self.channel.clone())
    }

    pub(crate) fn playlist(&self) -> PlaylistServiceClient<RpcChannel> {
        PlaylistServiceClient::new(self.channel.clone())
    }

    pub(crate) fn chat(&self) -> ChatServiceClient<RpcChannel> {
        ChatServiceClient::new(self.channel.clone())
    }

    pub(crate) fn moderation(&self) -> ModerationServiceClient<RpcChannel> {
        ModerationServiceClient::new(self.channel.clone())
    }

    pub(crate) fn events(&self) -> RoomEventServiceClient<RpcChannel> {
        RoomEventServiceClient::new(self.channel.clone())
    }

    pub(crate) async fn try_create(&self, who: &Person, request: CreateRoomRequest) -> Outcome<Room> {
        Ok(self.rooms().create_room(who.request(request)).await?.into_inner().room.unwrap())
    }

    pub(crate) async fn create(&self, who: &Person) -> Room {
        self.try_create(who, CreateRoomRequest::default()).await.unwrap()
    }

    pub(crate) async fn get(&self, room: &str) -> Outcome<Room> {
        let request = nobody().request(GetRoomRequest { room: room.into(), ..Default::default() });
        Ok(self.rooms().get_room(request).await?.into_inner().room.unwrap())
    }

    pub(crate) async fn member_count(&self, room: &str) -> i32 {
        let request = nobody().request(GetRoomRequest { room: room.into(), ..Default::default() });
        self.rooms().get_room(request).await.unwrap().into_inner().member_count
    }

    pub(crate) async fn join(&self, who: &Person, room: &str) -> Outcome<JoinRoomResponse> {
        Ok(self
            .members()
            .join_room(who.request(JoinRoomRequest { room: room.into(), ..Default::default() }))
            .await?
            .into_inner())
    }

    pub(crate) async fn leave(&self, who: &Person, room: &str) -> Outcome<()> {
        self.members().leave_room(who.request(LeaveRoomRequest { room: room.into() })).await.map(|_| ())
    }

    pub(crate) async fn access(&self, who: &Person, room: &str) -> Outcome<GetAccessResponse> {
        Ok(self.members().get_access(who.request(GetAccessRequest { room: room.into() })).await?.into_inner())
    }

    pub(crate) async fn append(
        &self,
        who: &Person,
        room: &str,
        title: &str,
        request_id: &str,
    ) -> Outcome<Item> {
        let direct = DirectSource { url: format!("https://example.org/{title}.mp4") };
        let source = Source {
            format: MediaFormat::Progressive.into(),
            kind: Some(source::Kind::Direct(direct)),
            ..Source::default()
        };
        let request = AppendItemRequest {
            room: room.into(),
            title: title.into(),
            source: Some(source),
            request_id: request_id.into(),
            asset_id: asset_of(title),
            ..AppendItemRequest::default()
        };
        Ok(self.playlist().append_item(who.request(request)).await?.into_inner().item.unwrap())
    }

    pub(crate) async fn items(&self, who: &Person, room: &str) -> ListItemsResponse {
        self.playlist()
            .list_items(who.request(ListItemsRequest { room: room.into() }))
            .await
            .unwrap()
            .into_inner()
    }

    pub(crate) async fn say(&self, who: &Person, room: &str, text: &str, id: &str) -> Outcome<ChatMessage> {
        let request = SendMessageRequest {
            room: room.into(),
            text: text.into(),
            client_message_id: id.into(),
            ..Default::default()
        };
        Ok(self.chat().send_message(who.request(request)).await?.into_inner().message.unwrap())
    }

    /// A reader of events.
    pub(crate) async fn read(&self, reader_id: &str) -> Reader {
        let request =
            nobody().request(StreamEventsRequest { reader_id: reader_id.into(), group: String::new() });
        Reader(self.events().stream_events(request).await.unwrap().into_inner())
    }

    pub(crate) async fn acknowledge(&self, events: &[RoomEvent]) {
        let event_ids = events.iter().map(|event| event.id.clone()).collect();
        let request = nobody().request(AcknowledgeEventsRequest { event_ids, group: String::new() });
        self.events().acknowledge_events(request).await.unwrap();
    }
}

/// The asset that items of this title play.
pub(crate) fn asset_of(title: &str) -> String {
    let bytes: Vec<u8> = title.bytes().chain(std::iter::repeat(0)).take(16).collect();
    AssetId::from(uuid::Uuid::from_slice(&bytes).unwrap()).to_string()
}

/// The message of an event that announces one.
pub(crate) fn sent(event: &RoomEvent) -> Option<&ChatMessage> {
    match event.kind.as_ref()? {
        Kind::ChatChanged(ChatChange { kind: Some(chat_change::Kind::Sent(message)), .. }) => Some(message),
        _ => None,
    }
}

/// Whether an event is a line of the room itself in its chat. Most tests count the others.
fn is_line(event: &RoomEvent) -> bool {
    match &event.kind {
        Some(Kind::ChatChanged(ChatChange {
            kind: Some(chat_change::Kind::Sent(message) | chat_change::Kind::Updated(message)),
            ..
        })) => message.system.is_some(),
        _ => false,
    }
}

/// A stream of events.
pub(crate) struct Reader(Streaming<StreamEventsResponse>);

impl Reader {
    /// The next event that is no line of the room itself in its chat; none when the stream has ended.
    pub(crate) async fn next(&mut self) -> Option<RoomEvent> {
        loop {
            let event = self.next_of_all().await?;
            if !is_line(&event) {
                return Some(event);
            }
        }
    }

    /// The next event; none when the stream has ended.
    pub(crate) async fn next_of_all(&mut self) -> Option<RoomEvent> {
        Some(self.0.message().await.unwrap()?.event.unwrap())
    }

    pub(crate) async fn take(&mut self, count: usize) -> Vec<RoomEvent> {
        let mut events = Vec::new();
        while events.len() < count {
            events.push(self.next().await.expect("the stream goes on"));
        }
        events
    }
}

/// The reason of a refusal.
pub(crate) fn refusal<T: std::fmt::Debug>(outcome: Outcome<T>) -> Reason {
    let status = outcome.unwrap_err();
    rpc::reason_of(&status).unwrap_or_else(|| panic!("no reason in {status:?}"))
}

/// The fields that a refusal names.
pub(crate) fn fields_at_fault<T: std::fmt::Debug>(outcome: Outcome<T>) -> Vec<String> {
    use tonic_types::StatusExt as _;
    let status = outcome.unwrap_err();
    assert_eq!(rpc::reason_of(&status), Some(Reason::InvalidField), "{status:?}");
    let violations = status.get_details_bad_request().unwrap().field_violations;
    violations.into_iter().map(|violation| violation.field).collect()
}

/// Someone who calls, or nobody.
#[derive(Clone)]
pub(crate) struct Person(Option<Identity>);

impl Person {
    /// A request of theirs. Each has a deadline of its own, however long the test takes.
    pub(crate) fn request<T>(&self, message: T) -> Request<T> {
        self.context().request(message)
    }

    /// The context of a call of theirs.
    pub(crate) fn context(&self) -> Context {
        match &self.0 {
            Some(identity) => Context::on_behalf_of(identity.clone()),
            None => Context::background(),
        }
    }

    pub(crate) fn identity(&self) -> &Identity {
        self.0.as_ref().unwrap()
    }

    pub(crate) fn id(&self) -> String {
        self.identity().subject_id.clone()
    }

    pub(crate) fn renamed(&self, name: &str) -> Self {
        Self(Some(Identity { display_name: name.into(), ..self.identity().clone() }))
    }

    /// With a token for one room.
    pub(crate) fn bound_to(&self, room: &Room) -> Self {
        Self(Some(Identity { room_id: room.id.clone(), ..self.identity().clone() }))
    }
}

pub(crate) fn user(name: &str) -> Person {
    Person(testkit::user(name).identity)
}

pub(crate) fn guest(name: &str) -> Person {
    Person(testkit::guest(name).identity)
}

pub(crate) fn nobody() -> Person {
    Person(None)
}

/// Keys whose time is the tests' clock.
struct ClockedKeys {
    clock: Clock,
    values: Mutex<HashMap<String, (i64, Bytes)>>,
}

#[async_trait]
impl KeyValue for ClockedKeys {
    async fn put(&self, key: &str, value: Bytes, ttl: Duration) -> state::Result<()> {
        let until = self.clock.now_us() + i64::try_from(ttl.as_micros()).unwrap();
        self.values.lock().unwrap().insert(key.to_owned(), (until, value));
        Ok(())
    }

    async fn get(&self, key: &str) -> state::Result<Option<Bytes>> {
        let now = self.clock.now_us();
        Ok(self
            .values
            .lock()
            .unwrap()
            .get(key)
            .filter(|(until, _)| now < *until)
            .map(|(_, value)| value.clone()))
    }

    async fn count(&self, key: &str, ttl: Duration) -> state::Result<u64> {
        let (now, mut values) = (self.clock.now_us(), self.values.lock().unwrap());
        let held = values.get(key).filter(|(until, _)| now < *until);
        let count = held.map_or(0, |(_, value)| u64::from_be_bytes(value[..].try_into().unwrap())) + 1;
        let until = held.map_or(now + i64::try_from(ttl.as_micros()).unwrap(), |(until, _)| *until);
        values.insert(key.to_owned(), (until, Bytes::copy_from_slice(&count.to_be_bytes())));
        Ok(count)
    }

    async fn take(&self, key: &str) -> state::Result<Option<Bytes>> {
        let now = self.clock.now_us();
        Ok(self.values.lock().unwrap().remove(key).filter(|(until, _)| now < *until).map(|(_, value)| value))
    }
}

/// A time in microseconds.
pub(crate) fn us(us: u64) -> Duration {
    Duration::from_micros(us)
}
