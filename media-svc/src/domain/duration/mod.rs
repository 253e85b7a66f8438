//! How long a video or a sound is, from as little of its file as says so. Nothing here reads: a measurement says which bytes it
//! needs next, gets them, and ends after a bounded number of them, whatever they say.

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
pub(crate) use window::Window;

use super::{Kind, sniff};

/// Most files say it in their first bytes, or in as few at their end.
const WINDOW_BYTES: usize = 16 * 1024;

/// The most that one step may ask for: the index of a fragmented film.
const LARGEST_READ: usize = 1024 * 1024;

/// A file is walked from box to box; one that takes more reads than this has another plan than being played.
const MAX_READS: u32 = 64;

/// A week, the longest that a position may be.
const LONGEST_US: u128 = 604_800_000_000;

/// What a measurement needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// These bytes; fewer where the file ends.
    Read {
        /// Where they begin.
        at: u64,
        /// How many.
        length: usize,
    },
    /// Nothing: this is how long it is, in microseconds, or it cannot be told.
    Done(Option<i64>),
}

/// The measurement of one file.
#[derive(Debug)]
pub(crate) struct Measurement {
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
    /// Begins one, with the bytes that it needs first.
    pub(crate) fn begin() -> (Self, Step) {
        (Self { format: Format::Unknown, reads: 1 }, Step::Read { at: 0, length: WINDOW_BYTES })
    }

    /// Goes on with the bytes that it asked for.
    pub(crate) fn next(&mut self, window: Window<'_>) -> Step {
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
        // Behind the end there is nothing, and the same bytes again would say the same again.
        if window.is_last || (at == window.start && length <= window.bytes.len()) {
            return Step::Done(self.outcome());
        }
        self.reads += 1;
        if length > LARGEST_READ || self.reads > MAX_READS {
            return Step::Done(None);
        }
        Step::Read { at, length }
    }

    /// What is known when there is no more to read.
    fn outcome(&self) -> Option<i64> {
        match &self.format {
            Format::Mp4(mp4) => mp4.at_the_end(),
            _ => None,
        }
    }
}

/// Asks for what begins at `at`: a usual window, or more where that is known to be needed.
fn read(at: u64, needed: u64) -> Step {
    Step::Read { at, length: usize::try_from(needed).unwrap_or(usize::MAX).max(WINDOW_BYTES) }
}

/// `units` of `1/per_second` seconds in microseconds; `None` for what is no length of a video.
fn microseconds(units: u64, per_second: u32) -> Option<i64> {
    let us = (u128::from(units) * 1_000_000).checked_div(u128::from(per_second))?;
    if us == 0 || us > LONGEST_US { None } else { i64::try_from(us).ok() }
}

/// The same for seconds, which may be anything that a float can be.
pub(super) fn of_seconds(seconds: f64) -> Option<i64> {
    let us = (seconds * 1e6).round();
    #[expect(clippy::cast_precision_loss, reason = "a week in microseconds is exact")]
    let range = 1.0..=(LONGEST_US as f64);
    #[expect(clippy::cast_possible_truncation, reason = "it is within a week, and whole")]
    range.contains(&us).then_some(us as i64)
}

#[cfg(test)]
mod tests;
