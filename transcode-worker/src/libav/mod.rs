//! Everything that calls libav. Runs in child processes only.

mod describe;
mod open;
mod packets;
mod probe;
mod sample_entry;

pub(crate) use packets::packets;
pub(crate) use probe::probe;

use transcode_worker::{Error, Result};

/// Sets libav up, without a log: our error is one sentence instead.
fn set_up() -> Result<()> {
    ffmpeg_next::init().map_err(|error| Error::ProbeFailed(format!("cannot set libav up: {error}")))?;
    ffmpeg_next::log::set_level(ffmpeg_next::log::Level::Quiet);
    Ok(())
}
