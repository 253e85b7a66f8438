//! Makes what a plan says: segments, subtitles, the pictures of the seek bar.

pub(crate) mod adts;
pub(crate) mod command;
pub(crate) mod copy;
pub(crate) mod grid;
pub(crate) mod process;
pub(crate) mod segments;
pub(crate) mod sound;
pub(crate) mod storyboard;
pub(crate) mod subtitles;
pub(crate) mod video;
pub(crate) mod watchdog;

use bytes::Bytes;

/// A made segment of one rendition.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    /// The init segment of the rendition, the same for all its segments.
    pub(crate) init: Bytes,
    pub(crate) bytes: Bytes,
}
