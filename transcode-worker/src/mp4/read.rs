//! Reads what an encoder writes: an init segment, then fragments.

use super::{Sample, boxes::header, find};

/// The one track of an init segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    /// Ticks per second.
    pub timescale: u32,
    /// The whole sample entry box, such as `avc1` or `mp4a`.
    pub entry: Vec<u8>,
}

impl Track {
    /// Reads the content of `moov`; of several tracks the first.
    pub fn read(moov: &[u8]) -> Option<Self> {
        let media = find(moov, &[b"trak", b"mdia"])?;
        let head = find(media, &[b"mdhd"])?;
        let timescale = be_u32(head, if head.first()? == &1 { 20 } else { 12 })?;
        let descriptions = find(media, &[b"minf", b"stbl", b"stsd"])?.get(8..)?;
        let (_, _, entry) = super::Boxes(descriptions).next()?;
        (timescale > 0).then(|| Self { timescale, entry: entry.to_vec() })
    }

    /// Whether it is a picture.
    pub fn is_video(&self) -> bool {
        self.entry.get(4..8) == Some(b"avc1")
    }

    /// Content of a box within the sample entry, such as `avcC` or `esds`.
    pub fn configuration(&self, kind: &[u8; 4]) -> Option<&[u8]> {
        // Fixed fields before the boxes (14496-12, 12.1.3 and 12.2.3).
        let fields = if self.is_video() { 78 } else { 28 };
        find(self.entry.get(8 + fields..)?, &[kind])
    }
}

/// A fragment of one track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// In decoding order.
    pub samples: Vec<Sample>,
    /// Their bytes, one after the other.
    pub data: Vec<u8>,
}

/// What a stream of boxes consists of.
#[derive(Debug)]
pub(crate) enum Piece {
    Init(Track),
    Fragment(Fragment),
}

/// Cuts a stream of bytes into init segment and fragments.
#[derive(Debug)]
pub struct Splitter {
    buffer: Vec<u8>,
    samples: Vec<Sample>,
    limit: usize,
}

impl Splitter {
    /// `limit`: bytes of the largest box that is taken.
    pub fn new(limit: usize) -> Self {
        Self { buffer: Vec::new(), samples: Vec::new(), limit }
    }

    /// Takes more bytes; [`Splitter::next`] returns what they complete.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Whether the stream may end here.
    pub(crate) fn is_at_boundary(&self) -> bool {
        self.buffer.is_empty() && self.samples.is_empty()
    }

    /// The next whole piece.
    pub(crate) fn next(&mut self) -> anyhow::Result<Option<Piece>> {
        loop {
            let Some((kind, start, size)) = header(&self.buffer) else { return Ok(None) };
            let size = usize::try_from(size).ok().filter(|size| (start..=self.limit).contains(size));
            let Some(size) = size else { anyhow::bail!("the encoder wrote a box of an impossible size") };
            if self.buffer.len() < size {
                return Ok(None);
            }
            let rest = self.buffer.split_off(size);
            let content = std::mem::replace(&mut self.buffer, rest);
            let content = content.get(start..).unwrap_or_default();
            match &kind {
                b"moov" => {
                    let track = Track::read(content);
                    return track.map(|track| Some(Piece::Init(track))).ok_or_else(malformed);
                }
                b"moof" => self.samples = samples(content).ok_or_else(malformed)?,
                b"mdat" if !self.samples.is_empty() => {
                    let samples = std::mem::take(&mut self.samples);
                    let bytes: u64 = samples.iter().map(|sample| u64::from(sample.size)).sum();
                    anyhow::ensure!(bytes == content.len() as u64, malformed());
                    return Ok(Some(Piece::Fragment(Fragment { samples, data: content.to_vec() })));
                }
                _ => {}
            }
        }
    }
}

fn malformed() -> anyhow::Error {
    anyhow::anyhow!("the encoder wrote a fragment that cannot be read")
}

/// The samples of the one track of a `moof` (14496-12, 8.8.7 and 8.8.8).
fn samples(moof: &[u8]) -> Option<Vec<Sample>> {
    let traf = find(moof, &[b"traf"])?;
    let defaults = Defaults::read(find(traf, &[b"tfhd"])?)?;
    let mut samples = Vec::new();
    for (kind, run, _) in super::Boxes(traf) {
        if &kind == b"trun" {
            defaults.read_run(run, &mut samples)?;
        }
    }
    Some(samples)
}

#[derive(Default)]
struct Defaults {
    duration: u32,
    size: u32,
    flags: u32,
}

/// `sample_is_non_sync_sample` of the flags.
const NON_SYNC: u32 = 0x0001_0000;

impl Defaults {
    fn read(tfhd: &[u8]) -> Option<Self> {
        let flags = be_u32(tfhd, 0)? & 0x00ff_ffff;
        let mut at = 8;
        let mut field = |bit: u32, width: usize| -> Option<u32> {
            if flags & bit == 0 {
                return Some(0);
            }
            at += width;
            be_u32(tfhd, at - 4)
        };
        field(0x01, 8)?;
        field(0x02, 4)?;
        Some(Self { duration: field(0x08, 4)?, size: field(0x10, 4)?, flags: field(0x20, 4)? })
    }

    fn read_run(&self, trun: &[u8], samples: &mut Vec<Sample>) -> Option<()> {
        let flags = be_u32(trun, 0)? & 0x00ff_ffff;
        let count = be_u32(trun, 4)?;
        let mut at = 8;
        let mut next = || {
            at += 4;
            be_u32(trun, at - 4)
        };
        if flags & 0x01 != 0 {
            next()?;
        }
        let first_flags = if flags & 0x04 != 0 { Some(next()?) } else { None };
        for index in 0..count {
            let duration = if flags & 0x100 != 0 { next()? } else { self.duration };
            let size = if flags & 0x200 != 0 { next()? } else { self.size };
            let own = if flags & 0x400 != 0 { next()? } else { self.flags };
            let own = first_flags.filter(|_| index == 0).unwrap_or(own);
            let composition_offset = if flags & 0x800 != 0 { next()?.cast_signed() } else { 0 };
            samples.push(Sample { duration, size, is_sync: own & NON_SYNC == 0, composition_offset });
        }
        Some(())
    }
}

/// The number at an offset.
pub(crate) fn be_u32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_be_bytes)
}
