//! Atomic writes.

use std::{fs, io, path::Path, time::Duration};

use futures::StreamExt as _;
use tempfile::NamedTempFile;
use tokio::{fs::File, io::AsyncWriteExt as _};

use crate::ByteStream;

/// Writes `body` to a temporary file and renames it to `path` when all of it is on disk. Removes the file when dropped
/// halfway.
pub(super) async fn atomically(incoming: &Path, path: &Path, mut body: ByteStream) -> io::Result<()> {
    let (file, temporary) = NamedTempFile::new_in(incoming)?.into_parts();
    let mut file = File::from_std(file);
    while let Some(chunk) = body.next().await {
        file.write_all(&chunk?).await?;
    }
    file.flush().await?;
    file.sync_all().await?;
    let folder = path.parent().unwrap_or(incoming);
    tokio::fs::create_dir_all(folder).await?;
    temporary.persist(path).map_err(|error| error.error)?;
    // The rename is durable only when the folder is synced.
    File::open(folder).await?.sync_all().await
}

/// Removes unfinished writes that were not written to for `older_than`, and returns how many. Fails when the folder is not
/// writable.
pub(super) fn sweep(incoming: &Path, older_than: Duration) -> io::Result<usize> {
    // The file system's clock measures the age: it may be another machine's.
    let now = NamedTempFile::new_in(incoming)?.as_file().metadata()?.modified()?;
    let mut removed = 0;
    for entry in fs::read_dir(incoming)? {
        let entry = entry?;
        // The write may finish at any moment, and its file be gone.
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        if modified.is_ok_and(|modified| now.duration_since(modified).is_ok_and(|age| age > older_than)) {
            removed += usize::from(fs::remove_file(entry.path()).is_ok());
        }
    }
    Ok(removed)
}
