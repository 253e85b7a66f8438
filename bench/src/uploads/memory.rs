//! Resident memory of the server for 32 uploads at once: the most that it has meanwhile, less what it has at rest.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::Context as _;
use e2e::Guest;

use super::{
    NO_WORKER, system,
    tus::{self, Tus},
};
use crate::{
    report::{Goal, Report},
    start::resident_mb,
};

const UPLOADS: u32 = 32;
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// Wait before memory at rest is read.
const SETTLE: Duration = Duration::from_secs(3);

pub(super) async fn measure(report: &mut Report, short: bool) -> anyhow::Result<()> {
    let bytes = if short { 12 << 20 } else { 96 << 20 };
    let system = system(&[NO_WORKER])?;
    let pid = system.pid();
    let mut people = Vec::new();
    for number in 0..UPLOADS {
        people.push(Tus::of(&Guest::arrive(system.url(), &format!("Bench {number}")).await?)?);
    }
    let file = tus::file_of(bytes);
    // The first upload opens connections to the database and the like.
    people.first().context("nobody sends")?.send("film.mp4", "video/mp4", &file).await?;
    tokio::time::sleep(SETTLE).await;
    let at_rest = resident_mb(pid)?;

    let ended = Arc::new(AtomicBool::new(false));
    let looking = tokio::task::spawn_blocking({
        let ended = ended.clone();
        move || {
            let mut most: f64 = 0.0;
            while !ended.load(Ordering::Relaxed) {
                most = most.max(resident_mb(pid)?);
                std::thread::sleep(LOOK_EVERY);
            }
            anyhow::Ok(most)
        }
    });
    let sending = people.iter().map(|person| person.send("film.mp4", "video/mp4", &file));
    let sent = futures::future::try_join_all(sending).await;
    ended.store(true, Ordering::Relaxed);
    let most = looking.await??;
    sent?;
    report.figure("memory of the server at rest", "MiB", at_rest);
    report.figure(&format!("the same with {UPLOADS} uploads at once"), "MiB", most);
    let each = (most - at_rest) / f64::from(UPLOADS);
    report.goal("memory of an upload", "MiB", each, Goal::AtMost(16.0));
    Ok(())
}
