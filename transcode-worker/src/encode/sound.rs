//! Encoded sound: AAC frames of ffmpeg become segments on the grid of frames, exact to the sample.

use std::ops::Range;

use tokio::sync::mpsc;

use super::{
    Made,
    adts::{Configuration, Reader},
    command::LEAD_FRAMES,
    grid::{AAC_FRAME, Grid},
    video::sequence,
    watchdog::Progress,
};
use crate::{
    failure::{Failure, Outcome},
    mp4::{self, Sample},
    original::Sink,
};

/// Reads frames until the output ends, and sends segments.
pub(crate) async fn cut(
    mut sink: Sink,
    grid: &Grid,
    rate: u32,
    segments: Range<usize>,
    progress: &Progress,
    made: &mpsc::Sender<Outcome<Made>>,
) -> Outcome<()> {
    let mut reader = Reader::default();
    let mut cutter = Cutter::new(grid, rate, segments);
    while let Some(bytes) = sink.next().await {
        progress.add(1);
        reader.push(&bytes);
        while let Some(frame) = reader.next()? {
            if frame.configuration.rate() != Some(rate) {
                return Err(Failure::passing("ffmpeg made sound of another sample rate"));
            }
            for segment in cutter.add(frame.configuration, &frame.data) {
                if made.send(Ok(segment)).await.is_err() {
                    return Ok(());
                }
            }
        }
    }
    match cutter.missing() {
        0 => Ok(()),
        missing => Err(Failure::passing(format!("ffmpeg made {missing} segments of the sound too few"))),
    }
}

/// Sorts frames into segments.
struct Cutter<'a> {
    grid: &'a Grid,
    rate: u32,
    segments: Range<usize>,
    /// Index of the next frame on the grid. The first one that an encoder makes is empty, its second one is the first.
    next: i64,
    samples: Vec<Sample>,
    data: Vec<u8>,
}

impl<'a> Cutter<'a> {
    fn new(grid: &'a Grid, rate: u32, segments: Range<usize>) -> Self {
        let next = grid.sound(segments.start, rate.into()).start - LEAD_FRAMES - 1;
        Self { grid, rate, segments, next, samples: Vec::new(), data: Vec::new() }
    }

    /// Segments that are still to be made.
    fn missing(&self) -> usize {
        self.segments.len()
    }

    /// Takes the next frame. Returns the segments that it completes.
    fn add(&mut self, configuration: Configuration, frame: &[u8]) -> Vec<Made> {
        let index = self.next;
        self.next += 1;
        let mut made = Vec::new();
        if self.segments.is_empty() {
            return made;
        }
        let mut frames = self.grid.sound(self.segments.start, self.rate.into());
        if index < frames.start {
            return made;
        }
        let duration = u32::try_from(AAC_FRAME).unwrap_or_default();
        let size = u32::try_from(frame.len()).unwrap_or_default();
        self.samples.push(Sample { duration, size, is_sync: true, composition_offset: 0 });
        self.data.extend_from_slice(frame);
        // A segment that is shorter than a frame may have none.
        while !self.segments.is_empty() && index + 1 >= frames.end {
            let start = u64::try_from(frames.start * AAC_FRAME).unwrap_or_default();
            let bytes = mp4::segment(sequence(self.segments.start), start, &self.samples, &self.data);
            let init = mp4::init(&configuration.track(self.rate), self.rate);
            made.push(Made { init: init.into(), bytes: bytes.into() });
            self.samples.clear();
            self.data.clear();
            self.segments.start += 1;
            frames = self.grid.sound(self.segments.start, self.rate.into());
        }
        made
    }
}

#[cfg(test)]
mod tests {
    use proto::transcode::v1::Plan;

    use super::*;

    #[test]
    fn frames_before_the_first_segment_are_dropped_and_none_is_in_two() {
        let plan = Plan { timescale: 90_000, cuts: vec![0, 180_000, 360_000, 540_000], ..Plan::default() };
        let grid = Grid::new(&plan).unwrap();
        let configuration = Configuration { rate_index: 3, channels: 2 };
        let mut cutter = Cutter::new(&grid, 48_000, 1..3);
        // The frames 94 to 281 of the grid, behind the empty one and those of the lead.
        let made: Vec<_> =
            (0..9 + 188).flat_map(|n: i32| cutter.add(configuration, &n.to_be_bytes())).collect();
        assert_eq!((made.len(), cutter.missing()), (2, 0));
        let data = |made: &Made| mp4::find(&made.bytes, &[b"mdat"]).unwrap().to_vec();
        assert_eq!(data(&made[0])[..4], 9_i32.to_be_bytes());
        assert_eq!(data(&made[0]).len() + data(&made[1]).len(), 188 * 4);
        assert!(cutter.add(configuration, b"more").is_empty());
    }
}
