//! Ten viewers of a film that is being encoded, each of whom begins elsewhere and reads all of it: how often segments are made, by
//! the count of media-svc. The time of the encoders beside that for one viewer shows what was begun and thrown away.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use e2e::{Guest, System};

use super::{
    NO_COPIES,
    films::{Codec, Film},
    port_of,
    prepared::{self, Sent, folder_for},
    system,
};
use crate::{
    cpu,
    report::{Goal, Report},
};

/// Counters of media-svc for reported segments.
const METRIC: &str = "syncwatch_transcoding_segments_total";
/// Pause of a viewer whose segment is not there yet.
const PAUSE: Duration = Duration::from_millis(500);
/// Answers in a row that say so.
const MOST_TRIES: u32 = 600;

pub(super) async fn measure(report: &mut Report, short: bool) -> anyhow::Result<()> {
    let (height, seconds) = if short { (480, 20) } else { (720, 300) };
    let film = Film { codec: Codec::H264, height, seconds, is_index_last: false }.bytes()?;
    let one = watched(&film, 1).await?;
    let ten = watched(&film, 10).await?;
    report.figure("segments of the film", "", ten.new);
    report.figure("encoders, with ten viewers beside one", "times the CPU time", ten.cpu_s / one.cpu_s);
    let times = (ten.new + ten.again) / ten.new;
    report.goal("encodes of a segment with ten viewers", "times", times, Goal::AtMost(1.0));
    Ok(())
}

struct Made {
    /// Segments that were made for the first time.
    new: f64,
    /// Segments that were there already.
    again: f64,
    cpu_s: f64,
}

/// Has a film prepared while so many watch it.
async fn watched(film: &Bytes, viewers: usize) -> anyhow::Result<Made> {
    let system = system(&[NO_COPIES])?;
    let owner = Guest::arrive(system.url(), "Bench").await?;
    let sent = Sent::new(&owner, film).await?;
    sent.playable().await?;
    let (room, playback) = sent.in_room().await?;
    let mut watching = Vec::new();
    for viewer in 0..viewers {
        let guest = owner.another(&format!("Viewer {viewer}")).await?;
        guest.join(&room).await?;
        let folder = folder_for(&guest, &playback).await?;
        watching.push(tokio::spawn(watch(format!("{}{folder}", system.url()), (viewer, viewers))));
    }
    for viewer in watching {
        viewer.await??;
    }
    sent.ready().await?;
    Ok(Made {
        new: counted(&system, "new").await?,
        again: counted(&system, "again").await?,
        cpu_s: cpu::of_ended_children_s(system.pid())?,
    })
}

/// Reads one quality of the picture and the sound, from one viewer's place on and around to it again.
async fn watch(folder: String, (viewer, viewers): (usize, usize)) -> anyhow::Result<()> {
    let http = e2e::http().build()?;
    let qualities = prepared::uris(&fetched(&http, &format!("{folder}master.m3u8")).await?);
    let quality = qualities.get(viewer % qualities.len().max(1)).context("no quality")?;
    let pictures = prepared::uris(&fetched(&http, &format!("{folder}{quality}")).await?);
    let sounds = prepared::uris(&fetched(&http, &format!("{folder}audio_0.m3u8")).await?);
    let segments: Vec<_> = pictures.iter().zip(&sounds).collect();
    let (before, after) = segments.split_at(segments.len() * viewer / viewers);
    for (picture, sound) in after.iter().chain(before) {
        for segment in [picture, sound] {
            fetched(&http, &format!("{folder}{segment}")).await?;
        }
    }
    Ok(())
}

/// Asks for something until it is there.
async fn fetched(http: &reqwest::Client, url: &str) -> anyhow::Result<String> {
    for _ in 0..MOST_TRIES {
        let answer = http.get(url).send().await?;
        let status = answer.status();
        let body = answer.bytes().await?;
        if status == 200 {
            return Ok(String::from_utf8_lossy(&body).into_owned());
        }
        ensure!(status == 503, "{status}: {}", String::from_utf8_lossy(&body));
        tokio::time::sleep(PAUSE).await;
    }
    anyhow::bail!("a part of the film did not come: {url}")
}

async fn counted(system: &System, outcome: &str) -> anyhow::Result<f64> {
    let url = format!("http://{}/metrics", port_of(system, "admin")?);
    let text = e2e::http().build()?.get(url).send().await?.text().await?;
    let start = format!("{METRIC}{{outcome=\"{outcome}\"}} ");
    let value = text.lines().find_map(|line| line.strip_prefix(&start));
    value.map_or(Ok(0.0), |value| Ok(value.parse()?))
}
