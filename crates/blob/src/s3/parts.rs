//! A body cut into parts of one size.

use std::io;

use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;

use crate::ByteStream;

/// Cuts a body into parts. A chunk that has the size of a part, or is the whole of a shorter body, is not copied.
pub(super) struct Parts {
    body: ByteStream,
    part_bytes: usize,
    /// Bytes of the last chunk that belong to the next part.
    rest: Bytes,
}

impl Parts {
    pub(super) fn new(body: ByteStream, part_bytes: usize) -> Self {
        Self { body, part_bytes, rest: Bytes::new() }
    }

    /// The next part: of full size, except for the last one. None at the end.
    pub(super) async fn next(&mut self) -> io::Result<Option<Bytes>> {
        let mut only = std::mem::take(&mut self.rest);
        let mut joined = BytesMut::new();
        loop {
            let have = only.len() + joined.len();
            if have >= self.part_bytes {
                break;
            }
            let Some(chunk) = self.body.next().await.transpose()? else { break };
            if have == 0 {
                only = chunk;
                continue;
            }
            if joined.is_empty() {
                joined.reserve(self.part_bytes);
                joined.extend_from_slice(&std::mem::take(&mut only));
            }
            let fits = chunk.len().min(self.part_bytes - joined.len());
            joined.extend_from_slice(&chunk[..fits]);
            self.rest = chunk.slice(fits..);
        }
        let mut part = if joined.is_empty() { only } else { joined.freeze() };
        if part.len() > self.part_bytes {
            self.rest = part.split_off(self.part_bytes);
        }
        Ok(Some(part).filter(|part| !part.is_empty()))
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use bytes::Bytes;
    use futures::{StreamExt as _, stream};
    use proptest::prelude::*;

    use super::Parts;
    use crate::ByteStream;

    fn body(chunks: Vec<Vec<u8>>) -> ByteStream {
        stream::iter(chunks.into_iter().map(|chunk| Ok(Bytes::from(chunk)))).boxed()
    }

    fn all(mut parts: Parts) -> io::Result<Vec<Bytes>> {
        futures::executor::block_on(async {
            let mut all = Vec::new();
            while let Some(part) = parts.next().await? {
                all.push(part);
            }
            Ok(all)
        })
    }

    #[test]
    fn a_whole_part_is_not_copied() {
        let chunk = Bytes::from(vec![7; 10]);
        let body = stream::iter([Ok(chunk.clone())]).boxed();
        let parts = all(Parts::new(body, 5)).unwrap();
        assert_eq!(parts[0].as_ptr(), chunk.as_ptr());
        assert_eq!(parts[1].as_ptr(), chunk[5..].as_ptr());
    }

    #[test]
    fn a_failed_body_fails_the_part() {
        let broken = stream::iter([Ok(Bytes::from_static(b"abc")), Err(io::Error::other("gone"))]).boxed();
        assert!(all(Parts::new(broken, 10)).is_err());
    }

    proptest! {
        #[test]
        fn parts_have_one_size_and_every_byte(
            chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..12), 0..12),
            part_bytes in 1_usize..9,
        ) {
            let whole = chunks.concat();
            let parts = all(Parts::new(body(chunks), part_bytes)).unwrap();
            prop_assert_eq!(parts.concat(), whole.clone());
            prop_assert_eq!(parts.len(), whole.len().div_ceil(part_bytes));
            prop_assert!(parts.iter().rev().skip(1).all(|part| part.len() == part_bytes));
        }
    }
}
