//! webm: a Matroska file (RFC 9559) of EBML elements (RFC 8794). `Segment/Info` has the length and precedes the clusters. A
//! recording that was not finished has no length.

use super::{
    Step, of_seconds, read,
    window::{Fields, Window},
};

const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_a966;
const TIMESTAMP_SCALE: u32 = 0x002a_d7b1;
const DURATION: u32 = 0x4489;
const CLUSTER: u32 = 0x1f43_b675;

/// Default time unit in nanoseconds.
const DEFAULT_SCALE_NS: u64 = 1_000_000;

/// Position of the walk through the elements.
#[derive(Debug, Default)]
pub(super) struct WebM {
    at: u64,
}

impl WebM {
    /// Continues as far as the window reaches.
    pub(super) fn walk(&mut self, window: &Window<'_>) -> Step {
        loop {
            let Some(bytes) = window.from(self.at) else { return read(self.at, 0) };
            let Some(element) = Element::read(bytes) else { return read(self.at, 0) };
            let begin = self.at.checked_add(element.header);
            let end = begin.zip(element.size).and_then(|(begin, size)| begin.checked_add(size));
            match (element.id, begin, end) {
                (CLUSTER, ..) => return Step::Done(None),
                // Its size is often unknown, and not needed.
                (SEGMENT, Some(begin), _) => self.at = begin,
                (INFO, Some(begin), Some(end)) => {
                    return match window.between(begin, end) {
                        Some(content) => Step::Done(length(content)),
                        None => read(self.at, end - self.at),
                    };
                }
                (_, Some(_), Some(end)) => self.at = end,
                _ => return Step::Done(None),
            }
        }
    }
}

/// The length that an `Info` element states.
fn length(mut content: &[u8]) -> Option<i64> {
    let (mut scale_ns, mut duration) = (DEFAULT_SCALE_NS, None);
    while let Some(element) = Element::read(content) {
        let begin = usize::try_from(element.header).ok()?;
        let end = begin.checked_add(usize::try_from(element.size?).ok()?)?;
        let value = content.get(begin..end)?;
        match element.id {
            TIMESTAMP_SCALE if value.len() <= 8 => {
                scale_ns = value.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
            }
            DURATION if value.len() == 4 => {
                duration = Fields(value).u32().map(|bits| f64::from(f32::from_bits(bits)));
            }
            DURATION => duration = Fields(value).u64().map(f64::from_bits),
            _ => {}
        }
        content = content.get(end..)?;
    }
    #[expect(clippy::cast_precision_loss, reason = "a scale of more than 2^53 ns is no scale of a video")]
    let unit = scale_ns as f64 / 1e9;
    of_seconds(duration? * unit)
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
        let size = bytes.get(id_width..id_width + size_width)?;
        let marked = size.iter().fold(0, |size, byte| size << 8 | u64::from(*byte));
        let ones = (1 << (7 * size_width)) - 1;
        let size = marked & ones;
        Some(Self { id, header: (id_width + size_width) as u64, size: (size != ones).then_some(size) })
    }
}

/// Width of a number in bytes, from its leading zeros.
fn width(first: u8) -> Option<usize> {
    let width = first.leading_zeros() as usize + 1;
    (width <= 8).then_some(width)
}
