#![doc = include_str!("../README.md")]

use std::io;

use blob::{Blobs, ByteStream, Key};
use futures::{StreamExt as _, TryStreamExt as _, stream};

/// Bytes of a file in one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Offset of the first byte within the file.
    pub start: u64,
    /// Number of bytes.
    pub size: u64,
    /// The object.
    pub key: Key,
}

impl Part {
    /// Offset behind the last byte.
    pub fn end(&self) -> u64 {
        self.start + self.size
    }
}

/// A file, or what is there of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// In the order of the file, without overlaps.
    parts: Vec<Part>,
    size: Option<u64>,
}

/// A byte that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("byte {at} of the file is not there yet")]
pub struct Gap {
    /// Offset of the byte.
    pub at: u64,
}

impl Gap {
    /// The gap that ended a stream of [`Original::read`], if a gap did.
    pub fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref::<Self>().copied()
    }
}

impl From<Gap> for io::Error {
    fn from(gap: Gap) -> Self {
        Self::new(io::ErrorKind::UnexpectedEof, gap)
    }
}

impl Original {
    /// A file of these parts, in any order. `size` is `None` while nobody knows the size of the file.
    pub fn new(mut parts: Vec<Part>, size: Option<u64>) -> Self {
        parts.retain(|part| part.size > 0);
        parts.sort_by_key(|part| part.start);
        Self { parts, size }
    }

    /// Size of the whole file in bytes, where it is known.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// The parts, in the order of the file.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Number of bytes that are there from `start` on without a gap.
    pub fn available_from(&self, start: u64) -> u64 {
        let mut end = start;
        for part in self.parts_from(start) {
            if part.start > end {
                break;
            }
            end = part.end();
        }
        end - start
    }

    /// Whether every byte is there.
    pub fn is_complete(&self) -> bool {
        self.size.is_some_and(|size| self.available_from(0) >= size)
    }

    /// `length` bytes from `start` on, fewer where the file ends. Opens one object after the other, as the reader goes on.
    pub fn read(&self, blobs: &Blobs, start: u64, length: u64) -> ByteStream {
        let end = start.saturating_add(length).min(self.size.unwrap_or(u64::MAX));
        let mut pieces = Vec::new();
        let mut at = start;
        for part in self.parts_from(start) {
            if at >= end || part.start > at {
                break;
            }
            let until = part.end().min(end);
            pieces.push(Ok((part.key.clone(), at - part.start, until - at)));
            at = until;
        }
        // Without a known size the file may end here as well as go on later.
        if at < end {
            pieces.push(Err(io::Error::from(Gap { at })));
        }
        let blobs = blobs.clone();
        stream::iter(pieces)
            .and_then(move |(key, offset, length)| {
                let blobs = blobs.clone();
                async move { open(&blobs, &key, offset, length).await }
            })
            .try_flatten()
            .boxed()
    }

    /// The parts that end behind `start`.
    fn parts_from(&self, start: u64) -> impl Iterator<Item = &Part> {
        let first = self.parts.partition_point(|part| part.end() <= start);
        self.parts.iter().skip(first)
    }
}

/// Opens a range of a part. An object that is shorter than its part is an error, and no end of the file.
async fn open(blobs: &Blobs, key: &Key, offset: u64, length: u64) -> io::Result<ByteStream> {
    let object = blobs.get_range(key, offset, length).await.map_err(io::Error::other)?;
    if object.head.size < offset + length {
        return Err(io::Error::other(format!("object `{key}` has only {} bytes", object.head.size)));
    }
    Ok(object.body)
}

#[cfg(test)]
mod tests;
