//! Begins and ends the preparing of an upload.

use chrono::{DateTime, Utc};
use ids::{AssetId, TaskId, UploadId};
use sqlx::PgConnection;

use super::settle::settle;
use crate::{
    domain::{Progress, Task, TaskKind, TaskState},
    error::Result,
    store::{segments, tasks, upload_progress},
};
use proto::media::v1::UploadState;

/// Has an upload examined. Called when enough of it is there, and again when all of it is: a repeated call adds nothing, and
/// settles the state.
pub(crate) async fn begin(db: &mut PgConnection, upload: UploadId, now: DateTime<Utc>) -> Result<()> {
    let Some(upload) = upload_progress::lock(db, upload).await? else { return Ok(()) };
    if upload.state == UploadState::Failed {
        return Ok(());
    }
    if upload.generation == 0 {
        examine(db, &upload, now).await?;
        if upload.complete {
            // An examination may wait because bytes were missing.
            tasks::examine_now(db, upload.id, now).await?;
        }
    }
    settle(db, &upload, upload.clone(), now).await
}

/// Adds the task that examines an upload, whose row is locked.
pub(super) async fn examine(db: &mut PgConnection, upload: &Progress, now: DateTime<Utc>) -> Result<()> {
    let Some(asset) = upload.asset else { return Ok(()) };
    tasks::insert(db, &new_task(upload, asset, TaskKind::Probe, 0.0), now).await
}

/// A waiting task of an upload without a range.
pub(super) fn new_task(upload: &Progress, asset: AssetId, kind: TaskKind, needs: f64) -> Task {
    Task {
        id: TaskId::new(),
        kind,
        upload: upload.id,
        asset,
        owner: upload.owner.clone(),
        generation: upload.generation,
        layer: 0,
        range: 0..0,
        next: 0,
        needs,
        state: TaskState::Waiting,
        urgent: false,
        asked_at: None,
        attempts: 0,
        lease: 0,
    }
}

/// Ends the preparing of an asset, and forgets what was made of it. Workers learn by their next report that they are to stop.
/// The caller has locked the row of the upload, and has the objects removed.
pub(crate) async fn delete(db: &mut PgConnection, asset: AssetId, _now: DateTime<Utc>) -> Result<()> {
    tasks::forget(db, asset).await?;
    if let Some(upload) = upload_progress::of_asset(&mut *db, asset).await? {
        segments::forget(db, upload.id).await?;
    }
    Ok(())
}
