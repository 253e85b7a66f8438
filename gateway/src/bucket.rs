//! A token bucket: the one rule of how often.

use std::time::Duration;

/// How often something may happen, and how often at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    per_second: f64,
    burst: f64,
}

impl Rate {
    pub(crate) fn new(per_second: u32, burst: u32) -> Self {
        Self { per_second: f64::from(per_second), burst: f64::from(burst.max(1)) }
    }
}

/// What is left of a rate, at a moment of the gateway's clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bucket {
    tokens: f64,
    at_us: i64,
}

impl Bucket {
    pub(crate) fn full(rate: Rate, now_us: i64) -> Self {
        Self { tokens: rate.burst, at_us: now_us }
    }

    /// Takes one, or tells when there will be one.
    pub(crate) fn take(&mut self, rate: Rate, now_us: i64) -> Result<(), Duration> {
        self.refill(rate, now_us);
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Ok(());
        }
        Err(Duration::from_secs_f64((1.0 - self.tokens) / rate.per_second))
    }

    /// Whether it is as if it had never been used.
    pub(crate) fn is_full(&mut self, rate: Rate, now_us: i64) -> bool {
        self.refill(rate, now_us);
        self.tokens >= rate.burst
    }

    fn refill(&mut self, rate: Rate, now_us: i64) {
        let elapsed = Duration::from_micros(u64::try_from(now_us - self.at_us).unwrap_or_default());
        self.tokens = (self.tokens + elapsed.as_secs_f64() * rate.per_second).min(rate.burst);
        self.at_us = now_us;
    }
}

#[cfg(test)]
mod tests {
    use super::{Bucket, Rate};

    #[test]
    fn a_burst_is_taken_at_once_and_comes_back_with_time() {
        let rate = Rate::new(10, 2);
        let mut bucket = Bucket::full(rate, 0);
        assert!(bucket.take(rate, 0).is_ok());
        assert!(bucket.take(rate, 0).is_ok());
        let wait = bucket.take(rate, 0).unwrap_err();
        assert_eq!(wait.as_millis(), 100);
        assert!(bucket.take(rate, 100_000).is_ok());
        assert!(bucket.take(rate, 100_000).is_err());
        assert!(bucket.is_full(rate, 10_000_000));
    }
}
