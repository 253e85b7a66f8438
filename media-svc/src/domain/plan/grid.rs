//! The grid of cut times that all renditions share.

use super::rate::Rate;

/// Cut times: the first is 0, the last the length of the film.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grid {
    /// Ticks per second.
    pub(super) timescale: i32,
    /// In ticks, ascending.
    pub(super) cuts: Vec<i64>,
}

/// The first two segments are this short, so that a room begins early.
const FIRST_US: i64 = 2_000_000;
/// Shorter rests are part of the segment before.
const SHORTEST_REST_US: i64 = 1_000_000;
/// Longest segment of a copied film, in microseconds: a viewer waits for a whole segment.
const LONGEST_COPY_US: i64 = 12_000_000;
/// A copied film begins with a key frame, or this much later. Key frames nearer to the last cut are none to cut at.
const LATEST_START_US: i64 = 500_000;
/// Ticks per second of a copied film, which keeps its own times.
pub(super) const COPY_TIMESCALE: i32 = 90_000;
/// A plan has 20,000 cuts at most.
const MAX_SEGMENTS: i64 = 19_990;

/// Cuts on frame boundaries of a constant frame rate. A frame has a whole number of ticks.
pub(super) fn on_frames(duration_us: i64, rate: Rate, segment_us: i64) -> Grid {
    let frames = rate.frames(duration_us);
    let per_segment = rate.frames(segment_us).max(frames / MAX_SEGMENTS + 1);
    let first = rate.frames(FIRST_US).min(per_segment);
    let rest = rate.frames(SHORTEST_REST_US).min(first);
    let mut factor = 1;
    while rate.num * factor < 10_000 {
        factor *= 2;
    }
    let cuts = steps(frames, first, per_segment, rest).into_iter().map(|frame| frame * rate.den * factor);
    Grid { timescale: i32::try_from(rate.num * factor).unwrap_or(i32::MAX), cuts: cuts.collect() }
}

/// Cuts of a film without a picture.
pub(super) fn plain(duration_us: i64, segment_us: i64) -> Grid {
    let duration = copy_ticks(duration_us).max(1);
    let per_segment = copy_ticks(segment_us).max(duration / MAX_SEGMENTS + 1);
    let first = copy_ticks(FIRST_US).min(per_segment);
    let cuts = steps(duration, first, per_segment, copy_ticks(SHORTEST_REST_US));
    Grid { timescale: COPY_TIMESCALE, cuts }
}

/// Two short steps, then long ones, up to the end.
fn steps(end: i64, first: i64, then: i64, shortest_rest: i64) -> Vec<i64> {
    let mut cuts = vec![0];
    let mut at = 0;
    loop {
        at += if cuts.len() <= 2 { first } else { then };
        if end - at < shortest_rest.max(1) {
            break;
        }
        cuts.push(at);
    }
    cuts.push(end);
    cuts
}

/// Cuts at the key frames nearest to the times where a film that is encoded would be cut. `None`: some are too far apart, or
/// the film does not begin with one.
pub(super) fn at_key_frames(key_frames_us: &[i64], duration_us: i64, segment_us: i64) -> Option<Grid> {
    if *key_frames_us.first()? > LATEST_START_US {
        return None;
    }
    let mut cuts = vec![0];
    let mut at = 0;
    loop {
        let wanted = at + if cuts.len() <= 2 { FIRST_US.min(segment_us) } else { segment_us };
        // The first behind the last cut that is not nearer to it than to the wanted time; the one before it may be nearer.
        let after = key_frames_us.partition_point(|key| *key <= at + LATEST_START_US);
        let right = key_frames_us.partition_point(|key| *key < wanted).max(after);
        let left = right.checked_sub(1).filter(|left| *left >= after);
        let nearest = [left, Some(right)].into_iter().flatten().filter_map(|index| key_frames_us.get(index));
        let next = nearest.min_by_key(|key| (**key - wanted).abs()).copied();
        match next.filter(|next| duration_us - next >= SHORTEST_REST_US) {
            Some(next) => {
                cuts.push(next);
                at = next;
            }
            None => break,
        }
    }
    cuts.push(duration_us.max(12));
    let is_even = cuts.windows(2).all(|pair| pair[1] - pair[0] <= LONGEST_COPY_US);
    let fits = i64::try_from(cuts.len()).is_ok_and(|count| count <= MAX_SEGMENTS);
    let cuts: Vec<_> = cuts.into_iter().map(copy_ticks).collect();
    (is_even && fits).then_some(Grid { timescale: COPY_TIMESCALE, cuts })
}

/// Microseconds in ticks of [`COPY_TIMESCALE`], rounded.
pub(super) fn copy_ticks(us: i64) -> i64 {
    (us * 9 + 50).div_euclid(100)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SEGMENT_US: i64 = 6_000_000;

    fn seconds(grid: &Grid) -> Vec<f64> {
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        grid.cuts.iter().map(|cut| *cut as f64 / f64::from(grid.timescale)).collect()
    }

    #[test]
    fn the_first_segments_are_short_and_the_others_last_6_seconds() {
        let grid = on_frames(25_500_000, Rate { num: 25, den: 1 }, SEGMENT_US);
        assert_eq!(grid.timescale, 12_800);
        assert_eq!(seconds(&grid), [0.0, 2.0, 4.0, 10.0, 16.0, 22.0, 25.52]);
        let ntsc = on_frames(30_000_000, Rate { num: 30_000, den: 1001 }, SEGMENT_US);
        assert_eq!((ntsc.timescale, ntsc.cuts[1], ntsc.cuts[3]), (30_000, 60 * 1001, 300 * 1001));
    }

    #[test]
    fn a_short_rest_joins_the_segment_before() {
        let rate = Rate { num: 25, den: 1 };
        assert_eq!(seconds(&on_frames(22_500_000, rate, SEGMENT_US)), [0.0, 2.0, 4.0, 10.0, 16.0, 22.52]);
        assert_eq!(seconds(&on_frames(40_000, rate, SEGMENT_US)), [0.0, 0.04]);
        assert_eq!(seconds(&on_frames(1, rate, SEGMENT_US)), [0.0, 0.04]);
        assert_eq!(seconds(&plain(2_400_000, SEGMENT_US)), [0.0, 2.4]);
    }

    #[test]
    fn a_copy_is_cut_at_the_nearest_key_frames() {
        let keys: Vec<_> = (0..20).map(|n| n * 2_500_000).collect();
        let grid = at_key_frames(&keys, 48_000_000, SEGMENT_US).unwrap();
        assert_eq!(seconds(&grid), [0.0, 2.5, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0, 48.0]);
        // A picture that begins a little after the sound.
        let late = at_key_frames(&[40_000, 6_040_000], 9_000_000, SEGMENT_US).unwrap();
        assert_eq!(late.cuts, [0, 543_600, 810_000]);
        // A single key frame.
        assert_eq!(at_key_frames(&[0], 5_000_000, SEGMENT_US).unwrap().cuts, [0, 450_000]);
    }

    #[test]
    fn key_frames_that_are_too_far_apart_allow_no_copy() {
        assert_eq!(at_key_frames(&[], 5_000_000, SEGMENT_US), None);
        assert_eq!(at_key_frames(&[0, 12_500_000], 15_000_000, SEGMENT_US), None);
        assert_eq!(at_key_frames(&[0, 5_000_000], 18_000_000, SEGMENT_US), None);
        assert_eq!(at_key_frames(&[600_000, 5_000_000], 8_000_000, SEGMENT_US), None);
    }

    proptest! {
        #[test]
        fn cuts_ascend_from_0_to_the_end(
            duration_us in 1..100_000_000_000_i64,
            num in 1..70_000_i32,
            den in 1..1002_i32,
            segment_us in 2_000_000..12_000_000_i64,
            gaps in proptest::collection::vec(1..9_000_000_i64, 0..50),
        ) {
            let keys: Vec<_> = gaps.iter().scan(0, |at, gap| { let key = *at; *at += gap; Some(key) }).collect();
            let encoded = on_frames(duration_us, Rate::constant(num, den), segment_us);
            for grid in [Some(encoded), Some(plain(duration_us, segment_us)), at_key_frames(&keys, duration_us, segment_us)] {
                let Some(grid) = grid else { continue };
                prop_assert_eq!(grid.cuts[0], 0);
                prop_assert!(grid.cuts.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", grid);
                prop_assert!(grid.cuts.len() <= 20_000);
            }
        }
    }
}
