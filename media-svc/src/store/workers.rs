//! The workers that ask for tasks.

use chrono::{DateTime, Utc};
use sqlx::{PgExecutor, Row as _};

use crate::{domain::URGENT_SLOTS, error::Result};

/// A worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Worker {
    pub(crate) name: String,
    pub(crate) active: i32,
    pub(crate) slots: i32,
    pub(crate) seen_at: DateTime<Utc>,
}

/// Workers that the administrator's page shows.
const MAX_SHOWN: i64 = 200;

/// Notes that a worker asks for a task.
pub(crate) async fn see(
    db: impl PgExecutor<'_>,
    name: &str,
    (active, slots): (i32, i32),
    now: DateTime<Utc>,
) -> Result<()> {
    let query = sqlx::query(
        "INSERT INTO media.workers (name, active, slots, seen_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO UPDATE SET active = $2, slots = $3, seen_at = $4",
    );
    query.bind(name).bind(active).bind(slots).bind(now).execute(db).await?;
    Ok(())
}

/// Notes that a worker reports.
pub(crate) async fn hear(db: impl PgExecutor<'_>, name: &str, now: DateTime<Utc>) -> Result<()> {
    let query = sqlx::query("UPDATE media.workers SET seen_at = $2 WHERE name = $1");
    query.bind(name).bind(now).execute(db).await?;
    Ok(())
}

/// Whether the workers seen since then have room for every urgent task that waits. A task that makes its last
/// segment counts as over.
pub(crate) async fn has_room(
    db: impl PgExecutor<'_>,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let query = sqlx::query_scalar(
        "SELECT coalesce((SELECT sum(slots + $3) FROM media.workers WHERE seen_at > $1), 0)
              - (SELECT count(*) FROM media.tasks WHERE state = 2 AND (kind <> 'segments' OR end_index > next_index + 1))
             >= (SELECT count(*) FROM media.tasks WHERE state = 1 AND urgent AND run_after <= $2)",
    );
    Ok(query.bind(since).bind(now).bind(URGENT_SLOTS).fetch_one(db).await?)
}

/// Workers seen since then, by name.
pub(crate) async fn list(db: impl PgExecutor<'_>, since: DateTime<Utc>) -> Result<Vec<Worker>> {
    let query = sqlx::query(
        "SELECT name, active, slots, seen_at FROM media.workers WHERE seen_at > $1 ORDER BY name LIMIT $2",
    );
    let rows = query.bind(since).bind(MAX_SHOWN).fetch_all(db).await?;
    let worker = |row: &sqlx::postgres::PgRow| {
        Ok(Worker {
            name: row.try_get("name")?,
            active: row.try_get("active")?,
            slots: row.try_get("slots")?,
            seen_at: row.try_get("seen_at")?,
        })
    };
    rows.iter().map(worker).collect()
}

/// Forgets workers, and people whose tasks were leased, before then.
pub(crate) async fn sweep(db: &mut sqlx::PgConnection, before: DateTime<Utc>) -> Result<()> {
    sqlx::query("DELETE FROM media.workers WHERE seen_at < $1").bind(before).execute(&mut *db).await?;
    sqlx::query("DELETE FROM media.task_owners WHERE served_at < $1").bind(before).execute(db).await?;
    Ok(())
}
