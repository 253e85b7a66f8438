//! Measures how a flood by one person affects the other members of a room, with the default limits.

use std::{
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use e2e::{Guest, RoomSocket, Shape, System};
use serde_json::json;

use crate::stats::summary;

/// Sockets that the flood tries to keep open.
const SOCKETS: usize = 20;
/// Sockets that one person tries to open, one after the other on each of [`SOCKETS`] lines.
const ATTEMPTS: usize = 1000;

/// Prints how long the acknowledgement of another member's commands takes: without a flood, during a flood of chat, and
/// during attempts to open sockets.
pub(crate) async fn measure(shape: Shape, name: &str, seconds: u64) -> anyhow::Result<()> {
    let system = System::start(shape)?;
    let leo = Guest::arrive(system.url(), "Leo").await?;
    let room = leo.make_room().await?;
    leo.add_test_film(&room).await?;
    let mut socket = leo.enter(&room).await?;
    let mallory = Guest::arrive(system.url(), "Mallory").await?;
    mallory.join(&room).await?;

    let mut out = std::io::stdout();
    writeln!(out, "{name}: milliseconds to the acknowledgement of another member's command")?;
    print("undisturbed", acks(&mut socket, seconds).await?)?;
    let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let floods =
        (0..SOCKETS).map(|_| tokio::spawn(chat(mallory.clone(), room.clone(), stop.clone(), done.clone())));
    let floods: Vec<_> = floods.collect();
    print("beside a flood of chat", acks(&mut socket, seconds).await?)?;
    stop.store(true, Ordering::Relaxed);
    for flood in floods {
        flood.await?;
    }
    writeln!(out, "  the flood sent {} messages", done.load(Ordering::Relaxed))?;

    let tried = Arc::new(AtomicUsize::new(0));
    let openings: Vec<_> =
        (0..SOCKETS).map(|_| tokio::spawn(open(mallory.clone(), room.clone(), tried.clone()))).collect();
    print("beside attempts to open sockets", acks(&mut socket, seconds).await?)?;
    let opened = futures::future::join_all(openings).await;
    let opened: usize = opened.into_iter().map(|held| held.map_or(0, |held| held.len())).sum();
    writeln!(out, "  {ATTEMPTS} were tried, {opened} opened")?;
    Ok(())
}

async fn acks(socket: &mut RoomSocket, seconds: u64) -> anyhow::Result<Vec<f64>> {
    let mut times = Vec::new();
    let mut every = tokio::time::interval(Duration::from_millis(125));
    for position in 0..seconds * 8 {
        every.tick().await;
        let at = Instant::now();
        let seek = json!({"seek": {"positionUs": (position % 20 * 1_000_000).to_string()}});
        let acked = socket.command(seek).await?;
        anyhow::ensure!(acked.is_ok(), "a command of a calm member was refused: {acked:?}");
        times.push(at.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(times)
}

/// Sends messages as fast as the socket accepts them, on one socket after another.
async fn chat(guest: Guest, room: String, stop: Arc<AtomicBool>, sent: Arc<AtomicUsize>) {
    while !stop.load(Ordering::Relaxed) {
        let Ok(mut socket) = guest.enter(&room).await else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        while !stop.load(Ordering::Relaxed) {
            let id = format!("flood-{}", sent.fetch_add(1, Ordering::Relaxed));
            if socket.chat(&room, &id, "flood").await.is_err() {
                break;
            }
        }
    }
}

async fn open(guest: Guest, room: String, tried: Arc<AtomicUsize>) -> Vec<RoomSocket> {
    let mut held = Vec::new();
    while tried.fetch_add(1, Ordering::Relaxed) < ATTEMPTS {
        held.extend(guest.enter(&room).await.ok());
    }
    held
}

fn print(what: &str, times: Vec<f64>) -> anyhow::Result<()> {
    let (all, _) = summary(times);
    Ok(writeln!(
        std::io::stdout(),
        "  {what}: p50 {:.1}, p95 {:.1}, p99 {:.1}, max {:.1} ({} commands)",
        all.p50,
        all.p95,
        all.p99,
        all.max,
        all.count
    )?)
}
