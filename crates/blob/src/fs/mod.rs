//! Objects as files below one folder.

mod read;
mod write;

use std::{
    fs::File,
    io::ErrorKind,
    path::{Path, PathBuf},
    time::{Duration, UNIX_EPOCH},
};

use async_trait::async_trait;

use crate::{BlobStore, ByteStream, Error, Head, Key, MAX_PAGE, Object, Result, error::attempting};

/// An unfinished write of this age belongs to a killed process.
const ABANDONED_AFTER: Duration = Duration::from_hours(24);

/// Keeps objects as files below one folder. Several processes may share it.
#[derive(Debug, Clone)]
pub struct FsStore {
    root: PathBuf,
}

impl FsStore {
    /// Opens the store in a folder, which is made when it is missing. Fails when nothing can be written there.
    pub async fn open(root: impl Into<PathBuf>) -> Result<Self> {
        let store = Self { root: root.into() };
        let incoming = store.incoming();
        tokio::fs::create_dir_all(&incoming)
            .await
            .map_err(attempting(|| format!("make the folder {}", incoming.display())))?;
        write::sweep(&incoming, ABANDONED_AFTER)
            .map_err(attempting(|| format!("write into {}", incoming.display())))?;
        Ok(store)
    }

    /// Folder of unfinished writes: on the same file system as the objects, and under no key.
    fn incoming(&self) -> PathBuf {
        self.root.join(".incoming")
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.root.join(key.as_str())
    }

    async fn open_file(&self, key: &Key) -> Result<(File, Head)> {
        let path = self.path(key);
        let opening = tokio::task::spawn_blocking(move || {
            let file = File::open(path)?;
            let metadata = file.metadata()?;
            Ok((file, metadata))
        });
        let opened = opening.await.unwrap_or_else(|error| Err(std::io::Error::other(error)));
        let (file, metadata) = opened.map_err(|error| missing_or(error, key))?;
        Ok((file, head_of(&metadata, key)?))
    }
}

#[async_trait]
impl BlobStore for FsStore {
    async fn put(&self, key: &Key, body: ByteStream) -> Result<Head> {
        let path = self.path(key);
        let attempt = || format!("write object `{key}`");
        write::atomically(&self.incoming(), &path, body).await.map_err(attempting(attempt))?;
        self.head(key).await
    }

    async fn get(&self, key: &Key) -> Result<Object> {
        let (file, head) = self.open_file(key).await?;
        // Not more than the head says, in case the file grows meanwhile.
        let body = read::stream(file, 0, head.size);
        Ok(Object { head, body })
    }

    async fn get_range(&self, key: &Key, start: u64, length: u64) -> Result<Object> {
        let (file, head) = self.open_file(key).await?;
        if start >= head.size {
            return Err(Error::RangeNotSatisfiable { key: key.clone(), size: head.size, start });
        }
        let body = read::stream(file, start, length.min(head.size - start));
        Ok(Object { head, body })
    }

    async fn head(&self, key: &Key) -> Result<Head> {
        let metadata = tokio::fs::metadata(self.path(key)).await.map_err(|error| missing_or(error, key))?;
        head_of(&metadata, key)
    }

    async fn delete(&self, key: &Key) -> Result<()> {
        match tokio::fs::remove_file(self.path(key)).await.map_err(|error| missing_or(error, key)) {
            Ok(()) | Err(Error::NotFound(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn list(&self, prefix: &str, after: Option<&Key>, limit: usize) -> Result<Vec<Key>> {
        let (root, prefix, after) = (self.root.clone(), prefix.to_owned(), after.cloned());
        let walk = move || {
            let mut page = std::collections::BTreeSet::new();
            walk(&root, "", &prefix, after.as_ref(), limit.min(MAX_PAGE), &mut page)?;
            Ok(page.into_iter().collect())
        };
        let attempt = || format!("list the objects below {}", self.root.display());
        tokio::task::spawn_blocking(walk)
            .await
            .unwrap_or_else(|error| Err(std::io::Error::other(error)))
            .map_err(attempting(attempt))
    }

    async fn sweep_incomplete(&self, older_than: Duration) -> Result<usize> {
        let incoming = self.incoming();
        let attempt = || format!("remove unfinished writes below {}", self.root.display());
        tokio::task::spawn_blocking(move || write::sweep(&incoming, older_than))
            .await
            .unwrap_or_else(|error| Err(std::io::Error::other(error)))
            .map_err(attempting(attempt))
    }
}

/// Adds to `page` the keys below `folder`, keeping the first `limit` in byte order. A folder sorts differently from the
/// keys in it (`a.b` < `a/b`), so every folder that fits the prefix is looked at; the page stays bounded.
fn walk(
    root: &Path,
    folder: &str,
    prefix: &str,
    after: Option<&Key>,
    limit: usize,
    page: &mut std::collections::BTreeSet<Key>,
) -> std::io::Result<()> {
    let entries = match std::fs::read_dir(root.join(folder)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        // Names that are no keys are not objects, such as unfinished writes.
        let Ok(key) = path.parse::<Key>() else { continue };
        if entry.file_type()?.is_dir() {
            if path.starts_with(prefix) || prefix.starts_with(&format!("{path}/")) {
                walk(root, &path, prefix, after, limit, page)?;
            }
        } else if path.starts_with(prefix) && after.is_none_or(|after| key > *after) {
            page.insert(key);
            if page.len() > limit {
                page.pop_last();
            }
        }
    }
    Ok(())
}

/// The validator consists of what changes with each write: a rename brings a new inode and a new time. It reads no bytes.
fn head_of(metadata: &std::fs::Metadata, key: &Key) -> Result<Head> {
    use std::os::unix::fs::MetadataExt as _;
    if !metadata.is_file() {
        return Err(Error::NotFound(key.clone()));
    }
    let modified = metadata.modified().map_err(|error| missing_or(error, key))?;
    let nanos = modified.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    Ok(Head { size: metadata.len(), etag: format!("{:x}-{:x}-{nanos:x}", metadata.len(), metadata.ino()) })
}

fn missing_or(error: std::io::Error, key: &Key) -> Error {
    match error.kind() {
        // A key below another object, such as `a/b` where `a` is a file.
        ErrorKind::NotFound | ErrorKind::NotADirectory => Error::NotFound(key.clone()),
        _ => attempting(|| format!("read object `{key}`"))(error),
    }
}
