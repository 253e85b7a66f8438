//! Latency of a command until its delivery to the last member and until its acknowledgement, and its CPU time.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use e2e::{Guest, RoomSocket, System};
use futures::{StreamExt as _, stream::FuturesUnordered};
use serde::Serialize;
use serde_json::json;
use tokio::sync::mpsc;

use crate::cpu::CpuTime;

/// The load on the system.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Load {
    pub(crate) rooms: usize,
    pub(crate) members: usize,
    /// Members of each room that send commands.
    pub(crate) senders: usize,
    /// Over all rooms.
    pub(crate) commands_per_second: f64,
    pub(crate) seconds: u64,
}

/// The result of a load.
#[derive(Default)]
pub(crate) struct Outcome {
    /// Milliseconds from sending each command to its arrival at the last member.
    pub(crate) to_last_ms: Vec<f64>,
    /// Milliseconds from sending each command to its acknowledgement.
    pub(crate) to_ack_ms: Vec<f64>,
    /// Commands that did not reach every member before the end.
    pub(crate) incomplete: usize,
    /// Commands that were delivered to everyone, a second.
    pub(crate) achieved_per_second: f64,
    /// CPU time of each command, in milliseconds: of the process itself, and of its descendants. Those of the system in
    /// one process are PostgreSQL's.
    pub(crate) cpu_ms: (f64, f64),
}

/// How long to wait for deliveries after the last command.
const TAIL: Duration = Duration::from_secs(3);
/// CPU time counts until this long after the last command.
const WORK_TAIL: Duration = Duration::from_millis(300);

enum Seen {
    Sent { command: String, at: Instant },
    Delivered { command: String, at: Instant },
    Acknowledged { command: String, at: Instant },
}

#[derive(Default)]
struct Progress {
    sent: Option<Instant>,
    deliveries: usize,
    delivered: Option<Instant>,
    acknowledged: Option<Instant>,
}

/// Opens the rooms of a load.
pub(crate) async fn rooms(system: &System, load: &Load) -> anyhow::Result<Vec<Vec<RoomSocket>>> {
    let opened: FuturesUnordered<_> = (0..load.rooms).map(|_| room(system, load.members)).collect();
    opened.collect::<Vec<_>>().await.into_iter().collect()
}

/// Runs a load on rooms. `pid` is the system's process; its other processes are descendants.
pub(crate) async fn run(pid: u32, rooms: Vec<Vec<RoomSocket>>, load: &Load) -> anyhow::Result<Outcome> {
    let (seen, mut all) = mpsc::unbounded_channel();
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let interval = Duration::from_secs_f64((load.rooms * load.senders) as f64 / load.commands_per_second);
    let started = Instant::now() + Duration::from_millis(300);
    let end = started + Duration::from_secs(load.seconds);
    let mut tasks = Vec::new();
    let mut senders = 0_u32;
    let total = u32::try_from(load.rooms * load.senders)?;
    for room in rooms {
        for (number, socket) in room.into_iter().enumerate() {
            // Senders start one after the other, so that the load is even.
            let first = if number < load.senders {
                senders += 1;
                started + interval.mul_f64(f64::from(senders - 1) / f64::from(total))
            } else {
                end
            };
            tasks.push(tokio::spawn(member(socket, seen.clone(), (first, interval, end))));
        }
    }
    drop(seen);
    let spent = tokio::spawn(async move {
        tokio::time::sleep_until(started.into()).await;
        let before = CpuTime::of(pid)?;
        tokio::time::sleep_until((end + WORK_TAIL).into()).await;
        anyhow::Ok(CpuTime::of(pid)?.since(before))
    });

    let mut commands: HashMap<String, Progress> = HashMap::new();
    while let Some(seen) = all.recv().await {
        match seen {
            Seen::Sent { command, at } => commands.entry(command).or_default().sent = Some(at),
            Seen::Delivered { command, at } => {
                let progress = commands.entry(command).or_default();
                progress.deliveries += 1;
                progress.delivered = progress.delivered.max(Some(at));
            }
            Seen::Acknowledged { command, at } => {
                commands.entry(command).or_default().acknowledged = Some(at);
            }
        }
    }
    for task in tasks {
        task.await??;
    }
    Ok(outcome(commands.into_values(), load, started, spent.await??))
}

fn outcome(commands: impl Iterator<Item = Progress>, load: &Load, started: Instant, cpu: CpuTime) -> Outcome {
    let mut outcome = Outcome::default();
    let mut last = started;
    for progress in commands {
        let Some(sent) = progress.sent else { continue };
        let after_ms = |at: Instant| at.duration_since(sent).as_secs_f64() * 1000.0;
        outcome.to_ack_ms.extend(progress.acknowledged.map(after_ms));
        match progress.delivered {
            Some(delivered) if progress.deliveries >= load.members => {
                outcome.to_last_ms.push(after_ms(delivered));
                last = last.max(delivered);
            }
            _ => outcome.incomplete += 1,
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let (complete, seconds) = (outcome.to_last_ms.len() as f64, load.seconds as f64);
    outcome.achieved_per_second = complete / last.duration_since(started).as_secs_f64().max(seconds);
    #[expect(clippy::cast_precision_loss, reason = "minutes in microseconds")]
    let each_ms = |spent_us: u64| spent_us as f64 / 1000.0 / complete.max(1.0);
    outcome.cpu_ms = (each_ms(cpu.own_us), each_ms(cpu.descendants_us));
    outcome
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

/// Enters as a player that observes playback only, so that the figure is about playback.
pub(crate) async fn enter(guest: &Guest, room: &str) -> anyhow::Result<RoomSocket> {
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
                } else if let Some(command) = acknowledged_command(&text) {
                    let _ = seen.send(Seen::Acknowledged { command, at });
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

/// The command of an event frame. Cut out of the text, because parsing every frame of 50 members would measure the load
/// generator.
fn delivered_command(text: &str) -> Option<String> {
    let event = text.split_once(r#""event":{"#)?;
    if event.0.contains(r#""ack""#) {
        return None;
    }
    let (_, rest) = event.1.split_once(r#""commandId":""#)?;
    Some(rest.split_once('"')?.0.to_owned())
}

/// The command that an answer acknowledges; its id is the frame's.
fn acknowledged_command(text: &str) -> Option<String> {
    let (id, _) = text.split_once(r#""ack":"#)?;
    let (_, id) = id.split_once(r#""id":""#)?;
    Some(id.split_once('"')?.0.to_owned())
}
