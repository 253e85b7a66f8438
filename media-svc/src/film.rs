//! The film that comes with the product.

use anyhow::Context as _;
use blob::{Blobs, Key, body, collect};
use bytes::Bytes;
use media_edge::film;

/// Made by `assets/make-test-film.sh`.
static FILM: &[u8] = include_bytes!("../assets/test-film.mp4");

/// Its title on playlists.
pub(crate) const TITLE: &str = "Test film";

/// Puts the film into the store, unless that very film is there.
pub(crate) async fn install(blobs: &Blobs) -> anyhow::Result<()> {
    let key = film::key()?;
    if !is_there(blobs, &key).await {
        let body = body(Bytes::from_static(FILM));
        blobs.put(&key, body).await.context("cannot put the test film into the object store")?;
    }
    Ok(())
}

/// Whether the store has exactly this film. An unreadable object counts as missing.
async fn is_there(blobs: &Blobs, key: &Key) -> bool {
    match blobs.get(key).await {
        Ok(object) => collect(object.body, FILM.len()).await.is_ok_and(|bytes| bytes == FILM),
        Err(_) => false,
    }
}
