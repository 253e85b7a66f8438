//! AAC as ADTS frames (ISO/IEC 13818-7, 6.2) from an encoder, and as samples of an mp4.

use crate::mp4::Track;

/// Sample rates by their index in the header.
const RATES: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350];

/// Cuts a stream of bytes into frames.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    buffer: Vec<u8>,
}

/// A frame without its header.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) configuration: Configuration,
    pub(crate) data: Vec<u8>,
}

/// What the header of every frame says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Configuration {
    pub(crate) rate_index: u8,
    pub(crate) channels: u8,
}

impl Reader {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole frame.
    pub(crate) fn next(&mut self) -> anyhow::Result<Option<Frame>> {
        let Some(&[sync, kind, layout, high, middle, low, _]) = self.buffer.first_chunk::<7>() else {
            return Ok(None);
        };
        anyhow::ensure!(sync == 0xff && kind & 0xf6 == 0xf0, "the encoder wrote no AAC frames");
        let header = if kind & 1 == 1 { 7 } else { 9 };
        let size = usize::from(high & 3) << 11 | usize::from(middle) << 3 | usize::from(low >> 5);
        anyhow::ensure!(size >= header, "the encoder wrote an AAC frame of an impossible size");
        if self.buffer.len() < size {
            return Ok(None);
        }
        let rest = self.buffer.split_off(size);
        let frame = std::mem::replace(&mut self.buffer, rest);
        let configuration =
            Configuration { rate_index: layout >> 2 & 15, channels: (layout & 1) << 2 | high >> 6 };
        Ok(Some(Frame { configuration, data: frame.get(header..).unwrap_or_default().to_vec() }))
    }
}

impl Configuration {
    pub(crate) fn rate(self) -> Option<u32> {
        RATES.get(usize::from(self.rate_index)).copied()
    }

    /// The track of such frames: AAC-LC.
    pub(crate) fn track(self, rate: u32) -> Track {
        // AudioSpecificConfig: object type 2, rate, channels.
        let config =
            (2_u16 << 11 | u16::from(self.rate_index) << 7 | u16::from(self.channels) << 3).to_be_bytes();
        let mut esds = vec![0, 0, 0, 0];
        // Elementary stream, decoder (AAC, sound), its configuration, and the sync layer (14496-1, 7.2.6).
        esds.extend([3, 25, 0, 0, 0, 4, 17, 0x40, 0x15]);
        esds.extend([0; 11]);
        esds.extend([5, 2, config[0], config[1], 6, 1, 2]);
        let mut entry = Vec::new();
        let boxed = |kind: &[u8; 4], content: &[u8]| {
            let size = u32::try_from(content.len() + 8).unwrap_or_default();
            [&size.to_be_bytes()[..], kind, content].concat()
        };
        entry.extend([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, self.channels, 0, 16, 0, 0, 0, 0]);
        // A 16.16 number; rates above 65,535 Hz do not fit and are read from the configuration.
        entry.extend((rate.min(0xffff) << 16).to_be_bytes());
        entry.extend(boxed(b"esds", &esds));
        Track { timescale: rate, entry: boxed(b"mp4a", &entry) }
    }
}

/// A frame of silence for AAC-LC of any rate, for the end of sound that is shorter than the picture.
pub(crate) fn silence(channels: u16) -> &'static [u8] {
    match channels {
        1 => &[0x00, 0xc8, 0x00, 0x80, 0x23, 0x80],
        _ => &[0x21, 0x00, 0x49, 0x90, 0x02, 0x19, 0x00, 0x23, 0x80],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_cut_out_of_any_pieces() {
        // 48 kHz stereo, 9 and 10 bytes with the header.
        let bytes = [
            &[0xff, 0xf1, 0x4c, 0x80, 0x01, 0x3f, 0xfc, 1, 2][..],
            &[0xff, 0xf1, 0x4c, 0x80, 0x01, 0x5f, 0xfc, 3, 4, 5],
        ]
        .concat();
        for step in [1, 4, 19] {
            let mut reader = Reader::default();
            let mut frames = Vec::new();
            for chunk in bytes.chunks(step) {
                reader.push(chunk);
                while let Some(frame) = reader.next().unwrap() {
                    frames.push(frame);
                }
            }
            let configuration = Configuration { rate_index: 3, channels: 2 };
            assert_eq!(configuration.rate(), Some(48_000));
            assert_eq!(frames, [vec![1, 2], vec![3, 4, 5]].map(|data| Frame { configuration, data }));
        }
        let mut reader = Reader::default();
        reader.push(b"this is no sound");
        assert!(reader.next().is_err());
    }

    #[test]
    fn the_track_says_rate_and_channels() {
        let track = Configuration { rate_index: 4, channels: 1 }.track(44_100);
        let esds = track.configuration(b"esds").unwrap();
        assert!(esds.windows(4).any(|bytes| bytes == [5, 2, 0x12, 0x08]), "{esds:?}");
    }
}
