//! Rules of the queue of jobs.

use std::time::Duration;

use ids::{AssetId, JobId};

/// Attempts that a job has.
pub(crate) const MAX_ATTEMPTS: i16 = 3;

/// Jobs that the queue takes. An asset that finds it full is measured when its source is added again.
pub(crate) const MAX_JOBS: i64 = 10_000;

/// How long a worker has a job without a heartbeat.
pub(crate) const LEASE: Duration = Duration::from_mins(1);

/// How often a worker renews its leases.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(20);

/// The kinds of jobs, as `media.jobs.kind` names them.
pub(crate) const MEASURE: &str = "measure";

/// Priority of work that somebody waits for.
pub(crate) const SOON: i16 = 10;

/// A job on lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Job {
    pub(crate) id: JobId,
    pub(crate) asset: AssetId,
    pub(crate) payload: Vec<u8>,
    /// 1 for the first attempt.
    pub(crate) attempt: i16,
}

/// Time before the next attempt after `attempts` failed ones; `None` after the last.
pub(crate) fn retry_after(attempts: i16) -> Option<Duration> {
    match attempts {
        MAX_ATTEMPTS.. => None,
        ..=1 => Some(Duration::from_secs(5)),
        _ => Some(Duration::from_secs(30)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_back_off_and_end() {
        let waits: Vec<_> =
            (1..=3).map(|attempts| retry_after(attempts).map(|wait| wait.as_secs())).collect();
        assert_eq!(waits, [Some(5), Some(30), None]);
        assert!(HEARTBEAT * 2 < LEASE, "one heartbeat may be lost");
    }
}
