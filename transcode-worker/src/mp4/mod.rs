//! ISO base media files (ISO/IEC 14496-12), as far as segments of HLS need them: what an encoder writes is read, and written
//! again on the timeline of the plan. Nothing else of a file gets into a segment: no metadata, no location, no edit list.

mod boxes;
mod read;
mod write;

pub(crate) use boxes::header;
pub use boxes::{Boxes, find};
pub use read::{Fragment, Splitter, Track};
pub(crate) use read::{Piece, be_u32};
pub(crate) use write::{init, segment};

/// A sample of a track, without its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Duration in ticks of the track.
    pub duration: u32,
    /// Number of bytes.
    pub size: u32,
    /// Can be decoded without the samples before it.
    pub is_sync: bool,
    /// Presentation time minus decoding time, in ticks.
    pub composition_offset: i32,
}

#[cfg(test)]
mod tests;
