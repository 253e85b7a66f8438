//! Follows the clock that all replicas share.

use std::time::{Duration, Instant};

use runtime::Clock;
use state::SharedClock;

/// Reads of the shared clock in one measurement; the one with the shortest round trip counts.
const BURST: usize = 8;
/// Largest correction in one step, so that the clock never steps back and nobody sees it jump.
const STEP_US: i64 = 5_000;
/// Time between two steps. Longer than a step, so that the clock never goes back.
pub(crate) const STEP_EVERY: Duration = Duration::from_millis(100);

/// Moves a clock towards the shared clock.
pub(crate) struct ClockFollower {
    clock: Clock,
    target_us: i64,
}

impl ClockFollower {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { target_us: clock.offset_us(), clock }
    }

    /// Measures the offset to the shared clock. Its error is at most half of the shortest round trip.
    #[expect(clippy::disallowed_methods, reason = "a round trip is measured by this process's own clock")]
    pub(crate) async fn measure(&mut self, shared: &dyn SharedClock) -> state::Result<()> {
        let mut best: Option<(Duration, i64)> = None;
        for _ in 0..BURST {
            let (before_us, started) = (self.clock.now_us() - self.clock.offset_us(), Instant::now());
            let shared_us = shared.time_us().await?;
            let round_trip = started.elapsed();
            let middle_us = before_us + i64::try_from(round_trip.as_micros()).unwrap_or(i64::MAX) / 2;
            if best.is_none_or(|(shortest, _)| round_trip < shortest) {
                best = Some((round_trip, shared_us - middle_us));
            }
        }
        if let Some((round_trip, offset_us)) = best {
            tracing::debug!(offset_us, ?round_trip, "measured the shared clock");
            self.target_us = offset_us;
        }
        Ok(())
    }

    /// Sets the clock at once. Only before anyone has read it.
    pub(crate) fn jump(&self) {
        self.clock.set_offset_us(self.target_us);
    }

    /// Moves the clock by one step.
    pub(crate) fn step(&self) {
        let offset_us = self.clock.offset_us();
        self.clock.set_offset_us(offset_us + (self.target_us - offset_us).clamp(-STEP_US, STEP_US));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_ahead_never_goes_back() {
        let clock = Clock::system();
        let mut follower = ClockFollower::new(clock.clone());
        follower.target_us = -1_000_000;
        // A step back is shorter than the time between steps, so the clock only slows down.
        follower.step();
        assert_eq!(clock.offset_us(), -STEP_US);
        assert!(STEP_US < i64::try_from(STEP_EVERY.as_micros()).unwrap());
        for _ in 0..1000 {
            follower.step();
        }
        assert_eq!(clock.offset_us(), -1_000_000);
    }
}
