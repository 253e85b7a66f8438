//! mp4 and mov: the sample tables of a track (ISO/IEC 14496-12, 8.6).

use std::io::{Read, Seek};

use super::{KeyFrames, read_at, read_head};
use crate::mp4::{Boxes, be_u32, find, header};

/// Samples of a track, at most: 24 hours of 100 a second. A table of a few bytes can claim any number.
const MAX_SAMPLES: u32 = 8_640_000;
/// Boxes before the index, at most.
const MAX_BOXES: usize = 1000;

pub(super) fn key_frames(mut file: impl Read + Seek, stream: usize) -> Option<KeyFrames> {
    let moov = moov(&mut file)?;
    let track = Boxes(&moov).filter(|(kind, ..)| kind == b"trak").nth(stream)?.1;
    let media = find(track, &[b"mdia"])?;
    if find(media, &[b"hdlr"])?.get(8..12)? != b"vide" {
        return None;
    }
    let head = find(media, &[b"mdhd"])?;
    let timescale = be_u32(head, if head.first()? == &1 { 20 } else { 12 })?;
    let times = Times::read(find(media, &[b"minf", b"stbl"])?)?;
    let us = |ticks: i64| i64::try_from(i128::from(ticks) * 1_000_000 / i128::from(timescale)).ok();
    (timescale > 0).then_some(())?;
    let times_us = times.keys.iter().map(|ticks| us(*ticks)).collect::<Option<_>>()?;
    Some(KeyFrames { times_us, origin_us: Some(us(times.first)?) })
}

/// Content of the box `moov`.
fn moov(file: &mut (impl Read + Seek)) -> Option<Vec<u8>> {
    let mut at = 0;
    for _ in 0..MAX_BOXES {
        let (kind, start, size) = header(&read_head(file, at, 16)?)?;
        let start = start as u64;
        if &kind == b"moov" {
            return read_at(file, at + start, size.checked_sub(start)?);
        }
        // A box of size 0 reaches to the end of the file.
        at = at.checked_add(size).filter(|_| size >= start)?;
    }
    None
}

struct Times {
    keys: Vec<i64>,
    first: i64,
}

impl Times {
    /// Presentation times of the key frames, in ticks.
    fn read(table: &[u8]) -> Option<Self> {
        let mut decoding = Runs::new(find(table, &[b"stts"])?)?;
        let offsets = find(table, &[b"ctts"]);
        let mut offsets = offsets.map(Runs::new).transpose_or_none()?;
        let sync = find(table, &[b"stss"]);
        let mut sync = sync.map(Entries::new).transpose_or_none()?;
        let mut next_key = sync.as_mut().and_then(Iterator::next);
        let (mut keys, mut first, mut at) = (Vec::new(), None, 0_i64);
        for number in 1..=MAX_SAMPLES {
            let Some(duration) = decoding.next() else { break };
            let offset = offsets.as_mut().and_then(Iterator::next).unwrap_or(0);
            // Version 0 has no sign by the standard, and files use one all the same.
            let time = at + i64::from(offset.cast_signed());
            first = first.or(Some(time));
            // Without the table every sample is a key frame.
            if sync.is_none() || next_key == Some(number) {
                keys.push(time);
                next_key = sync.as_mut().and_then(Iterator::next);
            }
            at += i64::from(duration);
        }
        Some(Self { keys, first: first? })
    }
}

/// `Option<Option<T>>` of a table that may be missing, but must be readable where it is there.
trait TransposeOrNone<T> {
    #[expect(clippy::option_option, reason = "a missing table is not an unreadable one")]
    fn transpose_or_none(self) -> Option<Option<T>>;
}

impl<T> TransposeOrNone<T> for Option<Option<T>> {
    fn transpose_or_none(self) -> Option<Option<T>> {
        match self {
            Some(None) => None,
            Some(some) => Some(some),
            None => Some(None),
        }
    }
}

/// The numbers of a table.
struct Entries<'a>(&'a [u8]);

impl<'a> Entries<'a> {
    fn new(table: &'a [u8]) -> Option<Self> {
        table.get(8..).map(Self)
    }
}

impl Iterator for Entries<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*number))
    }
}

/// The values of a run-length table: a count and a value in each entry.
struct Runs<'a> {
    entries: Entries<'a>,
    left: u32,
    value: u32,
}

impl<'a> Runs<'a> {
    fn new(table: &'a [u8]) -> Option<Self> {
        Some(Self { entries: Entries::new(table)?, left: 0, value: 0 })
    }
}

impl Iterator for Runs<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        while self.left == 0 {
            self.left = self.entries.next()?;
            self.value = self.entries.next()?;
        }
        self.left -= 1;
        Some(self.value)
    }
}
