//! Writes that are there in full or not at all.

use std::{fs, io, path::Path, time::Duration};

use futures::StreamExt as _;
use tempfile::NamedTempFile;
use tokio::{fs::File, io::AsyncWriteExt as _};

use crate::ByteStream;

/// A write that has not moved for this long belongs to a process that was killed.
const ABANDONED_AFTER: Duration = Duration::from_hours(24);

/// Writes `body` to a temporary file and renames it to `path` when all of it is on disk. Dropped half way, it removes
/// the file.
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
    // The rename itself is on disk only when its folder is.
    File::open(folder).await?.sync_all().await
}

/// Removes what killed processes left behind; fails when nothing can be written here.
pub(super) fn sweep(incoming: &Path) -> io::Result<()> {
    // The age is measured by the file system's own clock, which may be another machine's.
    let now = NamedTempFile::new_in(incoming)?.as_file().metadata()?.modified()?;
    for entry in fs::read_dir(incoming)? {
        let entry = entry?;
        // It may end, and so be gone, at any moment.
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        if modified.is_ok_and(|modified| now.duration_since(modified).is_ok_and(|age| age > ABANDONED_AFTER))
        {
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
}
