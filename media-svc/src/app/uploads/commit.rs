//! Makes bytes that are in the store part of an upload, and does what follows from them.

use chrono::{DateTime, Utc};
use ids::UploadId;
use originals::Part;
use proto::media::v1::UploadState;
use sqlx::PgConnection;

use super::{
    Uploads,
    delete::prepared_prefix,
    tell::{self, Pace},
};
use crate::{
    app::transcode,
    domain::upload::{Kind, Refusal, Upload},
    error::{Error, Result},
    store::{removals, upload_parts, uploads},
};

/// Bytes that a writer has put into the store.
pub(crate) struct Stored<'a> {
    pub(crate) parts: &'a [Part],
    /// Offset behind the last byte.
    pub(crate) received: u64,
    /// Size of the file, where the writer learned it.
    pub(crate) size: Option<u64>,
}

impl Uploads {
    /// Moves the offset of an upload behind bytes that are stored. Only then the client is told so. Fails when a newer writer has
    /// the upload, or it is gone.
    pub(crate) async fn commit(&self, of: &Upload, stored: Stored<'_>) -> Result<Upload> {
        let now = self.clock.now();
        let mut tx = pg::begin(&self.pool).await?;
        if of.size.is_none() {
            // A file of a known size was counted when it was begun.
            self.check_quota(&mut tx, of, stored.size.unwrap_or(stored.received)).await?;
        }
        let until = self.unfinished_until(now);
        let Stored { parts, received, size } = stored;
        let Some(mut upload) = uploads::advance(&mut tx, of, received, size, now, until).await? else {
            // Its preparing may have failed meanwhile, which says more.
            let refusal = match uploads::get(&mut *tx, of.id).await? {
                Some(upload) if upload.has_failed() => Refusal::Failed(upload.failure_message),
                _ => Refusal::Overtaken,
            };
            return Err(refusal.into());
        };
        for part in parts {
            upload_parts::put(&mut tx, of.id, part).await?;
        }
        let refused = match upload.part_of {
            Some(whole) => self.refresh_final(&mut tx, whole, now).await?,
            None if upload.kind == Kind::Whole => self.settle(&mut tx, &mut upload, now).await?,
            None => None,
        };
        tx.commit().await?;
        self.outbox.committed();
        self.queue.added();
        if upload.part_of.is_some() || upload.is_complete() {
            self.completed.notify_one();
        }
        match refused {
            Some(refusal) => {
                self.removed.notify_one();
                Err(refusal.into())
            }
            None => Ok(upload),
        }
    }

    /// Whether a file of an unknown size still fits the quota of its owner.
    pub(crate) async fn check_quota(&self, tx: &mut PgConnection, of: &Upload, bytes: u64) -> Result<()> {
        uploads::lock_owner(tx, &of.owner).await?;
        let used = uploads::used_bytes(&mut *tx, &of.owner).await?;
        let quota = self.config.quota_bytes;
        if (used - used.min(of.received)).saturating_add(bytes) > quota {
            return Err(Refusal::QuotaExceeded { used, quota }.into());
        }
        Ok(())
    }

    /// Counts the bytes of a final upload anew, after those of a part have changed. Returns why it failed by that, if it did.
    pub(crate) async fn refresh_final(
        &self,
        tx: &mut PgConnection,
        id: UploadId,
        now: DateTime<Utc>,
    ) -> Result<Option<Refusal>> {
        // The lock comes first, so that of two parts that change at once the second one sees both.
        let Some(mut upload) = uploads::lock(tx, id).await? else { return Ok(None) };
        if upload.completed_at.is_some() || upload.has_failed() {
            return Ok(None);
        }
        let pieces = uploads::pieces(&mut *tx, id).await?;
        upload.received = 0;
        for (index, part) in upload.concat.iter().enumerate() {
            let Some(piece) = pieces.iter().find(|piece| piece.id == *part) else { break };
            if index == 0 {
                upload.head.clone_from(&piece.head);
            }
            upload.received += piece.received;
            if !piece.is_complete() {
                break;
            }
        }
        upload.expires_at = Some(self.unfinished_until(now));
        self.settle(tx, &mut upload, now).await
    }

    /// What follows from the bytes of a file: its type is checked, its preparing begins, it is complete, rooms are told. Returns why
    /// it failed by that, if it did.
    async fn settle(
        &self,
        tx: &mut PgConnection,
        upload: &mut Upload,
        now: DateTime<Utc>,
    ) -> Result<Option<Refusal>> {
        match upload.check_head() {
            Some(Ok(())) => upload.checked = true,
            Some(Err(refusal)) => {
                self.fail(tx, upload, &refusal, now).await?;
                return Ok(Some(refusal));
            }
            None => {}
        }
        let completes = upload.is_complete() && upload.completed_at.is_none();
        if completes {
            upload.completed_at = Some(now);
            upload.expires_at = self.kept_until(&upload.owner, now);
            upload.state = UploadState::Pending;
            metrics::counter!("syncwatch_media_uploads_total", "event" => "complete").increment(1);
            tracing::info!(upload = %upload.id, size = upload.size, "an upload is complete");
        }
        let begins = upload.can_begin();
        upload.begun |= begins;
        uploads::settle(tx, upload).await?;
        if begins || completes {
            transcode::begin(tx, upload.id, now).await?;
        }
        let pace = if completes { Pace::Always } else { Pace::AtMostOnceASecond };
        tell::tell(tx, upload, pace, now).await?;
        Ok(None)
    }

    /// Fails an upload, whose row is locked. Its bytes are removed from the store, and no longer count.
    pub(crate) async fn fail(
        &self,
        tx: &mut PgConnection,
        upload: &mut Upload,
        refusal: &Refusal,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let reason = refusal.reason().as_str_name();
        tracing::info!(upload = %upload.id, reason, "an upload failed");
        metrics::counter!("syncwatch_media_uploads_total", "event" => "failed").increment(1);
        upload.state = UploadState::Failed;
        reason.trim_start_matches("REASON_").clone_into(&mut upload.failure_reason);
        upload.failure_message = refusal.to_string();
        upload.received = 0;
        upload.expires_at = Some(self.unfinished_until(now));
        uploads::settle(tx, upload).await?;
        for piece in uploads::pieces(&mut *tx, upload.id).await? {
            uploads::delete(tx, piece.id).await?;
            removals::add(&mut *tx, &prefix_of(piece.id), now).await?;
        }
        upload_parts::delete_all(tx, upload.id).await?;
        removals::add(&mut *tx, &prefix_of(upload.id), now).await?;
        if let Some(asset) = upload.asset {
            transcode::delete(tx, asset, now).await?;
            removals::add(&mut *tx, &prepared_prefix(asset), now).await?;
        }
        tell::tell(tx, upload, Pace::Always, now).await
    }

    /// Fails an upload that is being sent, because of what was sent.
    pub(crate) async fn reject(&self, id: UploadId, refusal: Refusal) -> Error {
        match self.try_reject(id, &refusal).await {
            Ok(()) => refusal.into(),
            Err(error) => error,
        }
    }

    async fn try_reject(&self, id: UploadId, refusal: &Refusal) -> Result<()> {
        let mut tx = pg::begin(&self.pool).await?;
        let Some(mut upload) = uploads::lock(&mut tx, id).await? else { return Ok(()) };
        self.fail(&mut tx, &mut upload, refusal, self.clock.now()).await?;
        tx.commit().await?;
        self.outbox.committed();
        self.removed.notify_one();
        Ok(())
    }
}

/// The prefix of the objects of an upload.
pub(crate) fn prefix_of(id: UploadId) -> String {
    format!("originals/{id}/")
}
