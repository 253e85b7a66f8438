//! A file by tus, beside a raw PUT to the same store and beside npm's `@tus/server` on the same disk. One file is sent by turns to
//! each; the figures are the medians of the turns, and the ratios those of the turns of one round.
//!
//! Our server and the PUT answer when the disk has the bytes. `@tus/server` does not wait for the disk.

use std::{process::Command, time::Instant};

use anyhow::ensure;
use bytes::Bytes;
use e2e::Guest;

use super::{
    NO_WORKER,
    puts::Puts,
    system,
    tus::{self, Tus},
    tus_server::TusServer,
};
use crate::{
    report::{Goal, Report},
    stats::median,
};

pub(super) async fn measure(report: &mut Report, short: bool) -> anyhow::Result<()> {
    let (bytes, rounds) = if short { (16 << 20, 2) } else { (256 << 20, 9) };
    let system = system(&[NO_WORKER])?;
    let puts = Puts::start(&system.data_dir().join("puts")).await?;
    let reference = TusServer::start(&system.data_dir().join("tus")).await?;
    let ours = Tus::of(&Guest::arrive(system.url(), "Bench").await?)?;
    let other = Tus::new(reference.endpoint.clone(), "")?;
    let (http, file) = (e2e::http().build()?, tus::file_of(bytes));
    let (mut by_us, mut by_put, mut by_other) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=rounds {
        let rates =
            (sent(&ours, &file).await?, put(&http, &puts.url, &file).await?, sent(&other, &file).await?);
        // The first round fills caches.
        if round > 0 {
            by_us.push(rates.0);
            by_put.push(rates.1);
            by_other.push(rates.2);
        }
    }
    let ratio = |than: &[f64]| median(by_us.iter().zip(than).map(|(ours, than)| ours / than).collect());
    let (to_put, to_other) = (ratio(&by_put), ratio(&by_other));
    let mib = bytes >> 20;
    for (server, rates) in [("SyncWatch", by_us), ("a raw PUT", by_put), ("@tus/server", by_other)] {
        report.figure(&format!("a file of {mib} MiB, {server}"), "MB/s", median(rates));
    }
    report.goal("speed beside a raw PUT", "times", to_put, Goal::AtLeast(0.9));
    report.goal("speed beside @tus/server", "times", to_other, Goal::AtLeast(1.5));
    Ok(())
}

/// Megabytes per second of a file by tus, with the request that begins it.
async fn sent(to: &Tus, file: &Bytes) -> anyhow::Result<f64> {
    settle()?;
    let started = Instant::now();
    let url = to.send("film.mp4", "video/mp4", file).await?;
    let rate = rate(file, started);
    to.delete(&url).await?;
    Ok(rate)
}

/// The same by PUT.
async fn put(http: &reqwest::Client, url: &str, file: &Bytes) -> anyhow::Result<f64> {
    settle()?;
    let started = Instant::now();
    let status = http.put(url).body(file.clone()).send().await?.status();
    ensure!(status == 204, "the PUT was answered with {status}");
    Ok(rate(file, started))
}

/// Lets the disk finish what was written before, which would slow down the next one.
fn settle() -> anyhow::Result<()> {
    ensure!(Command::new("sync").status()?.success(), "sync failed");
    Ok(())
}

fn rate(file: &Bytes, started: Instant) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "some megabytes")]
    let bytes = file.len() as f64;
    bytes / 1e6 / started.elapsed().as_secs_f64()
}
