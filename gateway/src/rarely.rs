//! Log lines that strangers can cause, as often as they like: one a minute says as much as a thousand.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

const EVERY: Duration = Duration::from_mins(1);

/// Lets one line through a minute.
#[derive(Debug, Default)]
pub(crate) struct Rarely(Mutex<Lines>);

#[derive(Debug, Default)]
struct Lines {
    last: Option<Instant>,
    suppressed: u64,
}

impl Rarely {
    /// Whether a line is due, and how many there would have been since the last one.
    pub(crate) fn due(&self) -> Option<u64> {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
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
    use super::Rarely;

    #[test]
    fn the_first_line_is_due_and_the_next_ones_are_not() {
        let rarely = Rarely::default();
        assert_eq!(rarely.due(), Some(0));
        assert_eq!(rarely.due(), None);
        assert_eq!(rarely.due(), None);
    }
}
