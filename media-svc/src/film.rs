//! The film that comes with the product.

use anyhow::Context as _;
use blob::{Blobs, Key, body, collect};
use bytes::Bytes;

/// Made by `assets/make-test-film.sh`.
static FILM: &[u8] = include_bytes!("../assets/test-film.mp4");

/// What it is called on playlists.
pub(crate) const TITLE: &str = "Test film";

/// Where it is below `/media/`.
pub(crate) const PATH: &str = "film/test.mp4";

/// Where it is in the object store.
pub(crate) fn key() -> anyhow::Result<Key> {
    Ok("films/test.mp4".parse()?)
}

/// Puts the film into the store, unless that very film is there.
pub(crate) async fn install(blobs: &Blobs) -> anyhow::Result<()> {
    let key = key()?;
    if !is_there(blobs, &key).await {
        let body = body(Bytes::from_static(FILM));
        blobs
            .put(&key, body)
            .await
            .context("cannot put the test film into the object store (media.blob_dir)")?;
    }
    Ok(())
}

/// A film that cannot be read is replaced like one that is missing.
async fn is_there(blobs: &Blobs, key: &Key) -> bool {
    match blobs.get(key).await {
        Ok(object) => collect(object.body, FILM.len()).await.is_ok_and(|bytes| bytes == FILM),
        Err(_) => false,
    }
}
