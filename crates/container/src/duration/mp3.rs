//! mp3: frames of MPEG audio layer III (ISO/IEC 11172-3 and 13818-3), behind an ID3v2 tag. With a variable bitrate the first
//! frame counts them all (`Xing`, `Info`, `VBRI`); with a constant one the size tells the length.

use super::{
    Step, microseconds, read,
    window::{Fields, Window},
};

/// Bytes of the header of an ID3v2 tag.
const TAG_HEADER: u64 = 10;
/// Bytes behind the tag that are searched for a frame.
const SEARCHED: usize = 8 * 1024;

const BITRATES_1: [u32; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const BITRATES_2: [u32; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/// Position of the audio data, as far as it is known.
#[derive(Debug, Default)]
pub(super) struct Mp3 {
    at: u64,
}

impl Mp3 {
    /// Continues as far as the window reaches.
    pub(super) fn walk(&mut self, window: &Window<'_>) -> Step {
        while let Some([b'I', b'D', b'3', _, _, flags, a, b, c, d, ..]) = window.from(self.at) {
            // Seven bits a byte; a footer is as long as the header.
            let size = [*a, *b, *c, *d].iter().fold(0, |size, byte| size << 7 | u64::from(byte & 0x7f));
            let footer = if flags & 0x10 == 0 { 0 } else { TAG_HEADER };
            self.at += TAG_HEADER + size + footer;
        }
        let Some(bytes) = window.from(self.at).filter(|bytes| window.is_last || bytes.len() >= SEARCHED)
        else {
            return read(self.at, 0);
        };
        let mut frames = (0..bytes.len().min(SEARCHED))
            .filter_map(|skipped| Frame::read(&bytes[skipped..]).map(|frame| (skipped, frame)));
        // Bytes that look like a frame are one only if another frame follows.
        let first = frames.find(|(skipped, frame)| {
            bytes
                .get(skipped + frame.length..)
                .is_none_or(|next| next.len() < 4 || Frame::read(next).is_some())
        });
        let Some((skipped, frame)) = first else { return Step::Done(None) };
        let sound = &bytes[skipped..];
        let counted = frame
            .counted(sound)
            .and_then(|frames| microseconds(u64::from(frames) * u64::from(frame.samples), frame.sample_rate));
        let size = window.size.or_else(|| window.is_last.then(|| window.start + window.bytes.len() as u64));
        let begin = self.at + skipped as u64;
        let by_size = || microseconds(size?.checked_sub(begin)?.checked_mul(8)?, frame.bitrate);
        Step::Done(counted.or_else(by_size))
    }
}

/// The header of a frame.
struct Frame {
    /// Bits per second.
    bitrate: u32,
    sample_rate: u32,
    /// Samples of each channel.
    samples: u32,
    /// Bytes of the whole frame.
    length: usize,
    /// Offset of `Xing`.
    counts_at: usize,
}

impl Frame {
    fn read(bytes: &[u8]) -> Option<Self> {
        let &[0xff, second, third, fourth, ..] = bytes else { return None };
        // All sync bits, and layer III.
        if second & 0xe6 != 0xe2 {
            return None;
        }
        let version = second >> 3 & 0b11;
        let is_first_version = version == 0b11;
        let bitrates = if is_first_version { BITRATES_1 } else { BITRATES_2 };
        let bitrate = bitrates.get(usize::from(third >> 4)).copied().filter(|kbps| *kbps > 0)? * 1000;
        let base: u32 = [44_100, 48_000, 32_000].get(usize::from(third >> 2 & 0b11)).copied()?;
        let (sample_rate, samples) = match version {
            0b11 => (base, 1152),
            0b10 => (base / 2, 576),
            0b00 => (base / 4, 576),
            _ => return None,
        };
        let length = samples / 8 * bitrate / sample_rate + u32::from(third >> 1 & 1);
        let is_mono = fourth >> 6 == 0b11;
        let counts_at = match (is_first_version, is_mono) {
            (true, false) => 36,
            (true, true) | (false, false) => 21,
            (false, true) => 13,
        };
        Some(Self { bitrate, sample_rate, samples, length: usize::try_from(length).ok()?, counts_at })
    }

    /// Number of frames of the file, which the first one may state.
    fn counted(&self, bytes: &[u8]) -> Option<u32> {
        let counts = bytes.get(self.counts_at..)?;
        if let Some(counts) = counts.strip_prefix(b"Xing").or_else(|| counts.strip_prefix(b"Info")) {
            let mut fields = Fields(counts);
            let has_frames = fields.u32()? & 1 == 1;
            return fields.u32().filter(|frames| has_frames && *frames > 0);
        }
        let mut fields = Fields(bytes.get(36..)?.strip_prefix(b"VBRI")?);
        fields.skip(10)?;
        fields.u32().filter(|frames| *frames > 0)
    }
}
