//! Ends tasks that succeeded.

use chrono::{DateTime, Utc};
use prost::Message as _;
use proto::transcode::v1::{CompleteTaskRequest, MediaProbe, Plan, StoredObject};
use rpc::Reason;
use sqlx::PgConnection;

use super::{
    begin::new_task,
    fail::{Failure, fail_attempt},
    find, held,
    settle::settle,
};
use crate::{
    app::App,
    domain::{
        Progress, Task, TaskKind, TaskState, needed_for,
        plan::{self, Refusal},
    },
    error::Result,
    store::{
        assets, segments,
        tasks::{self, Fault},
    },
};

impl App {
    /// Completes a task. Returns whether its lease had ended, and nothing was changed.
    pub(crate) async fn complete_task(&self, request: CompleteTaskRequest) -> Result<bool> {
        let CompleteTaskRequest { task_id, lease, probe, objects } = request;
        let mut tx = pg::begin(&self.pool).await?;
        let Some((upload, task)) = find(&mut tx, &task_id).await?.filter(|(_, task)| task.lease == lease)
        else {
            return Ok(true);
        };
        match (task.state, task.kind) {
            // The reply to an earlier call was lost.
            (TaskState::Done, _) => return Ok(false),
            (TaskState::Running, TaskKind::Probe) => {
                // The plan is stored outside of the transaction.
                drop(tx);
                return self.complete_probe(&task_id, lease, upload, &probe.unwrap_or_default()).await;
            }
            (TaskState::Running, TaskKind::Segments) => {
                self.complete_segments(&mut tx, &upload, &task).await?;
            }
            (TaskState::Running, _) => self.complete_objects(&mut tx, &upload, &task, &objects).await?,
            (TaskState::Waiting | TaskState::Failed, _) => return Ok(true),
        }
        tx.commit().await?;
        self.queue.added();
        self.queue.ready();
        self.outbox.committed();
        Ok(false)
    }

    async fn complete_segments(&self, db: &mut PgConnection, upload: &Progress, task: &Task) -> Result<()> {
        let of = (task.asset, task.generation, task.layer);
        let ready = segments::ready(db, of, &task.range).await?;
        if ready.len() == task.range.len() {
            return self.end(db, upload, upload.clone(), task).await;
        }
        let message = format!("the worker ended with {} of {} segments", ready.len(), task.range.len());
        fail_attempt(
            db,
            upload,
            task,
            Failure { message, retryable: true, ..Failure::default() },
            self.clock.now(),
        )
        .await
    }

    async fn complete_objects(
        &self,
        db: &mut PgConnection,
        upload: &Progress,
        task: &Task,
        objects: &[StoredObject],
    ) -> Result<()> {
        let bytes = objects.iter().map(|object| object.size_bytes.max(0)).sum();
        segments::count(db, task.asset, task.generation, 0, bytes).await?;
        self.end(db, upload, upload.clone(), task).await
    }

    /// Makes the plan of what a worker found, and the tasks that follow from it; or the upload fails with the reason.
    async fn complete_probe(
        &self,
        task_id: &str,
        lease: i64,
        seen: Progress,
        probe: &MediaProbe,
    ) -> Result<bool> {
        let Some(asset) = seen.asset else { return Ok(true) };
        let plan = plan::plan(probe, &self.rules, &asset.to_string(), seen.generation + 1);
        if let Ok(plan) = &plan {
            // Stored first: an edge reads it as soon as the upload can be played.
            self.store_plan(plan).await?;
        }
        let mut tx = pg::begin(&self.pool).await?;
        let held = held(&mut tx, task_id, lease).await?;
        let Some((upload, task)) = held.filter(|(upload, _)| upload.generation == seen.generation) else {
            return Ok(true);
        };
        let now = self.clock.now();
        match plan {
            Ok(plan) => {
                segments::insert_plan(&mut tx, asset, upload.id, &plan, now).await?;
                let planned = planned(&upload, &plan);
                add_tasks(&mut tx, &planned, &plan, now).await?;
                assets::lock(&mut tx, asset).await?;
                assets::set_measured(&mut tx, asset, planned.duration_us, now).await?;
                self.end(&mut tx, &upload, planned, &task).await?;
            }
            Err(refusal) => {
                let (reason, message) = (reason(&refusal), refusal.to_string());
                let reason = reason.as_str_name().trim_start_matches("REASON_").to_owned();
                let failure = Failure { reason, message, ..Failure::default() };
                fail_attempt(&mut tx, &upload, &task, failure, now).await?;
            }
        }
        tx.commit().await?;
        self.queue.added();
        self.outbox.committed();
        Ok(false)
    }

    /// Puts a plan into the store, where the data plane reads it.
    pub(super) async fn store_plan(&self, plan: &Plan) -> Result<()> {
        let key = plan.key(proto::PLAN_OBJECT).parse().map_err(anyhow::Error::from)?;
        self.blobs.put(&key, blob::body(plan.encode_to_vec())).await.map_err(anyhow::Error::from)?;
        Ok(())
    }

    /// Ends a task that succeeded, and settles its upload.
    async fn end(
        &self,
        db: &mut PgConnection,
        before: &Progress,
        after: Progress,
        task: &Task,
    ) -> Result<()> {
        let now = self.clock.now();
        tasks::end(db, task.id, TaskState::Done, &Fault::default(), now).await?;
        settle(db, before, after, now).await
    }
}

/// The upload as it is with a plan.
fn planned(upload: &Progress, plan: &Plan) -> Progress {
    let largest = plan.videos.last();
    let ticks = i128::from(plan.duration_ticks) * 1_000_000 / i128::from(plan.timescale.max(1));
    Progress {
        generation: plan.generation,
        playable: true,
        duration_us: i64::try_from(ticks).unwrap_or_default(),
        width: largest.map_or(0, |video| video.width),
        height: largest.map_or(0, |video| video.height),
        ..upload.clone()
    }
}

/// Adds the tasks of a plan: all segments of each layer, subtitles, and pictures for the seek bar.
async fn add_tasks(db: &mut PgConnection, upload: &Progress, plan: &Plan, now: DateTime<Utc>) -> Result<()> {
    let Some(asset) = upload.asset else { return Ok(()) };
    let count = i32::try_from(plan.segment_count()).unwrap_or(i32::MAX);
    for layer in (0..).take(plan.layers.len()) {
        let task = Task {
            layer,
            range: 0..count,
            ..new_task(upload, asset, TaskKind::Segments, needed_for(plan, 1))
        };
        tasks::insert(db, &task, now).await?;
    }
    // Both read the whole file.
    if !plan.subtitles.is_empty() {
        tasks::insert(db, &new_task(upload, asset, TaskKind::Subtitles, 1.0), now).await?;
    }
    if plan.storyboard.is_some() {
        tasks::insert(db, &new_task(upload, asset, TaskKind::Storyboard, 1.0), now).await?;
    }
    Ok(())
}

fn reason(refusal: &Refusal) -> Reason {
    match refusal {
        Refusal::TooLong { .. } => Reason::TooLong,
        Refusal::Container(_) => Reason::UnsupportedFormat,
        Refusal::NoLength | Refusal::NoFilm => Reason::FileUnreadable,
    }
}
