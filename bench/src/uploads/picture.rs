//! From the last byte to the first picture, and from a seek to the picture of a part that is not encoded yet, in Chromium
//! (`bench/picture.mjs`). The index of the films is at their end and the bytes are sent in their order, so nothing can be prepared
//! before the last of them.

use std::{path::PathBuf, process::Stdio};

use anyhow::{Context as _, ensure};
use serde::Deserialize;
use tokio::process::Command;

use super::{
    films::{Codec, Film},
    port_of, system,
};
use crate::report::Report;

/// Output of the script, in milliseconds.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Measured {
    first_picture_ms: Vec<f64>,
    seek_ms: Vec<f64>,
}

pub(super) async fn measure(report: &mut Report, short: bool) -> anyhow::Result<()> {
    let (height, seconds) = if short { (480, 180) } else { (1080, 600) };
    for (codec, what, repeats, most_s, seeks) in
        [(Codec::Hevc, "a film that is encoded", 10, 1.5, 2), (Codec::H264, "H.264", 10, 0.7, 0)]
    {
        let film = Film { codec, height, seconds, is_index_last: true };
        let repeats = if short { 2 } else { repeats };
        let measured = in_chromium(film, repeats, seeks).await?;
        let first = format!("last byte to first picture, {what}");
        report.goal_p95(&first, "s", in_seconds(measured.first_picture_ms), most_s);
        if seeks > 0 {
            report.goal_p95(
                "a seek to what is not encoded to its picture",
                "s",
                in_seconds(measured.seek_ms),
                2.5,
            );
        }
    }
    Ok(())
}

fn in_seconds(sample_ms: Vec<f64>) -> Vec<f64> {
    sample_ms.into_iter().map(|ms| ms / 1000.0).collect()
}

/// Sends a film so many times while a page waits for it, with so many seeks in each.
async fn in_chromium(film: Film, repeats: u32, seeks: u32) -> anyhow::Result<Measured> {
    let (path, system) = (film.path()?, system(&[])?);
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("picture.mjs");
    let running = Command::new("node")
        .arg(script)
        .arg(path)
        .args([film.seconds, repeats, seeks].map(|number| number.to_string()))
        .env("BASE_URL", system.url())
        .env("METRICS_URL", format!("http://{}/metrics", port_of(&system, "admin")?))
        .env("STORE", system.data_dir().join("blobs"))
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("cannot run node")?;
    let output = running.wait_with_output().await?;
    ensure!(output.status.success(), "the measurement in Chromium failed");
    Ok(serde_json::from_slice(&output.stdout)?)
}
