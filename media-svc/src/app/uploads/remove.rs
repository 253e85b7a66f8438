//! Removes what nobody needs: objects of deleted uploads, uploads whose time is over, objects that no upload has.

use std::{collections::BTreeSet, time::Duration};

use blob::{Key, MAX_PAGE};
use chrono::{DateTime, TimeDelta, Utc};
use ids::{AssetId, PartId, UploadId};
use proto::room::v1::{ListAssetsInUseRequest, playlist_service_client::PlaylistServiceClient};
use rpc::Context;
use uuid::Uuid;

use super::{Uploads, delete::PREPARED};
use crate::{
    error::{Error, Result},
    store::{assets, outbox, removals, sweeps, upload_parts, uploads},
};

/// Time until the second pass over the objects of a deleted upload: by then what was being written has arrived.
const SECOND_PASS_AFTER: TimeDelta = TimeDelta::minutes(10);
/// Age in hours from which an object that no upload has is removed. Younger ones may be on their way to a row.
const ORPHAN_AGE: TimeDelta = TimeDelta::hours(24);
/// How often the sweep runs: once an hour in all processes together.
const SWEEP_EVERY: TimeDelta = TimeDelta::minutes(59);
/// Assets that one call asks room-svc about.
const ASSETS_AT_ONCE: i64 = 500;
/// Pages of keys that one sweep looks at; the next one goes on there.
const PAGES: usize = 100;

/// Prefix of the bytes of uploads.
const ORIGINALS: &str = "originals/";

impl Uploads {
    /// Removes the objects of one deleted upload. Returns whether there was one.
    pub(crate) async fn remove_next(&self) -> Result<bool> {
        let now = self.clock.now();
        let mut tx = pg::begin(&self.pool).await?;
        let Some(prefix) = removals::due(&mut tx, now).await? else { return Ok(false) };
        let mut removed = 0;
        loop {
            // The keys that are gone are not listed again, so each page is the first one.
            let keys = self.blobs.list(&prefix, None, MAX_PAGE).await.map_err(store_failed)?;
            if keys.is_empty() {
                break;
            }
            removed += self.remove(&keys).await?;
        }
        let asset = asset_of(&prefix);
        // Rooms are told that the film is gone by its asset, so that one stays until they were.
        let is_told = match asset {
            Some(asset) => !outbox::has(&mut tx, asset).await?,
            None => true,
        };
        let is_over = removals::finish(&mut tx, &prefix, is_told, now + SECOND_PASS_AFTER).await?;
        if let Some(asset) = asset.filter(|_| is_over) {
            assets::forget_unless_uploaded(&mut *tx, asset).await?;
        }
        tx.commit().await?;
        if removed > 0 {
            tracing::info!(prefix, removed, "the objects of a deleted upload were removed");
        }
        Ok(true)
    }

    /// Sweeps, unless some process did within the hour.
    pub(crate) async fn sweep(&self) -> Result<()> {
        let now = self.clock.now();
        let claimed = sweeps::claim(&self.pool, "uploads", now - SWEEP_EVERY, now).await?;
        let Some(cursor) = claimed else { return Ok(()) };
        self.look_after_guests(now).await?;
        let uploads = self.delete_expired(now).await?;
        let (objects, cursor) = self.remove_orphans(&cursor, now).await?;
        self.sweep_incomplete().await;
        sweeps::forget_starts(&self.pool, now - TimeDelta::days(1)).await?;
        sweeps::end(&self.pool, "uploads", &cursor, now).await?;
        tracing::info!(uploads, objects, "uploads were swept");
        Ok(())
    }

    /// Removes writes to the store that were never finished. A store that cannot list them does not end the sweep.
    async fn sweep_incomplete(&self) {
        match self.blobs.sweep_incomplete(ORPHAN_AGE.to_std().unwrap_or(Duration::MAX)).await {
            Ok(0) => {}
            Ok(writes) => tracing::info!(writes, "unfinished writes were removed from the store"),
            Err(error) => {
                tracing::warn!(%error, "cannot look for unfinished writes in the store; the next sweep tries again");
            }
        }
    }

    /// Deletes uploads whose time is over: unfinished ones, and films that are not kept any longer.
    async fn delete_expired(&self, now: DateTime<Utc>) -> Result<u64> {
        let mut deleted = 0;
        loop {
            let mut tx = pg::begin(&self.pool).await?;
            let Some(id) = sweeps::expired(&mut tx, now).await? else { break };
            let Some(upload) = uploads::lock(&mut tx, id).await? else { continue };
            self.delete_rows(&mut tx, &upload).await?;
            tx.commit().await?;
            self.outbox.committed();
            deleted += 1;
            let is_complete = upload.completed_at.is_some();
            tracing::info!(upload = %id, is_complete, "an upload expired and was deleted");
            metrics::counter!("syncwatch_media_uploads_total", "event" => "expired").increment(1);
        }
        if deleted > 0 {
            self.removed.notify_one();
        }
        Ok(deleted)
    }

    /// Lets the uploads of guests go that no playlist has.
    async fn look_after_guests(&self, now: DateTime<Utc>) -> Result<()> {
        let mut after = Uuid::nil();
        loop {
            let page = sweeps::of_guests(&self.pool, after, ASSETS_AT_ONCE).await?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after = last.uuid();
            let assets: Vec<_> = page.iter().map(|(_, asset)| *asset).collect();
            let used: BTreeSet<_> =
                self.in_use(&Context::background(), &assets, "").await?.into_iter().collect();
            let (used, unused): (Vec<_>, Vec<_>) = page.iter().partition(|(_, asset)| used.contains(asset));
            let ids = |uploads: Vec<&(UploadId, AssetId)>| {
                uploads.into_iter().map(|(id, _)| *id).collect::<Vec<_>>()
            };
            let mut db = self.pool.acquire().await?;
            sweeps::set_in_use(&mut db, &ids(used), &ids(unused), self.unused_until(now)).await?;
        }
    }

    /// Those of the assets that some playlist has: of any room, or of one with this member.
    pub(crate) async fn in_use(
        &self,
        context: &Context,
        assets: &[AssetId],
        member_id: &str,
    ) -> Result<Vec<AssetId>> {
        let request = ListAssetsInUseRequest {
            asset_ids: assets.iter().map(ToString::to_string).collect(),
            member_id: member_id.to_owned(),
        };
        let reply = PlaylistServiceClient::new(self.room.clone())
            .list_assets_in_use(context.request(request))
            .await?
            .into_inner();
        Ok(reply.asset_ids.iter().filter_map(|id| id.parse().ok()).collect())
    }

    /// Removes objects that no upload has, page by page. Returns their number, and where the next sweep goes on.
    async fn remove_orphans(&self, cursor: &str, now: DateTime<Utc>) -> Result<(u64, String)> {
        let mut after: Option<Key> = cursor.parse().ok();
        let mut removed = 0;
        for _ in 0..PAGES {
            let prefix = match &after {
                Some(key) if key.as_str() > ORIGINALS => ORIGINALS,
                _ => PREPARED,
            };
            let page = self.blobs.list(prefix, after.as_ref(), MAX_PAGE).await.map_err(store_failed)?;
            let orphans = if prefix == ORIGINALS {
                self.orphaned_parts(&page, now).await?
            } else {
                self.orphaned_films(&page, now).await?
            };
            removed += self.remove(&orphans).await?;
            after = match page.into_iter().last() {
                Some(last) => Some(last),
                // `hls/` sorts before `originals/`: a key between them begins the second list.
                None if prefix == PREPARED => format!("{ORIGINALS}0").parse().ok(),
                None => None,
            };
            if after.is_none() {
                break;
            }
        }
        Ok((removed, after.map(|key| key.to_string()).unwrap_or_default()))
    }

    /// Old parts without a row.
    async fn orphaned_parts(&self, page: &[Key], now: DateTime<Utc>) -> Result<Vec<Key>> {
        let old: Vec<&Key> =
            page.iter().filter(|key| made_at(key).is_some_and(|at| now - at > ORPHAN_AGE)).collect();
        let names: Vec<&str> = old.iter().map(|key| key.as_str()).collect();
        let known: BTreeSet<_> = upload_parts::known(&self.pool, &names).await?.into_iter().collect();
        Ok(old.into_iter().filter(|key| !known.contains(key.as_str())).cloned().collect())
    }

    /// Old objects of assets without an upload.
    async fn orphaned_films(&self, page: &[Key], now: DateTime<Utc>) -> Result<Vec<Key>> {
        let old = |key: &&Key| {
            asset_of(key.as_str())
                .and_then(|asset| time_of(asset.uuid()))
                .is_some_and(|at| now - at > ORPHAN_AGE)
        };
        let old: Vec<&Key> = page.iter().filter(old).collect();
        let assets: BTreeSet<AssetId> = old.iter().filter_map(|key| asset_of(key.as_str())).collect();
        let assets: Vec<_> = assets.into_iter().collect();
        let known: BTreeSet<_> = sweeps::with_upload(&self.pool, &assets).await?.into_iter().collect();
        let is_orphan = |key: &&Key| asset_of(key.as_str()).is_some_and(|asset| !known.contains(&asset));
        Ok(old.into_iter().filter(is_orphan).cloned().collect())
    }

    async fn remove(&self, keys: &[Key]) -> Result<u64> {
        for key in keys {
            self.blobs.delete(key).await.map_err(store_failed)?;
        }
        let removed = keys.len() as u64;
        metrics::counter!("syncwatch_media_objects_removed_total").increment(removed);
        Ok(removed)
    }
}

/// When the object of a part was made: its id says it.
fn made_at(key: &Key) -> Option<DateTime<Utc>> {
    let part: PartId = key.as_str().rsplit('/').next()?.parse().ok()?;
    time_of(part.uuid())
}

/// The asset of an object that was made from an upload, or of a prefix of such objects.
fn asset_of(key: &str) -> Option<AssetId> {
    key.strip_prefix(PREPARED)?.split('/').next()?.parse().ok()
}

/// The time within an id (UUIDv7).
fn time_of(id: Uuid) -> Option<DateTime<Utc>> {
    let (seconds, nanos) = id.get_timestamp()?.to_unix();
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos)
}

fn store_failed(error: blob::Error) -> Error {
    Error::Internal(anyhow::Error::new(error).context("cannot remove objects from the store"))
}
