//! The clock. Every rule that depends on time takes it as an argument, so that a test can set it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use chrono::{DateTime, Utc};

/// Unix time in microseconds. It starts from the system clock, advances with the monotonic clock, and is
/// corrected by an offset to the cluster's clock where there is one. Cheap to clone; copies share the offset.
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

    /// A clock for tests: it stays at `unix_us` until a test moves it.
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

    /// Moves the clock and its copies forward.
    pub fn advance(&self, by: Duration) {
        self.offset_us.fetch_add(micros(by), Ordering::Relaxed);
    }

    /// Sets the offset of the clock and its copies to the machine's own clock, to follow a cluster's clock.
    pub fn set_offset_us(&self, offset_us: i64) {
        self.offset_us.store(offset_us, Ordering::Relaxed);
    }

    /// Offset to the machine's own clock.
    pub fn offset_us(&self) -> i64 {
        self.offset_us.load(Ordering::Relaxed)
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
