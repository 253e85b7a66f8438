//! Token buckets in memory.

use std::{collections::HashMap, time::Duration};

use parking_lot::{Mutex, MutexGuard};
use tokio::time::Instant;

use crate::{Bucket, Rate, RateLimit};

/// Maximum number of buckets. Full buckets are removed first. Keys above this limit share one bucket for each rate.
const MOST: usize = 131_072;
/// A sweep visits every bucket, so a flood of new keys must not cause one each time.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// Buckets by key.
#[derive(Default)]
pub(crate) struct Limits(Mutex<Table>);

#[derive(Default)]
struct Table {
    buckets: HashMap<String, Bucket>,
    swept_at: Option<Instant>,
}

impl Limits {
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock()
    }

    /// Drains a bucket until it needs at least `lacking` to be full again.
    pub(crate) fn raise(&self, key: &str, lacking: Duration) {
        let now = Instant::now();
        if let Some(bucket) = self.lock().buckets.get_mut(key) {
            bucket.raise(lacking, now);
        }
    }
}

impl Table {
    fn insert(&mut self, key: &str, rate: Rate, now: Instant) -> &mut Bucket {
        let key = if self.has_room(now) { key.to_owned() } else { format!("others:{rate:?}") };
        self.buckets.entry(key).or_insert(Bucket::full(now))
    }

    fn has_room(&mut self, now: Instant) -> bool {
        if self.buckets.len() >= MOST && self.swept_at.is_none_or(|at| now >= at + SWEEP_EVERY) {
            self.swept_at = Some(now);
            self.buckets.retain(|_, bucket| !bucket.is_full(now));
        }
        self.buckets.len() < MOST
    }
}

impl Limits {
    fn take_at(&self, key: &str, rate: Rate, now: Instant) -> Result<(), Duration> {
        let mut table = self.lock();
        let bucket = match table.buckets.get_mut(key) {
            Some(bucket) => bucket,
            None => table.insert(key, rate, now),
        };
        bucket.take(rate, now)
    }
}

impl RateLimit for Limits {
    fn take(&self, key: &str, rate: Rate) -> Result<(), Duration> {
        if rate.is_unlimited() { Ok(()) } else { self.take_at(key, rate, Instant::now()) }
    }

    fn check(&self, key: &str, rate: Rate) -> Result<(), Duration> {
        let now = Instant::now();
        self.lock().buckets.get(key).map_or(Ok(()), |bucket| bucket.check(rate, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_bounded_and_full_buckets_are_evicted() {
        let limits = Limits::default();
        let rate = Rate::new(1, Duration::from_mins(1), 1);
        let now = Instant::now();
        for n in 0..MOST + 100 {
            let _ = limits.take_at(&format!("rl:ip:{n}"), rate, now);
        }
        assert!(limits.lock().buckets.len() <= MOST + 1);
        assert!(limits.take_at("rl:ip:new", rate, now).is_err(), "those without a bucket share one");
        let later = now + Duration::from_mins(1);
        assert!(limits.take_at("rl:ip:new", rate, later).is_ok());
        assert_eq!(limits.lock().buckets.len(), 1);
    }
}
