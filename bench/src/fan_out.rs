//! From a command to its delivery to the last member of the room.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use e2e::{Guest, RoomSocket, System};
use futures::{StreamExt as _, stream::FuturesUnordered};
use serde::Serialize;
use serde_json::json;
use tokio::sync::mpsc;

/// What is asked of the system.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Load {
    pub(crate) rooms: usize,
    pub(crate) members: usize,
    /// Over all rooms.
    pub(crate) commands_per_second: f64,
    pub(crate) seconds: u64,
}

/// What came of it.
pub(crate) struct Outcome {
    /// Milliseconds from sending each command to its arrival at the last member.
    pub(crate) to_last_ms: Vec<f64>,
    /// Commands that did not reach every member before the end.
    pub(crate) incomplete: usize,
    /// Commands that were delivered to everyone, a second.
    pub(crate) achieved_per_second: f64,
}

/// How long deliveries may trail the last command.
const TAIL: Duration = Duration::from_secs(3);

enum Seen {
    Sent { command: String, at: Instant },
    Delivered { command: String, at: Instant },
}

pub(crate) async fn run(system: &System, load: &Load) -> anyhow::Result<Outcome> {
    let mut rooms: FuturesUnordered<_> = (0..load.rooms).map(|_| room(system, load.members)).collect();
    let (seen, mut all) = mpsc::unbounded_channel();
    let started = Instant::now() + Duration::from_millis(300);
    let end = started + Duration::from_secs(load.seconds);
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let interval = Duration::from_secs_f64((load.rooms * load.members) as f64 / load.commands_per_second);
    let mut members = Vec::new();
    let mut index = 0_u32;
    let total = u32::try_from(load.rooms * load.members)?;
    while let Some(sockets) = rooms.next().await {
        for socket in sockets? {
            // Evenly spread over time, so that the load is smooth.
            let first = interval.mul_f64(f64::from(index) / f64::from(total));
            index += 1;
            members.push((socket, first));
        }
    }
    let started = started.max(Instant::now());
    let end = end.max(started + Duration::from_secs(load.seconds));
    let tasks: Vec<_> = members
        .into_iter()
        .map(|(socket, first)| tokio::spawn(member(socket, seen.clone(), (started + first, interval, end))))
        .collect();
    drop(seen);

    let mut open: HashMap<String, (Option<Instant>, usize, Option<Instant>)> = HashMap::new();
    while let Some(seen) = all.recv().await {
        match seen {
            Seen::Sent { command, at } => open.entry(command).or_default().0 = Some(at),
            Seen::Delivered { command, at } => {
                let entry = open.entry(command).or_default();
                entry.1 += 1;
                entry.2 = entry.2.max(Some(at));
            }
        }
    }
    for task in tasks {
        task.await??;
    }
    let mut outcome = Outcome { to_last_ms: Vec::new(), incomplete: 0, achieved_per_second: 0.0 };
    let mut last = started;
    for (sent, deliveries, delivered) in open.into_values() {
        match (sent, delivered) {
            (Some(sent), Some(delivered)) if deliveries >= load.members => {
                outcome.to_last_ms.push(delivered.duration_since(sent).as_secs_f64() * 1000.0);
                last = last.max(delivered);
            }
            (Some(_), _) => outcome.incomplete += 1,
            (None, _) => {}
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let (complete, seconds) = (outcome.to_last_ms.len() as f64, load.seconds as f64);
    outcome.achieved_per_second = complete / last.duration_since(started).as_secs_f64().max(seconds);
    Ok(outcome)
}

async fn room(system: &System, members: usize) -> anyhow::Result<Vec<RoomSocket>> {
    let owner = Guest::arrive(system.url(), "Owner").await?;
    let room = owner.make_room().await?;
    owner.add_test_film(&room).await?;
    let mut sockets = vec![enter(&owner, &room).await?];
    for _ in 1..members {
        let guest = Guest::arrive(system.url(), "Guest").await?;
        guest.join(&room).await?;
        sockets.push(enter(&guest, &room).await?);
    }
    Ok(sockets)
}

/// As a player that watches playback only, so that the figure is about playback.
async fn enter(guest: &Guest, room: &str) -> anyhow::Result<RoomSocket> {
    let mut socket = RoomSocket::open(guest.base(), room, &guest.ticket(room).await?).await?;
    socket.hello(json!({"protocolVersion": 1})).await?;
    Ok(socket)
}

async fn member(
    mut socket: RoomSocket,
    seen: mpsc::UnboundedSender<Seen>,
    (first, interval, end): (Instant, Duration, Instant),
) -> anyhow::Result<()> {
    let mut next = first;
    let mut count = 0_i64;
    let session = socket.welcome["sessionId"].as_str().unwrap_or_default().to_owned();
    loop {
        tokio::select! {
            biased;
            text = socket.next_text() => {
                let at = Instant::now();
                let Some(text) = text? else { return Ok(()) };
                if let Some(command) = delivered_command(&text) {
                    let _ = seen.send(Seen::Delivered { command, at });
                }
            }
            () = tokio::time::sleep_until(next.into()), if next < end => {
                count += 1;
                let command = format!("{session}-{count}");
                let position = (count % 100) * 1_000_000;
                let frame = json!({"id": command, "command": {"id": command, "seek": {"positionUs": position.to_string()}}}).to_string();
                let at = Instant::now();
                let _ = seen.send(Seen::Sent { command, at });
                socket.send_text(frame).await?;
                next += interval;
            }
            () = tokio::time::sleep_until((end + TAIL).into()) => return Ok(()),
        }
    }
}

/// The command that an event frame tells of. Cut out of the text: parsing every frame of 50 members would measure the
/// load generator.
fn delivered_command(text: &str) -> Option<String> {
    let event = text.split_once(r#""event":{"#)?;
    if event.0.contains(r#""ack""#) {
        return None;
    }
    let (_, rest) = event.1.split_once(r#""commandId":""#)?;
    Some(rest.split_once('"')?.0.to_owned())
}
