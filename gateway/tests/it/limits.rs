//! What protects people and the server: headers, CORS, how often.

use std::{sync::atomic::Ordering, time::Duration};

use axum::body::Body;
use http::{Method, Request, StatusCode};
use serde_json::json;
use tokio_tungstenite::tungstenite::{client::IntoClientRequest as _, protocol::frame::coding::CloseCode};

use super::{
    keys::token,
    world::{World, refused},
};

#[tokio::test]
async fn every_response_has_the_security_headers() {
    let world = World::new();
    for path in ["/api/rooms/x", "/api/rooms/missing", "/api/nothing", "/health/live", "/media/x", "/"] {
        let answer = world.get(path).await;
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(answer.header("content-security-policy").contains("object-src 'none'"), "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("x-request-id").len(), 32, "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "{path} is not https");
    }
    let secure = World::configured(|config| config.public_url = "https://watch.example.org".into());
    assert!(secure.get("/health/live").await.header("strict-transport-security").starts_with("max-age="));
}

#[tokio::test]
async fn only_allowed_origins_may_call() {
    let preflight = || {
        let request = Request::builder().method(Method::OPTIONS).uri("/api/rooms");
        request
            .header("origin", "https://friend.example")
            .header("access-control-request-method", "POST")
            .body(Body::empty())
            .unwrap()
    };
    let closed = World::new();
    assert_eq!(closed.send(preflight()).await.header("access-control-allow-origin"), "");
    let open = World::configured(|config| config.cors_origins = vec!["https://friend.example".into()]);
    let answer = open.send(preflight()).await;
    assert_eq!(
        (answer.status, answer.header("access-control-allow-origin")),
        (StatusCode::OK, "https://friend.example")
    );
    let stranger =
        Request::get("/api/rooms").header("origin", "https://stranger.example").body(Body::empty()).unwrap();
    assert_eq!(open.send(stranger).await.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn a_limited_caller_is_told_when_to_retry() {
    let world = World::limited(&json!({"calls_without_token": "2 per second, burst 2"}));
    assert_eq!(world.get("/api/rooms").await.status, StatusCode::OK);
    assert_eq!(world.get("/api/rooms").await.status, StatusCode::OK);
    // A slow machine gives tokens back between the calls, so a few more may pass.
    let answer = loop {
        let answer = world.get("/api/rooms").await;
        if answer.status != StatusCode::OK {
            break answer;
        }
    };
    assert_eq!((answer.status, answer.reason().as_str()), (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED"));
    assert_eq!(answer.header("retry-after"), "1");
    let metadata = &answer.json()["error"]["details"][0]["metadata"];
    assert_eq!(metadata, &json!({"limit": "calls_without_token", "by": "network"}));
    assert_eq!(world.get("/health/live").await.status, StatusCode::OK, "health is not an API call");
    assert_eq!(world.post("/api/rooms", &json!({})).await.status, StatusCode::OK, "a person has their own");
    until(async || world.get("/api/rooms").await.status == StatusCode::OK).await;
}

/// Waits until it is so; the runtime ends a test in which it never is.
async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let mut every = tokio::time::interval(Duration::from_millis(10));
    while !is_so().await {
        every.tick().await;
    }
}

/// Every limit of the contract, at each address that it stands before. (Case A7 will be a line here.)
#[tokio::test]
async fn each_limit_is_enforced_on_its_calls() {
    let bearer = format!("Bearer {}", token("ann"));
    for (limit, path) in [
        ("new_guests", "/api/auth/guest"),
        ("registrations", "/api/auth/register"),
        ("registrations", "/api/auth/opaque/registration/start"),
        ("sign_ins", "/api/auth/login"),
        ("sign_ins", "/api/auth/opaque/login/start"),
        ("refreshes", "/api/auth/refresh"),
        ("rooms", "/api/rooms"),
        ("rooms", "/api/v1/syncplay/rooms"),
        ("chat", "/api/rooms/room_1/chat"),
        ("room_chat", "/api/v1/syncplay/rooms/room_1/chat"),
        ("playback", "/api/rooms/room_1/playback/commands"),
        ("reactions", "/api/rooms/room_1/reactions"),
        ("reports", "/api/rooms/room_1/chat/msg_1/report"),
        ("filter_trials", "/api/rooms/room_1/chat/filters/try"),
        ("reactions", "PUT /api/rooms/room_1/chat/msg_1/reactions/x"),
        ("links", "/api/media/check"),
        ("links", "/api/rooms/room_1/playlist"),
        ("link_lists", "/api/rooms/room_1/playlist/batch"),
        ("calls", "/api/rooms/room_1/join"),
    ] {
        let world = World::limited(&json!({limit: "1 per hour"}));
        let call = async || match path.strip_prefix("PUT ") {
            Some(path) => world.call(Method::PUT, path, &[("authorization", &bearer)], &json!({})).await,
            None => world.post(path, &json!({})).await,
        };
        let first = call().await;
        assert_ne!(first.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
        let answer = call().await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
        let error = &answer.json()["error"];
        assert_eq!(
            (answer.reason().as_str(), &error["details"][0]["metadata"]["limit"]),
            ("RATE_LIMITED", &json!(limit))
        );
        let seconds: u64 = answer.header("retry-after").parse().unwrap();
        assert!((3000..=3600).contains(&seconds), "{path}: {seconds}");
        assert!(error["message"].as_str().unwrap().ends_with("; try again in 60 minutes"), "{path}: {error}");
    }
}

/// Case A5: what is refused here never gets to the expensive step.
#[tokio::test]
async fn sign_ins_from_four_networks_do_not_block_a_fifth() {
    let world = World::configured(|config| config.trusted_proxies = vec!["0.0.0.0/32".parse().unwrap()]);
    let sign_in = async |address: &str| {
        let body = json!({"username": "nobody", "password": "a guess at it"});
        world.call(Method::POST, "/api/auth/login", &[("x-forwarded-for", address)], &body).await
    };
    for network in 1..=4 {
        let mut admitted = 0;
        for host in 0..100 {
            let answer = sign_in(&format!("2001:db8:0:{network}::{host:x}")).await;
            admitted += usize::from(answer.status == StatusCode::OK);
        }
        assert!((30..=60).contains(&admitted), "{admitted} of 100 attempts of one network");
    }
    assert_eq!(sign_in("2001:db8:0:5::1").await.status, StatusCode::OK);
}

#[tokio::test]
async fn wrong_tickets_are_limited_by_network() {
    let world = World::limited(&json!({"wrong_tickets": "1 per hour"}));
    let address = world.serve().await;
    let guess = || format!("ws://{address}/ws/rooms/room_1?ticket=guess").into_client_request().unwrap();
    assert_eq!(refused(guess()).await.reason(), "TICKET_INVALID");
    let second = refused(guess()).await;
    assert_eq!((second.status, second.reason().as_str()), (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED"));
    let metadata = &second.json()["error"]["details"][0]["metadata"];
    assert_eq!(metadata, &json!({"limit": "wrong_tickets", "by": "network"}));
    world.finish().await;
}

/// The gateway calls as a service, whose word on people counts: nobody outside may speak through it.
#[tokio::test]
async fn an_identity_header_from_outside_is_ignored() {
    let world = World::new();
    let ada = testkit::user("Ada").request(());
    let claimed = ada.metadata().get("x-syncwatch-identity").unwrap().to_str().unwrap();
    let headers = [("x-syncwatch-identity", claimed), ("x-syncwatch-service", testkit::SERVICE_TOKEN)];
    let answer = world.call(Method::POST, "/api/rooms", &headers, &json!({})).await;
    assert_eq!((answer.status, answer.reason().as_str()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"));
}

#[tokio::test]
async fn services_get_the_client_address_from_the_gateway_only() {
    let world = World::new();
    let forged =
        [("authorization", format!("Bearer {}", token("ann"))), ("x-syncwatch-address", "6.6.6.6".into())];
    let forged = forged.each_ref().map(|(name, value)| (*name, value.as_str()));
    world.call(Method::POST, "/api/rooms", &forged, &json!({})).await;
    let address = world.serve().await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    ann.chat("1", "hi").await;
    assert_eq!(*world.state.addresses.lock().unwrap(), ["0.0.0.0", "127.0.0.1"]);
    world.finish().await;
}

/// Case A2: the sockets of one person share their allowance, and others are not affected.
#[tokio::test]
async fn chat_is_limited_for_a_person_over_all_their_sockets_and_calls() {
    let world = World::limited(&json!({"chat": "6 per hour"}));
    let address = world.serve().await;
    let mut mallory = Vec::new();
    for _ in 0..8 {
        mallory.push(world.enter(&address, "mallory", &[]).await);
    }
    let mut refusals = Vec::new();
    for round in 0..5 {
        for socket in &mut mallory {
            let answer = socket.chat(&format!("m{round}"), "x").await;
            refusals.extend(answer.get("rejected").cloned());
        }
    }
    assert_eq!((world.state.messages.load(Ordering::SeqCst), refusals.len()), (6, 34));
    let refusal = &refusals[0];
    assert_eq!((&refusal["reason"], &refusal["metadata"]["limit"]), (&json!("RATE_LIMITED"), &json!("chat")));
    let wait_ms: i64 = refusal["retryAfterMs"].as_str().unwrap().parse().unwrap();
    assert!((590_000..=600_000).contains(&wait_ms), "{refusal}");
    assert_eq!(refusal["message"], "you are sending messages too quickly; try again in 10 minutes");
    let call = [("authorization", format!("Bearer {}", token("mallory")))];
    let call = call.each_ref().map(|(name, value)| (*name, value.as_str()));
    let answer = world.call(Method::POST, "/api/rooms/room_1/chat", &call, &json!({"text": "x"})).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "over HTTP too");
    let mut ann = world.enter(&address, "ann", &[]).await;
    assert!(ann.chat("a", "hello").await["ack"].is_object());
    world.finish().await;
}

#[tokio::test]
async fn a_room_has_a_message_limit_for_all_senders() {
    let world = World::limited(&json!({"room_chat": "2 per hour"}));
    let address = world.serve().await;
    let mut answers = Vec::new();
    for name in ["ann", "ben", "cleo"] {
        let mut socket = world.enter(&address, name, &[]).await;
        answers.push(socket.chat(name, "x").await);
    }
    assert!(answers[0]["ack"].is_object() && answers[1]["ack"].is_object(), "{answers:?}");
    assert_eq!(answers[2]["rejected"]["metadata"], json!({"limit": "room_chat", "by": "room"}));
    world.finish().await;
}

/// Another member's command is acknowledged and delivered while the flood is refused.
#[tokio::test]
async fn a_flood_of_commands_is_rejected_with_the_state_and_others_are_unaffected() {
    let world = World::limited(&json!({"playback": "3 per hour"}));
    let address = world.serve().await;
    let mut mallory = world.enter(&address, "mallory", &[]).await;
    let mut ann = world.enter(&address, "ann", &[]).await;
    for n in 0..40 {
        mallory
            .say(&json!({"id": format!("m{n}"), "command": {"id": format!("mallory-{n}"), "play": {}}}))
            .await;
    }
    let acked = ann.ask(json!({"id": "a", "command": {"id": "command-ann", "play": {}}})).await;
    let event = &acked["ack"]["event"];
    assert_eq!(event["commandId"], "command-ann", "{acked}");
    let mut refused = Vec::new();
    let mut delivered = false;
    while refused.len() < 37 || !delivered {
        let frame = mallory.hear().await;
        delivered |= frame["event"]["commandId"] == "command-ann";
        refused.extend(frame.get("rejected").cloned());
    }
    for refusal in &refused {
        assert_eq!(
            (&refusal["reason"], &refusal["metadata"]["limit"]),
            (&json!("RATE_LIMITED"), &json!("playback"))
        );
        assert!(refusal["state"].is_object(), "{refusal}");
    }
    assert_eq!(world.state.log.lock().unwrap().len(), 4, "three of the flood, and Ann's");
    world.finish().await;
}

/// Case A12.
#[tokio::test]
async fn one_person_has_a_socket_limit_in_a_room() {
    let world = World::with_sockets(2);
    let address = world.serve().await;
    let mut held =
        vec![world.enter(&address, "mallory", &[]).await, world.enter(&address, "mallory", &[]).await];
    let mut third = world.dial(&address, "mallory", "").await;
    third.say(&json!({"id": "h", "hello": {"protocolVersion": 1}})).await;
    let refusal = third.hear().await["rejected"].clone();
    assert_eq!(
        (&refusal["reason"], &refusal["metadata"]["max"]),
        (&json!("TOO_MANY_CONNECTIONS"), &json!("2"))
    );
    assert!(refusal["message"].as_str().unwrap().contains("close one of the others"), "{refusal}");
    assert_eq!(third.closed().await, CloseCode::Policy);
    world.enter(&address, "ann", &[]).await;
    held.pop().unwrap().ask(json!({"id": "b", "bye": {}})).await;
    until(async || {
        let mut again = world.dial(&address, "mallory", "").await;
        again.say(&json!({"id": "h", "hello": {"protocolVersion": 1}})).await;
        again.hear().await["welcome"].is_object()
    })
    .await;
    world.finish().await;
}

/// Case A12: sockets that say nothing cost nobody anything either.
#[tokio::test]
async fn a_thousand_sockets_of_one_person_are_refused_before_they_open() {
    let world = World::with_sockets(2);
    let address = world.serve().await;
    let mut silent = Vec::new();
    for _ in 0..4 {
        silent.push(world.dial(&address, "mallory", "").await);
    }
    for _ in 0..20 {
        let answer = world.refused(&address, "mallory").await;
        assert_eq!(
            (answer.status, answer.reason().as_str()),
            (StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_CONNECTIONS")
        );
    }
    world.enter(&address, "ann", &[]).await;
    drop(silent);
    world.finish().await;
}

#[tokio::test]
async fn answers_are_compressed_for_clients_that_accept_it() {
    let world = World::new();
    let request =
        Request::get("/api-docs/openapi.json").header("accept-encoding", "br").body(Body::empty()).unwrap();
    assert_eq!(world.send(request).await.header("content-encoding"), "br");
    assert_eq!(world.get("/api-docs/openapi.json").await.header("content-encoding"), "");
}
