//! Plans, and the segments of them that are there.

use std::ops::Range;

use chrono::{DateTime, Utc};
use ids::{AssetId, UploadId};
use prost::Message as _;
use proto::transcode::v1::Plan;
use sqlx::{PgConnection, PgExecutor, Row as _};

use crate::{domain::Work, error::Result};

/// Stores a plan.
pub(crate) async fn insert_plan(
    db: &mut PgConnection,
    asset: AssetId,
    upload: UploadId,
    plan: &Plan,
    now: DateTime<Utc>,
) -> Result<()> {
    let expected = plan.segment_count() * plan.layers.len();
    let query = sqlx::query(
        "INSERT INTO media.plans (asset_id, generation, upload_id, plan, expected, created_at, checked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6)",
    );
    let query = query.bind(asset.uuid()).bind(plan.generation).bind(upload.uuid()).bind(plan.encode_to_vec());
    query.bind(i32::try_from(expected).unwrap_or(i32::MAX)).bind(now).execute(db).await?;
    Ok(())
}

/// A plan.
pub(crate) async fn plan(db: impl PgExecutor<'_>, asset: AssetId, generation: i32) -> Result<Option<Plan>> {
    let query = sqlx::query_scalar::<_, Vec<u8>>(
        "SELECT plan FROM media.plans WHERE asset_id = $1 AND generation = $2",
    );
    let bytes = query.bind(asset.uuid()).bind(generation).fetch_optional(db).await?;
    let plan = bytes.map(|bytes| Plan::decode(bytes.as_slice()));
    Ok(plan.transpose().map_err(|error| anyhow::anyhow!("the plan of {asset} cannot be read: {error}"))?)
}

/// Forgets the plans of an upload, with their segments.
pub(crate) async fn forget(db: &mut PgConnection, upload: UploadId) -> Result<()> {
    sqlx::query("DELETE FROM media.plans WHERE upload_id = $1").bind(upload.uuid()).execute(db).await?;
    Ok(())
}

/// How much of a plan is made, and what the queue has for its upload.
pub(crate) async fn work(db: &mut PgConnection, upload: UploadId, generation: i32) -> Result<Work> {
    let plan = sqlx::query(
        "SELECT expected, ready, bytes FROM media.plans WHERE upload_id = $1 AND generation = $2",
    );
    let plan = plan.bind(upload.uuid()).bind(generation).fetch_optional(&mut *db).await?;
    let tasks = sqlx::query(
        "SELECT count(*) AS open, count(*) FILTER (WHERE state = 2) AS running
         FROM media.tasks WHERE upload_id = $1 AND state IN (1, 2)",
    );
    let tasks = tasks.bind(upload.uuid()).fetch_one(db).await?;
    let mut work =
        Work { open: tasks.try_get("open")?, running: tasks.try_get("running")?, ..Work::default() };
    if let Some(plan) = plan {
        work.planned = true;
        work.expected = plan.try_get("expected")?;
        work.ready = plan.try_get("ready")?;
        work.bytes = plan.try_get("bytes")?;
    }
    Ok(work)
}

/// Names a layer of a generation of an asset.
pub(crate) type Of = (AssetId, i32, i32);

/// Notes that segments are in the store, each with the size of its objects. Returns those that were not there before.
pub(crate) async fn add(db: &mut PgConnection, of: Of, segments: &[(i32, i64)]) -> Result<Vec<i32>> {
    let (asset, generation, layer) = of;
    let (indexes, sizes): (Vec<i32>, Vec<i64>) = segments.iter().copied().unzip();
    let insert = sqlx::query_scalar::<_, i32>(
        "INSERT INTO media.segments (asset_id, generation, layer, index) SELECT $1, $2, $3, unnest($4::integer[])
         ON CONFLICT DO NOTHING RETURNING index",
    );
    let insert = insert.bind(asset.uuid()).bind(generation).bind(small(layer)).bind(&indexes);
    let added: Vec<i32> = insert.fetch_all(&mut *db).await?;
    let bytes: i64 =
        indexes.iter().zip(&sizes).filter(|(index, _)| added.contains(index)).map(|(_, size)| *size).sum();
    count(db, asset, generation, i32::try_from(added.len()).unwrap_or(i32::MAX), bytes).await?;
    Ok(added)
}

/// Notes that segments are no longer in the store. Returns those that were there before.
pub(crate) async fn remove(db: &mut PgConnection, of: Of, indexes: &[i32]) -> Result<usize> {
    let (asset, generation, layer) = of;
    let delete = sqlx::query(
        "DELETE FROM media.segments WHERE asset_id = $1 AND generation = $2 AND layer = $3 AND index = ANY($4)",
    );
    let delete = delete.bind(asset.uuid()).bind(generation).bind(small(layer)).bind(indexes);
    let removed = delete.execute(&mut *db).await?.rows_affected();
    count(db, asset, generation, -i32::try_from(removed).unwrap_or(i32::MAX), 0).await?;
    Ok(usize::try_from(removed).unwrap_or(usize::MAX))
}

/// Counts segments and bytes that were made of a plan.
pub(crate) async fn count(
    db: &mut PgConnection,
    asset: AssetId,
    generation: i32,
    segments: i32,
    bytes: i64,
) -> Result<()> {
    let query = sqlx::query(
        "UPDATE media.plans SET ready = ready + $3, bytes = bytes + $4 WHERE asset_id = $1 AND generation = $2",
    );
    query.bind(asset.uuid()).bind(generation).bind(segments).bind(bytes).execute(db).await?;
    Ok(())
}

/// Whether a segment is there; with -1, whether any of its layer is.
pub(crate) async fn is_ready(db: impl PgExecutor<'_>, of: Of, index: i32) -> Result<bool> {
    let query = sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM media.segments
           WHERE asset_id = $1 AND generation = $2 AND layer = $3 AND (index = $4 OR $4 = -1))",
    );
    Ok(query.bind(of.0.uuid()).bind(of.1).bind(small(of.2)).bind(index).fetch_one(db).await?)
}

/// The segments within a range that are there, in order.
pub(crate) async fn ready(db: &mut PgConnection, of: Of, range: &Range<i32>) -> Result<Vec<i32>> {
    let query = sqlx::query_scalar(
        "SELECT index FROM media.segments WHERE asset_id = $1 AND generation = $2 AND layer = $3
           AND index >= $4 AND index < $5 ORDER BY index",
    );
    let query = query.bind(of.0.uuid()).bind(of.1).bind(small(of.2)).bind(range.start).bind(range.end);
    Ok(query.fetch_all(db).await?)
}

/// Plans of uploads that are ready and were not compared with their objects since `before`, those first that wait longest. They
/// count as compared now, so that two processes get different ones.
pub(crate) async fn take_to_check(
    db: impl PgExecutor<'_>,
    before: DateTime<Utc>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<UploadId>> {
    let query = sqlx::query_scalar::<_, uuid::Uuid>(
        "UPDATE media.plans SET checked_at = $3 WHERE (asset_id, generation) IN (
           SELECT p.asset_id, p.generation FROM media.plans p JOIN media.uploads u ON u.id = p.upload_id
           WHERE p.checked_at < $1 AND u.state = 4 AND p.generation = u.generation
           ORDER BY p.checked_at LIMIT $2 FOR UPDATE OF p SKIP LOCKED
         ) RETURNING upload_id",
    );
    let ids = query.bind(before).bind(limit).bind(now).fetch_all(db).await?;
    Ok(ids.into_iter().map(Into::into).collect())
}

fn small(number: i32) -> i16 {
    i16::try_from(number).unwrap_or(i16::MAX)
}
