//! How a socket opens: who gets one, and the first frames of its conversation.

use http::StatusCode;
use rpc::Reason;
use serde_json::json;
use tokio_tungstenite::tungstenite::{client::IntoClientRequest as _, protocol::frame::coding::CloseCode};

use crate::{
    fakes::{self, ROOM},
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
    let permissions = fakes::PERMISSIONS.map(|permission| permission.as_str_name());
    assert_eq!(welcome["permissions"], json!(permissions));
    assert_eq!(welcome["snapshot"]["state"]["seq"], "1");
    assert!(welcome["sessionId"].as_str().is_some_and(|id| id.starts_with("session_")), "{welcome}");
    let times = ["heartbeatIntervalMs", "pingIntervalMs", "pongTimeoutMs"].map(|name| welcome[name].as_i64());
    assert_eq!(times, [Some(7_000), Some(5_000), Some(12_000)], "the shorter timeout, which is sync-svc's");
    let again = socket.ask(json!({"id": "h2", "hello": {"protocolVersion": 1}})).await;
    assert_eq!(again["rejected"]["reason"], "HELLO_EXPECTED");
}

#[tokio::test]
async fn a_conversation_without_a_valid_hello_is_closed() {
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
async fn a_refused_upgrade_gets_an_http_error() {
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

    for (reason, status, text) in [
        (Reason::InCooldown, StatusCode::FORBIDDEN, "IN_COOLDOWN"),
        (Reason::RoomFull, StatusCode::CONFLICT, "ROOM_FULL"),
        (Reason::RoomClosed, StatusCode::CONFLICT, "ROOM_CLOSED"),
    ] {
        *world.state.refuses_tickets.lock().unwrap() = Some((reason, "room-svc says why"));
        let answer = world.refused(&address, "bob").await;
        assert_eq!((answer.status, answer.reason().as_str()), (status, text));
    }
    let plain = world.get(&format!("/ws/rooms/{ROOM}")).await;
    assert_eq!((plain.status, plain.reason().as_str()), (StatusCode::BAD_REQUEST, "PROTOCOL_UNSUPPORTED"));
}

// Case O2.
#[tokio::test]
async fn a_proxy_that_changes_the_host_gets_an_error_that_names_the_setting() {
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
async fn the_default_port_of_a_scheme_may_be_omitted() {
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
async fn a_gateway_has_a_socket_limit() {
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
