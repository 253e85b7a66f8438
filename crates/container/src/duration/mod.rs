//! Measures a file from as few of its bytes as possible. A measurement asks for a byte range, gets it, and ends after a
//! bounded number of them, whatever they contain.

mod flac;
mod mp3;
mod mp4;
mod ogg;
mod wav;
mod webm;
mod window;

use mp3::Mp3;
use mp4::Mp4;
use ogg::Ogg;
use wav::Wav;
use webm::WebM;
pub use window::Window;

use crate::{Kind, sniff};

/// Usual size of a range: most files have their length within it at the beginning or at the end.
const WINDOW_BYTES: usize = 16 * 1024;

/// Largest range of one step: the index of a fragmented film.
const LARGEST_READ: usize = 1024 * 1024;

/// Reads of one measurement. A file that needs more is not made to be played.
const MAX_READS: u32 = 64;

/// A week: the largest position.
const LONGEST_US: u128 = 604_800_000_000;

/// The next step of a measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It needs a byte range; fewer bytes where the file ends.
    Read {
        /// Offset of the first byte.
        at: u64,
        /// Number of bytes.
        length: usize,
    },
    /// It is done: the length in microseconds, or `None` when the file does not say it.
    Done(Option<i64>),
}

/// The measurement of one file.
#[derive(Debug)]
pub struct Measurement {
    format: Format,
    reads: u32,
}

#[derive(Debug)]
enum Format {
    Unknown,
    Mp4(Mp4),
    WebM(WebM),
    Mp3(Mp3),
    Ogg(Ogg),
    Wav(Wav),
    Flac,
}

impl Measurement {
    /// Begins a measurement. Returns its first step.
    pub fn begin() -> (Self, Step) {
        (Self { format: Format::Unknown, reads: 1 }, Step::Read { at: 0, length: WINDOW_BYTES })
    }

    /// Continues with the bytes that the last step asked for.
    pub fn next(&mut self, window: Window<'_>) -> Step {
        if let Format::Unknown = self.format {
            self.format = match sniff(window.bytes) {
                Ok(Kind::Mp4 | Kind::M4a) => Format::Mp4(Mp4::default()),
                Ok(Kind::WebM | Kind::WebA) => Format::WebM(WebM::default()),
                Ok(Kind::Mp3) => Format::Mp3(Mp3::default()),
                Ok(Kind::Ogg) => Format::Ogg(Ogg::default()),
                Ok(Kind::Wav) => Format::Wav(Wav::default()),
                Ok(Kind::Flac) => Format::Flac,
                Ok(Kind::Hls) | Err(_) => return Step::Done(None),
            };
        }
        let step = match &mut self.format {
            Format::Unknown => Step::Done(None),
            Format::Mp4(mp4) => mp4.walk(&window),
            Format::WebM(webm) => webm.walk(&window),
            Format::Mp3(mp3) => mp3.walk(&window),
            Format::Ogg(ogg) => ogg.walk(&window),
            Format::Wav(wav) => wav.walk(&window),
            Format::Flac => flac::walk(&window),
        };
        let Step::Read { at, length } = step else { return step };
        // Nothing follows the end of the file, and reading the same bytes again would loop.
        if window.is_last || (at == window.start && length <= window.bytes.len()) {
            return Step::Done(self.outcome());
        }
        self.reads += 1;
        if length > LARGEST_READ || self.reads > MAX_READS {
            return Step::Done(None);
        }
        Step::Read { at, length }
    }

    /// The length at the end of the file.
    fn outcome(&self) -> Option<i64> {
        match &self.format {
            Format::Mp4(mp4) => mp4.at_the_end(),
            _ => None,
        }
    }
}

/// Asks for `needed` bytes at offset `at`, and for a usual range at least.
fn read(at: u64, needed: u64) -> Step {
    Step::Read { at, length: usize::try_from(needed).unwrap_or(usize::MAX).max(WINDOW_BYTES) }
}

/// `units` of `1/per_second` seconds in microseconds; `None` for 0 and for more than a week.
fn microseconds(units: u64, per_second: u32) -> Option<i64> {
    let us = (u128::from(units) * 1_000_000).checked_div(u128::from(per_second))?;
    if us == 0 || us > LONGEST_US { None } else { i64::try_from(us).ok() }
}

/// The same for seconds as a float, which may also be infinite or NaN.
pub(crate) fn of_seconds(seconds: f64) -> Option<i64> {
    let us = (seconds * 1e6).round();
    #[expect(clippy::cast_precision_loss, reason = "a week in microseconds is exact")]
    let range = 1.0..=(LONGEST_US as f64);
    #[expect(clippy::cast_possible_truncation, reason = "it is within a week, and whole")]
    range.contains(&us).then_some(us as i64)
}

#[cfg(test)]
mod tests;
