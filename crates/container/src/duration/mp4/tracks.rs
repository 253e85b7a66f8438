//! Tracks of a fragmented film, as `moov` describes them, and with them the end of a fragment (`moof`).

use super::{
    super::{microseconds, window::Fields},
    boxes::{find, inner},
};

/// The tracks of a film.
#[derive(Debug)]
pub(super) struct Tracks(Vec<Track>);

#[derive(Debug)]
struct Track {
    id: u32,
    per_second: u32,
    /// Default length of a sample (`trex`).
    sample_length: u32,
}

impl Tracks {
    /// Reads the content of a `moov`.
    pub(super) fn read(moov: &[u8]) -> Option<Self> {
        let boxes = inner(moov)?;
        let defaults = inner(find(&boxes, *b"mvex")?)?;
        let sample_length = |id: u32| {
            let trex = defaults.iter().filter(|inner| inner.kind == *b"trex");
            trex.filter_map(|trex| {
                let mut fields = Fields(trex.content);
                fields.skip(4)?;
                let track = fields.u32()?;
                fields.skip(4)?;
                Some((track, fields.u32()?))
            })
            .find_map(|(track, length)| (track == id).then_some(length))
        };
        let tracks = boxes.iter().filter(|inner| inner.kind == *b"trak").map(|trak| {
            let (id, per_second) = track(trak.content)?;
            Some(Track { id, per_second, sample_length: sample_length(id)? })
        });
        Some(Self(tracks.collect::<Option<_>>()?))
    }

    /// End of a fragment in microseconds from the film's beginning, by the content of its `moof`; `None`: it is no fragment of this
    /// film, or does not state when it begins.
    pub(super) fn end_us(&self, moof: &[u8]) -> Option<i64> {
        let boxes = inner(moof)?;
        find(&boxes, *b"mfhd")?;
        let ends = boxes.iter().filter(|inner| inner.kind == *b"traf").map(|traf| self.end_of(traf.content));
        ends.collect::<Option<Vec<_>>>()?.into_iter().max()
    }

    fn end_of(&self, traf: &[u8]) -> Option<i64> {
        let boxes = inner(traf)?;
        let mut header = Fields(find(&boxes, *b"tfhd")?);
        let flags = header.u32()?;
        let id = header.u32()?;
        let track = self.0.iter().find(|track| track.id == id)?;
        // Offset of its data, and the index of the sample description.
        header.skip(if flags & 0x01 == 0 { 0 } else { 8 } + if flags & 0x02 == 0 { 0 } else { 4 })?;
        let sample_length = if flags & 0x08 == 0 { track.sample_length } else { header.u32()? };

        let mut start = Fields(find(&boxes, *b"tfdt")?);
        let is_long = start.u32()? >> 24 == 1;
        let mut end = if is_long { start.u64()? } else { start.u32()?.into() };
        for run in boxes.iter().filter(|inner| inner.kind == *b"trun") {
            end = end.checked_add(run_length(run.content, sample_length)?)?;
        }
        if end == 0 { Some(0) } else { microseconds(end, track.per_second) }
    }
}

/// Id and time scale of a track.
fn track(trak: &[u8]) -> Option<(u32, u32)> {
    let boxes = inner(trak)?;
    let media = inner(find(&boxes, *b"mdia")?)?;
    // Both begin with the times of creation and change.
    let behind_dates = |content| {
        let mut fields = Fields(content);
        let is_long = fields.u32()? >> 24 == 1;
        fields.skip(if is_long { 16 } else { 8 })?;
        fields.u32()
    };
    Some((behind_dates(find(&boxes, *b"tkhd")?)?, behind_dates(find(&media, *b"mdhd")?)?))
}

/// Sum of the samples of a `trun`. Its table fills it to the last byte.
fn run_length(content: &[u8], sample_length: u32) -> Option<u64> {
    let mut fields = Fields(content);
    let flags = fields.u32()?;
    let count = fields.u32()?;
    // Offset of the data, and flags of the first sample.
    fields.skip(4 * (flags & 0x05).count_ones() as usize)?;
    let row = 4 * (flags & 0xf00).count_ones() as usize;
    if usize::try_from(count).ok()?.checked_mul(row)? != fields.0.len() {
        return None;
    }
    if flags & 0x100 == 0 {
        return Some(u64::from(count) * u64::from(sample_length));
    }
    // The length is the first field of a row.
    fields.0.chunks_exact(row).map(|row| Fields(row).u32().map(u64::from)).sum()
}
