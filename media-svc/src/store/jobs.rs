//! The queue of jobs. Leases are given under SKIP LOCKED, so concurrent workers get different jobs.

use chrono::{DateTime, Utc};
use ids::{AssetId, JobId, WorkerId};
use sqlx::{PgConnection, PgExecutor, Row as _};
use uuid::Uuid;

use crate::{
    domain::{Job, MAX_ATTEMPTS, MAX_JOBS, SOON},
    error::Result,
};

/// Error of an asset whose workers died.
const WORKER_DIED: &str = "the worker stopped during the last attempt";

/// Adds a job for an asset, unless it has one of this kind or the queue is full. Returns whether it has one now.
pub(crate) async fn add(
    db: &mut PgConnection,
    kind: &str,
    asset: AssetId,
    payload: &[u8],
    now: DateTime<Utc>,
) -> Result<bool> {
    let query = sqlx::query_scalar(
        "WITH added AS (
           INSERT INTO media.jobs (id, kind, asset_id, payload, priority, run_after, created_at)
           SELECT $1, $2, $3, $4, $5, $6, $6
           WHERE (SELECT count(*) FROM (SELECT FROM media.jobs LIMIT $7) AS queued) < $7
           ON CONFLICT ON CONSTRAINT jobs_one_each DO NOTHING RETURNING id
         )
         SELECT EXISTS (SELECT FROM added) OR EXISTS (SELECT FROM media.jobs WHERE kind = $2 AND asset_id = $3)",
    );
    let query = query.bind(JobId::new().uuid()).bind(kind).bind(asset.uuid()).bind(payload).bind(SOON);
    Ok(query.bind(now).bind(MAX_JOBS).fetch_one(db).await?)
}

/// Leases jobs to a worker: those of the highest priority, the newest first, for somebody is about to play those.
pub(crate) async fn lease(
    db: impl PgExecutor<'_>,
    kind: &str,
    worker: WorkerId,
    count: usize,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<Job>> {
    // SKIP LOCKED: waiting for a concurrent lease would only return rows that are no longer free.
    let query = sqlx::query(
        "WITH free AS (
           SELECT id AS free_id FROM media.jobs
           WHERE kind = $1 AND run_after <= $5 AND (leased_until IS NULL OR leased_until <= $5) AND attempts < $6
           ORDER BY priority DESC, id DESC LIMIT $3 FOR UPDATE SKIP LOCKED
         )
         UPDATE media.jobs SET leased_by = $2, leased_until = $4, attempts = attempts + 1
         FROM free WHERE id = free_id RETURNING id, asset_id, payload, attempts",
    );
    let query = query.bind(kind).bind(worker.uuid()).bind(i64::try_from(count).unwrap_or(i64::MAX));
    let rows = query.bind(until).bind(now).bind(MAX_ATTEMPTS).fetch_all(db).await?;
    let job = |row: &sqlx::postgres::PgRow| {
        Ok(Job {
            id: row.try_get::<Uuid, _>("id")?.into(),
            asset: row.try_get::<Uuid, _>("asset_id")?.into(),
            payload: row.try_get("payload")?,
            attempt: row.try_get("attempts")?,
        })
    };
    rows.iter().map(job).collect()
}

/// Renews the leases of a worker. Returns the jobs that it still has; it stops the others.
pub(crate) async fn heartbeat(
    db: impl PgExecutor<'_>,
    worker: WorkerId,
    until: DateTime<Utc>,
) -> Result<Vec<JobId>> {
    let query = sqlx::query_scalar::<_, Uuid>(
        "UPDATE media.jobs SET leased_until = $2 WHERE leased_by = $1 RETURNING id",
    );
    Ok(query.bind(worker.uuid()).bind(until).fetch_all(db).await?.into_iter().map(Into::into).collect())
}

/// Ends the job of an asset that is done, whoever has it now: a late worker's result is as good.
pub(crate) async fn finish(db: impl PgExecutor<'_>, kind: &str, asset: AssetId) -> Result<()> {
    let query = sqlx::query("DELETE FROM media.jobs WHERE kind = $1 AND asset_id = $2");
    query.bind(kind).bind(asset.uuid()).execute(db).await?;
    Ok(())
}

/// Gives a job back to be tried again; `None`: it was the last attempt, so the job ends. Returns whether the worker still
/// had it.
pub(crate) async fn fail(
    db: &mut PgConnection,
    job: JobId,
    worker: WorkerId,
    retry_at: Option<DateTime<Utc>>,
) -> Result<bool> {
    let done = if let Some(at) = retry_at {
        let query = sqlx::query(
            "UPDATE media.jobs SET run_after = $3, leased_by = NULL, leased_until = NULL WHERE id = $1 AND leased_by = $2",
        );
        query.bind(job.uuid()).bind(worker.uuid()).bind(at).execute(db).await?
    } else {
        let query = sqlx::query("DELETE FROM media.jobs WHERE id = $1 AND leased_by = $2");
        query.bind(job.uuid()).bind(worker.uuid()).execute(db).await?
    };
    Ok(done.rows_affected() == 1)
}

/// Gives back what a worker has that stops in order: these attempts do not count.
pub(crate) async fn release(db: impl PgExecutor<'_>, worker: WorkerId) -> Result<()> {
    let query = sqlx::query(
        "UPDATE media.jobs SET leased_by = NULL, leased_until = NULL, attempts = attempts - 1 WHERE leased_by = $1",
    );
    query.bind(worker.uuid()).execute(db).await?;
    Ok(())
}

/// Ends jobs whose worker died during the last attempt; their assets are failed unless they were measured before.
pub(crate) async fn bury(db: impl PgExecutor<'_>, kind: &str, now: DateTime<Utc>) -> Result<u64> {
    let query = sqlx::query(
        "WITH dead AS (
           DELETE FROM media.jobs WHERE kind = $1 AND attempts >= $2 AND leased_until <= $3 RETURNING asset_id
         )
         UPDATE media.assets SET error = $4, state = CASE WHEN state = 1 THEN 3 ELSE state END
         FROM dead WHERE id = dead.asset_id",
    );
    let query = query.bind(kind).bind(MAX_ATTEMPTS).bind(now).bind(WORKER_DIED);
    Ok(query.execute(db).await?.rows_affected())
}

/// When the next job can be leased or buried; `None`: the queue is empty.
pub(crate) async fn next_at(db: impl PgExecutor<'_>, kind: &str) -> Result<Option<DateTime<Utc>>> {
    let query = sqlx::query_scalar(
        "SELECT min(greatest(run_after, coalesce(leased_until, run_after))) FROM media.jobs WHERE kind = $1",
    );
    Ok(query.bind(kind).fetch_one(db).await?)
}

#[cfg(test)]
mod tests;
