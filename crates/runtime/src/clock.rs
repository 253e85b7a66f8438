//! The one way to ask for the time. Passed in wherever a rule depends on it, so that a test can hold it still.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use chrono::{DateTime, Utc};

/// Unix time in microseconds that never steps back: the system's at the start, carried on by the monotonic clock and
/// corrected, where there is a cluster, by an offset to the cluster's clock. Cheap to clone; copies share the offset.
#[derive(Debug, Clone)]
pub struct Clock {
    base: Base,
    offset_us: Arc<AtomicI64>,
}

#[derive(Debug, Clone)]
enum Base {
    System { started: Instant, unix_us: i64 },
    Manual,
}

impl Clock {
    /// The clock of this machine.
    #[expect(clippy::disallowed_methods, reason = "this is where the time comes from")]
    pub fn system() -> Self {
        let unix_us = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, micros);
        Self { base: Base::System { started: Instant::now(), unix_us }, offset_us: Arc::default() }
    }

    /// A clock for tests: it stands at `unix_us` until it is moved.
    pub fn manual(unix_us: i64) -> Self {
        Self { base: Base::Manual, offset_us: Arc::new(AtomicI64::new(unix_us)) }
    }

    /// Now, in microseconds of Unix time.
    pub fn now_us(&self) -> i64 {
        let offset_us = self.offset_us.load(Ordering::Relaxed);
        match self.base {
            Base::System { started, unix_us } => unix_us + micros(started.elapsed()) + offset_us,
            Base::Manual => offset_us,
        }
    }

    /// Now, as a date.
    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.now_us()).unwrap_or_default()
    }

    /// Moves the clock and its copies.
    pub fn advance(&self, by: Duration) {
        self.offset_us.fetch_add(micros(by), Ordering::Relaxed);
    }

    /// Puts the clock and its copies this far from the machine's own; for following a cluster's clock.
    pub fn set_offset_us(&self, offset_us: i64) {
        self.offset_us.store(offset_us, Ordering::Relaxed);
    }

    /// How far the clock is from the machine's own.
    pub fn offset_us(&self) -> i64 {
        self.offset_us.load(Ordering::Relaxed)
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
