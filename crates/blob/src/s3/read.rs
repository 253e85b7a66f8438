//! Reads. A body that breaks off is continued from where it ended, so that a slow or paused reader is not the store's
//! concern: stores close connections on which nothing moves.

use std::io;

use aws_sdk_s3::{
    operation::get_object::GetObjectOutput, primitives::ByteStream as Incoming, types::ChecksumMode,
};
use bytes::Bytes;
use futures::{StreamExt as _, stream};

use super::{Failure, S3Store, etag};
use crate::{ByteStream, Head, Object};

/// Continuations in a row that bring no byte.
const MAX_CONTINUATIONS: u32 = 3;

/// Opens a whole object.
pub(super) async fn whole(store: &S3Store, key: &str) -> Result<Object, Failure> {
    let output = request(store, key, None, None).await?;
    let head = Head { size: length(&output)?, etag: etag(output.e_tag())? };
    let end = head.size;
    Ok(Object { head, body: Reader::stream(store, key, output, 0, end) })
}

/// Opens `length` bytes from `start`, fewer where the object ends. `length` is not 0.
pub(super) async fn range(store: &S3Store, key: &str, start: u64, wanted: u64) -> Result<Object, Failure> {
    let last = start.saturating_add(wanted - 1);
    let output = request(store, key, Some((start, last)), None).await?;
    let length = length(&output)?;
    let size = match output.content_range() {
        Some(range) => {
            total(range).ok_or_else(|| Failure::wrong("gave a range without the size of the whole"))?
        }
        // The whole object: right only when the range covers it.
        None if start == 0 && length <= wanted => length,
        None => return Err(Failure::wrong("does not support byte ranges")),
    };
    if length != wanted.min(size.saturating_sub(start)) {
        return Err(Failure::wrong("gave another range than the one that was asked for"));
    }
    let head = Head { size, etag: etag(output.e_tag())? };
    Ok(Object { head, body: Reader::stream(store, key, output, start, start + length) })
}

async fn request(
    store: &S3Store,
    key: &str,
    range: Option<(u64, u64)>,
    version: Option<&str>,
) -> Result<GetObjectOutput, Failure> {
    // Some stores count in 63 bits.
    let range = range.map(|(first, last)| match i64::try_from(last) {
        Ok(last) => format!("bytes={first}-{last}"),
        Err(_) => format!("bytes={first}-"),
    });
    let request = store.client.get_object().bucket(&store.bucket).key(key);
    // Some stores answer a range with the checksum of the whole.
    let mode = store.checksum.as_ref().filter(|_| range.is_none()).map(|_| ChecksumMode::Enabled);
    let request = request.set_checksum_mode(mode).set_range(range);
    let request = request.set_if_match(version.map(str::to_owned));
    request.send().await.map_err(|error| Failure::of(&error))
}

fn length(output: &GetObjectOutput) -> Result<u64, Failure> {
    output
        .content_length()
        .and_then(|length| u64::try_from(length).ok())
        .ok_or_else(|| Failure::wrong("does not say how long an object is"))
}

/// The size of the whole in `bytes 0-9/100`.
fn total(content_range: &str) -> Option<u64> {
    content_range.rsplit_once('/')?.1.parse().ok()
}

/// A body on its way.
struct Reader {
    store: S3Store,
    key: String,
    /// The version that was opened, in quotes: a continuation must not mix two.
    version: Option<String>,
    body: Incoming,
    /// The next byte to give, and the end.
    next: u64,
    end: u64,
    continuations: u32,
}

impl Reader {
    fn stream(store: &S3Store, key: &str, output: GetObjectOutput, next: u64, end: u64) -> ByteStream {
        let reader = Self {
            store: store.clone(),
            key: key.to_owned(),
            version: output.e_tag().map(str::to_owned),
            body: output.body,
            next,
            end,
            continuations: 0,
        };
        stream::try_unfold(reader, |mut reader| async move {
            Ok(reader.chunk().await?.map(|chunk| (chunk, reader)))
        })
        .boxed()
    }

    async fn chunk(&mut self) -> io::Result<Option<Bytes>> {
        loop {
            let broken = match self.body.next().await {
                Some(Ok(chunk)) if chunk.is_empty() => continue,
                Some(Ok(chunk)) => {
                    self.next += chunk.len() as u64;
                    self.continuations = 0;
                    if self.next > self.end {
                        return Err(Failure::wrong("gives more bytes than it announced").error);
                    }
                    return Ok(Some(chunk));
                }
                None if self.next == self.end => return Ok(None),
                None => {
                    io::Error::new(io::ErrorKind::UnexpectedEof, "the object store closed the connection")
                }
                Some(Err(error)) => io::Error::other(error),
            };
            // All bytes are there, so they are wrong: the checksum differs.
            if self.next == self.end || self.continuations == MAX_CONTINUATIONS {
                return Err(broken);
            }
            self.continuations += 1;
            let rest = (self.next, self.end - 1);
            let output = request(&self.store, &self.key, Some(rest), self.version.as_deref()).await;
            let output = output.map_err(|failure| failure.error)?;
            if output.content_range().is_none() || length(&output).ok() != Some(self.end - self.next) {
                return Err(broken);
            }
            self.body = output.body;
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_size_of_the_whole_is_behind_the_slash() {
        assert_eq!(super::total("bytes 0-9/100"), Some(100));
        assert_eq!(super::total("bytes 0-9/*"), None);
        assert_eq!(super::total("bytes"), None);
    }
}
