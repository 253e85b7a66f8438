//! The pause before a failed task restarts.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(30);

/// A task that ran this long without a failure restarts with the shortest pause.
const CALM: Duration = Duration::from_mins(1);

/// A pause that doubles from 0.2 s to 30 s, and starts over after a minute without a failure.
#[derive(Debug, Clone)]
pub(crate) struct Backoff(Duration);

impl Default for Backoff {
    fn default() -> Self {
        Self(FIRST)
    }
}

impl Backoff {
    /// The pause after a failure of a task that `ran` this long.
    pub(crate) fn after(&mut self, ran: Duration) -> Duration {
        if ran >= CALM {
            self.0 = FIRST;
        }
        let pause = self.0;
        self.0 = (pause * 2).min(LONGEST);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_grows_to_a_bound_and_resets_after_a_calm_time() {
        let mut backoff = Backoff::default();
        let pauses: Vec<_> = (0..10).map(|_| backoff.after(Duration::from_secs(1)).as_millis()).collect();
        assert_eq!(pauses, [200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
        assert_eq!(backoff.after(Duration::from_secs(61)), FIRST);
    }
}
