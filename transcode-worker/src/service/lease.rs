//! The lease of a task: renewed while the task runs, and over when media-svc says so or does not answer.

use std::{
    sync::atomic::{AtomicI32, AtomicU64, Ordering},
    time::Duration,
};

use proto::transcode::v1::{
    CompleteTaskRequest, FailTaskRequest, MediaProbe, PublishSegmentsRequest, ReportTaskRequest, Segment,
    StoredObject, Task,
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{
    calls::{Calls, is_passing},
    failure::{Failure, Outcome},
};

/// How often a lease is renewed.
const RENEW_EVERY: Duration = Duration::from_secs(5);
/// Lease of a task that does not say how long it is.
const DEFAULT_LEASE: Duration = Duration::from_secs(30);
/// Pause after a failed call.
const PAUSE: Duration = Duration::from_millis(500);
/// Calls for the end of a task that may fail.
const MAX_FAILURES: usize = 20;

/// A leased task.
pub(super) struct Lease {
    calls: Calls,
    task_id: String,
    token: i64,
    lasts: Duration,
    end: AtomicI32,
    percent: AtomicI32,
    /// Bits of an `f64`.
    speed: AtomicU64,
    lost: CancellationToken,
}

impl Lease {
    pub(super) fn new(task: &Task, calls: &Calls) -> Self {
        let lasts =
            task.lease_for.and_then(|lasts| Duration::try_from(lasts).ok()).filter(|lasts| !lasts.is_zero());
        Self {
            calls: calls.clone(),
            task_id: task.id.clone(),
            token: task.lease,
            lasts: lasts.unwrap_or(DEFAULT_LEASE),
            end: AtomicI32::new(i32::MAX),
            percent: AtomicI32::new(0),
            speed: AtomicU64::new(0),
            lost: CancellationToken::new(),
        }
    }

    /// Index behind the last segment that is wanted, when the task began with this one.
    pub(super) fn end(&self, end: usize) -> usize {
        end.min(usize::try_from(self.end.load(Ordering::Relaxed)).unwrap_or_default())
    }

    pub(super) fn is_lost(&self) -> bool {
        self.lost.is_cancelled()
    }

    /// Says how far the task is. The next report carries it.
    pub(super) fn progress(&self, percent: usize, speed: f64) {
        self.percent.store(i32::try_from(percent.min(100)).unwrap_or(100), Ordering::Relaxed);
        self.speed.store(speed.to_bits(), Ordering::Relaxed);
    }

    fn speed(&self) -> f64 {
        f64::from_bits(self.speed.load(Ordering::Relaxed))
    }

    /// Obeys an answer of media-svc.
    fn obey(&self, lost: bool, end: i32) {
        if lost {
            self.lost.cancel();
        }
        if end > 0 {
            self.end.fetch_min(end, Ordering::Relaxed);
        }
    }

    /// Renews the lease until it is lost.
    pub(super) async fn renew(&self) {
        let mut renewed = Instant::now();
        loop {
            tokio::select! {
                () = tokio::time::sleep(RENEW_EVERY.min(self.lasts / 4)) => {}
                () = self.lost.cancelled() => return,
            }
            let report = ReportTaskRequest {
                task_id: self.task_id.clone(),
                lease: self.token,
                percent: self.percent.load(Ordering::Relaxed),
                speed: self.speed(),
            };
            match self.calls.report(report).await {
                Ok(answer) => {
                    renewed = Instant::now();
                    self.obey(answer.lost, answer.end);
                }
                Err(status) if is_passing(&status) && renewed.elapsed() < self.lasts => {}
                Err(status) => {
                    tracing::warn!(task = self.task_id, error = %status, "the lease of a task cannot be renewed");
                    self.lost.cancel();
                }
            }
        }
    }

    /// Says that a segment is in the store.
    pub(super) async fn publish(&self, index: usize, objects: Vec<StoredObject>) -> Outcome<()> {
        let segment = Segment { index: i32::try_from(index).unwrap_or(i32::MAX), objects };
        let request = PublishSegmentsRequest {
            task_id: self.task_id.clone(),
            lease: self.token,
            segments: vec![segment],
            speed: self.speed(),
        };
        let answer = self.retried(|| self.calls.publish(request.clone())).await?;
        self.obey(answer.lost, answer.end);
        Ok(())
    }

    pub(super) async fn complete(
        &self,
        probe: Option<MediaProbe>,
        objects: Vec<StoredObject>,
    ) -> Outcome<()> {
        let request =
            CompleteTaskRequest { task_id: self.task_id.clone(), lease: self.token, probe, objects };
        let lost = self.retried(|| self.calls.complete(request.clone())).await?;
        self.obey(lost, 0);
        Ok(())
    }

    pub(super) async fn fail(&self, failure: &Failure) -> Outcome<()> {
        let request = FailTaskRequest {
            task_id: self.task_id.clone(),
            lease: self.token,
            reason: failure.reason_name(),
            message: failure.limited_message(),
            retryable: failure.retryable,
            timed_out: failure.timed_out,
            log: failure.log.clone(),
            released: failure.released,
        };
        let lost = self.retried(|| self.calls.fail(request.clone())).await?;
        self.obey(lost, 0);
        Ok(())
    }

    /// Repeats a call that may succeed a moment later.
    async fn retried<T, Fut>(&self, mut call: impl FnMut() -> Fut) -> Outcome<T>
    where
        Fut: Future<Output = Result<T, tonic::Status>>,
    {
        let mut failures = 0;
        loop {
            match call().await {
                Ok(answer) => return Ok(answer),
                Err(status) if is_passing(&status) && failures < MAX_FAILURES && !self.is_lost() => {
                    failures += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                Err(status) => {
                    return Err(Failure::passing(format!(
                        "media-svc refused a report: {}",
                        status.message()
                    )));
                }
            }
        }
    }
}
