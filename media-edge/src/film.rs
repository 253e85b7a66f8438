//! Where the film that comes with the product is.

use blob::Key;

/// Its path below `/media/`.
pub const PATH: &str = "film/test.mp4";

/// Its key in the object store.
pub fn key() -> anyhow::Result<Key> {
    Ok("films/test.mp4".parse()?)
}
