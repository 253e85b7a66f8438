//! Limits log lines that strangers can cause at will to one a minute.

use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

const EVERY: Duration = Duration::from_mins(1);

/// Admits one log line a minute.
#[derive(Debug, Default)]
pub(crate) struct LogThrottle(Mutex<Lines>);

#[derive(Debug, Default)]
struct Lines {
    last: Option<Instant>,
    suppressed: u64,
}

impl LogThrottle {
    /// If a line is due: how many lines were suppressed since the last one.
    pub(crate) fn due(&self) -> Option<u64> {
        let mut lines = self.0.lock();
        if lines.last.is_some_and(|last| last.elapsed() < EVERY) {
            lines.suppressed += 1;
            return None;
        }
        lines.last = Some(Instant::now());
        Some(std::mem::take(&mut lines.suppressed))
    }
}

#[cfg(test)]
mod tests {
    use super::LogThrottle;

    #[test]
    fn the_first_line_is_due_and_the_next_ones_are_not() {
        let throttle = LogThrottle::default();
        assert_eq!(throttle.due(), Some(0));
        assert_eq!(throttle.due(), None);
        assert_eq!(throttle.due(), None);
    }
}
