//! Rates and token buckets.

use std::time::Duration;

use tokio::time::Instant;

/// The rate of a token bucket, which holds at most `burst` tokens and gains one every `interval`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Time in which one token is added. Zero: no limit.
    pub interval: Duration,
    /// Tokens of a full bucket, at least 1.
    pub burst: u32,
}

impl Rate {
    /// A bucket that never refuses.
    pub const UNLIMITED: Self = Self { interval: Duration::ZERO, burst: u32::MAX };

    /// `amount` tokens in every `period`, `burst` of them at once.
    pub fn new(amount: u32, period: Duration, burst: u32) -> Self {
        Self { interval: period / amount.max(1), burst: burst.max(1) }
    }

    /// The same rate for `factor` people together.
    #[must_use]
    pub fn times(self, factor: u32) -> Self {
        Self { interval: self.interval / factor.max(1), burst: self.burst.saturating_mul(factor.max(1)) }
    }

    /// Whether no bucket of this rate ever refuses.
    pub fn is_unlimited(self) -> bool {
        self.interval.is_zero()
    }

    /// How long an empty bucket takes to fill up.
    fn fills_in(self) -> Duration {
        self.interval.saturating_mul(self.burst)
    }
}

/// A token bucket by the generic cell rate algorithm (GCRA): the instant at which it is full again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    full_at: Instant,
}

impl Bucket {
    /// A full bucket.
    pub fn full(now: Instant) -> Self {
        Self { full_at: now }
    }

    /// Takes a token. The error is the time until there is one.
    pub fn take(&mut self, rate: Rate, now: Instant) -> Result<(), Duration> {
        self.check(rate, now)?;
        self.full_at = self.full_at.max(now) + rate.interval;
        Ok(())
    }

    /// The answer of [`take`](Self::take), without taking a token.
    pub fn check(self, rate: Rate, now: Instant) -> Result<(), Duration> {
        let lacking = self.full_at.saturating_duration_since(now) + rate.interval;
        match lacking.saturating_sub(rate.fills_in()) {
            Duration::ZERO => Ok(()),
            wait => Err(wait),
        }
    }

    /// Drains the bucket until it needs at least `lacking` to be full again.
    pub(crate) fn raise(&mut self, lacking: Duration, now: Instant) {
        self.full_at = self.full_at.max(now + lacking);
    }

    pub(crate) fn is_full(self, now: Instant) -> bool {
        self.full_at <= now
    }
}
