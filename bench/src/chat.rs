//! Measures the chat: how long a message takes to the last member of a room, with its write, and to its acknowledgement.

use std::{
    io::Write as _,
    time::{Duration, Instant},
};

use e2e::{Guest, Shape, System};
use serde_json::json;
use tokio::sync::mpsc;

use crate::stats::summary;

/// People in the room, with the one who speaks.
const MEMBERS: usize = 50;
/// Time between two messages.
const EVERY: Duration = Duration::from_millis(100);

/// Prints the times of messages in a room of 50, one every 100 ms. Nobody else does anything.
pub(crate) async fn measure(shape: Shape, name: &str, seconds: u64) -> anyhow::Result<()> {
    let unlimited = [("LIMITS__CHAT", "unlimited"), ("LIMITS__ROOM_CHAT", "unlimited")];
    let settings: Vec<_> = crate::SETTINGS.into_iter().chain(unlimited).collect();
    let system = System::start_with(shape, &settings)?;
    let owner = Guest::arrive(system.url(), "Owner").await?;
    let room = owner.make_room().await?;
    let mut speaker = owner.enter(&room).await?;
    let (heard, mut arrivals) = mpsc::unbounded_channel();
    for _ in 1..MEMBERS {
        let guest = Guest::arrive(system.url(), "Guest").await?;
        guest.join(&room).await?;
        let mut socket = guest.enter(&room).await?;
        let heard = heard.clone();
        tokio::spawn(async move {
            while let Ok(Some(text)) = socket.next_text().await {
                if let Some(number) = number_of(&text) {
                    let _ = heard.send((number, Instant::now()));
                }
            }
        });
    }
    let (mut to_last, mut to_ack) = (Vec::new(), Vec::new());
    let mut every = tokio::time::interval(EVERY);
    for number in 0..seconds * 10 {
        every.tick().await;
        let (id, text) = (format!("m{number}"), format!("message number {number} !"));
        let body = json!({"room": room, "text": text, "clientMessageId": id});
        let call = json!({"method": "syncwatch.room.v1.ChatService/SendMessage", "body": body});
        let sent = Instant::now();
        speaker.send(json!({"id": id, "call": call})).await?;
        speaker.next("the acknowledgement", |frame| (frame["id"] == id.as_str()).then_some(())).await?;
        to_ack.push(sent.elapsed().as_secs_f64() * 1000.0);
        let (mut left, mut last) = (MEMBERS - 1, sent);
        while left > 0 {
            let Some((of, at)) = arrivals.recv().await else { anyhow::bail!("the members are gone") };
            if of == number {
                (left, last) = (left - 1, last.max(at));
            }
        }
        to_last.push(last.duration_since(sent).as_secs_f64() * 1000.0);
    }
    let mut out = std::io::stdout();
    for (what, times) in [("to the last of 50 members", to_last), ("to the acknowledgement", to_ack)] {
        let (all, _) = summary(times);
        writeln!(
            out,
            "{name}: chat {what}: p50 {:.1}, p95 {:.1}, p99 {:.1}, max {:.1} ms ({} messages)",
            all.p50, all.p95, all.p99, all.max, all.count
        )?;
    }
    Ok(())
}

/// The number of a message of the measurement. Cut out of the text, because parsing every frame of 50 members would measure the
/// load generator.
fn number_of(frame: &str) -> Option<u64> {
    let (_, rest) = frame.split_once("message number ")?;
    rest.split_once(' ')?.0.parse().ok()
}
