//! The one grid of an asset: which frames a segment has. All workers cut by it, so their segments join without a seam.

use std::ops::Range;

use proto::transcode::v1::Plan;

/// Samples in a frame of AAC-LC.
pub(crate) const AAC_FRAME: i64 = 1024;

/// The cuts of a plan.
#[derive(Debug, Clone)]
pub(crate) struct Grid {
    cuts: Vec<i64>,
    timescale: i64,
}

impl Grid {
    pub(crate) fn new(plan: &Plan) -> anyhow::Result<Self> {
        let cuts = plan.cuts.clone();
        anyhow::ensure!(
            plan.timescale > 0
                && cuts.len() >= 2
                && cuts.is_sorted_by(|a, b| a < b)
                && cuts.first() == Some(&0),
            "the plan has no usable cuts"
        );
        Ok(Self { cuts, timescale: plan.timescale.into() })
    }

    pub(crate) fn timescale(&self) -> i64 {
        self.timescale
    }

    pub(crate) fn segments(&self) -> usize {
        self.cuts.len() - 1
    }

    /// Start of a segment in ticks; that of the one behind the last is the end.
    pub(crate) fn cut(&self, segment: usize) -> i64 {
        self.cuts.get(segment).or(self.cuts.last()).copied().unwrap_or_default()
    }

    /// The same in microseconds.
    pub(crate) fn cut_us(&self, segment: usize) -> i64 {
        divide_rounded(i128::from(self.cut(segment)) * 1_000_000, self.timescale.into())
    }

    /// Indexes of the AAC frames of a segment: those that start within it.
    pub(crate) fn sound(&self, segment: usize, rate: i64) -> Range<i64> {
        let first = |segment| {
            let per_frame = i128::from(AAC_FRAME) * i128::from(self.timescale);
            let samples = i128::from(self.cut(segment)) * i128::from(rate);
            i64::try_from((samples + per_frame - 1).div_euclid(per_frame)).unwrap_or(i64::MAX)
        };
        first(segment)..first(segment + 1)
    }
}

/// Frames of constant rate on a grid.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FrameRate {
    pub(crate) num: i64,
    pub(crate) den: i64,
}

impl FrameRate {
    /// Indexes of the frames of a segment; one at least.
    pub(crate) fn frames(self, grid: &Grid, segment: usize) -> Range<i64> {
        let start = self.at(grid, segment);
        start..self.at(grid, segment + 1).max(start + 1)
    }

    /// Index of the frame at a cut.
    fn at(self, grid: &Grid, segment: usize) -> i64 {
        divide_rounded(
            i128::from(grid.cut(segment)) * i128::from(self.num),
            i128::from(self.den) * i128::from(grid.timescale),
        )
    }

    /// Start of a frame in ticks.
    pub(crate) fn ticks(self, grid: &Grid, frame: i64) -> i64 {
        divide_rounded(
            i128::from(frame) * i128::from(self.den) * i128::from(grid.timescale),
            i128::from(self.num),
        )
    }

    /// Time of so many frames in microseconds.
    pub(crate) fn us(self, frames: i64) -> i64 {
        divide_rounded(i128::from(frames) * i128::from(self.den) * 1_000_000, self.num.into())
    }
}

/// Half is rounded up.
fn divide_rounded(number: i128, by: i128) -> i64 {
    i64::try_from((2 * number + by).div_euclid(2 * by)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn grid(timescale: i32, cuts: &[i64]) -> Grid {
        Grid::new(&Plan { timescale, cuts: cuts.to_vec(), ..Plan::default() }).unwrap()
    }

    #[test]
    fn frames_and_sound_of_a_segment() {
        let grid = grid(90_000, &[0, 180_000, 360_000, 901_000]);
        let rate = FrameRate { num: 25, den: 1 };
        assert_eq!([0, 1, 2].map(|segment| rate.frames(&grid, segment)), [0..50, 50..100, 100..250]);
        assert_eq!(rate.ticks(&grid, 51), 183_600);
        assert_eq!(rate.us(25), 1_000_000);
        // 2 s of 48 kHz are 93.75 frames: frame 93 starts before the cut.
        assert_eq!([0, 1].map(|segment| grid.sound(segment, 48_000)), [0..94, 94..188]);
        assert_eq!(grid.cut_us(3), 10_011_111);
    }

    #[test]
    fn a_plan_without_usable_cuts_is_refused() {
        for cuts in [&[][..], &[0], &[1, 2], &[0, 5, 5]] {
            assert!(Grid::new(&Plan { timescale: 1, cuts: cuts.to_vec(), ..Plan::default() }).is_err());
        }
    }

    proptest! {
        #[test]
        fn segments_have_every_frame_once(steps in prop::collection::vec(1_i64..700_000, 1..30), num in 1_i64..120_000, rate in 8000_i64..96_000) {
            let cuts: Vec<i64> = std::iter::once(0).chain(steps.iter().scan(0, |at, step| { *at += step; Some(*at) })).collect();
            let grid = grid(90_000, &cuts);
            let rates = FrameRate { num, den: 1001 };
            for segment in 1..grid.segments() {
                prop_assert_eq!(grid.sound(segment - 1, rate).end, grid.sound(segment, rate).start);
                let (before, frames) = (rates.frames(&grid, segment - 1), rates.frames(&grid, segment));
                prop_assert!(before.end == frames.start || before.end == before.start + 1);
            }
        }
    }
}
