//! Answers that are ready before the body of their request was read. The connection goes on, or says that it ends.
// Case A11.

use axum::{Router, body::Body, routing::get};
use bytes::Bytes;
use futures::StreamExt as _;
use gateway::{Config, DataPlane};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::world::World;

/// Calls that are answered early, each for another reason, and their status.
const EARLY: [(&str, &str, u16); 6] = [
    ("POST", "/api/nothing", 404),
    ("PUT", "/api/rooms", 405),
    ("POST", "/r/abcd2345", 404),
    ("POST", "/media/film/x", 405),
    ("POST", "/media", 404),
    ("POST", "/api/auth/login", 413),
];

fn with_media(change: impl FnOnce(&mut Config)) -> World {
    let plane = Router::new().route("/media/film/{name}", get(|| async { "film" }));
    World::with(change, DataPlane::Local(plane))
}

/// A connection that reads one answer at a time.
struct Wire {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Wire {
    async fn connect(address: &str) -> Self {
        Self { stream: TcpStream::connect(address).await.unwrap(), read: Vec::new() }
    }

    async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// The status of the next answer, and whether it announces the end of the connection.
    async fn answer(&mut self) -> (u16, bool) {
        loop {
            if let Some((status, closes, length)) = parse(&self.read) {
                self.read.drain(..length);
                return (status, closes);
            }
            let read = self.stream.read_buf(&mut self.read).await.expect("the answer arrives");
            assert_ne!(
                read,
                0,
                "the connection ends before the answer: {}",
                String::from_utf8_lossy(&self.read)
            );
        }
    }

    async fn is_closed(&mut self) -> bool {
        assert!(self.read.is_empty());
        self.stream.read_buf(&mut self.read).await.unwrap_or(0) == 0
    }
}

/// Status, `connection: close` and length of the answer at the beginning of `bytes`.
fn parse(bytes: &[u8]) -> Option<(u16, bool, usize)> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let length: usize = head.lines().find_map(|line| line.strip_prefix("content-length: "))?.parse().ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    (bytes.len() >= end + length).then(|| (status, head.contains("connection: close"), end + length))
}

fn head(method: &str, path: &str, more: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{more}\r\n")
}

#[tokio::test]
async fn a_connection_serves_the_next_call_after_an_unread_body() {
    let world = with_media(|_| ());
    let address = world.serve().await;
    let body = vec![b' '; 100_000];
    for (method, path, status) in EARLY {
        let mut wire = Wire::connect(&address).await;
        for _ in 0..3 {
            // The head alone first: the server answers without having seen the body.
            wire.send(head(method, path, &format!("content-length: {}\r\n", body.len())).as_bytes()).await;
            wire.send(&body[..1]).await;
            wire.send(&body[1..]).await;
            assert_eq!(wire.answer().await, (status, false), "{method} {path}");
        }
        wire.send(head("GET", "/health/live", "").as_bytes()).await;
        assert_eq!(wire.answer().await, (200, false), "after {method} {path}");
    }
}

#[tokio::test]
async fn a_rate_limited_call_leaves_its_connection_usable() {
    let world = World::limited(&serde_json::json!({"calls_without_token": "1 per hour"}));
    let mut wire = Wire::connect(&world.serve().await).await;
    let body = vec![b' '; 60_000];
    wire.send(head("GET", "/api/rooms", "").as_bytes()).await;
    assert_eq!(wire.answer().await, (200, false));
    for _ in 0..3 {
        wire.send(head("POST", "/api/rooms", "content-length: 60000\r\n").as_bytes()).await;
        wire.send(&body).await;
        assert_eq!(wire.answer().await, (429, false));
    }
    wire.send(head("GET", "/health/live", "").as_bytes()).await;
    assert_eq!(wire.answer().await, (200, false));
}

#[tokio::test]
async fn an_oversized_body_gets_connection_close() {
    let world = with_media(|_| ());
    let address = world.serve().await;
    for (method, path, status) in EARLY {
        for announced in ["content-length: 5000000\r\n", "content-length: 9000000000000\r\n"] {
            let mut wire = Wire::connect(&address).await;
            wire.send(head(method, path, announced).as_bytes()).await;
            // The client is still sending when the answer comes, and reads it all the same.
            let mut sent = 0;
            while sent < 4_000_000 && wire.stream.write_all(&[b' '; 10_000]).await.is_ok() {
                sent += 10_000;
            }
            assert_eq!(wire.answer().await, (status, true), "{method} {path}");
            assert!(wire.is_closed().await);
        }
    }
}

#[tokio::test]
async fn a_body_behind_expect_continue_is_not_requested() {
    let world = with_media(|_| ());
    let mut wire = Wire::connect(&world.serve().await).await;
    let more = "content-length: 10\r\nexpect: 100-continue\r\n";
    wire.send(head("POST", "/api/nothing", more).as_bytes()).await;
    assert_eq!(wire.answer().await, (404, true));
    assert!(wire.is_closed().await);
}

#[tokio::test]
async fn a_pool_never_sees_a_call_fail() {
    let world = World::limited(&serde_json::json!({"calls_without_token": "1 per hour"}));
    let address = world.serve().await;
    let client: Client<_, Full<Bytes>> =
        Client::builder(TokioExecutor::new()).retry_canceled_requests(false).build_http();
    let client = &client;
    let calls = futures::stream::iter(0..300).map(|n| {
        let uri = format!("http://{address}/api/rooms");
        let body = Full::new(Bytes::from(vec![b' '; 1000 * (n % 80)]));
        let request =
            Request::builder().method(Method::POST).uri(uri).header("content-type", "application/json");
        async move {
            let answer = client.request(request.body(body).unwrap()).await.expect("an answer");
            let status = answer.status();
            answer.into_body().collect().await.expect("the whole answer");
            status
        }
    });
    let answers: Vec<_> = calls.buffer_unordered(4).collect().await;
    let limited = answers.iter().filter(|status| **status == StatusCode::TOO_MANY_REQUESTS).count();
    assert!(limited >= 298, "{answers:?}");
}

#[tokio::test]
async fn a_body_that_was_read_keeps_the_connection() {
    let world = World::new();
    let answer = world.send(Request::post("/api/rooms").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.header("connection"), "");
}
