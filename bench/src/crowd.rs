//! Measures one large room: how many bytes a join costs each of the others, and how long a command takes to the last member,
//! beside a process that copies a line to as many connections.

use std::{
    io::{self, Write as _},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use e2e::{Guest, RoomSocket, Shape, System};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{sync::mpsc, time::timeout};

use crate::{fan_out::enter, floor, stats::summary};

/// Joins over which the bytes are counted.
const JOINS: usize = 50;
/// Time between two commands.
const EVERY: Duration = Duration::from_millis(500);
/// A frame that has not arrived after this time is lost.
const PATIENCE: Duration = Duration::from_secs(10);

/// The room, and what its members hear.
struct Crowd {
    room: String,
    owner: Guest,
    /// Bytes of frames that reached the first guest.
    heard_bytes: Arc<AtomicU64>,
    heard: mpsc::UnboundedSender<(u64, Instant)>,
    members: usize,
}

/// Prints the measurement of a room with `members` people.
pub(crate) async fn measure(
    shape: Shape,
    name: &str,
    settings: &[(&str, &str)],
    (members, commands): (usize, usize),
) -> anyhow::Result<()> {
    let system = System::start_with(shape, settings)?;
    let owner = Guest::arrive(system.url(), "Owner").await?;
    let room = owner.make_room().await?;
    owner.add_test_film(&room).await?;
    let wider = json!({"maxParticipants": members + 2 * JOINS, "updateMask": "maxParticipants"});
    owner.ok(Method::PATCH, &format!("/api/rooms/{room}"), wider).await?;
    let speaker = speak(enter(&owner, &room).await?);
    let (heard, mut arrivals) = mpsc::unbounded_channel();
    let mut crowd = Crowd { room, owner, heard_bytes: Arc::default(), heard, members: 1 };
    let mut out = io::stdout();
    for size in [50, members] {
        crowd.grow_to(size).await?;
        let bytes = crowd.bytes_of_a_join().await?;
        writeln!(out, "{name}: a join costs each other member {bytes} bytes in a room of {size}")?;
    }
    // The members of the last joins listen too.
    let listeners = crowd.members - 1;
    let mut to_last_ms = Vec::new();
    for number in 0..commands as u64 {
        tokio::time::sleep(EVERY).await;
        to_last_ms.push(command(&speaker, number, listeners, &mut arrivals).await?);
    }
    let (ours, _) = summary(to_last_ms);
    let (bare, _) = summary(floor::measure(listeners, EVERY, commands).await?);
    for (what, times) in [("a command to the last", ours), ("a bare copy to the last", bare)] {
        writeln!(
            out,
            "{name}: {what} of {listeners} members: p50 {:.1}, p95 {:.1}, p99 {:.1}, max {:.1} ms ({})",
            times.p50, times.p95, times.p99, times.max, times.count
        )?;
    }
    Ok(())
}

impl Crowd {
    async fn grow_to(&mut self, size: usize) -> anyhow::Result<()> {
        while self.members < size {
            let guest = Guest::arrive(self.owner.base(), "Guest").await?;
            guest.join(&self.room).await?;
            // One member watches who is there, the playlist and the chat, as a page does.
            let first = self.members == 1;
            let socket =
                if first { guest.enter(&self.room).await? } else { enter(&guest, &self.room).await? };
            self.listen(socket, first);
            self.members += 1;
        }
        Ok(())
    }

    fn listen(&self, mut socket: RoomSocket, first: bool) {
        let (bytes, heard) = (self.heard_bytes.clone(), self.heard.clone());
        tokio::spawn(async move {
            while let Ok(Some(text)) = socket.next_text().await {
                if first {
                    bytes.fetch_add(text.len() as u64, Ordering::Relaxed);
                }
                if let Some(number) = number_of(&text) {
                    let _ = heard.send((number, Instant::now()));
                }
            }
        });
    }

    /// Bytes that the first guest hears for each of the next joins, less what is heard at rest in the same time.
    async fn bytes_of_a_join(&mut self) -> anyhow::Result<u64> {
        tokio::time::sleep(Duration::from_secs(3)).await;
        let (before, began) = (self.heard_bytes.load(Ordering::Relaxed), Instant::now());
        self.grow_to(self.members + JOINS).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let (after, took) = (self.heard_bytes.load(Ordering::Relaxed), began.elapsed());
        tokio::time::sleep(took).await;
        let at_rest = self.heard_bytes.load(Ordering::Relaxed) - after;
        Ok((after - before).saturating_sub(at_rest) / JOINS as u64)
    }
}

/// Sends frames over a socket and reads what comes, so that the server's pings are answered.
fn speak(mut socket: RoomSocket) -> mpsc::UnboundedSender<Value> {
    let (frames, mut next) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                text = socket.next_text() => if !matches!(text, Ok(Some(_))) { return },
                frame = next.recv() => {
                    let Some(frame) = frame else { return };
                    if socket.send(frame).await.is_err() { return }
                }
            }
        }
    });
    frames
}

/// Milliseconds from sending a command to its arrival at the last of the listeners.
async fn command(
    speaker: &mpsc::UnboundedSender<Value>,
    number: u64,
    listeners: usize,
    arrivals: &mut mpsc::UnboundedReceiver<(u64, Instant)>,
) -> anyhow::Result<f64> {
    let id = format!("crowd-{number}-");
    let seek = json!({"positionUs": ((number % 100) * 1_000_000).to_string()});
    let sent = Instant::now();
    speaker.send(json!({"id": id, "command": {"id": id, "seek": seek}}))?;
    let (mut left, mut last) = (listeners, sent);
    while left > 0 {
        let Some((of, at)) = timeout(PATIENCE, arrivals.recv()).await? else {
            anyhow::bail!("the members are gone")
        };
        if of == number {
            (left, last) = (left - 1, last.max(at));
        }
    }
    Ok(last.duration_since(sent).as_secs_f64() * 1000.0)
}

/// The number of a command of the measurement. Cut out of the text, because parsing every frame of all members would measure the
/// load generator.
fn number_of(frame: &str) -> Option<u64> {
    let (_, rest) = frame.split_once(r#""commandId":"crowd-"#)?;
    rest.split_once('-')?.0.parse().ok()
}
