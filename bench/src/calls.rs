//! Measures the cost of a small call over HTTP on open connections: calls per second and server CPU for each call.
//! A handler written by hand runs in the same rounds, because the machine's speed changes from minute to minute.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use e2e::{Guest, Shape, System};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

use crate::{cpu::CpuTime, handwritten::Handwritten, report::Report};

const CONNECTIONS: usize = 16;
const ROUNDS: usize = 5;

/// A server and the request that it gets.
struct Target {
    what: &'static str,
    pid: u32,
    address: String,
    request: Vec<u8>,
}

/// Result of one round.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) per_second: f64,
    /// CPU microseconds of the server for each call.
    pub(crate) server_us: f64,
    /// CPU microseconds of its PostgreSQL for each call.
    pub(crate) database_us: f64,
}

pub(crate) async fn measure(
    report: &mut Report,
    settings: &[(&str, &str)],
    seconds: u64,
) -> anyhow::Result<()> {
    let system = System::start_with(Shape::One, settings)?;
    let guest = Guest::arrive(system.url(), "Caller").await?;
    let room = guest.make_room().await?;
    let keys = guest.ok(reqwest::Method::GET, "/api/auth/jwks", Value::Null).await?;
    let public_key = keys["keys"][0]["x"].as_str().context("the system has no key")?;
    let handwritten = Handwritten::start(public_key).await?;
    let address = system.url().trim_start_matches("http://").to_owned();
    let get = |path: &str| {
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n\r\n",
            guest.token()
        );
        request.into_bytes()
    };
    let ours = |what, path: &str| {
        Ok::<_, anyhow::Error>(Target {
            what,
            pid: system.gateway_pid()?,
            address: address.clone(),
            request: get(path),
        })
    };
    let targets = [
        Target {
            what: "a handler written by hand",
            pid: handwritten.pid()?,
            address: handwritten.address.clone(),
            request: get("/api/clock?clientSendUs=1"),
        },
        ours("GET /api/clock", "/api/clock?clientSendUs=1")?,
        ours("GET /api/rooms/{code}", &format!("/api/rooms/{room}"))?,
    ];
    let mut costs = vec![Vec::new(); targets.len()];
    for _ in 0..ROUNDS {
        for (target, costs) in targets.iter().zip(&mut costs) {
            costs.push(round(target, Duration::from_secs(seconds)).await?);
        }
    }
    for (target, costs) in targets.iter().zip(costs) {
        report.calls(target.what, &median(costs));
    }
    Ok(())
}

async fn round(target: &Target, length: Duration) -> anyhow::Result<Cost> {
    let mut connections = JoinSet::new();
    let before = CpuTime::of(target.pid)?;
    let started = Instant::now();
    for _ in 0..CONNECTIONS {
        let stream = TcpStream::connect(&target.address).await?;
        connections.spawn(call(stream, target.request.clone(), started + length));
    }
    let mut calls = 0_u32;
    while let Some(made) = connections.join_next().await {
        calls += made?.with_context(|| target.what)?;
    }
    let elapsed = started.elapsed();
    let used = CpuTime::of(target.pid)?.since(before);
    let calls = f64::from(calls);
    #[expect(clippy::cast_precision_loss, reason = "seconds of CPU time")]
    let each = |us: u64| us as f64 / calls;
    Ok(Cost {
        per_second: calls / elapsed.as_secs_f64(),
        server_us: each(used.own_us),
        database_us: each(used.descendants_us),
    })
}

/// Makes one call after the other until `end`. Returns their number.
async fn call(mut stream: TcpStream, request: Vec<u8>, end: Instant) -> anyhow::Result<u32> {
    stream.set_nodelay(true)?;
    let mut answer = Vec::with_capacity(4096);
    let mut calls = 0;
    while Instant::now() < end {
        stream.write_all(&request).await?;
        answer.clear();
        while !is_whole(&answer)? {
            anyhow::ensure!(stream.read_buf(&mut answer).await? > 0, "the connection closed");
        }
        calls += 1;
    }
    Ok(calls)
}

/// Whether the answer is complete. Fails when it is no success.
fn is_whole(answer: &[u8]) -> anyhow::Result<bool> {
    const LENGTH: &str = "content-length: ";
    let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(false) };
    let head = std::str::from_utf8(&answer[..end])?;
    anyhow::ensure!(head.starts_with("HTTP/1.1 200 "), "{head}");
    let length =
        head.lines().find_map(|line| line.strip_prefix(LENGTH)).context("an answer without length")?;
    Ok(answer.len() >= end + 4 + length.parse::<usize>()?)
}

/// The middle round by CPU time.
fn median(mut costs: Vec<Cost>) -> Cost {
    costs.sort_by(|a, b| a.server_us.total_cmp(&b.server_us));
    costs[costs.len() / 2]
}
