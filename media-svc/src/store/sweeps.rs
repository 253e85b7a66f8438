//! Work that one process does for all, and the rows that it looks for.

use chrono::{DateTime, Utc};
use ids::{AssetId, UploadId};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::error::Result;

/// Takes a kind of work, unless somebody began it since `before`. Returns where it goes on.
pub(crate) async fn claim(
    db: impl PgExecutor<'_>,
    name: &str,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Option<String>> {
    let query = sqlx::query_scalar(
        "INSERT INTO media.sweeps AS s (name, begun_at) VALUES ($1, $3)
         ON CONFLICT (name) DO UPDATE SET begun_at = $3 WHERE s.begun_at <= $2 RETURNING cursor",
    );
    Ok(query.bind(name).bind(before).bind(now).fetch_optional(db).await?)
}

/// Notes that the work ended, and where it goes on next time; empty: at the beginning.
pub(crate) async fn end(db: impl PgExecutor<'_>, name: &str, cursor: &str, now: DateTime<Utc>) -> Result<()> {
    let query = sqlx::query("UPDATE media.sweeps SET cursor = $2, ended_at = $3 WHERE name = $1");
    query.bind(name).bind(cursor).bind(now).execute(db).await?;
    Ok(())
}

/// An upload whose time is over, with its row locked. Pieces of a final upload go with it. Waits for a row that is locked: one that
/// is left out would stay for another hour.
pub(crate) async fn expired(db: &mut PgConnection, now: DateTime<Utc>) -> Result<Option<UploadId>> {
    let query = sqlx::query_scalar::<_, Uuid>(
        "SELECT id FROM media.uploads WHERE expires_at <= $1 AND part_of IS NULL
         ORDER BY expires_at LIMIT 1 FOR UPDATE",
    );
    Ok(query.bind(now).fetch_optional(db).await?.map(Into::into))
}

/// A page of the complete uploads of guests behind `after`, each with its asset.
pub(crate) async fn of_guests(
    db: impl PgExecutor<'_>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<(UploadId, AssetId)>> {
    let query = sqlx::query_as::<_, (Uuid, Uuid)>(
        "SELECT id, asset_id FROM media.uploads
         WHERE id > $1 AND owner_id LIKE 'guest\\_%' AND completed_at IS NOT NULL AND asset_id IS NOT NULL ORDER BY id LIMIT $2",
    );
    let rows = query.bind(after).bind(limit).fetch_all(db).await?;
    Ok(rows.into_iter().map(|(upload, asset)| (upload.into(), asset.into())).collect())
}

/// Lets those uploads of guests stay that playlists have, and those that none has go at `unused_until`, or earlier where that
/// was said before.
pub(crate) async fn set_in_use(
    db: &mut PgConnection,
    used: &[UploadId],
    unused: &[UploadId],
    unused_until: DateTime<Utc>,
) -> Result<()> {
    let uuids = |ids: &[UploadId]| ids.iter().map(|id| id.uuid()).collect::<Vec<_>>();
    let stay = sqlx::query(
        "UPDATE media.uploads SET expires_at = NULL WHERE id = ANY($1) AND expires_at IS NOT NULL",
    );
    stay.bind(uuids(used)).execute(&mut *db).await?;
    let go =
        sqlx::query("UPDATE media.uploads SET expires_at = $2 WHERE id = ANY($1) AND expires_at IS NULL");
    go.bind(uuids(unused)).bind(unused_until).execute(db).await?;
    Ok(())
}

/// Those of the assets that belong to an upload.
pub(crate) async fn with_upload(db: impl PgExecutor<'_>, assets: &[AssetId]) -> Result<Vec<AssetId>> {
    let query = sqlx::query_scalar::<_, Uuid>("SELECT asset_id FROM media.uploads WHERE asset_id = ANY($1)");
    let assets: Vec<_> = assets.iter().map(|asset| asset.uuid()).collect();
    Ok(query.bind(assets).fetch_all(db).await?.into_iter().map(Into::into).collect())
}

/// A complete upload that was not scanned and that nobody scans, taken until then.
pub(crate) async fn to_scan(
    db: impl PgExecutor<'_>,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<UploadId>> {
    let query = sqlx::query_scalar::<_, Uuid>(
        "UPDATE media.uploads SET scan_until = $2 WHERE id = (
             SELECT id FROM media.uploads
             WHERE NOT scanned AND completed_at IS NOT NULL AND state <> 5 AND (scan_until IS NULL OR scan_until <= $1)
             ORDER BY completed_at LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING id",
    );
    Ok(query.bind(now).bind(until).fetch_optional(db).await?.map(Into::into))
}

/// Gives back an upload whose scan failed.
pub(crate) async fn release_scan(db: impl PgExecutor<'_>, id: UploadId) -> Result<()> {
    sqlx::query("UPDATE media.uploads SET scan_until = NULL WHERE id = $1")
        .bind(id.uuid())
        .execute(db)
        .await?;
    Ok(())
}

/// Notes that an upload was scanned.
pub(crate) async fn set_scanned(db: impl PgExecutor<'_>, id: UploadId) -> Result<()> {
    sqlx::query("UPDATE media.uploads SET scanned = true WHERE id = $1").bind(id.uuid()).execute(db).await?;
    Ok(())
}

/// Forgets when people began uploads before then.
pub(crate) async fn forget_starts(db: impl PgExecutor<'_>, before: DateTime<Utc>) -> Result<()> {
    sqlx::query("DELETE FROM media.upload_starts WHERE started_at < $1").bind(before).execute(db).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use futures::future::join_all;
    use testkit::Postgres;

    use super::*;

    #[tokio::test]
    async fn one_of_many_processes_takes_the_work() {
        let postgres = Postgres::start().await.unwrap();
        let pool = postgres.pool("media-svc", &crate::MIGRATIONS).await.unwrap();
        let mut now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        for _ in 0..3 {
            let hour_ago = now - TimeDelta::hours(1);
            let claims = (0..8).map(|_| claim(&pool, "uploads", hour_ago, now));
            let claimed: Vec<_> = join_all(claims).await.into_iter().filter_map(Result::unwrap).collect();
            assert_eq!(claimed.len(), 1);
            assert_eq!(claim(&pool, "uploads", hour_ago + TimeDelta::minutes(59), now).await.unwrap(), None);
            now += TimeDelta::hours(1);
        }
        end(&pool, "uploads", "hls/x", now).await.unwrap();
        let claimed = claim(&pool, "uploads", now, now).await.unwrap();
        assert_eq!(claimed.as_deref(), Some("hls/x"));
    }
}
