//! Metrics after a flood of invented names. Each distinct label value is a series that Prometheus keeps for ever.
// Cases A18 and O29.

use std::collections::BTreeSet;

use axum::{Router, body::Body, routing::get};
use gateway::DataPlane;
use http::{Method, Request};
use runtime::{Settings, Telemetry};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use tower::Service as _;

use super::{
    fakes,
    world::{World, refused},
};

const FLOOD: usize = 2_000;
const MOST_NEW: usize = 50;

struct Series(Telemetry);

impl Series {
    fn start() -> Self {
        let settings = Settings::load(&[], json!({})).unwrap();
        Self(Telemetry::start(&settings.section("log").unwrap(), "gateway").unwrap())
    }

    fn all(&self) -> BTreeSet<String> {
        let text = self.0.metrics.render();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| Some(line.rsplit_once(' ')?.0.to_owned())).collect()
    }

    fn assert_few_new(&self, before: &BTreeSet<String>, what: &str) {
        let all = self.all();
        let new: Vec<_> = all.difference(before).collect();
        assert!(
            new.len() <= MOST_NEW,
            "{} new series by {what}: {:#?}",
            new.len(),
            &new[..MOST_NEW.min(new.len())]
        );
    }
}

fn method(n: usize) -> Method {
    Method::from_bytes(format!("A{n:05}").as_bytes()).unwrap()
}

#[tokio::test]
async fn unknown_methods_paths_and_hosts_share_one_series_each() {
    let series = Series::start();
    let plane = Router::new().route("/media/film/{name}", get(|| async { "film" }));
    let world = World::unlimited(DataPlane::Local(plane));
    for (what, request) in [
        ("methods", &(|n| Request::builder().method(method(n)).uri("/api/rooms")) as &dyn Fn(usize) -> _),
        ("methods of media", &|n| Request::builder().method(method(n)).uri("/media/film/a.mp4")),
        ("methods of nothing", &|n| Request::builder().method(method(n)).uri(format!("/nothing/{n}"))),
        ("paths", &|n| Request::get(format!("/p{n}/{n}"))),
        ("paths of the API", &|n| Request::get(format!("/api/p{n}"))),
        ("rooms", &|n| Request::get(format!("/api/rooms/room{n}"))),
        ("films", &|n| Request::get(format!("/media/film/{n}.mp4"))),
        ("invites", &|n| Request::get(format!("/r/abcd{n:04}"))),
        ("sockets", &|n| Request::get(format!("/ws/rooms/room{n}"))),
        ("hosts", &|n| Request::get("http://x/health/live").header("host", format!("h{n}.example"))),
        ("queries", &|n| Request::get(format!("/api/rooms?pageSize={n}&x{n}={n}"))),
        ("tokens", &|n| Request::get("/api/auth/me").header("authorization", format!("Bearer {n}"))),
        ("traces", &|n| {
            Request::get("/health/ready").header("traceparent", format!("00-{n:032x}-{n:016x}-01"))
        }),
        ("gRPC paths", &|n| {
            Request::post(format!("/syncwatch.room.v1.RoomService/M{n}"))
                .header("content-type", "application/grpc")
        }),
    ] {
        let before = series.all();
        for n in 1..=FLOOD {
            world.send(request(n).body(Body::empty()).unwrap()).await;
        }
        series.assert_few_new(&before, what);
    }
    assert!(series.all().iter().any(|line| line.contains("method=\"other\"")), "it is counted all the same");
}

#[tokio::test]
async fn unknown_grpc_paths_share_one_series() {
    let series = Series::start();
    let state = fakes::State::new();
    for (whose, token) in [("a stranger's", None), ("a guest's", Some(super::keys::token("ann")))] {
        let before = series.all();
        for n in 0..FLOOD / 4 {
            for path in [format!("/syncwatch.room.v1.RoomService/M{n}"), format!("/s{n}.S/M")] {
                let mut request = http::Request::post(path).header("content-type", "application/grpc");
                if let Some(token) = &token {
                    request = request.header("authorization", format!("Bearer {token}"));
                }
                let mut channel = fakes::room(&state).local();
                let _ = channel.call(request.body(tonic::body::Body::empty()).unwrap()).await;
            }
        }
        series.assert_few_new(&before, whose);
        assert!(
            series.all().iter().any(|line| line.contains("method=\"unknown\"")),
            "it is counted all the same"
        );
    }
}

#[tokio::test]
async fn unknown_frames_share_one_series() {
    let series = Series::start();
    let world = World::unlimited(DataPlane::Local(Router::new()));
    let address = world.serve().await;
    let mut socket = world.enter(&address, "ann", &[]).await;
    let before = series.all();
    for n in 0..FLOOD {
        socket.say(&json!({"id": format!("{n}"), format!("kind{n}"): {}})).await;
        socket.until(|frame| frame["rejected"].is_object()).await;
    }
    futures::SinkExt::send(&mut socket.0, Message::binary(vec![0xff; 9])).await.unwrap();
    socket.until(|frame| frame["rejected"].is_object()).await;
    series.assert_few_new(&before, "frames");
    let before = series.all();
    for n in 0..20 {
        use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
        let mut request = format!("ws://{address}/ws/rooms/r{n}").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", format!("p{n}").parse().unwrap());
        refused(request).await;
    }
    series.assert_few_new(&before, "subprotocols");
}
