//! What protects people and the server: headers, CORS, how often.

use std::time::Duration;

use axum::body::Body;
use http::{Method, Request, StatusCode};

use super::world::World;

#[tokio::test]
async fn every_response_has_the_headers_that_protect() {
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
async fn only_the_allowed_sites_may_call() {
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
async fn who_calls_too_often_is_told_when_to_come_back() {
    let world = World::configured(|config| (config.requests_per_second, config.requests_burst) = (1, 2));
    assert_eq!(world.get("/api/rooms").await.status, StatusCode::OK);
    assert_eq!(world.get("/api/rooms").await.status, StatusCode::OK);
    let answer = world.get("/api/rooms").await;
    assert_eq!((answer.status, answer.reason().as_str()), (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED"));
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(world.get("/health/live").await.status, StatusCode::OK, "health is not an API call");
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(world.get("/api/rooms").await.status, StatusCode::OK);
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_can_read_it() {
    let world = World::new();
    let request =
        Request::get("/api-docs/openapi.json").header("accept-encoding", "br").body(Body::empty()).unwrap();
    assert_eq!(world.send(request).await.header("content-encoding"), "br");
    assert_eq!(world.get("/api-docs/openapi.json").await.header("content-encoding"), "");
}
