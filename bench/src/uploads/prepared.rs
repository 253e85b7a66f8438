//! A film of a person that the system prepares.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use e2e::Guest;
use reqwest::Method;
use serde_json::{Value, json};

use super::tus::{self, Tus};

const LOOK_EVERY: Duration = Duration::from_millis(20);
/// An hour is more than any film here takes.
const PATIENCE: Duration = Duration::from_hours(1);

pub(super) struct Sent {
    pub(super) id: String,
    owner: Guest,
}

impl Sent {
    /// Sends a film.
    pub(super) async fn new(owner: &Guest, film: &Bytes) -> anyhow::Result<Self> {
        let url = Tus::of(owner)?.send("film.mp4", "video/mp4", film).await?;
        Ok(Self { id: tus::id_of(&url).to_owned(), owner: owner.clone() })
    }

    /// Waits until all of it is prepared.
    pub(super) async fn ready(&self) -> anyhow::Result<Instant> {
        self.until(|upload| upload["state"] == "UPLOAD_STATE_READY").await
    }

    /// Waits until it can be played.
    pub(super) async fn playable(&self) -> anyhow::Result<Instant> {
        self.until(|upload| upload["playable"] == true).await
    }

    /// Returns when it was seen so.
    async fn until(&self, is_so: impl Fn(&Value) -> bool) -> anyhow::Result<Instant> {
        let started = Instant::now();
        loop {
            let answer =
                self.owner.ok(Method::GET, &format!("/api/uploads/{}", self.id), Value::Null).await?;
            let upload = &answer["upload"];
            ensure!(upload["state"] != "UPLOAD_STATE_FAILED", "the film could not be prepared: {upload}");
            if is_so(upload) {
                return Ok(Instant::now());
            }
            ensure!(started.elapsed() < PATIENCE, "the film is not prepared in time: {upload}");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Puts it on the playlist of a new room. Returns the room and the path of the item's playback.
    pub(super) async fn in_room(&self) -> anyhow::Result<(String, String)> {
        let room = self.owner.make_room().await?;
        let item = json!({"uploadId": self.id});
        let added = self.owner.ok(Method::POST, &format!("/api/rooms/{room}/playlist"), item).await?;
        let item = added["item"]["id"].as_str().context("no item")?;
        let path = format!("/api/rooms/{room}/playlist/{item}/playback");
        Ok((room, path))
    }

    pub(super) async fn delete(self) -> anyhow::Result<()> {
        self.owner.ok(Method::DELETE, &format!("/api/uploads/{}", self.id), Value::Null).await?;
        Ok(())
    }
}

/// The signed path of the playlists of an item for a member, with a `/` at its end.
pub(super) async fn folder_for(member: &Guest, playback: &str) -> anyhow::Result<String> {
    let info = member.ok(Method::GET, playback, Value::Null).await?;
    let url = info["url"].as_str().context("the item has no link")?;
    let folder = url.strip_suffix("master.m3u8").context("the link leads elsewhere")?;
    Ok(folder.to_owned())
}

/// The URIs of a playlist: lines that are neither tags nor empty.
pub(super) fn uris(playlist: &str) -> Vec<String> {
    playlist.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}
