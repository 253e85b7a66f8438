//! Deletes an upload with everything made from it.

use ids::UploadId;
use sqlx::PgConnection;

use super::{Person, Uploads, commit::prefix_of, tell};
use crate::{
    app::transcode,
    domain::upload::{Refusal, Upload},
    error::Result,
    store::{removals, uploads},
};

impl Uploads {
    /// Deletes an upload of the caller; administrators delete any. Returns whether there was one.
    pub(crate) async fn delete(&self, person: &Person, id: UploadId) -> Result<bool> {
        let Some(upload) = uploads::get(&self.pool, id).await? else { return Ok(false) };
        if upload.owner != person.id && !person.is_admin {
            return Err(Refusal::NotFound.into());
        }
        if upload.part_of.is_some() {
            return Err(Refusal::IsPart.into());
        }
        // Its last part would be put into the store after the rest was removed.
        self.writers.stop(id).await;
        let mut tx = pg::begin(&self.pool).await?;
        let Some(upload) = uploads::lock(&mut tx, id).await? else { return Ok(false) };
        self.delete_rows(&mut tx, &upload).await?;
        tx.commit().await?;
        self.outbox.committed();
        self.removed.notify_one();
        metrics::counter!("syncwatch_media_uploads_total", "event" => "deleted").increment(1);
        tracing::info!(upload = %id, by = person.id, "an upload was deleted");
        Ok(true)
    }

    /// Forgets an upload of which nobody knows the URL.
    pub(crate) async fn abandon(&self, person: &Person, id: UploadId) -> Result<()> {
        self.delete(person, id).await?;
        uploads::forget_start(&self.pool, &person.id, id).await
    }

    /// Deletes the rows of an upload, whose row is locked. Its objects are removed afterwards, by the task.
    pub(crate) async fn delete_rows(&self, tx: &mut PgConnection, upload: &Upload) -> Result<()> {
        let now = self.clock.now();
        for piece in uploads::pieces(&mut *tx, upload.id).await? {
            removals::add(&mut *tx, &prefix_of(piece.id), now).await?;
        }
        removals::add(&mut *tx, &prefix_of(upload.id), now).await?;
        if let Some(asset) = upload.asset {
            transcode::delete(tx, asset, now).await?;
            removals::add(&mut *tx, &prepared_prefix(asset), now).await?;
        }
        uploads::delete(tx, upload.id).await?;
        // Rooms learn that their item cannot be played any more.
        if let Some(asset) = upload.asset {
            tell::tell_of_asset(tx, asset, now).await?;
        }
        Ok(())
    }
}

/// The prefix of what was made from an upload.
pub(crate) fn prepared_prefix(asset: ids::AssetId) -> String {
    format!("{PREPARED}{asset}/")
}

/// The prefix of everything that was made from uploads.
pub(crate) const PREPARED: &str = "hls/";
