//! Checks of a film at the end of its case, and of the system at the end of all cases.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use ids::{AssetId, UploadId};
use proto::media::v1::{ListUploadsRequest, UploadState, upload_service_client::UploadServiceClient};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::system::System;

/// How an upload stands in the database.
pub(super) struct Row {
    pub(super) state: UploadState,
    pub(super) failure_reason: String,
    pub(super) asset: AssetId,
}

impl Row {
    pub(super) async fn of(system: &System, id: UploadId) -> anyhow::Result<Self> {
        let query = sqlx::query_as::<_, (i16, String, Uuid)>(
            "SELECT state, failure_reason, asset_id FROM media.uploads WHERE id = $1",
        );
        let (state, failure_reason, asset) = query.bind(id.uuid()).fetch_one(&system.pool).await?;
        Ok(Self { state: UploadState::try_from(i32::from(state))?, failure_reason, asset: asset.into() })
    }

    pub(super) fn has_ended(&self) -> bool {
        matches!(self.state, UploadState::Ready | UploadState::Failed)
    }
}

/// The file in the store is the file that was sent.
pub(super) async fn original(system: &System, id: UploadId, film: &[u8]) -> anyhow::Result<()> {
    let query = sqlx::query_as::<_, (i64, i64, String)>(
        "SELECT start, size, key FROM media.upload_parts WHERE upload_id = $1 ORDER BY start",
    );
    let (mut sum, mut end) = (Sha256::new(), 0);
    for (start, size, key) in query.bind(id.uuid()).fetch_all(&system.pool).await? {
        let bytes = std::fs::read(system.store.file(&key)).with_context(|| format!("no object {key}"))?;
        ensure!(
            start == end && i64::try_from(bytes.len())? == size,
            "part {start} + {size} after {end}: {}",
            bytes.len()
        );
        sum.update(&bytes);
        end = start + size;
    }
    ensure!(sum.finalize() == Sha256::digest(film), "the file has another SHA-256, and {end} bytes");
    Ok(())
}

/// Every segment counts as made once, and nobody made it again after it did.
pub(super) async fn segments(system: &System, row: &Row) -> anyhow::Result<()> {
    let query = sqlx::query_as::<_, (i32, i32, i64, i64)>(
        "SELECT generation, index, count(*), (extract(epoch FROM min(at)) * 1000000)::bigint FROM public.published
         WHERE asset = $1 GROUP BY generation, index",
    );
    let rows = query.bind(row.asset.uuid()).fetch_all(&system.pool).await?;
    let mut published = BTreeMap::new();
    for (generation, index, count, at_us) in rows {
        ensure!(count == 1, "segment {index} of generation {generation} was completed {count} times");
        published.insert(format!("{generation}/{index}"), at_us);
    }
    if row.state == UploadState::Ready {
        let query =
            sqlx::query_as::<_, (i32, i32)>("SELECT expected, ready FROM media.plans WHERE asset_id = $1");
        let plans = query.bind(row.asset.uuid()).fetch_all(&system.pool).await?;
        let wanted: i32 = plans.iter().map(|(expected, _)| expected).sum();
        ensure!(plans.len() == 1 && wanted > 10, "plans: {plans:?}");
        ensure!(i32::try_from(published.len())? == wanted, "{} of {wanted} segments", published.len());
    }
    for (key, at_us) in system.stage.written() {
        // hls/ASSET/GENERATION/RENDITION/INDEX.m4s
        let names: Vec<&str> = key.trim_end_matches(".m4s").split('/').collect();
        let [_, asset, generation, _, index] = names[..] else { continue };
        let of = format!("{generation}/{index}");
        if asset == row.asset.to_string()
            && let Some(published) = published.get(&of)
        {
            ensure!(at_us <= *published, "{key} was made again {} us after it was there", at_us - published);
        }
    }
    Ok(())
}

/// The reported usage equals the size of the files in the store.
pub(super) async fn quota(system: &System, context: &rpc::Context) -> anyhow::Result<()> {
    let request = context.request(ListUploadsRequest::default());
    let told = UploadServiceClient::new(system.channel()?).list_uploads(request).await?.into_inner();
    let owner = &context.identity().map_err(|status| anyhow::anyhow!("{status}"))?.subject_id;
    let query = sqlx::query_as::<_, (Uuid, i64, Option<i64>)>(
        "SELECT id, received, size FROM media.uploads WHERE owner_id = $1",
    );
    let mut used = 0;
    for (id, received, size) in query.bind(owner).fetch_all(&system.pool).await? {
        let query = sqlx::query_scalar::<_, i64>(
            "SELECT coalesce(sum(size), 0)::bigint FROM media.upload_parts WHERE upload_id = $1",
        );
        let stored = query.bind(id).fetch_one(&system.pool).await?;
        ensure!(stored == received, "{received} bytes were received of {id}, and {stored} stored");
        // One whose beginning was never answered holds what it announced, until it is swept.
        used += size.unwrap_or(received);
    }
    ensure!(told.used_bytes == used, "{} bytes are said to be used, and {used} are", told.used_bytes);
    Ok(())
}

/// Nothing in the store is without a row, and no row without its object or its owner.
pub(super) async fn owners(system: &System) -> anyhow::Result<()> {
    let bucket = system.store.bucket();
    let (mut objects, mut folders) = (Vec::new(), vec![bucket.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                objects.push(path.strip_prefix(&bucket)?.to_string_lossy().into_owned());
            }
        }
    }
    let parts: Vec<String> =
        sqlx::query_scalar("SELECT key FROM media.upload_parts").fetch_all(&system.pool).await?;
    let made: Vec<(Uuid, i32)> = sqlx::query_as(
        "SELECT p.asset_id, p.generation FROM media.plans p JOIN media.uploads u ON u.id = p.upload_id AND u.generation = p.generation",
    )
    .fetch_all(&system.pool)
    .await?;
    let made: Vec<String> = made
        .iter()
        .map(|(asset, generation)| format!("hls/{}/{generation}/", AssetId::from(*asset)))
        .collect();
    for object in &objects {
        let has_owner = object.starts_with("films/")
            || parts.contains(object)
            || made.iter().any(|prefix| object.starts_with(prefix));
        ensure!(has_owner, "{object} belongs to nothing");
    }
    for part in &parts {
        ensure!(objects.contains(part), "{part} is not in the store");
    }
    for (what, rows) in [
        ("uploads that are neither ready nor failed", "media.uploads WHERE state NOT IN (4, 5)"),
        ("tasks that wait or run", "media.tasks WHERE state IN (1, 2)"),
        (
            "assets of uploads that are gone",
            "media.assets a WHERE NOT EXISTS (SELECT FROM media.uploads u WHERE u.asset_id = a.id)",
        ),
        ("removals that were not done", "media.removals"),
    ] {
        let query = sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {rows}")));
        let count = query.fetch_one(&system.pool).await?;
        ensure!(count == 0, "{count} {what}");
    }
    Ok(())
}
