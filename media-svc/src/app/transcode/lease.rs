//! Gives tasks to workers.

use std::{ops::Range, time::Duration};

use chrono::{DateTime, Utc};
use proto::transcode::v1::{
    LeaseTaskRequest, LeaseTaskResponse, Plan, ProbeTask, SegmentsTask, StoryboardTask, SubtitlesTask,
    Task as WireTask, task::Kind,
};
use rpc::Context;
use sqlx::PgConnection;

use super::{begin::new_task, news, settle::settle, until};
use crate::{
    app::App,
    domain::{Progress, RUN, TASK_LEASE, Task, TaskKind, TaskState, URGENT_SLOTS, needed_for},
    error::Result,
    store::{
        segments,
        tasks::{self, Fault},
        upload_progress, workers,
    },
};

/// Longest wait for a task.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

impl App {
    /// Leases the next task to a worker; waits for one as long as the worker asks for.
    pub(crate) async fn lease_task(
        &self,
        context: &Context,
        request: LeaseTaskRequest,
    ) -> Result<LeaseTaskResponse> {
        let LeaseTaskRequest { worker, wait, active, slots } = request;
        let until = until(context, wait, LONGEST_WAIT);
        let mut added = self.queue.added.subscribe();
        let is_full = slots > 0 && active >= slots;
        let mut seen_at = None;
        loop {
            let now = self.clock.now();
            // A worker that waits for long is there all the time.
            if seen_at.is_none_or(|at| now - at > chrono::TimeDelta::seconds(10)) {
                workers::see(&self.pool, &worker, (active, slots), now).await?;
                seen_at = Some(now);
            }
            // A worker whose slots are taken comes for what somebody waits for alone, until a task of its own ends while it asks.
            let taken = if is_full { tasks::running_of(&self.pool, &worker).await? } else { 0 };
            let task = if taken < i64::from(slots) + URGENT_SLOTS {
                self.lease_now(&worker, is_full && taken >= i64::from(slots)).await?
            } else {
                None
            };
            if task.is_some() || !news(&mut added, until).await {
                let counts = tasks::counts(&self.pool, now).await?;
                return Ok(LeaseTaskResponse {
                    task,
                    queue_depth: counts.waiting.try_into().unwrap_or(i32::MAX),
                });
            }
        }
    }

    async fn lease_now(&self, worker: &str, urgent_only: bool) -> Result<Option<WireTask>> {
        self.end_expired_leases().await?;
        let now = self.clock.now();
        loop {
            let mut tx = pg::begin(&self.pool).await?;
            let Some(task) = tasks::due(&mut tx, urgent_only, now).await? else { return Ok(None) };
            let Some(upload) = upload_progress::lock(&mut tx, task.upload).await? else { return Ok(None) };
            let plan = segments::plan(&mut *tx, task.asset, task.generation).await?;
            let range = match (&plan, task.kind) {
                (_, TaskKind::Probe) | (Some(_), TaskKind::Subtitles | TaskKind::Storyboard) => Some(0..0),
                (Some(plan), TaskKind::Segments) => take(&mut tx, &upload, &task, plan, now).await?,
                (None, _) => None,
            };
            let Some(range) = range else {
                // Nothing is left of it: its segments are there.
                tasks::end(&mut tx, task.id, TaskState::Done, &Fault::default(), now).await?;
                settle(&mut tx, &upload, upload.clone(), now).await?;
                tx.commit().await?;
                self.outbox.committed();
                continue;
            };
            let lease = tasks::start(&mut tx, &task, &range, worker, now + TASK_LEASE, now).await?;
            settle(&mut tx, &upload, upload.clone(), now).await?;
            tx.commit().await?;
            self.outbox.committed();
            return Ok(Some(self.wire(&task, plan, range, lease)));
        }
    }

    fn wire(&self, task: &Task, plan: Option<Plan>, range: Range<i32>, lease: i64) -> WireTask {
        let kind = match task.kind {
            TaskKind::Probe => Kind::Probe(ProbeTask { max_duration_us: self.rules.max_duration_us }),
            TaskKind::Segments => Kind::Segments(SegmentsTask {
                plan,
                layer: task.layer,
                first: range.start,
                end: range.end,
                urgent: task.urgent,
            }),
            TaskKind::Subtitles => Kind::Subtitles(SubtitlesTask { plan }),
            TaskKind::Storyboard => Kind::Storyboard(StoryboardTask { plan }),
        };
        WireTask {
            id: task.id.to_string(),
            lease,
            lease_for: TASK_LEASE.try_into().ok(),
            upload_id: task.upload.to_string(),
            kind: Some(kind),
            attempt: i32::from(task.attempts) + 1,
        }
    }
}

/// The segments that a worker makes of a task: from the first that is missing on, at most [`RUN`] of them, up to one that is there,
/// and no further than the file has arrived. The rest becomes a task of its own. `None`: all are there.
async fn take(
    db: &mut PgConnection,
    upload: &Progress,
    task: &Task,
    plan: &Plan,
    now: DateTime<Utc>,
) -> Result<Option<Range<i32>>> {
    let of = (task.asset, task.generation, task.layer);
    let ready = segments::ready(db, of, &task.range).await?;
    let Some(range) = gap(&task.range, &ready) else { return Ok(None) };
    #[expect(clippy::cast_precision_loss, reason = "a fraction")]
    let arrived = match upload.size {
        _ if upload.complete => 1.0,
        Some(size) if size > 0 => upload.received as f64 / size as f64,
        _ => 0.0,
    };
    let longest = range.end.min(range.start + RUN);
    let end = (range.start + 1..=longest).rev().find(|end| needed_for(plan, *end) <= arrived);
    let end = end.unwrap_or(range.start + 1);
    if end < task.range.end {
        let rest = Task {
            layer: task.layer,
            range: end..task.range.end,
            asked_at: task.asked_at,
            ..new_task(upload, task.asset, TaskKind::Segments, needed_for(plan, end + 1))
        };
        tasks::insert(db, &rest, now).await?;
    }
    Ok(Some(range.start..end))
}

/// The first range within `all` of which none is ready.
fn gap(all: &Range<i32>, ready: &[i32]) -> Option<Range<i32>> {
    let start = all.clone().find(|index| ready.binary_search(index).is_err())?;
    let end = ready.iter().copied().find(|index| *index > start).unwrap_or(all.end);
    Some(start..end)
}

#[cfg(test)]
mod tests {
    use super::gap;

    #[test]
    fn a_gap_lies_between_what_is_ready() {
        assert_eq!(gap(&(0..10), &[]), Some(0..10));
        assert_eq!(gap(&(3..10), &[3, 4, 7]), Some(5..7));
        assert_eq!(gap(&(3..5), &[3, 4]), None);
        assert_eq!(gap(&(5..5), &[]), None);
    }
}
