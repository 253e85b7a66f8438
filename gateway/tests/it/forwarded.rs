//! Calls through a trusted proxy: whatever the client writes into the headers, it stays one client.

use std::net::SocketAddr;

use axum::{body::Body, extract::ConnectInfo};
use gateway::Config;
use http::{Request, StatusCode};
use serde_json::json;

use super::world::World;

/// The limit of one client, so low that no token comes back while the test runs.
const LIMIT: usize = 20;
const CALLS: usize = 60;

fn trust_the_proxy(config: &mut Config) {
    config.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
}

/// How many of many calls through the proxy are answered. `lines` gives the lines of X-Forwarded-For of a call; the
/// client's part of it is another one each time.
async fn answered(lines: impl Fn(usize) -> Vec<String>) -> usize {
    let limits = json!({"calls_without_token": format!("{LIMIT} per hour")});
    let world = World::limited_with(&limits, trust_the_proxy);
    let mut answered = 0;
    for n in 0..CALLS {
        let mut request = Request::get("/api/rooms");
        for line in lines(n) {
            request = request.header("x-forwarded-for", line);
        }
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 40_000))));
        match world.send(request).await.status {
            StatusCode::OK => answered += 1,
            status => assert_eq!(status, StatusCode::TOO_MANY_REQUESTS),
        }
    }
    answered
}

fn invented(n: usize) -> String {
    format!("9.9.{}.{}", n / 250, n % 250 + 1)
}

// Cases A17 and O1.
#[tokio::test]
async fn a_forged_forwarded_header_does_not_raise_a_limit() {
    let clean = answered(|_| vec!["203.0.113.9".into()]).await;
    assert_eq!(clean, LIMIT);
    let port = answered(|n| vec![format!("{}, 203.0.113.9:51234", invented(n))]).await;
    assert_eq!(port, clean, "with a port");
    let unknown = answered(|n| vec![format!("{}, unknown", invented(n))]).await;
    assert_eq!(unknown, clean, "an entry that is no address");
    let lines = answered(|n| vec![invented(n), "203.0.113.10".into()]).await;
    assert_eq!(lines, clean, "two lines");
    let v6 = answered(|n| vec![format!("{}, [2001:db8::7]:443", invented(n))]).await;
    assert_eq!(v6, clean, "an IPv6 address in brackets");
    let others = answered(|n| vec![invented(n)]).await;
    assert_eq!(others, CALLS, "as many clients have a limit each");
}

// Case A17.
#[tokio::test]
async fn the_forwarded_scheme_counts_from_a_trusted_proxy_only() {
    let world = World::configured(trust_the_proxy);
    let secure = async |peer: [u8; 4], lines: &[&str]| {
        let mut request = Request::get("/health/live").header("x-forwarded-for", "203.0.113.9");
        for line in lines {
            request = request.header("x-forwarded-proto", *line);
        }
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((peer, 40_000))));
        !world.send(request).await.header("strict-transport-security").is_empty()
    };
    assert!(secure([10, 0, 0, 1], &["https"]).await);
    assert!(!secure([10, 0, 0, 1], &["https", "http"]).await, "the first line is the client's");
    assert!(!secure([198, 51, 100, 1], &["https"]).await);
}
