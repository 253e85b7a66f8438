//! FLAC (RFC 9639): the first block, `STREAMINFO`, counts the samples.

use super::{
    Step, microseconds,
    window::{Fields, Window},
};

/// The signature and the header of the block.
const BEFORE_STREAMINFO: u64 = 8;

/// Reads the beginning of a file.
pub(super) fn walk(window: &Window<'_>) -> Step {
    Step::Done(window.from(BEFORE_STREAMINFO).and_then(length))
}

fn length(streaminfo: &[u8]) -> Option<i64> {
    let mut fields = Fields(streaminfo);
    // Sizes of blocks and frames.
    fields.skip(10)?;
    // 20 bits of sample rate, 3 of channels, 5 of depth, 36 of samples.
    let packed = fields.u64()?;
    microseconds(packed & 0xf_ffff_ffff, u32::try_from(packed >> 44).ok()?)
}
