//! Constant frame rates.

/// Frames per second as a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    pub(super) num: i64,
    pub(super) den: i64,
}

/// Of a picture whose file does not say one.
const UNKNOWN: Rate = Rate { num: 25, den: 1 };
/// Of slides and still pictures: a repeated frame costs next to nothing, and a seek must find a frame nearby.
const LOWEST: Rate = Rate { num: 5, den: 1 };
const HIGHEST: i64 = 60;

/// Rates that cameras and films have, ascending.
const STANDARD: [Rate; 13] = [
    Rate { num: 12_000, den: 1001 },
    Rate { num: 25, den: 2 },
    Rate { num: 15_000, den: 1001 },
    Rate { num: 24_000, den: 1001 },
    Rate { num: 24, den: 1 },
    Rate { num: 25, den: 1 },
    Rate { num: 30_000, den: 1001 },
    Rate { num: 30, den: 1 },
    Rate { num: 48_000, den: 1001 },
    Rate { num: 48, den: 1 },
    Rate { num: 50, den: 1 },
    Rate { num: 60_000, den: 1001 },
    Rate { num: HIGHEST, den: 1 },
];

impl Rate {
    /// The constant rate for frames that come at this average rate: at most 60, a divisor of a higher rate, and a standard one
    /// unless the average is a whole number. A rate in between is raised: a repeated frame is seen less than a lost one.
    pub(super) fn constant(num: i32, den: i32) -> Self {
        let average = Self { num: i64::from(num), den: i64::from(den) };
        if average.num <= 0 || average.den <= 0 {
            return UNKNOWN;
        }
        if average.num < LOWEST.num * average.den {
            return LOWEST;
        }
        // 1 % more than 60 is still 60.
        let most = HIGHEST * 101 * average.den;
        let parts = ((average.num * 100 + most - 1) / most).max(1);
        let wanted = Self { den: average.den * parts, ..average };
        if wanted.num % wanted.den == 0 && wanted.num <= HIGHEST * wanted.den {
            return Self { num: wanted.num / wanted.den, den: 1 };
        }
        let distance =
            |rate: &&Self| (rate.num * wanted.den - wanted.num * rate.den).abs() * 1_000_000 / rate.den;
        let nearest = STANDARD.iter().min_by_key(distance).copied().unwrap_or(UNKNOWN);
        let off = (nearest.num * wanted.den - wanted.num * nearest.den).abs();
        // Within half a percent.
        if off * 200 <= wanted.num * nearest.den {
            return nearest;
        }
        let above = STANDARD.iter().find(|rate| rate.num * wanted.den >= wanted.num * rate.den);
        above.copied().unwrap_or(Self { num: HIGHEST, den: 1 })
    }

    /// The number of frames of a time in microseconds, rounded, at least 1.
    pub(super) fn frames(self, us: i64) -> i64 {
        let (num, per) = (i128::from(us) * i128::from(self.num), i128::from(self.den) * 1_000_000);
        i64::try_from((num + per / 2) / per).unwrap_or(i64::MAX).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_at_a_constant_standard_rate() {
        for (average, constant) in [
            ((25, 1), (25, 1)),
            ((30_000, 1001), (30_000, 1001)),
            ((2997, 100), (30_000, 1001)),
            ((359_019, 12_000), (30_000, 1001)),
            ((24, 1), (24, 1)),
            ((24_000, 1001), (24_000, 1001)),
            ((12, 1), (12, 1)),
            ((20, 1), (20, 1)),
            // Variable, and none of them.
            ((273, 10), (30_000, 1001)),
            ((17, 3), (12_000, 1001)),
            // High rates are divided.
            ((120, 1), (60, 1)),
            ((120_000, 1001), (60_000, 1001)),
            ((12_005, 100), (60, 1)),
            ((144, 1), (48, 1)),
            ((90, 1), (45, 1)),
            ((1000, 1), (60_000, 1001)),
            ((601, 10), (60, 1)),
            // A still picture, and nothing known (case M9).
            ((1, 60), (5, 1)),
            ((0, 0), (25, 1)),
            ((-1, 5), (25, 1)),
            ((i32::MAX, 1), (60, 1)),
        ] {
            let rate = Rate::constant(average.0, average.1);
            assert_eq!((rate.num, rate.den), constant, "{average:?}");
        }
    }

    #[test]
    fn times_are_rounded_to_frames() {
        let rate = Rate { num: 30_000, den: 1001 };
        assert_eq!((rate.frames(6_000_000), rate.frames(1), rate.frames(1_001_000)), (180, 1, 30));
    }
}
