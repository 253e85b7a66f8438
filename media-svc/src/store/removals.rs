//! Objects to remove from the store.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor};

use crate::error::Result;

/// Passes that a prefix gets: now, and later for what arrived late.
const PASSES: i16 = 2;

/// Has everything below a prefix removed.
pub(crate) async fn add(db: impl PgExecutor<'_>, prefix: &str, now: DateTime<Utc>) -> Result<()> {
    let query = sqlx::query(
        "INSERT INTO media.removals (prefix, run_after) VALUES ($1, $2)
         ON CONFLICT (prefix) DO UPDATE SET run_after = $2, passes = 0",
    );
    query.bind(prefix).bind(now).execute(db).await?;
    Ok(())
}

/// A prefix whose turn it is, with its row locked.
pub(crate) async fn due(db: &mut PgConnection, now: DateTime<Utc>) -> Result<Option<String>> {
    let query = sqlx::query_scalar(
        "SELECT prefix FROM media.removals WHERE run_after <= $1 ORDER BY run_after LIMIT 1 FOR UPDATE SKIP LOCKED",
    );
    Ok(query.bind(now).fetch_optional(db).await?)
}

/// Ends a pass: the next one comes at `again_at`, unless it was the last. A pass that does not count is repeated. Returns whether it
/// was the last.
pub(crate) async fn finish(
    db: &mut PgConnection,
    prefix: &str,
    counts: bool,
    again_at: DateTime<Utc>,
) -> Result<bool> {
    let update =
        sqlx::query("UPDATE media.removals SET passes = passes + $3, run_after = $2 WHERE prefix = $1");
    update.bind(prefix).bind(again_at).bind(i16::from(counts)).execute(&mut *db).await?;
    let delete = sqlx::query("DELETE FROM media.removals WHERE prefix = $1 AND passes >= $2");
    Ok(delete.bind(prefix).bind(PASSES).execute(db).await?.rows_affected() == 1)
}
