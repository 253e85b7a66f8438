//! The text of subtitles.

use chrono::{DateTime, TimeDelta, Utc};
use ids::TrackId;
use sqlx::{PgExecutor, PgPool};

use crate::error::Result;

/// Subtitles that nobody has read for so long are deleted.
const KEPT_FOR: TimeDelta = TimeDelta::days(180);
/// Rows that are deleted with each new one at most.
const FORGOTTEN_AT_ONCE: i64 = 100;

/// Stores subtitles, and deletes some that nobody reads.
pub(crate) async fn insert(pool: &PgPool, id: TrackId, vtt: &str, now: DateTime<Utc>) -> Result<()> {
    let forget = sqlx::query(
        "DELETE FROM media.subtitles WHERE id IN (
             SELECT id FROM media.subtitles WHERE read_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)",
    );
    forget.bind(now - KEPT_FOR).bind(FORGOTTEN_AT_ONCE).execute(pool).await?;
    let insert =
        sqlx::query("INSERT INTO media.subtitles (id, vtt, created_at, read_at) VALUES ($1, $2, $3, $3)");
    insert.bind(id.uuid()).bind(vtt).bind(now).execute(pool).await?;
    Ok(())
}

/// The text, if it is there. Notes that it was read, at most once a day.
pub(crate) async fn read(pool: &PgPool, id: TrackId, now: DateTime<Utc>) -> Result<Option<String>> {
    let vtt = sqlx::query_scalar("SELECT vtt FROM media.subtitles WHERE id = $1");
    let vtt: Option<String> = vtt.bind(id.uuid()).fetch_optional(pool).await?;
    let noted = sqlx::query("UPDATE media.subtitles SET read_at = $2 WHERE id = $1 AND read_at < $3");
    noted.bind(id.uuid()).bind(now).bind(now - TimeDelta::days(1)).execute(pool).await?;
    Ok(vtt)
}

/// Deletes a text that no item has.
pub(crate) async fn delete(db: impl PgExecutor<'_>, id: TrackId) -> Result<()> {
    sqlx::query("DELETE FROM media.subtitles WHERE id = $1").bind(id.uuid()).execute(db).await?;
    Ok(())
}
