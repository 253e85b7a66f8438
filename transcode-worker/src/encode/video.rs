//! An encoded picture: the fragments that ffmpeg writes become segments on the grid.

use proto::common::v1::Reason;
use tokio::sync::mpsc;

use super::{
    Made,
    grid::{FrameRate, Grid},
    watchdog::Progress,
};
use crate::{
    failure::{Failure, Outcome},
    mp4::{self, Fragment, Piece, Sample, Splitter, Track},
    original::Sink,
};

/// Largest fragment that is taken, in bytes: 12 s of 100 Mbit/s.
const MAX_FRAGMENT: usize = 160 << 20;

/// Reads fragments until the output ends, and sends one segment for each.
pub(crate) async fn cut(
    mut sink: Sink,
    grid: &Grid,
    rate: FrameRate,
    segments: std::ops::Range<usize>,
    progress: &Progress,
    made: &mpsc::Sender<Outcome<Made>>,
) -> Outcome<()> {
    let mut splitter = Splitter::new(MAX_FRAGMENT);
    let mut track: Option<Track> = None;
    let mut segment = segments.start;
    while let Some(bytes) = sink.next().await {
        progress.add(1);
        splitter.push(&bytes);
        while let Some(piece) = splitter.next()? {
            match (piece, &track) {
                (Piece::Init(found), _) => track = Some(found),
                (Piece::Fragment(fragment), Some(track)) => {
                    let samples = retimed(&fragment, track, grid, rate, segment)?;
                    let start =
                        u64::try_from(rate.ticks(grid, rate.frames(grid, segment).start)).unwrap_or_default();
                    let timescale = u32::try_from(grid.timescale()).unwrap_or_default();
                    let bytes = mp4::segment(sequence(segment), start, &samples, &fragment.data);
                    let segment_made = Made { init: mp4::init(track, timescale).into(), bytes: bytes.into() };
                    if made.send(Ok(segment_made)).await.is_err() {
                        return Ok(());
                    }
                    segment += 1;
                }
                (Piece::Fragment(_), None) => {
                    return Err(Failure::passing("ffmpeg wrote a fragment before its header"));
                }
            }
        }
    }
    if segment < segments.end || !splitter.is_at_boundary() {
        return Err(Failure::passing(format!(
            "ffmpeg wrote {} of {} segments of the picture",
            segment - segments.start,
            segments.len()
        )));
    }
    Ok(())
}

/// Number of a segment in its header, from 1.
pub(crate) fn sequence(segment: usize) -> u32 {
    u32::try_from(segment + 1).unwrap_or(u32::MAX)
}

/// The samples of a fragment with the times of the grid: one frame after the other, each shown when its turn is.
fn retimed(
    fragment: &Fragment,
    track: &Track,
    grid: &Grid,
    rate: FrameRate,
    segment: usize,
) -> Outcome<Vec<Sample>> {
    let frames = rate.frames(grid, segment);
    let count = usize::try_from(frames.end - frames.start).unwrap_or_default();
    let unlike = |what: &str| {
        Failure::passing(format!(
            "segment {segment} of the picture {what}; the encoder did not cut where it was told to"
        ))
    };
    if fragment.samples.len() != count {
        return Err(unlike(&format!("has {} pictures instead of {count}", fragment.samples.len())));
    }
    if fragment.samples.first().is_none_or(|sample| !sample.is_sync) {
        return Err(unlike("begins without a key frame"));
    }
    let mut at = 0_i64;
    let shown: Vec<i64> = fragment
        .samples
        .iter()
        .map(|sample| {
            at += i64::from(sample.duration);
            at - i64::from(sample.duration) + i64::from(sample.composition_offset)
        })
        .collect();
    let origin = shown.iter().min().copied().unwrap_or_default();
    let start = frames.start;
    let retimed = fragment.samples.iter().zip(&shown).zip(start..).map(|((sample, shown), decoded)| {
        let turn = (i128::from(shown - origin) * i128::from(rate.num) * 2
            / (i128::from(rate.den) * i128::from(track.timescale))
            + 1)
            / 2;
        let shown = rate.ticks(grid, start + i64::try_from(turn).ok()?);
        let (from, until) = (rate.ticks(grid, decoded), rate.ticks(grid, decoded + 1));
        Some(Sample {
            duration: u32::try_from(until - from).ok()?,
            composition_offset: i32::try_from(shown - from).ok()?,
            ..*sample
        })
    });
    retimed.collect::<Option<_>>().ok_or_else(|| {
        Failure::of_file(Reason::FileUnreadable, "the times of the film's pictures cannot be used")
    })
}

#[cfg(test)]
mod tests {
    use proto::transcode::v1::Plan;

    use super::*;

    fn sample(composition_offset: i32, is_sync: bool) -> Sample {
        Sample { duration: 512, size: 1, is_sync, composition_offset }
    }

    #[test]
    fn pictures_get_the_times_of_the_grid() {
        let plan = Plan { timescale: 90_000, cuts: vec![0, 14_400, 28_800], ..Plan::default() };
        let grid = Grid::new(&plan).unwrap();
        let rate = FrameRate { num: 25, den: 1 };
        let track = Track { timescale: 12_800, entry: Vec::new() };
        // I P B B as they are decoded: shown 0, 3, 1, 2, by an encoder that delays all by a frame.
        let samples = vec![sample(512, true), sample(1536, false), sample(0, false), sample(0, false)];
        let fragment = Fragment { samples, data: Vec::new() };
        let times: Vec<_> = retimed(&fragment, &track, &grid, rate, 1)
            .unwrap()
            .iter()
            .map(|sample| (sample.duration, sample.composition_offset))
            .collect();
        assert_eq!(times, [(3600, 0), (3600, 7200), (3600, -3600), (3600, -3600)]);

        let short = Fragment { samples: fragment.samples[..3].to_vec(), data: Vec::new() };
        let failure = retimed(&short, &track, &grid, rate, 1).unwrap_err();
        assert!(failure.message.contains("3 pictures instead of 4") && failure.retryable, "{failure:?}");
    }
}
