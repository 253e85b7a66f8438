//! The conversation of one socket, and of several.

use std::sync::atomic::Ordering;

use futures::{SinkExt as _, StreamExt as _};
use http::StatusCode;
use prost::Message as _;
use proto::{
    realtime::v1::{ClientFrame, Hello, Ping, ServerFrame, client_frame, server_frame},
    room::v1::{RoomDeleted, room_event::Kind as RoomEventKind},
    sync::v1::{PlayerStatus, SessionStatus, subscribe_response::Delivery},
};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{
    Message, client::IntoClientRequest as _, protocol::frame::coding::CloseCode,
};

use super::{
    fakes::ROOM,
    world::{World, refused},
};

#[tokio::test]
async fn a_conversation_begins_with_hello_and_welcome() {
    let world = World::new();
    world.state.play("before");
    let address = world.serve().await;
    let mut socket = world.dial(&address, "ann", "syncwatch.v1.json").await;
    socket.say(&json!({"id": "h1", "hello": {"protocolVersion": 1}})).await;
    let frame = socket.hear().await;
    let welcome = &frame["welcome"];
    assert_eq!((&frame["id"], &welcome["protocolVersion"]), (&json!("h1"), &json!(1)));
    assert_eq!((&welcome["room"]["id"], &welcome["member"]["displayName"]), (&json!(ROOM), &json!("ann")));
    let permissions = super::fakes::PERMISSIONS.map(|permission| permission.as_str_name());
    assert_eq!(welcome["permissions"], json!(permissions));
    assert_eq!(welcome["snapshot"]["state"]["seq"], "1");
    assert!(welcome["sessionId"].as_str().is_some_and(|id| id.starts_with("session_")), "{welcome}");
    let again = socket.ask(json!({"id": "h2", "hello": {"protocolVersion": 1}})).await;
    assert_eq!(again["rejected"]["reason"], "HELLO_EXPECTED");
}

#[tokio::test]
async fn a_conversation_that_begins_otherwise_ends() {
    let world = World::new();
    let address = world.serve().await;
    for (first, reason) in [
        (json!({"id": "1", "ping": {"clientSendUs": "5"}}), "HELLO_EXPECTED"),
        (json!({"id": "1", "hello": {"protocolVersion": 2}}), "PROTOCOL_UNSUPPORTED"),
        (json!({"id": "1", "hello": {"protocolVersion": 1, "observe": vec![1; 65]}}), "INVALID_FIELD"),
    ] {
        let mut socket = world.dial(&address, "ann", "").await;
        socket.say(&first).await;
        let answer = socket.hear().await;
        assert_eq!((&answer["id"], &answer["rejected"]["reason"]), (&json!("1"), &json!(reason)));
        assert_eq!(socket.closed().await, CloseCode::Policy);
    }
}

#[tokio::test]
async fn who_has_no_right_to_a_socket_gets_an_error_in_http() {
    let world = World::configured(|config| config.cors_origins = vec!["https://friend.example".into()]);
    let address = world.serve().await;
    let request =
        |query: &str| format!("ws://{address}/ws/rooms/{ROOM}{query}").into_client_request().unwrap();
    let answer = refused(request("")).await;
    assert_eq!((answer.status, answer.reason().as_str()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"));
    let answer = refused(request("?ticket=bad")).await;
    assert_eq!((answer.status, answer.reason().as_str()), (StatusCode::UNAUTHORIZED, "TICKET_INVALID"));

    let with_origin = |origin: &str| {
        let mut request = request("?ticket=good");
        request.headers_mut().insert("origin", origin.parse().unwrap());
        request
    };
    let answer = refused(with_origin("https://stranger.example")).await;
    assert_eq!((answer.status, answer.reason().as_str()), (StatusCode::FORBIDDEN, "ORIGIN_NOT_ALLOWED"));
    let mut other = with_origin("https://friend.example");
    other.headers_mut().insert("sec-websocket-protocol", "graphql-ws".parse().unwrap());
    assert_eq!(refused(other).await.reason(), "PROTOCOL_UNSUPPORTED");
    // None of these has used the ticket up; this one does.
    tokio_tungstenite::connect_async(with_origin("https://friend.example")).await.unwrap();
    assert_eq!(refused(request("?ticket=good")).await.reason(), "TICKET_INVALID");

    world.state.is_out.store(true, Ordering::SeqCst);
    let mut member = request("");
    member
        .headers_mut()
        .insert("authorization", format!("Bearer {}", super::keys::token("bob")).parse().unwrap());
    let answer = refused(member).await;
    assert_eq!((answer.status, answer.reason().as_str()), (StatusCode::FORBIDDEN, "NOT_A_MEMBER"));
    let plain = world.get(&format!("/ws/rooms/{ROOM}")).await;
    assert_eq!((plain.status, plain.reason().as_str()), (StatusCode::BAD_REQUEST, "PROTOCOL_UNSUPPORTED"));
}

// Case O2.
#[tokio::test]
async fn a_proxy_that_changes_the_host_is_named_with_the_setting_that_helps() {
    let page = "https://watch.example.org:8443";
    let connect = |address: &str, host: &str| {
        let mut request =
            format!("ws://{address}/ws/rooms/{ROOM}?ticket=good").into_client_request().unwrap();
        request.headers_mut().insert("origin", page.parse().unwrap());
        request.headers_mut().insert("host", host.parse().unwrap());
        request
    };
    let world = World::new();
    let address = world.serve().await;
    for host in ["watch.example.org", "127.0.0.1:8080"] {
        let answer = refused(connect(&address, host)).await;
        assert_eq!((answer.status, answer.reason().as_str()), (StatusCode::FORBIDDEN, "ORIGIN_NOT_ALLOWED"));
        // What a page can read.
        let path = format!("/ws/rooms/{ROOM}");
        let told =
            world.call(http::Method::POST, &path, &[("origin", page), ("host", host)], &json!({})).await;
        let error = &told.json()["error"];
        let message = error["message"].as_str().unwrap();
        for named in [page, host, "gateway.public_url"] {
            assert!(message.contains(named), "{message}");
        }
        let metadata = json!({"origin": page, "host": host, "setting": "gateway.public_url"});
        assert_eq!(error["details"][0]["metadata"], metadata);
        let same = [("origin", page), ("host", "watch.example.org:8443")];
        assert_eq!(
            world.call(http::Method::POST, &path, &same, &json!({})).await.status,
            StatusCode::NO_CONTENT
        );
    }
    let configured = World::configured(|config| config.public_url = format!("{page}/"));
    let address = configured.serve().await;
    tokio_tungstenite::connect_async(connect(&address, "watch.example.org")).await.unwrap();
}

#[tokio::test]
async fn the_port_that_a_scheme_has_by_default_may_be_left_out() {
    let world = World::new();
    let path = format!("/ws/rooms/{ROOM}");
    for (origin, host, status) in [
        ("https://watch.example.org", "watch.example.org:443", StatusCode::NO_CONTENT),
        ("http://watch.example.org", "watch.example.org:80", StatusCode::NO_CONTENT),
        ("http://watch.example.org", "WATCH.example.org", StatusCode::NO_CONTENT),
        ("https://watch.example.org", "watch.example.org:80", StatusCode::FORBIDDEN),
        ("https://watch.example.org", "watch.example.org.evil.example", StatusCode::FORBIDDEN),
        ("https://evil.example", "watch.example.org", StatusCode::FORBIDDEN),
        ("null", "null", StatusCode::FORBIDDEN),
    ] {
        let told =
            world.call(http::Method::POST, &path, &[("origin", origin), ("host", host)], &json!({})).await;
        assert_eq!(told.status, status, "{origin} {host}");
    }
}

#[tokio::test]
async fn the_alias_takes_the_room_from_the_query() {
    let world = World::new();
    let address = world.serve().await;
    let url =
        |query: &str| format!("ws://{address}/api/v1/syncplay/ws?{query}").into_client_request().unwrap();
    assert_eq!(refused(url("ticket=good")).await.reason(), "INVALID_FIELD");
    tokio_tungstenite::connect_async(url(&format!("room={ROOM}&ticket=good"))).await.unwrap();
}

#[tokio::test]
async fn a_gateway_takes_as_many_sockets_as_it_says() {
    let world = World::configured(|config| config.max_sockets = 1);
    let address = world.serve().await;
    let mut first = world.enter(&address, "ann", &[]).await;
    let request = || format!("ws://{address}/ws/rooms/{ROOM}?ticket=good").into_client_request().unwrap();
    let answer = refused(request()).await;
    assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "5"));
    first.ask(json!({"id": "b", "bye": {}})).await;
    first.closed().await;
    while tokio_tungstenite::connect_async(request()).await.is_err() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_ping_is_answered_with_the_cluster_clock() {
    let world = World::new();
    let address = world.serve().await;
    let mut socket = world.enter(&address, "ann", &[]).await;
    let pong = socket.ask(json!({"id": "p", "ping": {"clientSendUs": "77"}})).await["pong"].take();
    assert_eq!(pong, json!({"clientSendUs": "77", "serverReceiveUs": "1000000", "serverSendUs": "1000000"}));
}

#[tokio::test]
async fn a_command_is_acknowledged_to_its_sender_and_told_to_everyone_once() {
    let world = World::new();
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    let mut bob = world.enter(&address, "bob", &[]).await;
    let ack = ann.ask(json!({"id": "command-1", "command": {"id": "command-1", "play": {}}})).await;
    assert_eq!(ack["ack"]["event"]["seq"], "1");
    assert_eq!(bob.hear().await["event"]["commandId"], "command-1");
    let second = bob.ask(json!({"command": {"id": "command-2", "pause": {}}, "id": "command-2"})).await;
    assert_eq!(second["ack"]["event"]["seq"], "2");
    let heard = ann.until(|frame| frame["event"]["seq"] == "2").await;
    assert_eq!(heard["event"]["commandId"], "command-2");
    assert_eq!(world.state.subscribed.load(Ordering::SeqCst), 1, "one stream for the room");
}

#[tokio::test]
async fn a_refused_command_comes_with_the_reason_and_the_playback_as_it_is() {
    let world = World::new();
    world.state.play("one");
    let address = world.serve().await;
    let mut socket = world.enter(&address, "ann", &[]).await;
    let stale =
        socket.ask(json!({"id": "a", "command": {"id": "command-1", "expectedSeq": "9", "play": {}}})).await;
    let rejected = &stale["rejected"];
    assert_eq!(
        (&rejected["reason"], &rejected["metadata"]["seq"], &rejected["state"]["seq"]),
        (&json!("STALE_SEQUENCE"), &json!("1"), &json!("1"))
    );
    let bad = socket.ask(json!({"id": "b", "command": {"id": "command-2", "setRate": {"rate": 9}}})).await;
    assert_eq!(bad["rejected"]["reason"], "INVALID_FIELD");
    assert!(bad["rejected"]["message"].as_str().unwrap().contains("command.set_rate.rate"), "{bad}");
}

#[tokio::test]
async fn commands_of_one_socket_keep_their_order() {
    let world = World::new();
    let address = world.serve().await;
    let mut socket = world.enter(&address, "ann", &[]).await;
    for n in 0..20 {
        socket
            .say(
                &json!({"id": format!("command-{n}"), "command": {"id": format!("command-{n}"), "play": {}}}),
            )
            .await;
    }
    for n in 0..20 {
        let ack = socket.until(|frame| frame["ack"].is_object()).await;
        assert_eq!(ack["id"], format!("command-{n}"));
    }
    let log: Vec<_> = world.state.log.lock().unwrap().iter().map(|event| event.command_id.clone()).collect();
    assert_eq!(log, (0..20).map(|n| format!("command-{n}")).collect::<Vec<_>>());
}

fn command(n: usize) -> Value {
    json!({"id": format!("command-{n}"), "command": {"id": format!("command-{n}"), "play": {}}})
}

// Issue 8, build 6: the commands of one sender do not wait until those before them are stored.
#[tokio::test]
async fn commands_are_delivered_before_those_before_them_are_stored_and_acknowledged_in_order() {
    let world = World::new();
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    let mut bob = world.enter(&address, "bob", &[]).await;
    world.state.stores.send_replace(false);
    for n in 0..20 {
        ann.say(&command(n)).await;
    }
    for n in 0..20 {
        assert_eq!(bob.hear().await["event"]["commandId"], format!("command-{n}"));
        assert_eq!(ann.hear().await["event"]["commandId"], format!("command-{n}"), "no acknowledgement yet");
    }
    let mut stale = command(20);
    stale["command"]["expectedSeq"] = json!("99");
    ann.say(&stale).await;
    ann.say(&command(21)).await;
    assert_eq!(bob.hear().await["event"]["commandId"], "command-21", "a refused one does not stop the next");
    world.state.stores.send_replace(true);
    for n in 0..22 {
        let answer = ann.until(|frame| frame["id"].is_string()).await;
        assert_eq!((&answer["id"], answer["ack"].is_object()), (&json!(format!("command-{n}")), n != 20));
    }
    assert_eq!(world.state.command_streams.load(Ordering::SeqCst), 1, "one stream for all commands");
}

#[tokio::test]
async fn a_socket_has_32_commands_under_way_and_one_more_is_refused_by_name() {
    let world = World::limited(&json!({"playback": "unlimited"}));
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    world.state.stores.send_replace(false);
    for n in 0..=32 {
        ann.say(&command(n)).await;
    }
    let refused = ann.until(|frame| frame["rejected"].is_object()).await;
    assert_eq!(
        (&refused["id"], &refused["rejected"]["reason"]),
        (&json!("command-32"), &json!("RATE_LIMITED"))
    );
    world.state.stores.send_replace(true);
    for n in 0..32 {
        assert_eq!(ann.until(|frame| frame["ack"].is_object()).await["id"], format!("command-{n}"));
    }
    assert!(ann.ask(command(33)).await["ack"].is_object());
}

#[tokio::test]
async fn commands_of_a_stream_that_breaks_are_sent_again_in_order_and_act_once() {
    let world = World::new();
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    world.state.breaks.store(1, Ordering::SeqCst);
    for n in 0..3 {
        ann.say(&command(n)).await;
    }
    for n in 0..3 {
        assert_eq!(ann.until(|frame| frame["ack"].is_object()).await["id"], format!("command-{n}"));
    }
    let log: Vec<_> = world.state.log.lock().unwrap().iter().map(|event| event.command_id.clone()).collect();
    assert_eq!(log, ["command-0", "command-1", "command-2"]);
    // Twice in a row is no chance: the sender decides what to do.
    world.state.breaks.store(2, Ordering::SeqCst);
    let refused = ann.ask(command(3)).await;
    assert_eq!(refused["rejected"]["reason"], "DEPENDENCY_UNAVAILABLE", "{refused}");
    assert!(ann.ask(command(4)).await["ack"].is_object());
}

#[tokio::test]
async fn chat_reaches_those_who_observe_it() {
    let world = World::new();
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    let mut bob = world.enter(&address, "bob", &["RESOURCE_CHAT"]).await;
    let page = bob.hear().await;
    assert_eq!(page["resource"]["snapshot"]["messages"][0]["text"], "one of 50");
    let ack = ann.chat("m1", "hello").await;
    assert_eq!(ack["ack"]["body"]["message"]["clientMessageId"], "m1");
    let heard = bob.hear().await["resource"].take();
    assert_eq!(heard["resource"], "RESOURCE_CHAT");
    assert_eq!(
        (&heard["change"]["text"], &heard["change"]["authorId"]),
        (&json!("hello"), &json!("guest_ann"))
    );
    let typing = ann.ask(json!({"id": "t", "typing": {}})).await;
    assert!(typing["ack"].is_object(), "{typing}");
    assert_eq!(bob.hear().await["typing"], json!({"subjectId": "guest_ann", "displayName": "ann"}));
    ann.say(
        &json!({"call": {"method": "syncwatch.room.v1.ChatService/SendMessage", "body": {"text": "hello"}}}),
    )
    .await;
    let nameless = ann.hear().await;
    assert_eq!(nameless["rejected"]["reason"], "INVALID_FIELD");
}

#[tokio::test]
async fn how_players_are_doing_is_told_to_those_who_observe_it() {
    let world = World::new();
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &["RESOURCE_QUALITY"]).await;
    let mut bob = world.enter(&address, "bob", &[]).await;
    let all = ann.hear().await;
    let own = all["resource"]["change"]["sessions"][0]["sessionId"].as_str().unwrap().to_owned();
    let status = PlayerStatus { drift_ms: 12.5, ..PlayerStatus::default() };
    let said = SessionStatus { session_id: own.clone(), status: Some(status) };
    world.state.deliver(Delivery::Status(said.clone()));
    let told = ann.hear().await["resource"]["change"]["sessions"].take();
    assert_eq!(told, json!([{"sessionId": own, "status": {"driftMs": 12.5}}]));
    let ack = ann.ask(json!({"id": "u", "unobserve": {"resource": "RESOURCE_QUALITY"}})).await;
    assert!(ack["ack"].is_object(), "{ack}");
    world.state.deliver(Delivery::Status(said));
    world.state.play("later");
    for socket in [&mut ann, &mut bob] {
        assert_eq!(socket.hear().await["event"]["commandId"], "later");
    }
}

#[tokio::test]
async fn observations_start_with_the_present_and_end_when_asked() {
    let world = World::new();
    let address = world.serve().await;
    let mut socket = world.enter(&address, "ann", &["RESOURCE_MEMBERS", "RESOURCE_PLAYLIST"]).await;
    assert_eq!(socket.hear().await["resource"]["snapshot"]["sessions"][0]["member"]["displayName"], "ann");
    assert_eq!(socket.hear().await["resource"]["snapshot"]["version"], "1");
    let ack = socket.ask(json!({"id": "o", "observe": {"resource": "RESOURCE_SETTINGS"}})).await;
    assert!(ack["ack"].is_object(), "{ack}");
    assert_eq!(socket.hear().await["resource"]["snapshot"]["id"], ROOM);

    let change = |id: &str| {
        world.state.room_event(id, RoomEventKind::ItemAdded(proto::room::v1::PlaylistChange::default()));
    };
    change("event_1");
    change("event_1");
    assert_eq!(socket.hear().await["resource"]["snapshot"]["version"], "2", "read again by the hub");
    let ack = socket.ask(json!({"id": "u", "unobserve": {"resource": "RESOURCE_PLAYLIST"}})).await;
    assert!(ack["ack"].is_object(), "{ack}");
    change("event_2");
    world.state.play("later");
    assert!(
        socket.hear().await["event"].is_object(),
        "the same event twice is one, and the playlist is not told any more"
    );
    let bad = socket.ask(json!({"id": "x", "observe": {"resource": "RESOURCE_UNSPECIFIED"}})).await;
    assert_eq!(bad["rejected"]["reason"], "INVALID_FIELD");
}

#[tokio::test]
async fn the_protobuf_subprotocol_says_the_same() {
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
async fn frames_that_cannot_be_taken_are_named_and_do_not_end_the_conversation() {
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
async fn a_frame_that_is_too_large_is_refused_and_ends_the_conversation() {
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
async fn too_many_frames_are_refused_by_name_and_abuse_ends_the_conversation() {
    let world = World::limited(&json!({"frames": "1 per second, burst 3"}));
    let address = world.serve().await;
    let mut socket = world.enter(&address, "ann", &[]).await;
    let mut refusal = serde_json::Value::Null;
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
async fn reports_are_handed_on_the_latest_first() {
    let world = World::new();
    let address = world.serve().await;
    let mut socket = world.enter(&address, "ann", &[]).await;
    for (n, state) in
        ["PLAYER_STATE_LOADING", "PLAYER_STATE_READY", "PLAYER_STATE_READY", "PLAYER_STATE_READY"]
            .iter()
            .enumerate()
    {
        let ack = socket.ask(json!({"id": format!("{n}"), "report": {"state": state, "bufferMs": n}})).await;
        assert!(ack["ack"].is_object(), "{ack}");
    }
    // The last of a burst is never lost: it comes when its second is over.
    while world.state.reports.lock().unwrap().last().is_none_or(|report| report.buffer_ms < 3.0) {
        tokio::task::yield_now().await;
    }
    let reports: Vec<_> = world.state.reports.lock().unwrap().iter().map(|report| report.state).collect();
    assert!((2..=3).contains(&reports.len()), "{reports:?}");
    assert_eq!(reports[..2], [1, 2], "a change of state is handed on at once");
}

#[tokio::test]
async fn whoever_leaves_is_taken_out_of_the_room() {
    let world = World::new();
    let address = world.serve().await;
    let mut polite = world.enter(&address, "ann", &[]).await;
    assert!(polite.ask(json!({"id": "b", "bye": {}})).await["ack"].is_object());
    assert_eq!(polite.closed().await, CloseCode::Normal);
    drop(world.enter(&address, "bob", &[]).await);
    while world.state.left.lock().unwrap().len() < 2 {
        tokio::task::yield_now().await;
    }
    let joined: Vec<_> =
        world.state.joined.lock().unwrap().iter().map(|session| session.id.clone()).collect();
    assert_eq!(*world.state.left.lock().unwrap(), joined);
}

#[tokio::test]
async fn a_deleted_room_closes_its_sockets() {
    let world = World::new();
    let address = world.serve().await;
    let mut socket = world.enter(&address, "ann", &[]).await;
    world.state.room_event("event_9", RoomEventKind::RoomDeleted(RoomDeleted {}));
    assert_eq!(socket.hear().await["notice"]["closed"]["reason"], "ROOM_NOT_FOUND");
    assert_eq!(socket.closed().await, CloseCode::Normal);
}

#[tokio::test]
async fn whoever_is_no_member_any_more_is_sent_away_but_not_on_hearsay() {
    let world = World::new();
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    let mut bob = world.enter(&address, "bob", &[]).await;
    world.state.room_event("event_1", RoomEventKind::MemberLeft("guest_ann".into()));
    assert!(
        ann.ask(json!({"id": "p", "ping": {}})).await["pong"].is_object(),
        "an old event: she has joined again"
    );
    world.state.is_out.store(true, Ordering::SeqCst);
    world.state.room_event("event_2", RoomEventKind::MemberLeft("guest_ann".into()));
    assert_eq!(ann.hear().await["notice"]["closed"]["reason"], "NOT_A_MEMBER");
    assert!(bob.ask(json!({"id": "p", "ping": {}})).await["pong"].is_object());
}

#[tokio::test]
async fn a_server_that_stops_says_when_to_come_back() {
    let world = World::new();
    let address = world.serve().await;
    let mut socket = world.enter(&address, "ann", &[]).await;
    let listening = tokio::spawn(async move {
        let notice = socket.hear().await["notice"]["shutdown"]["reconnectAfterMs"]
            .as_str()
            .unwrap()
            .parse::<u64>()
            .unwrap();
        (notice, socket.closed().await)
    });
    let state = world.state.clone();
    world.finish().await;
    let (after_ms, code) = listening.await.unwrap();
    assert!((500..5000).contains(&after_ms));
    assert_eq!(code, CloseCode::Restart);
    assert_eq!(state.left.lock().unwrap().len(), 1, "the tasks end after the last socket has left");
}
