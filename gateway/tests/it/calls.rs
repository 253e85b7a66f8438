//! RPCs over the socket: the same translation, access, limits and errors as over HTTP.

use std::sync::atomic::Ordering;

use http::StatusCode;
use prost::Message as _;
use proto::{
    realtime::v1::{Call, ClientFrame, Hello, ServerFrame, client_frame, server_frame},
    room::v1::{GetRoomRequest, GetRoomResponse},
};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use super::{fakes::ROOM, keys, world::World};

const GET_ROOM: &str = "syncwatch.room.v1.RoomService/GetRoom";

#[tokio::test]
async fn a_call_is_answered_as_over_http() {
    let world = World::new();
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    let answer = ann.call("1", GET_ROOM, &json!({"room": "abcd2345"})).await;
    assert_eq!(answer["ack"]["body"], world.get("/api/rooms/abcd2345").await.json());
    let list = ann.call("2", "syncwatch.room.v1.RoomService/ListRooms", &json!({"pageSize": 7})).await;
    assert_eq!(list["ack"]["body"], world.get("/api/rooms?pageSize=7").await.json());
    let nothing =
        ann.ask(json!({"id": "3", "call": {"method": "syncwatch.auth.v1.AuthService/Logout"}})).await;
    assert_eq!(nothing["ack"], json!({"body": {}}), "no body is a request without fields");
    let me = ann.call("4", "syncwatch.auth.v1.AuthService/GetMe", &json!({})).await;
    assert_eq!(me["ack"]["body"]["identity"]["subjectId"], "guest_ann", "on behalf of the person");
}

#[tokio::test]
async fn a_refusal_has_the_reason_and_the_message_of_http() {
    let world = World::new();
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    let token = format!("Bearer {}", keys::token("ann"));
    for (method, body, path) in [
        ("RoomService/CreateRoom", json!({"nmae": "x"}), "/api/rooms"),
        ("RoomService/CreateRoom", json!({"name": 5}), "/api/rooms"),
        ("RoomService/CreateRoom", json!({"name": "x".repeat(81)}), "/api/rooms"),
        (
            "PlaylistService/MoveItem",
            json!({"room": ROOM, "itemId": "item_9"}),
            "/api/rooms/room_1/playlist/item_9/move",
        ),
    ] {
        let answer = ann.call("x", &format!("syncwatch.room.v1.{method}"), &body).await;
        let over_http = world.call(http::Method::POST, path, &[("authorization", &token)], &body).await;
        assert!(over_http.status.is_client_error(), "{method}");
        assert_eq!(answer["rejected"]["reason"], over_http.reason().as_str(), "{answer}");
        assert_eq!(answer["rejected"]["message"], over_http.json()["error"]["message"], "{answer}");
    }
    let missing = ann.call("y", GET_ROOM, &json!({"room": "missing"})).await;
    assert_eq!(missing["rejected"]["reason"], "ROOM_NOT_FOUND");
    let broken = ann.call("z", GET_ROOM, &json!({"room": "broken"})).await;
    assert_eq!(broken["rejected"]["reason"], "DEPENDENCY_UNAVAILABLE");
    assert!(!broken.to_string().contains("10.1.2.3"), "{broken}");
}

#[tokio::test]
async fn only_methods_of_the_http_api_can_be_called() {
    let world = World::new();
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    for method in [
        "syncwatch.room.v1.PlaylistService/GetPlaylist",
        "syncwatch.room.v1.MemberService/RedeemTicket",
        "syncwatch.sync.v1.DeliveryService/Subscribe",
        "syncwatch.room.v1.RoomService/Dance",
        "RoomService/GetRoom",
        "/syncwatch.room.v1.RoomService/GetRoom",
        "x",
    ] {
        let answer = ann.call("x", method, &json!({})).await;
        assert_eq!(answer["rejected"]["reason"], "NO_SUCH_ROUTE", "{method}");
    }
    assert_eq!(world.state.items_read.load(Ordering::SeqCst), 0);
    ann.say(&json!({"call": {"method": GET_ROOM, "body": {"room": "x"}}})).await;
    assert_eq!(ann.hear().await["rejected"]["reason"], "INVALID_FIELD", "a call without an id");
}

#[tokio::test]
async fn calls_over_the_socket_count_against_the_limit_of_the_person() {
    let world = World::limited(&json!({"calls": "3 per hour"}));
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    for n in 0..2 {
        assert!(ann.call(&format!("{n}"), GET_ROOM, &json!({"room": "x"})).await["ack"].is_object());
    }
    let refused = ann.call("2", GET_ROOM, &json!({"room": "x"})).await;
    assert_eq!(refused["rejected"]["metadata"], json!({"limit": "calls", "by": "person"}));
    let token = format!("Bearer {}", keys::token("ann"));
    let over_http =
        world.call(http::Method::GET, "/api/rooms/x", &[("authorization", &token)], &json!(null)).await;
    assert_eq!(over_http.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn messages_keep_their_order() {
    let world = World::limited(&json!({"chat": "unlimited", "room_chat": "unlimited"}));
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    for n in 0..20 {
        let body = json!({"room": ROOM, "text": format!("{n}"), "clientMessageId": format!("m{n}")});
        let call = json!({"method": "syncwatch.room.v1.ChatService/SendMessage", "body": body});
        ann.say(&json!({"id": format!("m{n}"), "call": call})).await;
    }
    for n in 0..20 {
        let answer = ann.hear().await;
        assert_eq!(answer["id"], format!("m{n}"));
        assert_eq!(answer["ack"]["body"]["message"]["text"], format!("{n}"));
    }
}

#[tokio::test]
async fn in_protobuf_frames_the_body_is_the_encoded_message() {
    let world = World::new();
    let address = world.serve().await;
    let mut socket = world.dial(&address, "ann", "syncwatch.v1.proto").await;
    let mut ask = async |kind: client_frame::Kind| {
        let frame = ClientFrame { id: "1".into(), kind: Some(kind) };
        futures::SinkExt::send(&mut socket.0, Message::binary(frame.encode_to_vec())).await.unwrap();
        match socket.next().await {
            Message::Binary(bytes) => ServerFrame::decode(bytes.as_ref()).unwrap().kind.unwrap(),
            other => panic!("{other:?}"),
        }
    };
    ask(client_frame::Kind::Hello(Hello { protocol_version: 1, ..Default::default() })).await;
    let body = GetRoomRequest { room: "abcd2345".into(), ..Default::default() }.encode_to_vec();
    let mut call = async |body| ask(client_frame::Kind::Call(Call { method: GET_ROOM.into(), body })).await;
    let server_frame::Kind::Ack(ack) = call(Some(body)).await else { panic!("no ack") };
    let reply = GetRoomResponse::decode(ack.body.unwrap().as_slice()).unwrap();
    assert_eq!(reply.room.unwrap().code, "abcd2345");
    let server_frame::Kind::Rejected(rejected) = call(Some(b"\xff".to_vec())).await else {
        panic!("no message")
    };
    assert_eq!(rejected.reason, "MALFORMED_BODY");
    let server_frame::Kind::Rejected(rejected) = call(None).await else { panic!("no room") };
    assert_eq!(rejected.reason, "INVALID_FIELD");
}

#[tokio::test]
async fn a_repeated_command_is_reported_as_a_duplicate() {
    let world = World::new();
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    let command = |id: &str| json!({"id": id, "command": {"id": "command-1", "play": {}}});
    let first = ann.ask(command("a")).await;
    assert_eq!((&first["ack"]["event"]["seq"], &first["ack"]["duplicate"]), (&json!("1"), &json!(null)));
    let again = ann.ask(command("b")).await;
    assert_eq!((&again["ack"]["event"]["seq"], &again["ack"]["duplicate"]), (&json!("1"), &json!(true)));
}

#[tokio::test]
async fn capabilities_of_a_client_reach_its_session() {
    let world = World::new();
    let address = world.serve().await;
    let hello =
        |capabilities| json!({"id": "h", "hello": {"protocolVersion": 1, "capabilities": capabilities}});
    let mut ann = world.dial(&address, "ann", "").await;
    assert!(ann.ask(hello(json!(["seek", "voice", "of-the-future"]))).await["welcome"].is_object());
    let joined = world.state.joined.lock().unwrap().last().unwrap().capabilities.clone();
    assert_eq!(joined, ["seek", "voice", "of-the-future"]);
    for wrong in [json!(vec!["x"; 33]), json!(["x".repeat(33)]), json!([""])] {
        let mut bob = world.dial(&address, "bob", "").await;
        assert_eq!(bob.ask(hello(wrong)).await["rejected"]["reason"], "INVALID_FIELD");
    }
}
