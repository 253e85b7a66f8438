//! A contract that has one more service and more resources than the product's, in protos that exist in this test alone:
//! the gateway calls and observes them without code of its own.

use std::{
    fmt::Write as _,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use gateway::Contract;
use prost_reflect::DescriptorPool;
use proto::{
    room::v1::{PlaylistChange, room_event::Kind as RoomEventKind},
    rules::{At, Checked, Violations},
};
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver, IncludeFileResolver};
use rpc::RpcChannel;
use serde_json::{Value, json};
use testkit::Fake;
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;

use super::{fakes::ROOM, world::World};

const REALTIME: &str = "syncwatch/realtime/v1/realtime.proto";
const POLL: &str = "syncwatch/poll/v1/poll.proto";
/// Resources besides the poll, which nothing ever changes.
const QUIET: std::ops::Range<i32> = 200..270;

const POLL_SOURCE: &str = r#"
    syntax = "proto3";
    package syncwatch.poll.v1;
    import "google/api/annotations.proto";
    import "syncwatch/common/v1/options.proto";

    // Polls of a room.
    service PollService {
      // Reads the poll of a room.
      rpc GetPoll(GetPollRequest) returns (GetPollResponse) {
        option (syncwatch.common.v1.access) = ACCESS_INTERNAL;
      }
      // Votes in the poll of a room.
      rpc Vote(VoteRequest) returns (VoteResponse) {
        option (google.api.http) = {post: "/api/rooms/{room}/poll/votes" body: "*"};
        option (syncwatch.common.v1.access) = ACCESS_GUEST;
      }
    }
    message Poll { string question = 1; int64 votes = 2; repeated string choices = 3; }
    message GetPollRequest { string room_id = 1; }
    message GetPollResponse { Poll poll = 4; }
    message VoteRequest { string room = 1; string choice = 2; }
    message VoteResponse { Poll poll = 1; }
"#;

const POLL_RESOURCE: &str = r#"
  // The poll of the room.
  RESOURCE_POLL = 100 [(syncwatch.common.v1.resource) = {
    snapshot: "syncwatch.poll.v1.PollService/GetPoll"
    snapshot_field: "poll"
    stale_after: "item_updated"
    permission: "PERMISSION_PLAY_CONTROL"
  }];
"#;

/// The product's protos, except the two that this test writes.
struct Sources(Vec<(&'static str, String)>);

impl FileResolver for Sources {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        match self.0.iter().find(|(path, _)| *path == name) {
            Some((path, source)) => File::from_source(path, source),
            None => Err(protox::Error::file_not_found(name)),
        }
    }
}

fn contract() -> Contract {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../proto");
    let realtime = std::fs::read_to_string(root.join(REALTIME)).unwrap();
    let mut values = POLL_RESOURCE.to_owned();
    for number in QUIET {
        writeln!(values, "  RESOURCE_{number} = {number} [(syncwatch.common.v1.resource) = {{}}];").unwrap();
    }
    let begin = "RESOURCE_UNSPECIFIED = 0;";
    assert!(realtime.contains(begin));
    let realtime = realtime.replacen(begin, &format!("{begin}{values}"), 1);
    let mut resolver = ChainFileResolver::new();
    resolver.add(Sources(vec![(REALTIME, realtime), (POLL, POLL_SOURCE.to_owned())]));
    resolver.add(IncludeFileResolver::new(root));
    resolver.add(GoogleFileResolver::new());
    let mut compiler = protox::Compiler::with_file_resolver(resolver);
    compiler.include_source_info(true).include_imports(true);
    let packages = [
        "auth/v1/auth",
        "media/v1/media",
        "room/v1/room",
        "room/v1/chat",
        "room/v1/moderation",
        "room/v1/event",
        "room/v1/permission",
        "room/v1/invite",
        "sync/v1/delivery",
        "sync/v1/reaction",
        "voice/v1/voice",
    ];
    compiler.open_files(packages.map(|name| format!("syncwatch/{name}.proto"))).unwrap();
    compiler.open_files([REALTIME, POLL]).unwrap();
    let pool = DescriptorPool::decode(compiler.encode_file_descriptor_set().as_slice()).unwrap();
    Contract::new(pool).unwrap()
}

#[derive(Clone, PartialEq, prost::Message)]
struct Poll {
    #[prost(string, tag = "1")]
    question: String,
    #[prost(int64, tag = "2")]
    votes: i64,
}

#[derive(Clone, PartialEq, prost::Message)]
struct GetPollRequest {
    #[prost(string, tag = "1")]
    room_id: String,
}

#[derive(Clone, PartialEq, prost::Message)]
struct GetPollResponse {
    #[prost(message, tag = "4")]
    poll: Option<Poll>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct VoteRequest {
    #[prost(string, tag = "1")]
    room: String,
    #[prost(string, tag = "2")]
    choice: String,
}

#[derive(Clone, PartialEq, prost::Message)]
struct VoteResponse {
    #[prost(message, tag = "1")]
    poll: Option<Poll>,
}

macro_rules! without_rules {
    ($($message:ident),*) => {$(
        impl Checked for $message {
            fn check_into(&self, _: At<'_>, _: &mut Violations) {}
        }
    )*};
}
without_rules!(GetPollRequest, GetPollResponse, VoteRequest, VoteResponse);

#[derive(Default)]
struct Polls {
    votes: AtomicI64,
    reads: AtomicI64,
}

impl Polls {
    fn poll(&self) -> Poll {
        Poll { question: "What next?".into(), votes: self.votes.load(Ordering::SeqCst) }
    }
}

/// The service, on a free port.
async fn serve(polls: &Arc<Polls>) -> RpcChannel {
    let (read, voted) = (polls.clone(), polls.clone());
    let fake = Fake::default()
        .on("syncwatch.poll.v1.PollService/GetPoll", move |_, request: GetPollRequest| {
            assert_eq!(request.room_id, ROOM);
            read.reads.fetch_add(1, Ordering::SeqCst);
            let poll = Some(read.poll());
            async { Ok(GetPollResponse { poll }) }
        })
        .on("syncwatch.poll.v1.PollService/Vote", move |_, request: VoteRequest| {
            assert_eq!((request.room.as_str(), request.choice.as_str()), (ROOM, "the short one"));
            voted.votes.fetch_add(1, Ordering::SeqCst);
            let poll = Some(voted.poll());
            async { Ok(VoteResponse { poll }) }
        });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let service = tower::util::MapRequest::new(fake, |request: axum::extract::Request| {
        request.map(tonic::body::Body::new)
    });
    let router = axum::Router::new().route_service("/syncwatch.poll.v1.PollService/{method}", service);
    let server = tonic::transport::Server::builder().add_routes(router.into());
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    RpcChannel::remote(&url).unwrap()
}

async fn world(polls: &Arc<Polls>) -> World {
    World::with_contract(contract(), ("syncwatch.poll.v1", serve(polls).await))
}

fn poll(votes: i64) -> Value {
    let mut poll = json!({"question": "What next?", "choices": []});
    if votes > 0 {
        poll["votes"] = votes.to_string().into();
    }
    poll
}

#[tokio::test]
async fn an_rpc_of_a_new_service_is_called_over_http_and_over_the_socket() {
    let polls = Arc::new(Polls::default());
    let world = world(&polls).await;
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    let body = json!({"room": ROOM, "choice": "the short one"});
    let answer = ann.call("1", "syncwatch.poll.v1.PollService/Vote", &body).await;
    assert_eq!(answer["ack"]["body"], json!({"poll": poll(1)}));
    let answer = world.post("/api/rooms/room_1/poll/votes", &json!({"choice": "the short one"})).await;
    assert_eq!(answer.json(), json!({"poll": poll(2)}));
    let wrong = ann.call("2", "syncwatch.poll.v1.PollService/Vote", &json!({"chioce": "x"})).await;
    assert!(wrong["rejected"]["message"].as_str().unwrap().contains("did you mean choice?"), "{wrong}");
    let internal = ann.call("3", "syncwatch.poll.v1.PollService/GetPoll", &json!({"roomId": ROOM})).await;
    assert_eq!(internal["rejected"]["reason"], "NO_SUCH_ROUTE");
    let document = gateway::openapi(&contract());
    assert!(document["paths"]["/api/rooms/{room}/poll/votes"]["post"].is_object());
    assert!(document["components"]["schemas"]["syncwatch.poll.v1.Poll"].is_object());
}

#[tokio::test]
async fn a_new_resource_is_observed_and_read_once_for_everyone() {
    let polls = Arc::new(Polls::default());
    let world = world(&polls).await;
    let address = world.serve().await;
    let update = |votes| json!({"resource": {"resource": "RESOURCE_POLL", "snapshot": poll(votes)}});
    let mut ann = world.enter(&address, "ann", &["RESOURCE_POLL"]).await;
    assert_eq!(ann.hear().await, update(0));
    let mut bob = world.enter(&address, "bob", &[]).await;
    assert!(bob.ask(json!({"id": "o", "observe": {"resource": "RESOURCE_POLL"}})).await["ack"].is_object());
    assert_eq!(bob.hear().await, update(0));
    assert_eq!(polls.reads.load(Ordering::SeqCst), 1, "the snapshot is kept while nothing changes it");
    polls.votes.store(5, Ordering::SeqCst);
    world.state.room_event("event_1", RoomEventKind::ItemUpdated(PlaylistChange::default()));
    for socket in [&mut ann, &mut bob] {
        assert_eq!(socket.hear().await, update(5));
    }
    assert_eq!(polls.reads.load(Ordering::SeqCst), 2, "read once for both");
    assert!(bob.ask(json!({"id": "u", "unobserve": {"resource": "RESOURCE_POLL"}})).await["ack"].is_object());
    world.state.room_event("event_2", RoomEventKind::ItemUpdated(PlaylistChange::default()));
    assert_eq!(ann.hear().await, update(5));
    world.state.play("later");
    assert_eq!(bob.hear().await["event"]["commandId"], "later");
    *world.state.permissions.lock().unwrap() = Vec::new();
    world.state.room_event("event_3", RoomEventKind::MemberLeft("guest_ann".into()));
    let ended = ann.until(|frame| frame["rejected"].is_object()).await;
    assert_eq!(ended["rejected"]["metadata"]["resource"], "RESOURCE_POLL", "{ended}");
}

#[tokio::test]
async fn a_connection_observes_64_resources_and_one_more_is_refused_by_name() {
    let polls = Arc::new(Polls::default());
    let world = world(&polls).await;
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    let mut observed = 2;
    let refused = loop {
        let number = QUIET.start + observed;
        let answer = ann.ask(json!({"id": "o", "observe": {"resource": format!("RESOURCE_{number}")}})).await;
        if answer["ack"].is_null() {
            break answer;
        }
        observed += 1;
    };
    assert_eq!(observed, 64, "with the playback and the access, which are always observed");
    assert_eq!(refused["rejected"]["reason"], "TOO_MANY_OBSERVATIONS", "{refused}");
    assert_eq!(refused["rejected"]["metadata"], json!({"max": "64"}));
    let freed = ann.ask(json!({"id": "u", "unobserve": {"resource": "RESOURCE_202"}})).await;
    assert!(freed["ack"].is_object(), "{freed}");
    let again = ann.ask(json!({"id": "o", "observe": {"resource": "RESOURCE_POLL"}})).await;
    assert!(again["ack"].is_object(), "{again}");
}
