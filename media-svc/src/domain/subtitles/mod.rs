//! Subtitles: reads WebVTT, SubRip and Advanced SubStation Alpha, and writes WebVTT (W3C, 2019). A line that cannot be read is
//! counted and named; the rest works. What is written holds text and the tags `b`, `i` and `u` alone, so no player can be made
//! to load or to run anything by it.

mod ass;
mod blocks;
mod encoding;
mod markup;
#[cfg(test)]
mod tests;
mod time;

use std::fmt::Write as _;

pub(crate) use encoding::{Decoded, decode};

/// Largest file of subtitles, in bytes.
pub(crate) const LARGEST_FILE: usize = 2 * 1024 * 1024;
/// Cues at most; the rest is left out.
const MOST_CUES: usize = 20_000;
/// Characters of one cue at most.
const LONGEST_CUE: usize = 2000;
/// Problems that are named; further ones are only counted.
const MOST_NAMED: usize = 20;

/// Why a text is no subtitles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("this is no file of subtitles that can be read; WebVTT, SRT and ASS can")]
    Format,
    #[error("no line of these subtitles can be read; is it the right file, and the right encoding?")]
    NoCues,
    #[error(
        "there is no encoding named like this; leave it out, or choose one such as `gbk` or `windows-1252`"
    )]
    Encoding,
}

/// The format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Vtt,
    Srt,
    Ass,
}

impl Format {
    /// Its usual file extension.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Vtt => "vtt",
            Self::Srt => "srt",
            Self::Ass => "ass",
        }
    }

    fn of(text: &str) -> Option<Self> {
        let is_section = |line: &str| {
            let line = line.trim().to_ascii_lowercase();
            line == "[script info]" || line == "[events]"
        };
        match () {
            () if text.starts_with("WEBVTT") => Some(Self::Vtt),
            () if text.lines().any(is_section) => Some(Self::Ass),
            () if text.contains("-->") => Some(Self::Srt),
            () => None,
        }
    }
}

/// Text that is shown for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cue {
    start_ms: u64,
    end_ms: u64,
    /// Where it stands, as WebVTT writes it; empty: at the bottom.
    settings: String,
    /// As WebVTT writes it: escaped, with the tags `b`, `i`, `u`.
    text: String,
}

/// A line that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// From 1.
    pub(crate) line: usize,
    pub(crate) what: &'static str,
}

/// Subtitles that were read.
#[derive(Debug)]
pub(crate) struct Subtitles {
    pub(crate) format: Format,
    cues: Vec<Cue>,
    /// The first lines that cannot be read.
    pub(crate) problems: Vec<Problem>,
    pub(crate) problem_count: usize,
}

impl Subtitles {
    /// Reads subtitles in any of the formats.
    pub(crate) fn read(text: &str) -> Result<Self, Unreadable> {
        let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}");
        let text = text.trim_start_matches(['\u{feff}', '\n', ' ']);
        let format = Format::of(text).ok_or(Unreadable::Format)?;
        let mut read = Self { format, cues: Vec::new(), problems: Vec::new(), problem_count: 0 };
        match format {
            Format::Vtt | Format::Srt => blocks::read(&mut read, text),
            Format::Ass => ass::read(&mut read, text),
        }
        if read.cues.is_empty() {
            return Err(Unreadable::NoCues);
        }
        read.cues.sort_by_key(|cue| cue.start_ms);
        Ok(read)
    }

    /// Number of cues.
    pub(crate) fn count(&self) -> usize {
        self.cues.len()
    }

    /// The text of the first cues, without styles.
    pub(crate) fn first_lines(&self, count: usize) -> Vec<String> {
        self.cues.iter().take(count).map(|cue| markup::plain(&cue.text)).collect()
    }

    /// The subtitles as WebVTT.
    pub(crate) fn vtt(&self) -> String {
        let mut vtt = String::from("WEBVTT\n");
        for cue in &self.cues {
            let (start, end) = (time::written(cue.start_ms), time::written(cue.end_ms));
            let space = if cue.settings.is_empty() { "" } else { " " };
            // Writing to a string cannot fail.
            let _ = write!(vtt, "\n{start} --> {end}{space}{}\n{}\n", cue.settings, cue.text);
        }
        vtt
    }

    fn add(&mut self, line: usize, cue: Cue) {
        match () {
            () if cue.end_ms <= cue.start_ms => self.problem(line, "the text ends before it begins"),
            () if cue.text.is_empty() => {}
            () if cue.text.chars().count() > LONGEST_CUE => self.problem(line, "the text is too long"),
            () if self.cues.len() >= MOST_CUES => self.problem(line, "there are too many texts"),
            () => self.cues.push(cue),
        }
    }

    fn problem(&mut self, line: usize, what: &'static str) {
        self.problem_count += 1;
        if self.problems.len() < MOST_NAMED {
            self.problems.push(Problem { line, what });
        }
    }
}
