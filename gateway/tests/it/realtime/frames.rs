//! Frames: their two formats, their bounds, and those with a fast lane of their own (ping, report).

use futures::{SinkExt as _, StreamExt as _};
use prost::Message as _;
use proto::realtime::v1::{ClientFrame, Hello, Ping, ServerFrame, client_frame, server_frame};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Message, protocol::frame::coding::CloseCode};

use crate::world::World;

#[tokio::test]
async fn a_ping_is_answered_with_the_cluster_clock() {
    let world = World::new();
    let address = world.serve().await;
    let mut socket = world.enter(&address, "ann", &[]).await;
    let pong = socket.ask(json!({"id": "p", "ping": {"clientSendUs": "77"}})).await["pong"].take();
    assert_eq!(pong, json!({"clientSendUs": "77", "serverReceiveUs": "1000000", "serverSendUs": "1000000"}));
}

#[tokio::test]
async fn the_protobuf_subprotocol_carries_the_same_frames() {
    let world = World::new();
    let address = world.serve().await;
    let mut socket = world.dial(&address, "ann", "syncwatch.v1.proto").await;
    let mut ask = async |kind: client_frame::Kind| {
        let frame = ClientFrame { id: "1".into(), kind: Some(kind) };
        socket.0.send(Message::binary(frame.encode_to_vec())).await.unwrap();
        match socket.next().await {
            Message::Binary(bytes) => ServerFrame::decode(bytes.as_ref()).unwrap(),
            other => panic!("{other:?}"),
        }
    };
    let welcome = ask(client_frame::Kind::Hello(Hello { protocol_version: 1, ..Default::default() })).await;
    assert!(matches!(welcome.kind, Some(server_frame::Kind::Welcome(_))), "{welcome:?}");
    let pong = ask(client_frame::Kind::Ping(Ping { client_send_us: 3 })).await;
    assert!(matches!(pong.kind, Some(server_frame::Kind::Pong(pong)) if pong.client_send_us == 3));
    socket.0.send(Message::text("{}")).await.unwrap();
    assert!(matches!(socket.next().await, Message::Binary(bytes) if matches!(
        ServerFrame::decode(bytes.as_ref()).unwrap().kind,
        Some(server_frame::Kind::Rejected(rejected)) if rejected.reason == "FRAME_MALFORMED"
    )));
}

#[tokio::test]
async fn malformed_frames_are_rejected_and_the_conversation_continues() {
    let world = World::new();
    let address = world.serve().await;
    let mut socket = world.enter(&address, "ann", &[]).await;
    for (text, id) in [
        ("{", ""),
        ("[]", ""),
        (r#"{"id":"a"}"#, "a"),
        (r#"{"id":"b","dance":{}}"#, "b"),
        (r#"{"id":"c","ping":{"clientSendUs":"x"}}"#, "c"),
    ] {
        socket.0.send(Message::text(text)).await.unwrap();
        let answer = socket.hear().await;
        assert_eq!(answer["id"].as_str().unwrap_or_default(), id, "{text}");
        let reason = answer["rejected"]["reason"].as_str().unwrap();
        assert!(
            reason == "FRAME_MALFORMED" || (reason == "INVALID_FIELD" && text.contains("\"a\"")),
            "{text} {answer}"
        );
    }
    socket.0.send(Message::binary(vec![1, 2])).await.unwrap();
    assert_eq!(socket.hear().await["rejected"]["reason"], "FRAME_MALFORMED");
    assert!(socket.ask(json!({"id": "p", "ping": {}})).await["pong"].is_object());
}

#[tokio::test]
async fn an_oversized_frame_is_rejected_and_closes_the_socket() {
    let world = World::new();
    let address = world.serve().await;
    for bytes in [70_000, 200_000] {
        let mut socket = world.enter(&address, "ann", &[]).await;
        // The server may stop reading before all of it is written.
        let _ = socket.0.send(Message::text("x".repeat(bytes))).await;
        assert_eq!(socket.hear().await["rejected"]["reason"], "FRAME_TOO_LARGE", "{bytes}");
        assert_eq!(socket.closed().await, CloseCode::Size);
    }
}

#[tokio::test]
async fn too_many_frames_are_rejected_and_abuse_closes_the_socket() {
    let world = World::limited(&json!({"frames": "1 per second, burst 3"}));
    let address = world.serve().await;
    let mut socket = world.enter(&address, "ann", &[]).await;
    let mut refusal = Value::Null;
    for n in 0..20 {
        let answer = socket.ask(json!({"id": format!("{n}"), "ping": {}})).await;
        assert!(n >= 3 || answer["pong"].is_object(), "{answer}");
        if answer["rejected"].is_object() {
            refusal = answer["rejected"].clone();
            break;
        }
    }
    assert_eq!(
        (&refusal["reason"], &refusal["metadata"]["limit"]),
        (&json!("RATE_LIMITED"), &json!("frames"))
    );
    let wait_ms: u64 = refusal["retryAfterMs"].as_str().unwrap().parse().unwrap();
    assert!((1..=1000).contains(&wait_ms), "{refusal}");
    // The server pings a client that is silent for five seconds, which is longer than the wait.
    while !matches!(socket.0.next().await.expect("the socket stays open"), Ok(Message::Ping(_))) {}
    assert!(socket.ask(json!({"id": "again", "ping": {}})).await["pong"].is_object());
    for n in 0..64 {
        let _ = socket.0.send(Message::text(json!({"id": format!("n{n}"), "ping": {}}).to_string())).await;
    }
    assert_eq!(socket.closed().await, CloseCode::Policy);
}

#[tokio::test]
async fn reports_are_coalesced_and_the_latest_is_forwarded() {
    let world = World::new();
    let address = world.serve().await;
    let mut socket = world.enter(&address, "ann", &[]).await;
    let said = ["PLAYER_STATE_LOADING"].into_iter().chain(std::iter::repeat_n("PLAYER_STATE_READY", 30));
    for (n, state) in said.enumerate() {
        let ack = socket.ask(json!({"id": format!("{n}"), "report": {"state": state, "bufferMs": n}})).await;
        assert!(ack["ack"].is_object(), "{ack}");
    }
    // The last of a burst is never lost: it comes when its second is over.
    while world.state.reports.lock().unwrap().last().is_none_or(|report| report.buffer_ms < 30.0) {
        tokio::task::yield_now().await;
    }
    let reports: Vec<_> = world.state.reports.lock().unwrap().iter().map(|report| report.state).collect();
    // Two at once and one for each second that has begun; a slow machine needs several.
    assert!((2..31).contains(&reports.len()), "{reports:?}");
    assert_eq!(reports[..2], [1, 2], "a change of state is handed on at once");
}
