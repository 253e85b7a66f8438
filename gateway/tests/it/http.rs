//! The translation.

use axum::{Router, body::Body, routing::get};
use gateway::{DataPlane, Limits};
use http::{Method, Request, StatusCode};
use serde_json::json;

use super::{keys, world::World};

#[tokio::test]
async fn a_path_variable_and_the_query_become_the_request() {
    let world = World::new();
    let answer = world.get("/api/rooms/abcd2345").await;
    assert_eq!(
        (answer.status, answer.json()),
        (
            StatusCode::OK,
            json!({"room": {"id": "room_1", "code": "abcd2345", "name": "abcd2345", "maxParticipants": 50, "labels": []}})
        )
    );
    for query in ["pageSize=7&pageToken=a%20b", "page_size=7&page_token=a+b"] {
        assert_eq!(
            world.get(&format!("/api/rooms?{query}")).await.json(),
            json!({"rooms": [], "nextPageToken": "7/a b"})
        );
    }
    assert_eq!(
        world.get("/api/v1/syncplay/rooms/other").await.json()["room"]["name"],
        "other",
        "an additional binding"
    );
    assert_eq!(
        world.get("/api/rooms/a%2Fb").await.json()["room"]["name"],
        "a/b",
        "an escaped slash is part of the variable"
    );
}

#[tokio::test]
async fn the_body_becomes_the_request_and_64_bit_numbers_are_strings() {
    let world = World::new();
    let answer =
        world.post("/api/rooms", &json!({"name": "Kino 🎬", "visibility": "VISIBILITY_PUBLIC"})).await;
    assert_eq!(answer.json()["room"]["visibility"], "VISIBILITY_PUBLIC");
    assert_eq!(answer.json()["room"]["name"], "Kino 🎬");
    let answer = world.post("/api/media/check", &json!({"url": "https://example.org/x.mp4"})).await;
    assert_eq!(answer.json()["sizeBytes"], "5000000000");
    let answer = world.post("/api/rooms", &json!({})).await;
    assert_eq!(answer.status, StatusCode::OK, "all fields have defaults");
}

#[tokio::test]
async fn unknown_fields_and_values_are_rejected_by_name() {
    let world = World::new();
    let answer = world.get("/api/rooms?pageSise=7").await;
    assert_eq!((answer.status, answer.reason().as_str()), (StatusCode::BAD_REQUEST, "INVALID_FIELD"));
    assert!(answer.json()["error"]["message"].as_str().unwrap().contains("pageSise"));
    for (body, named) in [
        (json!({"nmae": "x"}), "nmae"),
        (json!({"name": 5}), "name"),
        (json!({"visibility": "VISIBILITY_HIDDEN"}), "visibility"),
    ] {
        let answer = world.post("/api/rooms", &body).await;
        assert_eq!(
            (answer.status, answer.reason().as_str()),
            (StatusCode::BAD_REQUEST, "MALFORMED_BODY"),
            "{body}"
        );
        assert!(answer.json()["error"]["message"].as_str().unwrap().contains(named), "{}", answer.json());
    }
    let answer = world
        .post(
            "/api/rooms/r/playback/commands",
            &json!({"command": {"id": "12345678", "seek": {"position": 1}}}),
        )
        .await;
    assert!(
        answer.json()["error"]["message"].as_str().unwrap().contains("command.seek.position"),
        "{}",
        answer.json()
    );
    assert_eq!(world.get("/api/rooms?pageSize=many").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(world.get("/api/rooms?pageSize=1&pageSize=2").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(world.post("/api/rooms?name=x", &json!({})).await.reason(), "INVALID_FIELD");
}

#[tokio::test]
async fn the_path_wins_over_the_body_and_a_contradiction_is_an_error() {
    let world = World::new();
    let path = "/api/rooms/room_1/playlist/item_7/move";
    let answer = world.post(path, &json!({"afterItemId": "item_3", "itemId": "item_7"})).await;
    assert_eq!(
        answer.json()["error"]["details"][0]["metadata"],
        json!({"item": "item_7", "after": "item_3"})
    );
    let answer = world.post(path, &json!({"item_id": "item_8"})).await;
    assert_eq!((answer.status, answer.reason().as_str()), (StatusCode::BAD_REQUEST, "INVALID_FIELD"));
}

#[tokio::test]
async fn an_error_has_its_status_reason_details_and_the_id_of_the_trace() {
    let world = World::new();
    let request = Request::get("/api/rooms/missing")
        .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    let answer = world.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let error = &answer.json()["error"];
    assert_eq!((&error["status"], &error["code"]), (&json!("NOT_FOUND"), &json!(404)));
    assert_eq!(error["requestId"], "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(answer.header("x-request-id"), "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(error["details"][0]["@type"], "type.googleapis.com/google.rpc.ErrorInfo");
    assert_eq!(error["details"][0]["reason"], "ROOM_NOT_FOUND");

    let answer = world.post("/api/rooms/r/playlist/i/move", &json!({})).await;
    assert_eq!(answer.header("retry-after"), "2", "1.5 s, rounded up");
    assert_eq!(answer.json()["error"]["details"][1]["retryDelay"], "1.5s");

    let answer = world.post("/api/rooms", &json!({"name": "x".repeat(81)})).await;
    let violations = &answer.json()["error"]["details"][1];
    assert_eq!(violations["@type"], "type.googleapis.com/google.rpc.BadRequest");
    assert_eq!(violations["fieldViolations"][0]["field"], "name");
}

#[tokio::test]
async fn internal_errors_reveal_nothing() {
    let world = World::new();
    let answer = world.get("/api/rooms/broken").await;
    assert_eq!(
        (answer.status, answer.reason().as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "DEPENDENCY_UNAVAILABLE")
    );
    assert!(!String::from_utf8_lossy(&answer.body).contains("10.1.2.3"));
    let answer = world.get("/api/rooms/panic").await;
    assert_eq!((answer.status, answer.reason().as_str()), (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL"));
}

#[tokio::test]
async fn paths_methods_bodies_and_their_types_are_checked() {
    let world = World::new();
    let answer = world.get("/api/nothing").await;
    assert_eq!((answer.status, answer.reason().as_str()), (StatusCode::NOT_FOUND, "NO_SUCH_ROUTE"));
    let answer = world.call(Method::PUT, "/api/rooms", &[], &json!({})).await;
    assert_eq!(
        (answer.status, answer.reason().as_str()),
        (StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED")
    );
    assert!(answer.header("allow").contains("POST"), "{:?}", answer.headers);
    let form = Request::post("/api/auth/login").header("content-type", "application/x-www-form-urlencoded");
    let answer = world.send(form.body(Body::from("username=a")).unwrap()).await;
    assert_eq!(
        (answer.status, answer.reason().as_str()),
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE")
    );
    let answer = world.post("/api/auth/login", &json!({"username": "x".repeat(70_000)})).await;
    assert_eq!((answer.status, answer.reason().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE"));
    let chunks = futures::stream::iter((0..70).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1000])));
    let stream = Request::post("/api/auth/login")
        .header("content-type", "application/json")
        .body(Body::from_stream(chunks))
        .unwrap();
    assert_eq!(world.send(stream).await.status, StatusCode::PAYLOAD_TOO_LARGE, "without a length too");
    let broken = Request::post("/api/auth/login")
        .header("content-type", "application/json")
        .body(Body::from("{\"username\":"))
        .unwrap();
    assert_eq!(world.send(broken).await.reason(), "MALFORMED_BODY");
    let list = Request::post("/api/auth/login")
        .header("content-type", "application/json")
        .body(Body::from("[]"))
        .unwrap();
    assert_eq!(world.send(list).await.reason(), "MALFORMED_BODY");
}

#[tokio::test]
async fn only_the_token_of_the_caller_is_passed_to_the_service() {
    let world = World::new();
    assert_eq!(world.get("/api/auth/me").await.status, StatusCode::UNAUTHORIZED);
    let with = |headers: Vec<(&str, String)>| {
        let request = headers
            .into_iter()
            .fold(Request::get("/api/auth/me"), |request, (name, value)| request.header(name, value));
        world.send(request.body(Body::empty()).unwrap())
    };
    let answer = with(vec![("authorization", format!("Bearer {}", keys::token("ann")))]).await;
    assert_eq!(answer.json()["identity"]["displayName"], "ann");
    assert_eq!(with(vec![("authorization", "Bearer nonsense".into())]).await.reason(), "TOKEN_INVALID");
    // The identity is `guest_x` in base64: a client that knew the secret even would not get past the gateway.
    let forged = vec![
        ("x-syncwatch-service", testkit::SERVICE_TOKEN.to_owned()),
        ("x-syncwatch-identity", "CgdndWVzdF94EAI".to_owned()),
    ];
    assert_eq!(with(forged).await.reason(), "UNAUTHENTICATED");
    let internal = world.post("/syncwatch.room.v1.MemberService/RedeemTicket", &json!({})).await;
    assert_eq!(internal.status, StatusCode::NOT_FOUND, "what has no HTTP rule is not reached over HTTP");
}

#[tokio::test]
async fn browsers_keep_the_refresh_token_in_a_cookie() {
    let world = World::configured(|config| config.public_url = "https://watch.example.org".into());
    let login = json!({"username": "ann", "password": "secret"});
    let plain = world.call(Method::POST, "/api/auth/login", &[], &login).await;
    assert_eq!(plain.json()["session"]["refreshToken"], "first");
    assert_eq!(plain.header("set-cookie"), "");

    let browser = ("x-syncwatch-tokens", "cookie");
    let answer = world.call(Method::POST, "/api/auth/login", &[browser], &login).await;
    assert_eq!(answer.json()["session"]["refreshToken"], json!(null));
    assert_eq!(answer.json()["session"]["accessToken"], "access");
    assert_eq!(
        answer.header("set-cookie"),
        "syncwatch_refresh=first; Path=/api/auth; Max-Age=604800; HttpOnly; SameSite=Strict; Secure"
    );

    let cookie = ("cookie", "other=1; syncwatch_refresh=first");
    let answer = world.call(Method::POST, "/api/auth/refresh", &[browser, cookie], &json!({})).await;
    assert!(answer.header("set-cookie").starts_with("syncwatch_refresh=second;"), "{:?}", answer.headers);
    let answer = world.call(Method::POST, "/api/auth/refresh", &[cookie], &json!({})).await;
    assert_eq!(answer.reason(), "REFRESH_INVALID", "a page that does not ask for cookies cannot use them");
    let answer = world.call(Method::POST, "/api/auth/logout", &[browser, cookie], &json!({})).await;
    assert!(answer.header("set-cookie").starts_with("syncwatch_refresh=; Path=/api/auth; Max-Age=0"));
}

#[tokio::test]
async fn media_comes_from_a_router_in_this_process_or_through_the_network() {
    let plane = || {
        Router::new().route(
            "/media/{kind}/{name}",
            get(|path: axum::extract::Path<(String, String)>, headers: http::HeaderMap| async move {
                let range = headers.get("range").map_or("", |range| range.to_str().unwrap()).to_owned();
                let hidden = headers.keys().any(|name| {
                    matches!(name.as_str(), "cookie" | "tracestate" | "baggage")
                        || name.as_str().starts_with("x-syncwatch")
                });
                (
                    [("connection", "x-private"), ("x-private", "1"), ("etag", "\"1\"")],
                    format!("{}/{} {range} {hidden}", path.0.0, path.0.1),
                )
            }),
        )
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(gateway::serve_http(listener, plane(), Limits::new(10), std::future::pending()));
    let ask = || {
        let request = Request::get("/media/film/a.mp4?sig=1")
            .header("range", "bytes=0-9")
            .header("cookie", "a=b")
            .header("x-syncwatch-service", "x")
            .header("tracestate", "x=".to_owned() + &"y".repeat(10_000))
            .header("baggage", "x=y");
        request.body(Body::empty()).unwrap()
    };
    let remote = World::with(|_| (), DataPlane::Remote { media: url, edge: None }).send(ask()).await;
    assert_eq!(String::from_utf8(remote.body).unwrap(), "film/a.mp4 bytes=0-9 false");
    assert_eq!((remote.headers.get("x-private"), remote.headers["etag"].to_str().unwrap()), (None, "\"1\""));
    let local = World::with(|_| (), DataPlane::Local(plane())).send(ask()).await;
    assert!(String::from_utf8(local.body).unwrap().starts_with("film/a.mp4 bytes=0-9"));

    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let answer = World::with(|_| (), DataPlane::Remote { media: format!("http://{gone}"), edge: None })
        .send(ask())
        .await;
    assert_eq!(
        (answer.status, answer.reason().as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "DEPENDENCY_UNAVAILABLE")
    );
}

#[tokio::test]
async fn films_of_any_size_go_to_media_svc_as_they_come() {
    use axum::routing::{any, post};
    let plane = |name: &'static str| {
        let count = move |body: Body| async move {
            let mut bytes = 0;
            let mut body = body.into_data_stream();
            while let Some(chunk) = futures::StreamExt::next(&mut body).await {
                bytes += chunk.unwrap().len();
            }
            ([("location", "/media/uploads/upload_1"), ("upload-offset", "7")], format!("{name} {bytes}"))
        };
        Router::new()
            .route("/media/uploads", post(count))
            .route("/media/uploads/{id}", any(count))
            .route("/api/videos/upload", post(count))
            .route("/media/film/{name}", get(count))
    };
    let serve = async |name: &'static str| {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(gateway::serve_http(listener, plane(name), Limits::new(10), std::future::pending()));
        url
    };
    let remote = DataPlane::Remote { media: serve("media").await, edge: Some(serve("edge").await) };
    for (data_plane, films) in [(DataPlane::Local(plane("media")), "media"), (remote, "edge")] {
        let world = World::with(|config| config.max_body_bytes = 1000, data_plane);
        for (method, path) in
            [("POST", "/media/uploads"), ("PATCH", "/media/uploads/upload_1"), ("POST", "/api/videos/upload")]
        {
            let chunks = (0..40).map(|_| Ok::<_, std::io::Error>(vec![1_u8; 100_000]));
            let body = Body::from_stream(futures::stream::iter(chunks));
            let request = Request::builder().method(method).uri(path).header("accept-encoding", "gzip");
            let answer = world.send(request.body(body).unwrap()).await;
            assert_eq!(String::from_utf8(answer.body.clone()).unwrap(), "media 4000000", "{method} {path}");
            assert_eq!(answer.header("upload-offset"), "7");
            assert_eq!(answer.header("location"), "/media/uploads/upload_1");
        }
        let film = world.send(Request::get("/media/film/a.mp4").body(Body::empty()).unwrap()).await;
        assert_eq!(String::from_utf8(film.body).unwrap(), format!("{films} 0"));
    }
}

#[tokio::test]
async fn calls_of_a_request_belong_to_its_trace_and_our_span() {
    let traces = |headers: http::HeaderMap| async move {
        let values: Vec<_> =
            headers.get_all("traceparent").iter().map(|value| value.to_str().unwrap()).collect();
        values.join(" ")
    };
    let plane = Router::new().route("/media/{kind}/{name}", get(traces));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(gateway::serve_http(listener, plane, Limits::new(10), std::future::pending()));
    let world = World::with(|_| (), DataPlane::Remote { media: url, edge: None });
    let send = async |traceparent: &str| {
        let request = Request::get("/media/film/a.mp4").header("traceparent", traceparent);
        let answer = world.send(request.body(Body::empty()).unwrap()).await;
        let id = answer.header("x-request-id").to_owned();
        (id, String::from_utf8(answer.body).unwrap())
    };
    // The client would rather not be recorded.
    let (id, told) = send("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00").await;
    assert_eq!(id, "0af7651916cd43dd8448eb211c80319c");
    assert!(told.starts_with("00-0af7651916cd43dd8448eb211c80319c-") && told.ends_with("-01"), "{told}");
    assert!(!told.contains("b7ad6b7169203331"), "{told}");

    for malformed in ["", "00-xyz", "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"] {
        let (id, told) = send(malformed).await;
        assert_ne!(id, "0af7651916cd43dd8448eb211c80319c");
        assert!(told.starts_with(&format!("00-{id}-")) && told.len() == 55, "{told}");
    }
}

// Case P7.
#[tokio::test]
async fn an_empty_list_is_written_as_an_empty_array() {
    let world = World::new();
    assert_eq!(world.get("/api/rooms").await.json()["rooms"], json!([]));
}

#[tokio::test]
async fn an_unknown_field_is_refused_with_the_nearest_known_name() {
    let world = World::new();
    let answer = world.post("/api/rooms", &json!({"visibilty": "VISIBILITY_PUBLIC"})).await;
    assert_eq!((answer.status, answer.reason().as_str()), (StatusCode::BAD_REQUEST, "MALFORMED_BODY"));
    let error = &answer.json()["error"];
    assert_eq!(error["message"], "visibilty: is no field of this call; did you mean visibility?");
    assert_eq!(error["details"][0]["metadata"]["field"], "visibilty");
}

#[tokio::test]
async fn a_small_reply_is_not_compressed() {
    let world = World::new();
    let request = Request::get("/api/rooms/abcd2345").header("accept-encoding", "br, gzip");
    let answer = world.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.header("content-encoding"), "");
    assert_eq!(answer.json()["room"]["code"], "abcd2345");
}

// Row 002-31.
#[tokio::test]
async fn the_api_documentation_is_served_unless_the_setting_says_otherwise() {
    assert_eq!(World::new().get("/api-docs/openapi.json").await.status, StatusCode::OK);
    let closed = World::configured(|config| config.api_docs = false);
    for path in ["/api-docs", "/api-docs/", "/api-docs/openapi.json"] {
        let answer = closed.get(path).await;
        let refusal = (answer.status, answer.reason());
        assert_eq!(refusal, (StatusCode::NOT_FOUND, "NO_SUCH_ROUTE".to_owned()), "{path}");
    }
}
