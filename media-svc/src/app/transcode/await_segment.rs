//! Brings about the segments that viewers wait for.

use std::time::Duration;

use chrono::{DateTime, Utc};
use ids::AssetId;
use proto::{
    media::v1::{AwaitSegmentRequest, UploadState},
    transcode::v1::Plan,
};
use rpc::Context;
use sqlx::PgConnection;
use tokio::time::Instant;

use super::{begin::new_task, gone, media_failed, news, not_ready, until};
use crate::{
    app::App,
    domain::{Answer, Progress, Task, TaskKind, TaskState, WAITED_FOR, answer, needed_for},
    error::Result,
    store::{
        segments::{self, Of},
        tasks, upload_progress, workers,
    },
};

/// Longest wait for a segment: players give up after 10 seconds.
const LONGEST_WAIT: Duration = Duration::from_secs(9);
/// When a viewer may ask again for what was not there in time.
const ASK_AGAIN: Duration = Duration::from_secs(1);
/// Somebody who waits asks for the task again this often: it may have failed meanwhile, or gone to another range.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// A worker counts as there when it asked or reported within this time.
pub(super) const WORKER_SEEN: Duration = Duration::from_mins(1);
/// Index that means the init segment.
const INIT: i32 = -1;

impl App {
    /// Waits until a segment is in the store, and has it made next.
    pub(crate) async fn await_segment(&self, context: &Context, request: AwaitSegmentRequest) -> Result<()> {
        let AwaitSegmentRequest { asset_id, generation, rendition, index, wait } = request;
        let asset: AssetId = asset_id.parse().map_err(|_| gone())?;
        let until = until(context, wait, LONGEST_WAIT);
        let mut ready = self.queue.ready.subscribe();
        let plan = segments::plan(&self.pool, asset, generation).await?;
        let Some(plan) = plan else { return Err(self.why_no_plan(asset).await?.into()) };
        let Some(layer) = plan.layer_of(&rendition).and_then(|layer| i32::try_from(layer).ok()) else {
            return Err(gone().into());
        };
        if usize::try_from(index).is_ok_and(|index| index >= plan.segment_count()) {
            return Err(gone().into());
        }
        let of = (asset, generation, layer);
        // The caller found no object. If the segment counts as ready, the store has lost it.
        let mut index = index;
        if segments::is_ready(&self.pool, of, index).await? {
            index = self.note_if_lost(of, &rendition, index, &plan).await?;
        }
        let mut ask_at = None;
        while !segments::is_ready(&self.pool, of, index).await? {
            if ask_at.is_none_or(|at| Instant::now() >= at) {
                self.ask(of, index, &plan).await?;
                ask_at = Some(Instant::now() + ASK_EVERY);
            }
            if !news(&mut ready, until).await {
                return Err(not_ready(ASK_AGAIN).into());
            }
        }
        Ok(())
    }

    async fn why_no_plan(&self, asset: AssetId) -> Result<rpc::Error> {
        let upload = upload_progress::of_asset(&self.pool, asset).await?;
        let failed = upload.filter(|upload| upload.state == UploadState::Failed);
        Ok(failed.map_or_else(gone, |upload| media_failed(&upload.failure_message)))
    }

    /// Puts a segment in front of the queue, unless it comes by itself soon.
    async fn ask(&self, of: Of, index: i32, plan: &Plan) -> Result<()> {
        let now = self.clock.now();
        let Some(seen) = upload_progress::of_asset(&self.pool, of.0).await? else {
            return Err(gone().into());
        };
        let mut tx = pg::begin(&self.pool).await?;
        let Some(upload) = upload_progress::lock(&mut tx, seen.id).await? else { return Err(gone().into()) };
        if upload.state == UploadState::Failed {
            return Err(media_failed(&upload.failure_message).into());
        }
        // Race: it was published just now, or the plan was replaced.
        if upload.generation != of.1 || segments::is_ready(&mut *tx, of, index).await? {
            return Ok(());
        }
        let has_changed = if index == INIT {
            hurry_any(&mut tx, of, now).await?
        } else {
            hurry(&mut tx, &upload, of, index, plan, now).await?
        };
        if has_changed && !workers::has_room(&mut *tx, now - WORKER_SEEN, now).await? {
            make_room(&mut tx, now).await?;
        }
        tx.commit().await?;
        if has_changed {
            self.queue.added();
        }
        Ok(())
    }
}

/// Has any segment of a layer made, since its init segments come with the first. Returns whether it changed the queue.
async fn hurry_any(db: &mut PgConnection, of: Of, now: DateTime<Utc>) -> Result<bool> {
    let tasks = tasks::of_layer(db, of).await?;
    if tasks.iter().any(|task| task.state == TaskState::Running || task.urgent) {
        return Ok(false);
    }
    let Some(first) = tasks.first() else { return Ok(false) };
    tasks::hurry(db, first.id, now).await?;
    Ok(true)
}

/// Has a segment made next. Returns whether it changed the queue.
async fn hurry(
    db: &mut PgConnection,
    upload: &Progress,
    of: Of,
    index: i32,
    plan: &Plan,
    now: DateTime<Utc>,
) -> Result<bool> {
    let urgent = |range: std::ops::Range<i32>| Task {
        layer: of.2,
        needs: needed_for(plan, range.start + 1),
        range,
        urgent: true,
        asked_at: Some(now),
        ..new_task(upload, of.0, TaskKind::Segments, 0.0)
    };
    let Some(task) = tasks::covering(db, of, index).await? else {
        // It is lost, and nobody makes it.
        tasks::insert(db, &urgent(index..index + 1), now).await?;
        return Ok(true);
    };
    match answer(&task, index) {
        Answer::Wait => {
            tasks::note_asked(&mut *db, task.id, now).await?;
            Ok(false)
        }
        Answer::Split if task.state == TaskState::Waiting && task.range.start == index => {
            tasks::hurry(db, task.id, now).await?;
            Ok(true)
        }
        Answer::Split => {
            let (before, from) = (task.range.start..index, index..task.range.end);
            tasks::resize(db, task.id, &before, task.needs).await?;
            tasks::insert(db, &urgent(from), now).await?;
            Ok(true)
        }
    }
}

/// Cuts a running task short behind the segment that it makes, so that its worker comes for what is urgent. The rest of it waits.
async fn make_room(db: &mut PgConnection, now: DateTime<Utc>) -> Result<()> {
    let Some(task) = tasks::to_cut_short(db, now - WAITED_FOR).await? else { return Ok(()) };
    let (Some(upload), Some(plan)) = (
        upload_progress::lock(db, task.upload).await?,
        segments::plan(&mut *db, task.asset, task.generation).await?,
    ) else {
        return Ok(());
    };
    let cut = task.next + 1;
    let rest = Task {
        layer: task.layer,
        range: cut..task.range.end,
        asked_at: task.asked_at,
        ..new_task(&upload, task.asset, TaskKind::Segments, needed_for(&plan, cut + 1))
    };
    tasks::resize(db, task.id, &(task.range.start..cut), task.needs).await?;
    tasks::insert(db, &rest, now).await
}
