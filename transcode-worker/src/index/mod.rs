//! Where the key frames of a file are, from the index of its container. libav has this index too, but not for safe code.

mod matroska;
mod mp4;

use std::io::{Read, Seek, SeekFrom};

/// Largest index that is read, in bytes. Three hours at 60 frames a second have 10 MB.
const MAX_INDEX_BYTES: u64 = 64 << 20;

/// Times of key frames, and the time of the first frame by the same clock.
#[derive(Debug, PartialEq, Eq)]
pub struct KeyFrames {
    /// In microseconds, in order.
    pub times_us: Vec<i64>,
    /// Time of the first frame of the index in microseconds, where the container counts from another start than libav.
    pub origin_us: Option<i64>,
}

/// Reads the times of the key frames of a stream of a file. `None`: the container has no index, or bytes of it are missing.
pub fn key_frames(file: impl Read + Seek, container: &str, stream: usize) -> Option<KeyFrames> {
    let mut found = match container {
        _ if container.contains("mp4") => mp4::key_frames(file, stream),
        _ if container.contains("matroska") => matroska::key_frames(file, stream),
        _ => None,
    }?;
    found.times_us.sort_unstable();
    found.times_us.dedup();
    Some(found)
}

/// Reads bytes at an offset.
fn read_at(file: &mut (impl Read + Seek), at: u64, size: u64) -> Option<Vec<u8>> {
    if size > MAX_INDEX_BYTES {
        return None;
    }
    file.seek(SeekFrom::Start(at)).ok()?;
    let mut bytes = Vec::new();
    file.take(size).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 == size).then_some(bytes)
}

/// Reads up to so many bytes at an offset.
fn read_head(file: &mut (impl Read + Seek), at: u64, size: u64) -> Option<Vec<u8>> {
    file.seek(SeekFrom::Start(at)).ok()?;
    let mut bytes = Vec::new();
    file.take(size).read_to_end(&mut bytes).ok()?;
    (!bytes.is_empty()).then_some(bytes)
}
