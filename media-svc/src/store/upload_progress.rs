//! What the queue reads and writes of uploads. Everything that changes tasks of an upload locks its row first.

use ids::{AssetId, UploadId};
use proto::media::v1::UploadState;
use sqlx::{PgConnection, PgExecutor, Row as _, postgres::PgRow};
use uuid::Uuid;

use crate::{domain::Progress, error::Result};

macro_rules! columns {
    () => {
        "id, owner_id, asset_id, size, received, completed_at IS NOT NULL OR coalesce(received >= size, false) AS complete, state,
         failure_reason, failure_message, progress, playable, generation, duration_us, width, height, prepared_bytes"
    };
}

/// An upload, with its row locked until the end of the transaction.
pub(crate) async fn lock(db: &mut PgConnection, id: UploadId) -> Result<Option<Progress>> {
    let query = sqlx::query(concat!("SELECT ", columns!(), " FROM media.uploads WHERE id = $1 FOR UPDATE"));
    query.bind(id.uuid()).fetch_optional(db).await?.as_ref().map(progress).transpose()
}

/// An upload.
pub(crate) async fn get(db: impl PgExecutor<'_>, id: UploadId) -> Result<Option<Progress>> {
    let query = sqlx::query(concat!("SELECT ", columns!(), " FROM media.uploads WHERE id = $1"));
    query.bind(id.uuid()).fetch_optional(db).await?.as_ref().map(progress).transpose()
}

/// The upload of an asset.
pub(crate) async fn of_asset(db: impl PgExecutor<'_>, asset: AssetId) -> Result<Option<Progress>> {
    let query = sqlx::query(concat!("SELECT ", columns!(), " FROM media.uploads WHERE asset_id = $1"));
    query.bind(asset.uuid()).fetch_optional(db).await?.as_ref().map(progress).transpose()
}

/// Stores what the queue may change of an upload. Its row is locked.
pub(crate) async fn set(db: &mut PgConnection, upload: &Progress) -> Result<()> {
    let query = sqlx::query(
        "UPDATE media.uploads SET state = $2, failure_reason = $3, failure_message = $4, progress = $5, playable = $6,
           generation = $7, duration_us = $8, width = $9, height = $10, prepared_bytes = $11 WHERE id = $1",
    );
    query
        .bind(upload.id.uuid())
        .bind(i16::try_from(i32::from(upload.state)).unwrap_or_default())
        .bind(&upload.failure_reason)
        .bind(&upload.failure_message)
        .bind(i16::try_from(upload.percent).unwrap_or(100))
        .bind(upload.playable)
        .bind(upload.generation)
        .bind(upload.duration_us)
        .bind(upload.width)
        .bind(upload.height)
        .bind(upload.prepared_bytes)
        .execute(db)
        .await?;
    Ok(())
}

fn progress(row: &PgRow) -> Result<Progress> {
    Ok(Progress {
        id: row.try_get::<Uuid, _>("id")?.into(),
        owner: row.try_get("owner_id")?,
        asset: row.try_get::<Option<Uuid>, _>("asset_id")?.map(AssetId::from),
        size: row.try_get("size")?,
        received: row.try_get("received")?,
        complete: row.try_get("complete")?,
        state: UploadState::try_from(i32::from(row.try_get::<i16, _>("state")?)).unwrap_or_default(),
        failure_reason: row.try_get("failure_reason")?,
        failure_message: row.try_get("failure_message")?,
        percent: row.try_get::<i16, _>("progress")?.into(),
        playable: row.try_get("playable")?,
        generation: row.try_get("generation")?,
        duration_us: row.try_get("duration_us")?,
        width: row.try_get("width")?,
        height: row.try_get("height")?,
        prepared_bytes: row.try_get("prepared_bytes")?,
    })
}

/// Bytes of all files as they were sent, bytes made of them, and their number.
pub(crate) async fn sums(db: impl PgExecutor<'_>) -> Result<(i64, i64, i64)> {
    let query = sqlx::query_as(
        "SELECT coalesce(sum(received) FILTER (WHERE kind <> 'final'), 0)::bigint, coalesce(sum(prepared_bytes), 0)::bigint,
                count(*) FILTER (WHERE kind <> 'partial') FROM media.uploads",
    );
    Ok(query.fetch_one(db).await?)
}

/// What one person uses.
pub(crate) struct Owner {
    pub(crate) id: String,
    pub(crate) used_bytes: i64,
    pub(crate) uploads: i64,
}

/// The people whose files are largest, with what was made of them.
pub(crate) async fn largest_owners(db: impl PgExecutor<'_>, limit: i64) -> Result<Vec<Owner>> {
    let query = sqlx::query(
        "SELECT owner_id, (coalesce(sum(received) FILTER (WHERE kind <> 'final'), 0) + coalesce(sum(prepared_bytes), 0))::bigint
                AS used, count(*) FILTER (WHERE kind <> 'partial') AS uploads
         FROM media.uploads GROUP BY owner_id ORDER BY used DESC, owner_id LIMIT $1",
    );
    let rows = query.bind(limit).fetch_all(db).await?;
    let owner = |row: &PgRow| {
        Ok(Owner {
            id: row.try_get("owner_id")?,
            used_bytes: row.try_get("used")?,
            uploads: row.try_get("uploads")?,
        })
    };
    rows.iter().map(owner).collect()
}
