//! A person's own film: sent, prepared by a real worker, and played through its playlists.

use std::{path::Path, process::Command};

use anyhow::{Context as _, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use e2e::{Guest, Shape, System};
use reqwest::Method;
use serde_json::{Value, json};

use crate::hls_facts;

crate::in_both_shapes!(
    a_film_that_is_encoded_plays_to_its_last_frame,
    a_film_that_is_copied_plays_as_it_is,
    a_file_that_is_no_film_fails_with_its_reason,
);

/// 20 seconds at 25 frames a second.
const FRAMES: usize = 500;

/// Makes a file with FFmpeg: a picture that moves, and a tone.
fn film(dir: &Path, name: &str, codecs: &[&str]) -> anyhow::Result<Vec<u8>> {
    let path = dir.join(name);
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=854x480:rate=25:duration=20"])
        .args(["-f", "lavfi", "-i", "sine=frequency=440:duration=20:sample_rate=44100"])
        .args(codecs)
        .arg(&path)
        .status()
        .context("ffmpeg is needed (scripts/setup.sh test)")?;
    ensure!(status.success(), "ffmpeg could not make {name}");
    Ok(std::fs::read(path)?)
}

/// Sends a file by tus in one request. Returns the id of the upload.
async fn send(guest: &Guest, name: &str, content_type: &str, bytes: Vec<u8>) -> anyhow::Result<String> {
    let metadata = format!(
        "filename {},filetype {}",
        BASE64_STANDARD.encode(name),
        BASE64_STANDARD.encode(content_type)
    );
    let request = e2e::http()
        .build()?
        .post(format!("{}/media/uploads", guest.base()))
        .bearer_auth(guest.token())
        .header("tus-resumable", "1.0.0")
        .header("upload-length", bytes.len())
        .header("upload-metadata", metadata)
        .header("content-type", "application/offset+octet-stream")
        .body(bytes);
    let answer = request.send().await?;
    let status = answer.status();
    let location = answer.headers().get("location").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let text = answer.text().await?;
    ensure!(status == 201, "{status}: {text}");
    Ok(location.context("no Location")?.rsplit('/').next().unwrap_or_default().to_owned())
}

/// Puts an upload on the playlist of a new room, and waits until the room is told that its preparing ended. Returns the room, the
/// item and its state.
async fn prepared(guest: &Guest, upload: &str) -> anyhow::Result<(String, String, String)> {
    let room = guest.make_room().await?;
    let mut socket = guest.enter(&room).await?;
    let path = format!("/api/rooms/{room}/playlist");
    let added = guest.ok(Method::POST, &path, json!({"uploadId": upload})).await?;
    let item = added["item"]["id"].as_str().context("no item")?.to_owned();
    loop {
        // Each frame may be about the item; the answer of the API is the same for all of them.
        let asked = guest.ok(Method::GET, &format!("/api/videos/{upload}/status"), Value::Null).await?;
        let state = asked["upload"]["state"].as_str().unwrap_or_default().to_owned();
        if state.ends_with("_READY") || state.ends_with("_FAILED") {
            return Ok((room, item, state));
        }
        socket.next("news of the item", |_| Some(())).await?;
    }
}

/// The URL of the multivariant playlist of an item.
async fn manifest(guest: &Guest, room: &str, item: &str) -> anyhow::Result<String> {
    let path = format!("/api/rooms/{room}/playlist/{item}/playback");
    let info = guest.ok(Method::GET, &path, Value::Null).await?;
    assert_eq!(info["format"], "MEDIA_FORMAT_HLS");
    Ok(format!("{}{}", guest.base(), info["url"].as_str().context("no URL")?))
}

/// The presentation times of the packets of a playlist in seconds, as ffprobe reads them.
fn times(url: &str, stream: &str) -> anyhow::Result<Vec<f64>> {
    let output = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-select_streams",
            stream,
            "-show_entries",
            "packet=pts_time",
            "-of",
            "csv=p=0",
            url,
        ])
        .output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    let mut times: Vec<f64> =
        text.lines().filter_map(|line| line.trim().trim_end_matches(',').parse().ok()).collect();
    times.sort_by(f64::total_cmp);
    Ok(times)
}

/// Walks the playlists of a film: every rendition has every frame once, and sound up to the end.
async fn walk(guest: &Guest, url: &str) -> anyhow::Result<usize> {
    hls_facts::check(url).await?;
    let http = e2e::http().build()?;
    let master = http.get(url).send().await?;
    assert_eq!(master.headers()["cache-control"], "public, max-age=5, stale-while-revalidate=10");
    let master = master.text().await?;
    let base = url.strip_suffix("master.m3u8").context("another name")?;
    let variants: Vec<_> = master.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    for variant in &variants {
        let times = times(&format!("{base}{variant}"), "v:0")?;
        // Sound may outlast the picture by a frame: the last picture is held then.
        assert!((FRAMES..=FRAMES + 1).contains(&times.len()), "{variant}: {} frames", times.len());
        let steps: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(
            steps.iter().all(|step| (step - 0.04).abs() < 0.002),
            "{variant}: a gap or a repeat: {steps:?}"
        );
    }
    let sound = times(&format!("{base}audio_0.m3u8"), "a:0")?;
    assert!(sound.windows(2).all(|pair| pair[1] - pair[0] < 0.025), "a gap in the sound");
    assert!(sound.last().is_some_and(|last| (19.9..20.1).contains(last)), "{:?}", sound.last());
    // Decoded, it has no errors.
    let output = Command::new("ffmpeg").args(["-v", "error", "-i", url, "-f", "null", "-"]).output()?;
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let (status, _) =
        guest.fetch(&format!("{base}v0/0.m4s").replace(guest.base(), ""), Some("bytes=0-9")).await?;
    assert_eq!(status, 206);
    Ok(variants.len())
}

async fn a_film_that_is_encoded_plays_to_its_last_frame(shape: Shape) -> anyhow::Result<()> {
    let (system, dir) = (System::start(shape)?, tempfile::tempdir()?);
    let mia = Guest::arrive(system.url(), "Mia").await?;
    let bytes = film(dir.path(), "film.mkv", &["-c:v", "mpeg4", "-q:v", "4", "-c:a", "libmp3lame"])?;
    let upload = send(&mia, "film.mkv", "video/x-matroska", bytes).await?;
    let (room, item, state) = prepared(&mia, &upload).await?;
    assert_eq!(state, "UPLOAD_STATE_READY");
    assert_eq!(
        walk(&mia, &manifest(&mia, &room, &item).await?).await?,
        2,
        "360p and 480p: the film has no more"
    );
    Ok(())
}

async fn a_film_that_is_copied_plays_as_it_is(shape: Shape) -> anyhow::Result<()> {
    let (system, dir) = (System::start(shape)?, tempfile::tempdir()?);
    let mia = Guest::arrive(system.url(), "Mia").await?;
    let codecs =
        ["-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "high", "-pix_fmt", "yuv420p", "-g", "50"];
    let codecs: Vec<_> =
        codecs.into_iter().chain(["-bf", "2", "-c:a", "aac", "-movflags", "+faststart"]).collect();
    let bytes = film(dir.path(), "film.mp4", &codecs)?;
    let upload = send(&mia, "film.mp4", "video/mp4", bytes).await?;
    let (room, item, state) = prepared(&mia, &upload).await?;
    assert_eq!(state, "UPLOAD_STATE_READY");
    let url = manifest(&mia, &room, &item).await?;
    assert_eq!(walk(&mia, &url).await?, 1);

    // Somebody else in the room plays it with a URL of their own; nobody without one.
    let leo = mia.another("Leo").await?;
    leo.join(&room).await?;
    let other = manifest(&leo, &room, &item).await?;
    assert_ne!(url, other);
    assert_eq!(e2e::http().build()?.get(&other).send().await?.status(), 200);
    let forged = url.replace("/media/hls/", "/media/hls/1");
    assert_eq!(e2e::http().build()?.get(&forged).send().await?.status(), 403);

    // The same film in another room.
    let (second, item, state) = prepared(&mia, &upload).await?;
    assert_eq!(state, "UPLOAD_STATE_READY");
    assert_ne!(second, room);
    let there = manifest(&mia, &second, &item).await?;
    assert_eq!(e2e::http().build()?.get(&there).send().await?.status(), 200);
    Ok(())
}

async fn a_file_that_is_no_film_fails_with_its_reason(shape: Shape) -> anyhow::Result<()> {
    let system = System::start(shape)?;
    let mia = Guest::arrive(system.url(), "Mia").await?;
    // It begins like an mp4, and is none.
    let mut bytes = b"\0\0\0\x18ftypisom\0\0\0\0isommp42".to_vec();
    bytes.extend(std::iter::repeat_n(b'x', 100_000));
    let upload = send(&mia, "film.mp4", "video/mp4", bytes).await?;
    let (room, item, state) = prepared(&mia, &upload).await?;
    assert_eq!(state, "UPLOAD_STATE_FAILED");
    let told = mia.ok(Method::GET, &format!("/api/uploads/{upload}"), Value::Null).await?;
    assert_eq!(told["upload"]["failureReason"], "FILE_UNREADABLE", "{told}");
    let path = format!("/api/rooms/{room}/playlist/{item}/playback");
    let (status, reason) = mia.refused(Method::GET, &path, Value::Null).await?;
    assert_eq!((status, reason.as_str()), (409, "MEDIA_FAILED"));
    Ok(())
}
