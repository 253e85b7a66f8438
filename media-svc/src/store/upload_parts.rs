//! The parts of uploads: which object of the store has which bytes.

use ids::UploadId;
use originals::{Original, Part};
use sqlx::{PgConnection, PgExecutor, PgPool, Row as _, postgres::PgRow};

use super::uploads::{self, bytes};
use crate::{
    domain::upload::{Kind, Upload},
    error::Result,
};

fn part(row: &PgRow) -> Result<Part> {
    let number = |column: &str| -> Result<u64> {
        Ok(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or_default())
    };
    let key: String = row.try_get("key")?;
    let key = key.parse().map_err(|error| anyhow::anyhow!("a part has a key that is none: {error}"))?;
    Ok(Part { start: number("start")?, size: number("size")?, key })
}

/// The last part of an upload, which ends where the next byte goes.
pub(crate) async fn last(db: impl PgExecutor<'_>, of: UploadId) -> Result<Option<Part>> {
    let query = sqlx::query(
        "SELECT start, size, key FROM media.upload_parts WHERE upload_id = $1 ORDER BY start DESC LIMIT 1",
    );
    query.bind(of.uuid()).fetch_optional(db).await?.as_ref().map(part).transpose()
}

/// Stores a part. One that starts at the same byte is replaced: the new one has its bytes and more.
pub(crate) async fn put(db: &mut PgConnection, of: UploadId, new: &Part) -> Result<()> {
    let query = sqlx::query(
        "INSERT INTO media.upload_parts (upload_id, start, size, key) VALUES ($1, $2, $3, $4)
         ON CONFLICT (upload_id, start) DO UPDATE SET size = $3, key = $4",
    );
    query
        .bind(of.uuid())
        .bind(bytes(new.start))
        .bind(bytes(new.size))
        .bind(new.key.as_str())
        .execute(db)
        .await?;
    Ok(())
}

async fn of(db: impl PgExecutor<'_>, upload: UploadId) -> Result<Vec<Part>> {
    let query =
        sqlx::query("SELECT start, size, key FROM media.upload_parts WHERE upload_id = $1 ORDER BY start");
    query.bind(upload.uuid()).fetch_all(db).await?.iter().map(part).collect()
}

/// What is there of a file.
pub(crate) async fn original(pool: &PgPool, upload: &Upload) -> Result<Original> {
    if upload.kind != Kind::Final {
        return Ok(Original::new(of(pool, upload.id).await?, upload.size));
    }
    let pieces = uploads::pieces(pool, upload.id).await?;
    let (mut all, mut start) = (Vec::new(), 0);
    for id in &upload.concat {
        let Some(piece) = pieces.iter().find(|piece| piece.id == *id) else { break };
        let parts = of(pool, piece.id).await?;
        all.extend(parts.into_iter().map(|part| Part { start: start + part.start, ..part }));
        start += piece.size.unwrap_or(piece.received);
    }
    Ok(Original::new(all, upload.size))
}

/// Those of the keys that belong to an upload.
pub(crate) async fn known(db: impl PgExecutor<'_>, keys: &[&str]) -> Result<Vec<String>> {
    let query = sqlx::query_scalar("SELECT key FROM media.upload_parts WHERE key = ANY($1)");
    Ok(query.bind(keys).fetch_all(db).await?)
}

/// Forgets all parts of an upload.
pub(crate) async fn delete_all(db: &mut PgConnection, of: UploadId) -> Result<()> {
    sqlx::query("DELETE FROM media.upload_parts WHERE upload_id = $1").bind(of.uuid()).execute(db).await?;
    Ok(())
}
