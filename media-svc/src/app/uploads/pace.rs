//! How fast a person may send, over all uploads at once. Whoever is faster is slowed down.

use std::{collections::HashMap, time::Duration};

use parking_lot::Mutex;
use tokio::time::{Instant, sleep};

/// People whose buckets are kept before those that are full again are looked for.
const LOOK_AT: usize = 1024;

/// A bucket for each person, in this process: with several replicas a person may be as fast at each.
pub(crate) struct Bandwidth {
    bytes_per_s: u64,
    /// Time in which the bytes of a burst would pass at that rate.
    burst: Duration,
    /// When each person's bytes so far would have passed at that rate (the generic cell rate algorithm, ITU-T I.371).
    passed_at: Mutex<HashMap<String, Instant>>,
}

impl Bandwidth {
    pub(crate) fn new(bytes_per_s: u64, burst_bytes: u64) -> Self {
        let bytes_per_s = bytes_per_s.max(1);
        Self { bytes_per_s, burst: lasting(burst_bytes, bytes_per_s), passed_at: Mutex::default() }
    }

    /// Waits until a person may send so many bytes more.
    pub(crate) async fn pass(&self, person: &str, bytes: usize) {
        let wait = self.take(person, bytes, Instant::now());
        if !wait.is_zero() {
            sleep(wait).await;
        }
    }

    fn take(&self, person: &str, bytes: usize, now: Instant) -> Duration {
        let mut all = self.passed_at.lock();
        if all.len() >= LOOK_AT && !all.contains_key(person) {
            all.retain(|_, at| *at > now);
        }
        let at = all.entry(person.to_owned()).or_insert(now);
        *at = (*at).max(now) + lasting(bytes as u64, self.bytes_per_s);
        at.saturating_duration_since(now).saturating_sub(self.burst)
    }
}

/// How long so many bytes take.
fn lasting(bytes: u64, bytes_per_s: u64) -> Duration {
    let nanos = u128::from(bytes) * 1_000_000_000 / u128::from(bytes_per_s);
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEGABYTE: usize = 1_000_000;

    #[tokio::test]
    async fn a_burst_passes_and_the_rest_waits() {
        let bandwidth = Bandwidth::new(5_000_000, 10_000_000);
        let start = Instant::now();
        for _ in 0..10 {
            assert_eq!(bandwidth.take("ada", MEGABYTE, start), Duration::ZERO);
        }
        assert_eq!(bandwidth.take("ada", MEGABYTE, start), Duration::from_millis(200));
        assert_eq!(bandwidth.take("ada", MEGABYTE, start), Duration::from_millis(400));
        assert_eq!(bandwidth.take("bob", MEGABYTE, start), Duration::ZERO, "each has a bucket");
        let later = start + Duration::from_mins(1);
        assert_eq!(bandwidth.take("ada", 10 * MEGABYTE, later), Duration::ZERO, "it fills again");
        assert_eq!(bandwidth.take("ada", MEGABYTE, later), Duration::from_millis(200), "and holds one burst");
    }

    #[tokio::test]
    async fn full_buckets_are_forgotten() {
        let bandwidth = Bandwidth::new(1_000_000, 1_000_000);
        let start = Instant::now();
        for person in 0..LOOK_AT {
            bandwidth.take(&person.to_string(), MEGABYTE, start);
        }
        bandwidth.take("late", MEGABYTE, start + Duration::from_secs(2));
        assert_eq!(bandwidth.passed_at.lock().len(), 1);
    }
}
