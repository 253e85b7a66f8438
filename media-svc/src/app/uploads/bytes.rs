//! The bytes of a part while they arrive.

use blob::ByteStream;
use bytes::Bytes;
use futures::{StreamExt as _, stream};

/// Largest part in bytes.
pub(crate) const PART_BYTES: u64 = 8 * 1024 * 1024;

/// Bytes of a part in memory, as pieces that arrived, so that nothing is copied.
#[derive(Debug, Clone, Default)]
pub(crate) struct Buffer {
    /// Offset of the first byte within the upload.
    pub(crate) start: u64,
    pieces: Vec<Bytes>,
    size: u64,
}

impl Buffer {
    /// An empty one.
    pub(crate) fn at(start: u64) -> Self {
        Self { start, ..Self::default() }
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn end(&self) -> u64 {
        self.start + self.size
    }

    pub(crate) fn is_full(&self) -> bool {
        self.size >= PART_BYTES
    }

    /// Takes the bytes that fit, and leaves the others in `chunk`.
    pub(crate) fn fill(&mut self, chunk: &mut Bytes) {
        let room = usize::try_from(PART_BYTES.saturating_sub(self.size)).unwrap_or(usize::MAX);
        let taken = chunk.split_to(room.min(chunk.len()));
        if !taken.is_empty() {
            self.size += taken.len() as u64;
            self.pieces.push(taken);
        }
    }

    /// The first bytes, `most` at most.
    pub(crate) fn head(&self, most: usize) -> Vec<u8> {
        self.pieces.iter().flatten().copied().take(most).collect()
    }

    /// The bytes as a body.
    pub(crate) fn body(&self) -> ByteStream {
        stream::iter(self.pieces.clone().into_iter().map(Ok)).boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_buffer_takes_a_part_and_no_more() {
        let mut buffer = Buffer::at(100);
        let mut chunk = Bytes::from(vec![1; usize::try_from(PART_BYTES).unwrap() - 1]);
        buffer.fill(&mut chunk);
        assert!(chunk.is_empty() && !buffer.is_full());
        let mut chunk = Bytes::from_static(&[2, 3, 4]);
        buffer.fill(&mut chunk);
        assert_eq!(
            (chunk.as_ref(), buffer.is_full(), buffer.end()),
            ([3, 4].as_slice(), true, 100 + PART_BYTES)
        );
        let all = blob::collect(buffer.body(), usize::try_from(PART_BYTES).unwrap()).await.unwrap();
        assert_eq!((all.len() as u64, all.last()), (PART_BYTES, Some(&2)));
        assert_eq!(buffer.head(3), [1, 1, 1]);
    }
}
