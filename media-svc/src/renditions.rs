//! Section `[renditions]` of the settings.

use std::time::Duration;

use runtime::{Check, Section};
use serde::Deserialize;

use crate::domain::plan::{Rules, Rung};

/// What is made of uploads; the defaults are in `config.default.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RenditionsConfig {
    /// Length of a segment in seconds.
    pub segment_s: u32,
    /// Bit rates of the pictures in kbit/s; 0: not made.
    pub kbit_1080: u32,
    /// See `kbit_1080`.
    pub kbit_720: u32,
    /// See `kbit_1080`.
    pub kbit_480: u32,
    /// See `kbit_1080`.
    pub kbit_360: u32,
    /// Bit rate of the sound in kbit/s.
    pub audio_kbit: u32,
    /// Makes a version of even loudness of each track of sound.
    pub even_loudness: bool,
    /// Highest bit rate in kbit/s of a film that is copied as it is; 0: every film is encoded.
    pub copy_kbit: u32,
}

impl Section for RenditionsConfig {
    const NAME: &'static str = "renditions";

    fn validate(&self, check: &mut Check) {
        // A viewer waits for a whole segment, and a plan has 20,000 at most.
        check.range("segment_s", &self.segment_s, &(2..=12));
        for (key, kbit) in [
            ("kbit_1080", self.kbit_1080),
            ("kbit_720", self.kbit_720),
            ("kbit_480", self.kbit_480),
            ("kbit_360", self.kbit_360),
        ] {
            check.range(key, &kbit, &(0..=100_000));
        }
        check.range("audio_kbit", &self.audio_kbit, &(32..=512));
        check.range("copy_kbit", &self.copy_kbit, &(0..=1_000_000));
        if self.ladder().is_empty() {
            check.fault(
                "kbit_360",
                "is 0 as are all the others, so nothing would be made; give one of them a bit rate",
            );
        }
    }
}

impl RenditionsConfig {
    fn ladder(&self) -> Vec<Rung> {
        let all = [(360, self.kbit_360), (480, self.kbit_480), (720, self.kbit_720), (1080, self.kbit_1080)];
        let made = all.into_iter().filter(|(_, kbit)| *kbit > 0);
        made.map(|(height, kbit)| Rung { height, bit_rate: bits(kbit) }).collect()
    }

    /// The rules of plans.
    pub(crate) fn rules(&self, longest: Duration) -> Rules {
        Rules {
            max_duration_us: i64::try_from(longest.as_micros()).unwrap_or(i64::MAX),
            segment_us: i64::from(self.segment_s) * 1_000_000,
            ladder: self.ladder(),
            audio_bit_rate: bits(self.audio_kbit),
            even_loudness: self.even_loudness,
            max_copied_bit_rate: i64::from(self.copy_kbit) * 1000,
        }
    }
}

/// Bits per second.
fn bits(kbit: u32) -> i32 {
    i32::try_from(u64::from(kbit) * 1000).unwrap_or(i32::MAX)
}
