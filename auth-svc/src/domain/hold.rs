//! Hold times of a name after wrong guesses at its password.

use chrono::{DateTime, TimeDelta, Utc};

/// Guesses are deleted after this time without another one.
pub(crate) const REMEMBERED_FOR: TimeDelta = TimeDelta::hours(24);

/// Guesses at a name since the last right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Guesses {
    pub(crate) count: i32,
    pub(crate) last_at: DateTime<Utc>,
}

impl Guesses {
    /// Adds a guess. The error is the time until the next guess is allowed.
    pub(crate) fn one_more(self, now: DateTime<Utc>) -> Result<Self, TimeDelta> {
        if self.last_at + REMEMBERED_FOR <= now {
            return Ok(Self { count: 1, last_at: now });
        }
        let wait = self.last_at + hold(self.count) - now;
        if wait > TimeDelta::zero() {
            Err(wait)
        } else {
            Ok(Self { count: self.count.saturating_add(1), last_at: now })
        }
    }
}

fn hold(guesses: i32) -> TimeDelta {
    match guesses {
        ..5 => TimeDelta::zero(),
        5..10 => TimeDelta::minutes(1),
        10..15 => TimeDelta::minutes(5),
        _ => TimeDelta::minutes(15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Guesses as fast as the rule allows and returns the waits in seconds.
    fn waits(guesses: usize) -> Vec<i64> {
        let mut now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let mut state = Guesses { count: 0, last_at: now };
        (0..guesses)
            .map(|_| {
                let wait = state.one_more(now).err().unwrap_or_default();
                now += wait;
                state = state.one_more(now).unwrap();
                wait.num_seconds()
            })
            .collect()
    }

    #[test]
    fn repeated_guesses_lengthen_the_hold() {
        assert_eq!(waits(17), [0, 0, 0, 0, 0, 60, 60, 60, 60, 60, 300, 300, 300, 300, 300, 900, 900]);
    }

    #[test]
    fn old_guesses_are_forgotten() {
        let last_at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let later = last_at + REMEMBERED_FOR;
        assert_eq!(Guesses { count: 40, last_at }.one_more(later), Ok(Guesses { count: 1, last_at: later }));
    }
}
