//! Matroska and webm: the element `Cues` (RFC 9559, 5.1.5), which players seek by. It often stands at the end of the file.

use std::io::{Read, Seek};

use super::{KeyFrames, read_at, read_head};

const SEGMENT: u32 = 0x1853_8067;
const SEEK_HEAD: u32 = 0x114d_9b74;
const SEEK: u32 = 0x4dbb;
const SEEK_ID: u32 = 0x53ab;
const SEEK_POSITION: u32 = 0x53ac;
const INFO: u32 = 0x1549_a966;
const TIMESTAMP_SCALE: u32 = 0x002a_d7b1;
const TRACKS: u32 = 0x1654_ae6b;
const TRACK_ENTRY: u32 = 0xae;
const TRACK_NUMBER: u32 = 0xd7;
const CLUSTER: u32 = 0x1f43_b675;
const CUES: u32 = 0x1c53_bb6b;
const CUE_POINT: u32 = 0xbb;
const CUE_TIME: u32 = 0xb3;
const CUE_TRACK_POSITIONS: u32 = 0xb7;
const CUE_TRACK: u32 = 0xf7;

/// Default time unit in nanoseconds.
const DEFAULT_SCALE_NS: u64 = 1_000_000;
/// Elements before the first cluster, at most.
const MAX_ELEMENTS: usize = 100;
/// Longest beginning of an element.
const MAX_HEADER: u64 = 12;

pub(super) fn key_frames(mut file: impl Read + Seek, stream: usize) -> Option<KeyFrames> {
    let mut head = Head::read(&mut file)?;
    let cues = if let Some(cues) = head.cues.take() {
        cues
    } else {
        let at = head.cues_at?;
        let element =
            Element::read(&read_head(&mut file, at, MAX_HEADER)?).filter(|element| element.id == CUES)?;
        read_at(&mut file, at + element.header, element.size?)?
    };
    let track = *head.tracks.get(stream)?;
    let mut times_us = Vec::new();
    for (_, point) in Elements(&cues).filter(|(id, _)| *id == CUE_POINT) {
        let time = Elements(point).find(|(id, _)| *id == CUE_TIME).map(|(_, value)| number(value));
        let is_of_track =
            Elements(point).filter(|(id, _)| *id == CUE_TRACK_POSITIONS).any(|(_, position)| {
                Elements(position).any(|(id, value)| id == CUE_TRACK && number(value) == track)
            });
        if let Some(time) = time.filter(|_| is_of_track) {
            times_us.push(i64::try_from(u128::from(time) * u128::from(head.scale_ns) / 1000).ok()?);
        }
    }
    (!times_us.is_empty()).then_some(KeyFrames { times_us, origin_us: None })
}

#[derive(Default)]
struct Head {
    cues: Option<Vec<u8>>,
    cues_at: Option<u64>,
    scale_ns: u64,
    /// Numbers of the tracks, in the order of the file.
    tracks: Vec<u64>,
}

impl Head {
    /// Reads what is before the first cluster.
    fn read(file: &mut (impl Read + Seek)) -> Option<Self> {
        let mut head = Self { scale_ns: DEFAULT_SCALE_NS, ..Self::default() };
        let (mut at, mut segment) = (0, None);
        for _ in 0..MAX_ELEMENTS {
            let element = Element::read(&read_head(file, at, MAX_HEADER)?)?;
            let begin = at + element.header;
            match element.id {
                SEGMENT => {
                    segment = Some(begin);
                    at = begin;
                    continue;
                }
                CLUSTER => break,
                SEEK_HEAD => {
                    let content = read_at(file, begin, element.size?)?;
                    head.cues_at =
                        head.cues_at.or(cues_position(&content).zip(segment).map(|(at, start)| at + start));
                }
                INFO => {
                    let content = read_at(file, begin, element.size?)?;
                    let scale = Elements(&content).find(|(id, _)| *id == TIMESTAMP_SCALE);
                    head.scale_ns = scale.map_or(DEFAULT_SCALE_NS, |(_, value)| number(value));
                }
                TRACKS => {
                    let content = read_at(file, begin, element.size?)?;
                    let entries = Elements(&content).filter(|(id, _)| *id == TRACK_ENTRY);
                    head.tracks = entries
                        .filter_map(|(_, entry)| Elements(entry).find(|(id, _)| *id == TRACK_NUMBER))
                        .map(|(_, value)| number(value))
                        .collect();
                }
                CUES => head.cues = Some(read_at(file, begin, element.size?)?),
                _ => {}
            }
            at = begin.checked_add(element.size?)?;
        }
        Some(head)
    }
}

/// Position of the cues behind the start of the segment.
fn cues_position(seek_head: &[u8]) -> Option<u64> {
    Elements(seek_head).filter(|(id, _)| *id == SEEK).find_map(|(_, seek)| {
        let id = Elements(seek).find(|(id, _)| *id == SEEK_ID).map(|(_, value)| number(value))?;
        let position = Elements(seek).find(|(id, _)| *id == SEEK_POSITION).map(|(_, value)| number(value))?;
        (id == u64::from(CUES)).then_some(position)
    })
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The elements of some bytes: id and content. Ends at the first that is not whole.
#[derive(Clone)]
struct Elements<'a>(&'a [u8]);

impl<'a> Iterator for Elements<'a> {
    type Item = (u32, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let element = Element::read(self.0)?;
        let begin = usize::try_from(element.header).ok()?;
        let end = begin.checked_add(usize::try_from(element.size?).ok()?)?;
        let content = self.0.get(begin..end)?;
        self.0 = self.0.get(end..)?;
        Some((element.id, content))
    }
}

/// The beginning of an element (RFC 8794, 5 and 6).
struct Element {
    id: u32,
    /// Bytes of the id and the size.
    header: u64,
    /// Bytes of the content; `None` when unknown.
    size: Option<u64>,
}

impl Element {
    fn read(bytes: &[u8]) -> Option<Self> {
        let id_width = width(*bytes.first()?).filter(|width| *width <= 4)?;
        let id = bytes.get(..id_width)?.iter().fold(0, |id, byte| id << 8 | u32::from(*byte));
        let size_width = width(*bytes.get(id_width)?)?;
        let size = number(bytes.get(id_width..id_width + size_width)?);
        let ones = (1 << (7 * size_width)) - 1;
        let size = size & ones;
        Some(Self { id, header: (id_width + size_width) as u64, size: (size != ones).then_some(size) })
    }
}

/// Width of a number in bytes, from its leading zeros.
fn width(first: u8) -> Option<usize> {
    let width = first.leading_zeros() as usize + 1;
    (width <= 8).then_some(width)
}
