//! Notices a segment that the store has lost when a viewer asks for it, and encodes a film again that has lost most of them.

use blob::Key;
use chrono::{DateTime, Utc};
use ids::AssetId;
use proto::{media::v1::UploadState, transcode::v1::Plan};
use sqlx::PgConnection;

use super::{begin::examine, settle::settle};
use crate::{
    app::App,
    domain::Progress,
    error::Result,
    store::{
        removals,
        segments::{self, Of},
        tasks, upload_parts, upload_progress, uploads,
    },
};

impl App {
    /// Looks whether the object of a segment is there that should be; one that is lost is no longer ready. Returns the segment to
    /// wait for: with a lost init segment (index -1) the first one is made again, whose worker writes both.
    pub(super) async fn note_if_lost(&self, of: Of, rendition: &str, index: i32, plan: &Plan) -> Result<i32> {
        let key = match usize::try_from(index) {
            Ok(index) => plan.segment_key(rendition, index),
            Err(_) => plan.init_key(rendition),
        };
        if self.has_object(&key).await? {
            return Ok(index);
        }
        let lost = index.max(0);
        let Some(seen) = upload_progress::of_asset(&self.pool, of.0).await? else { return Ok(lost) };
        let mut tx = pg::begin(&self.pool).await?;
        let upload = upload_progress::lock(&mut tx, seen.id).await?;
        let Some(upload) = upload.filter(|upload| upload.generation == of.1) else { return Ok(lost) };
        // None: somebody else noticed it, and it is being made.
        if segments::remove(&mut tx, of, &[lost]).await? > 0 {
            settle(&mut tx, &upload, upload.clone(), self.clock.now()).await?;
            tx.commit().await?;
            self.outbox.committed();
            note_lost(&upload, 1);
        }
        Ok(lost)
    }

    async fn has_object(&self, key: &str) -> Result<bool> {
        let key: Key = key.parse().map_err(anyhow::Error::from)?;
        match self.blobs.head(&key).await {
            Ok(_) => Ok(true),
            Err(blob::Error::NotFound(_)) => Ok(false),
            Err(error) => Err(anyhow::Error::from(error).into()),
        }
    }

    /// Whether every byte of a file is in the store.
    pub(super) async fn has_original(&self, of: &Progress) -> Result<bool> {
        let Some(upload) = uploads::get(&self.pool, of.id).await? else { return Ok(false) };
        let original = upload_parts::original(&self.pool, &upload).await?;
        for part in original.parts() {
            if !self.has_object(part.key.as_str()).await? {
                return Ok(false);
            }
        }
        Ok(original.is_complete())
    }
}

/// Says that objects are lost, in the log and in a metric.
pub(super) fn note_lost(upload: &Progress, missing: usize) {
    tracing::warn!(upload = %upload.id, missing, "segments are missing from the object store; they are made again");
    metrics::counter!("syncwatch_transcoding_segments_lost_total").increment(missing as u64);
}

/// Has a film examined and encoded again, as another generation: its URLs are new, so no cache has other bytes for them. What was
/// made before is removed. The row of the upload is locked.
pub(super) async fn encode_again(db: &mut PgConnection, upload: &Progress, now: DateTime<Utc>) -> Result<()> {
    tasks::cancel(db, upload.id).await?;
    segments::forget(db, upload.id).await?;
    if let Some(asset) = upload.asset {
        removals::add(&mut *db, &prefix_of(asset, upload.generation), now).await?;
    }
    let anew = Progress {
        state: UploadState::Pending,
        percent: 0,
        playable: false,
        prepared_bytes: 0,
        ..upload.clone()
    };
    examine(db, &anew, now).await?;
    settle(db, upload, anew, now).await
}

/// The prefix of what was made of an asset as a generation.
pub(super) fn prefix_of(asset: AssetId, generation: i32) -> String {
    format!("{}{generation}/", proto::prefix_of_asset(&asset.to_string()))
}
