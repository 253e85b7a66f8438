//! Ogg (RFC 3533) with Opus (RFC 7845) or Vorbis: the last page of the stream tells its last sample.

use super::{Step, microseconds, window::Window};

/// A page has at most 65,307 bytes, so the beginning of the last page is within this many bytes of the end.
const TAIL: u64 = 128 * 1024;

/// The stream of a file.
#[derive(Debug, Default)]
pub(super) struct Ogg {
    stream: Option<Stream>,
}

#[derive(Debug, Clone, Copy)]
struct Stream {
    serial: [u8; 4],
    per_second: u32,
    /// Samples at the beginning that a decoder drops.
    skipped: u64,
}

impl Ogg {
    /// Reads the first page, then the end of the file.
    pub(super) fn walk(&mut self, window: &Window<'_>) -> Step {
        let stream = if let Some(stream) = self.stream {
            stream
        } else {
            let Some(stream) = Stream::read(window.bytes) else { return Step::Done(None) };
            self.stream = Some(stream);
            if !window.is_last {
                let Some(size) = window.size else { return Step::Done(None) };
                let at = size.saturating_sub(TAIL);
                let length = usize::try_from(size - at).unwrap_or_default();
                return Step::Read { at, length };
            }
            stream
        };
        let samples = stream.last_sample(window.bytes).map(|last| last.saturating_sub(stream.skipped));
        Step::Done(samples.and_then(|samples| microseconds(samples, stream.per_second)))
    }
}

impl Stream {
    fn read(page: &[u8]) -> Option<Self> {
        let serial = *page.get(14..)?.first_chunk()?;
        let packet = page.get(27 + usize::from(*page.get(26)?)..)?;
        let little = |at: usize| Some(u32::from_le_bytes(*packet.get(at..)?.first_chunk()?));
        if packet.starts_with(b"OpusHead") {
            let skipped = u16::from_le_bytes(*packet.get(10..)?.first_chunk()?);
            return Some(Self { serial, per_second: 48_000, skipped: skipped.into() });
        }
        packet.starts_with(b"\x01vorbis").then_some(())?;
        Some(Self { serial, per_second: little(12)?, skipped: 0 })
    }

    /// The highest sample position of its pages; a page in which no packet ends has none (-1).
    fn last_sample(&self, bytes: &[u8]) -> Option<u64> {
        let pages = bytes.windows(18).filter(|page| page.starts_with(b"OggS") && page[14..] == self.serial);
        let positions = pages.filter_map(|page| Some(i64::from_le_bytes(*page.get(6..)?.first_chunk()?)));
        positions.filter_map(|position| u64::try_from(position).ok()).max()
    }
}
