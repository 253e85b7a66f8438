#![doc = include_str!("../README.md")]

mod config;
mod error;
mod fs;
mod key;
mod s3;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream::BoxStream};

pub use config::{Access, Config, Kind};
pub use error::{Error, Result};
pub use fs::FsStore;
pub use key::{InvalidKey, Key};
pub use s3::S3Store;

/// Bytes as they arrive or as they are read.
pub type ByteStream = BoxStream<'static, std::io::Result<Bytes>>;

/// A store, whichever it is. Cheap to clone.
pub type Blobs = Arc<dyn BlobStore>;

/// The most keys that one page of a list has.
pub const MAX_PAGE: usize = 1000;

/// Metadata of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Size in bytes.
    pub size: u64,
    /// Strong validator, without quotes: visible ASCII.
    pub etag: String,
}

/// An object, or a part of one.
pub struct Object {
    /// Metadata of the whole object, also for a byte range.
    pub head: Head,
    /// The bytes.
    pub body: ByteStream,
}

impl std::fmt::Debug for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Object").field("head", &self.head).finish_non_exhaustive()
    }
}

/// Where objects are kept.
#[async_trait]
pub trait BlobStore: Send + Sync + std::fmt::Debug {
    /// Writes an object, or replaces it. When the body fails, nothing changes.
    async fn put(&self, key: &Key, body: ByteStream) -> Result<Head>;

    /// Opens an object.
    async fn get(&self, key: &Key) -> Result<Object>;

    /// Opens a byte range of an object: `length` bytes from `start`, fewer where the object ends.
    async fn get_range(&self, key: &Key, start: u64, length: u64) -> Result<Object>;

    /// Metadata of an object.
    async fn head(&self, key: &Key) -> Result<Head>;

    /// Removes an object, if there is one.
    async fn delete(&self, key: &Key) -> Result<()>;

    /// The keys that start with `prefix` and come behind `after`, in byte order, at most `limit` of them and never more
    /// than [`MAX_PAGE`].
    async fn list(&self, prefix: &str, after: Option<&Key>, limit: usize) -> Result<Vec<Key>>;

    /// A URL at which anybody can read the object for `lifetime`, at most a week, without us. None where browsers do not
    /// reach the store. The object need not exist.
    async fn read_url(&self, _key: &Key, _lifetime: Duration) -> Result<Option<String>> {
        Ok(None)
    }

    /// Removes what writes have left behind that were never finished and began more than `older_than` ago. Returns how many.
    async fn sweep_incomplete(&self, _older_than: Duration) -> Result<usize> {
        Ok(0)
    }
}

/// A body of bytes in memory.
pub fn body(bytes: impl Into<Bytes>) -> ByteStream {
    futures::stream::iter([Ok(bytes.into())]).boxed()
}

/// Reads a whole small body. Fails when it has more than `limit` bytes.
pub async fn collect(
    mut body: impl Stream<Item = std::io::Result<Bytes>> + Unpin,
    limit: usize,
) -> std::io::Result<Vec<u8>> {
    let mut all = Vec::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk?;
        if all.len() + chunk.len() > limit {
            return Err(std::io::Error::new(
                std::io::ErrorKind::FileTooLarge,
                format!("the object has more than {limit} bytes"),
            ));
        }
        all.extend_from_slice(&chunk);
    }
    Ok(all)
}
