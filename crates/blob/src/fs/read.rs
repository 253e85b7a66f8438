//! A byte range of a file as a stream of chunks, at the lowest cost: films are most of what this product sends.
//!
//! Bytes in the page cache are read where the stream is polled, without a thread of the blocking pool (`RWF_NOWAIT`):
//! the hop there and back costs more than the copy. Only reads from the disk go there. Buffers are reused
//! as soon as their bytes have been sent, so they stay in the processor's cache and are zeroed once.

use std::{
    fs::File,
    io::{self, ErrorKind, IoSliceMut},
    os::unix::fs::FileExt as _,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use parking_lot::Mutex;
use rustix::{
    fs::{Advice, fadvise},
    io::{Errno, ReadWriteFlags, preadv2},
};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::ByteStream;

/// Size of a chunk in bytes. A stream holds two while its reader is slow.
const CHUNK_BYTES: usize = 128 * 1024;
/// Buffers that a stream keeps for its next chunks.
const MAX_SPARE: usize = 3;
/// Below this the kernel reads ahead enough by itself.
const SEQUENTIAL_FROM_BYTES: u64 = 4 * 1024 * 1024;

/// `length` bytes of a file from `start` on. A file that turns out to be shorter is an error.
pub(super) fn stream(file: File, start: u64, length: u64) -> ByteStream {
    if length >= SEQUENTIAL_FROM_BYTES {
        // Advice only: reads work without it.
        let _ = fadvise(&file, start, std::num::NonZeroU64::new(length), Advice::Sequential);
    }
    let reader = Reader {
        file: Arc::new(file),
        at: start,
        left: length,
        buffers: Arc::default(),
        may_not_wait: true,
        reading: None,
    };
    reader.boxed()
}

struct Reader {
    file: Arc<File>,
    at: u64,
    left: u64,
    buffers: Arc<Buffers>,
    /// The file system supports `RWF_NOWAIT`.
    may_not_wait: bool,
    /// A read in the blocking pool.
    reading: Option<JoinHandle<io::Result<Chunk>>>,
}

impl Reader {
    /// An empty chunk with room for the next bytes.
    fn chunk(&self) -> Chunk {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(CHUNK_BYTES);
        let mut buffer = self.buffers.take().unwrap_or_default();
        if buffer.len() < wanted {
            buffer.resize(wanted, 0);
        }
        Chunk { buffer, length: wanted, home: self.buffers.clone() }
    }

    fn read(&mut self, chunk: Chunk) -> io::Result<Bytes> {
        if chunk.length == 0 {
            return Err(io::Error::new(ErrorKind::UnexpectedEof, "the file is shorter than it was"));
        }
        self.at += chunk.length as u64;
        self.left -= chunk.length as u64;
        Ok(Bytes::from_owner(chunk))
    }
}

impl Stream for Reader {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(reading) = &mut self.reading {
                let chunk = ready!(Pin::new(reading).poll(context))
                    .unwrap_or_else(|error| Err(io::Error::other(error)));
                self.reading = None;
                return Poll::Ready(Some(chunk.and_then(|chunk| self.read(chunk))));
            }
            if self.left == 0 {
                return Poll::Ready(None);
            }
            let mut chunk = self.chunk();
            if self.may_not_wait {
                match chunk.fill_from_memory(&self.file, self.at) {
                    Ok(()) => return Poll::Ready(Some(self.read(chunk))),
                    Err(Errno::AGAIN | Errno::INTR) => {}
                    // This file system does not support it.
                    Err(_) => self.may_not_wait = false,
                }
            }
            let (file, at) = (self.file.clone(), self.at);
            self.reading = Some(spawn_blocking(move || chunk.fill(&file, at)));
        }
    }
}

/// Free buffers of one stream.
#[derive(Default)]
struct Buffers(Mutex<Vec<Vec<u8>>>);

impl Buffers {
    fn take(&self) -> Option<Vec<u8>> {
        self.0.lock().pop()
    }

    fn put(&self, buffer: Vec<u8>) {
        let mut spare = self.0.lock();
        if spare.len() < MAX_SPARE {
            spare.push(buffer);
        }
    }
}

/// Bytes in a buffer that returns to its pool when dropped.
struct Chunk {
    buffer: Vec<u8>,
    length: usize,
    home: Arc<Buffers>,
}

impl Chunk {
    /// Reads the bytes in the page cache, which may be fewer than fit.
    fn fill_from_memory(&mut self, file: &File, at: u64) -> Result<(), Errno> {
        let mut slices = [IoSliceMut::new(&mut self.buffer[..self.length])];
        self.length = preadv2(file, &mut slices, at, ReadWriteFlags::NOWAIT)?;
        Ok(())
    }

    /// Reads from the disk if needed.
    fn fill(mut self, file: &File, at: u64) -> io::Result<Self> {
        self.length = loop {
            match file.read_at(&mut self.buffer[..self.length], at) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        Ok(self)
    }
}

impl AsRef<[u8]> for Chunk {
    fn as_ref(&self) -> &[u8] {
        &self.buffer[..self.length]
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        self.home.put(std::mem::take(&mut self.buffer));
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn file(length: usize) -> (File, Vec<u8>) {
        let bytes: Vec<u8> = (0..length).map(|n| u8::try_from(n % 251).unwrap()).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        (file, bytes)
    }

    async fn collected(mut stream: ByteStream) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        while let Some(chunk) = stream.next().await {
            all.extend_from_slice(&chunk?);
        }
        Ok(all)
    }

    #[tokio::test]
    async fn every_part_is_read_unchanged() {
        let (file, bytes) = file(5 * CHUNK_BYTES + 7);
        for (start, length) in [
            (0, bytes.len()),
            (0, 0),
            (0, 1),
            (3, CHUNK_BYTES),
            (CHUNK_BYTES - 1, 2),
            (bytes.len() - 1, 1),
            (17, bytes.len() - 17),
        ] {
            let part = stream(file.try_clone().unwrap(), start as u64, length as u64);
            assert!(collected(part).await.unwrap() == bytes[start..start + length], "{start}+{length}");
        }
    }

    #[tokio::test]
    async fn a_buffer_is_reused_only_after_its_bytes_are_released() {
        let (file, bytes) = file(4 * CHUNK_BYTES);
        let mut chunks = stream(file, 0, bytes.len() as u64);
        let first = chunks.next().await.unwrap().unwrap();
        let second = chunks.next().await.unwrap().unwrap();
        let address = first.as_ptr();
        assert_ne!(address, second.as_ptr());
        assert!(first == bytes[..first.len()] && second == bytes[first.len()..first.len() + second.len()]);
        drop(first);
        let third = chunks.next().await.unwrap().unwrap();
        assert_eq!(third.as_ptr(), address);
    }

    #[tokio::test]
    async fn a_truncated_file_is_an_error() {
        let (file, bytes) = file(2 * CHUNK_BYTES);
        let whole = stream(file.try_clone().unwrap(), 0, bytes.len() as u64);
        file.set_len(10).unwrap();
        assert_eq!(collected(whole).await.unwrap_err().kind(), ErrorKind::UnexpectedEof);
    }
}
