//! Ends attempts that failed.

use chrono::{DateTime, TimeDelta, Utc};
use proto::{media::v1::UploadState, transcode::v1::FailTaskRequest};
use rpc::Reason;
use sqlx::PgConnection;

use super::{
    find, held,
    lost::prefix_of,
    settle::{settle, tell},
};
use crate::{
    app::App,
    domain::{Progress, RELEASED_FOR, Task, TaskState, needed_after, task_retry_after},
    error::Result,
    store::{
        removals, segments,
        tasks::{self, Fault},
        upload_progress,
    },
};

/// Leases that one call ends at most.
const EXPIRED_AT_ONCE: i64 = 50;

/// Why an attempt failed.
#[derive(Debug, Clone, Default)]
pub(super) struct Failure {
    /// A reason of the contract without its prefix; empty: a fault of ours.
    pub(super) reason: String,
    pub(super) message: String,
    pub(super) log: String,
    pub(super) timed_out: bool,
    pub(super) retryable: bool,
    /// The worker is gone: the next attempt need not wait for it.
    pub(super) abandoned: bool,
}

impl App {
    /// Ends an attempt that failed, or takes back a task that the worker releases. Returns whether its lease had ended before.
    pub(crate) async fn fail_task(&self, request: FailTaskRequest) -> Result<bool> {
        let now = self.clock.now();
        let mut tx = pg::begin(&self.pool).await?;
        let Some((upload, task)) = held(&mut tx, &request.task_id, request.lease).await? else {
            return Ok(true);
        };
        if request.released {
            // A worker that stops gives back what could go on at once; the file that is incomplete has to grow.
            let (after, needs) = if upload.complete {
                (now, 0.0)
            } else {
                (now + RELEASED_FOR, needed_after(upload.received, upload.size))
            };
            tasks::release(&mut tx, task.id, after, needs).await?;
            settle(&mut tx, &upload, upload.clone(), now).await?;
        } else {
            let FailTaskRequest { reason, message, retryable, timed_out, log, .. } = request;
            let failure = Failure { reason, message, log, timed_out, retryable, abandoned: false };
            fail_attempt(&mut tx, &upload, &task, failure, now).await?;
        }
        tx.commit().await?;
        self.queue.added();
        self.queue.ready();
        self.outbox.committed();
        Ok(false)
    }

    /// Ends the attempts of workers that no longer report.
    pub(super) async fn end_expired_leases(&self) -> Result<()> {
        let now = self.clock.now();
        for (id, _) in tasks::expired(&self.pool, now, EXPIRED_AT_ONCE).await? {
            let mut tx = pg::begin(&self.pool).await?;
            let Some((upload, task)) = find(&mut tx, &id.to_string()).await? else { continue };
            // Race: it was renewed, or ended by another process.
            if !tasks::is_expired(&mut tx, id, now).await? {
                continue;
            }
            tracing::warn!(task = %id, kind = task.kind.name(), "a worker no longer reports; its task goes to another");
            let message = "the worker stopped during the attempt".to_owned();
            let failure = Failure { message, retryable: true, abandoned: true, ..Failure::default() };
            fail_attempt(&mut tx, &upload, &task, failure, now).await?;
            tx.commit().await?;
            self.queue.ready();
            self.outbox.committed();
        }
        Ok(())
    }
}

/// Ends a failed attempt: another one follows, or the task has failed, and with it the upload when it is no film without it. Both
/// rows are locked.
pub(super) async fn fail_attempt(
    db: &mut PgConnection,
    upload: &Progress,
    task: &Task,
    failure: Failure,
    now: DateTime<Utc>,
) -> Result<()> {
    let Failure { reason, message, log, timed_out, retryable, abandoned } = failure;
    let fault = Fault { timed_out, message: message.clone(), log };
    if let Some(wait) = task_retry_after(task.attempts).filter(|_| retryable) {
        tracing::info!(task = %task.id, attempt = task.attempts, message, "an attempt failed and is repeated");
        let wait = if abandoned { TimeDelta::zero() } else { TimeDelta::from_std(wait).unwrap_or_default() };
        tasks::retry_at(db, task.id, now + wait, &fault, now).await?;
        return settle(db, upload, upload.clone(), now).await;
    }
    tracing::warn!(task = %task.id, kind = task.kind.name(), upload = %task.upload, message, "a task failed");
    tasks::end(db, task.id, TaskState::Failed, &fault, now).await?;
    if !task.kind.is_vital() {
        return settle(db, upload, upload.clone(), now).await;
    }
    let known = Reason::from_str_name(&format!("REASON_{reason}")).filter(|it| *it != Reason::Unspecified);
    let (reason, message) = match known {
        Some(reason) => (reason, message),
        None if timed_out => (Reason::PreparingTimedOut, TIMED_OUT.to_owned()),
        None => (Reason::PreparingFailed, FAILED.to_owned()),
    };
    let reason = reason.as_str_name().trim_start_matches("REASON_");
    metrics::counter!("syncwatch_transcoding_failures_total", "failure_reason" => reason.to_ascii_lowercase()).increment(1);
    fail_upload(db, upload, reason.to_owned(), message, now).await
}

const TIMED_OUT: &str =
    "this film could not be prepared in time; try again later, or send it in a smaller size";
const FAILED: &str = "this film could not be prepared; the file may be damaged: save it again with a video editor, and send it \
    once more";

/// Ends the preparing of an upload with a reason, and forgets what was made of it. Its row is locked.
async fn fail_upload(
    db: &mut PgConnection,
    upload: &Progress,
    failure_reason: String,
    failure_message: String,
    now: DateTime<Utc>,
) -> Result<()> {
    tasks::cancel(db, upload.id).await?;
    segments::forget(db, upload.id).await?;
    if let Some(asset) = upload.asset {
        // Of this generation: another attempt makes a new one.
        removals::add(&mut *db, &prefix_of(asset, upload.generation), now).await?;
    }
    let failed = Progress {
        state: UploadState::Failed,
        failure_reason,
        failure_message,
        playable: false,
        prepared_bytes: 0,
        ..upload.clone()
    };
    upload_progress::set(db, &failed).await?;
    tell(db, &failed, TimeDelta::zero(), now).await
}
