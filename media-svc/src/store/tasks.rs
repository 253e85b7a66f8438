//! The queue of tasks. Leases are given under SKIP LOCKED, so concurrent workers get different tasks.

use std::ops::Range;

use chrono::{DateTime, Utc};
use ids::{AssetId, TaskId, UploadId};
use sqlx::{PgConnection, PgExecutor, Row as _, postgres::PgRow};
use uuid::Uuid;

use crate::{
    domain::{ASKED_LATELY, Task, TaskKind, TaskState},
    error::Result,
};

macro_rules! columns {
    () => {
        "t.id, t.kind, t.upload_id, t.asset_id, t.owner_id, t.generation, t.layer, t.first_index, t.end_index, t.next_index,
         t.needs, t.state, t.urgent, t.asked_at, t.attempts, t.lease"
    };
}

/// Adds a waiting task. A second probe of an upload is left out.
pub(crate) async fn insert(db: &mut PgConnection, task: &Task, now: DateTime<Utc>) -> Result<()> {
    let query = sqlx::query(
        "INSERT INTO media.tasks (id, kind, upload_id, asset_id, owner_id, generation, layer, first_index, end_index, next_index,
                                  needs, urgent, asked_at, run_after, created_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8, $10, $11, $12, $13, $13, $13)
         ON CONFLICT (upload_id) WHERE kind = 'probe' AND state IN (1, 2) DO NOTHING",
    );
    query
        .bind(task.id.uuid())
        .bind(task.kind.name())
        .bind(task.upload.uuid())
        .bind(task.asset.uuid())
        .bind(&task.owner)
        .bind(task.generation)
        .bind(small(task.layer))
        .bind(task.range.start)
        .bind(task.range.end)
        .bind(task.needs)
        .bind(task.urgent)
        .bind(task.asked_at)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// The task that is to run next, with its row and that of its upload locked: what somebody waits for, then the examination of
/// new files, then assets that somebody asked for lately, then the rest. Within each class those people come first who have the
/// fewest tasks running, and of these whoever was served longest ago. `urgent_only`: only what somebody waits for.
pub(crate) async fn due(
    db: &mut PgConnection,
    urgent_only: bool,
    now: DateTime<Utc>,
) -> Result<Option<Task>> {
    // SKIP LOCKED: waiting for a concurrent lease would only return rows that are no longer free.
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        " FROM media.tasks t JOIN media.uploads u ON u.id = t.upload_id
          LEFT JOIN (SELECT owner_id, count(*) AS running FROM media.tasks WHERE state = 2 GROUP BY owner_id) r
            ON r.owner_id = t.owner_id
          LEFT JOIN media.task_owners o ON o.owner_id = t.owner_id
          WHERE t.state = 1 AND t.run_after <= $1 AND (t.urgent OR NOT $3)
            AND (u.completed_at IS NOT NULL OR (u.size IS NULL AND t.kind = 'probe') OR u.received >= t.needs * u.size)
          ORDER BY
            CASE WHEN t.urgent THEN 0 WHEN t.kind = 'probe' THEN 1 WHEN t.asked_at > $2 THEN 2 ELSE 3 END,
            coalesce(r.running, 0), o.served_at NULLS FIRST,
            CASE WHEN t.kind IN ('segments', 'probe') THEN t.layer * 2 ELSE 1 END,
            t.asked_at DESC NULLS LAST, t.upload_id, t.first_index, t.id
          LIMIT 1 FOR UPDATE OF u, t SKIP LOCKED"
    ));
    let row = query.bind(now).bind(now - ASKED_LATELY).bind(urgent_only).fetch_optional(db).await?;
    row.as_ref().map(task).transpose()
}

/// Gives a task to a worker. Returns the token of the lease.
pub(crate) async fn start(
    db: &mut PgConnection,
    of: &Task,
    range: &Range<i32>,
    worker: &str,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<i64> {
    let query = sqlx::query_scalar(
        "UPDATE media.tasks SET state = 2, first_index = $2, next_index = $2, end_index = $3, worker = $4, leased_until = $5,
           changed_at = $6, attempts = attempts + 1, lease = lease + 1, percent = 0, speed = 0
         WHERE id = $1 RETURNING lease",
    );
    let query = query.bind(of.id.uuid()).bind(range.start).bind(range.end).bind(worker).bind(until).bind(now);
    let lease = query.fetch_one(&mut *db).await?;
    let served = sqlx::query(
        "INSERT INTO media.task_owners (owner_id, served_at) VALUES ($1, $2)
         ON CONFLICT (owner_id) DO UPDATE SET served_at = $2",
    );
    served.bind(&of.owner).bind(now).execute(db).await?;
    Ok(lease)
}

/// The upload of a task.
pub(crate) async fn upload_of(db: impl PgExecutor<'_>, id: TaskId) -> Result<Option<UploadId>> {
    let query = sqlx::query_scalar::<_, Uuid>("SELECT upload_id FROM media.tasks WHERE id = $1");
    Ok(query.bind(id.uuid()).fetch_optional(db).await?.map(Into::into))
}

/// A task, with its row locked. The row of its upload is locked already.
pub(crate) async fn lock(db: &mut PgConnection, id: TaskId) -> Result<Option<Task>> {
    let query = sqlx::query(concat!("SELECT ", columns!(), " FROM media.tasks t WHERE t.id = $1 FOR UPDATE"));
    query.bind(id.uuid()).fetch_optional(db).await?.as_ref().map(task).transpose()
}

/// A lease that was renewed.
pub(crate) struct Renewed {
    /// Index behind the last segment that is wanted.
    pub(crate) end: i32,
    pub(crate) worker: String,
}

/// Renews a lease and stores what the worker reports. `None`: the lease has ended.
pub(crate) async fn renew(
    db: impl PgExecutor<'_>,
    id: TaskId,
    lease: i64,
    until: DateTime<Utc>,
    (percent, speed): (i32, f64),
) -> Result<Option<Renewed>> {
    let query = sqlx::query(
        "UPDATE media.tasks SET leased_until = $3, percent = greatest(percent, $4), speed = $5
         WHERE id = $1 AND lease = $2 AND state = 2 RETURNING end_index, worker",
    );
    let query = query.bind(id.uuid()).bind(lease).bind(until).bind(small(percent)).bind(speed);
    let row = query.fetch_optional(db).await?;
    row.map(|row| Ok(Renewed { end: row.try_get("end_index")?, worker: row.try_get("worker")? })).transpose()
}

/// Stores how far a running task is: after progress the attempts count anew.
pub(crate) async fn advance(
    db: &mut PgConnection,
    id: TaskId,
    next: i32,
    until: DateTime<Utc>,
    speed: f64,
) -> Result<()> {
    let query = sqlx::query(
        "UPDATE media.tasks SET next_index = greatest(next_index, $2), leased_until = $3, speed = $4, attempts = 1,
           percent = least(100, 100 * (greatest(next_index, $2) - first_index) / greatest(end_index - first_index, 1))
         WHERE id = $1",
    );
    query.bind(id.uuid()).bind(next).bind(until).bind(speed).execute(db).await?;
    Ok(())
}

/// Changes the range of a task, and what it needs of the file. Empty: the task is deleted.
pub(crate) async fn resize(db: &mut PgConnection, id: TaskId, range: &Range<i32>, needs: f64) -> Result<()> {
    if range.is_empty() {
        sqlx::query("DELETE FROM media.tasks WHERE id = $1").bind(id.uuid()).execute(db).await?;
        return Ok(());
    }
    let query = sqlx::query(
        "UPDATE media.tasks SET first_index = $2, next_index = greatest(next_index, $2), end_index = $3, needs = $4 WHERE id = $1",
    );
    query.bind(id.uuid()).bind(range.start).bind(range.end).bind(needs).execute(db).await?;
    Ok(())
}

/// Puts a waiting task in front of the others.
pub(crate) async fn hurry(db: &mut PgConnection, id: TaskId, now: DateTime<Utc>) -> Result<()> {
    let query = sqlx::query("UPDATE media.tasks SET urgent = true, asked_at = $2 WHERE id = $1");
    query.bind(id.uuid()).bind(now).execute(db).await?;
    Ok(())
}

/// Notes that somebody asked for a task.
pub(crate) async fn note_asked(db: impl PgExecutor<'_>, id: TaskId, now: DateTime<Utc>) -> Result<()> {
    let query = sqlx::query("UPDATE media.tasks SET asked_at = $2 WHERE id = $1");
    query.bind(id.uuid()).bind(now).execute(db).await?;
    Ok(())
}

/// What went wrong in an attempt.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fault {
    pub(crate) timed_out: bool,
    pub(crate) message: String,
    pub(crate) log: String,
}

/// Lets a running task wait for another attempt.
pub(crate) async fn retry_at(
    db: &mut PgConnection,
    id: TaskId,
    run_after: DateTime<Utc>,
    fault: &Fault,
    now: DateTime<Utc>,
) -> Result<()> {
    let query = sqlx::query(
        "UPDATE media.tasks SET state = 1, run_after = $2, leased_until = NULL, timed_out = $3, message = $4, log = $5,
           changed_at = $6, first_index = next_index WHERE id = $1",
    );
    let query = query.bind(id.uuid()).bind(run_after).bind(fault.timed_out).bind(&fault.message);
    query.bind(&fault.log).bind(now).execute(db).await?;
    Ok(())
}

/// Lets a running task wait again as if it had not been leased, until that much of its file is there.
pub(crate) async fn release(
    db: &mut PgConnection,
    id: TaskId,
    run_after: DateTime<Utc>,
    needs: f64,
) -> Result<()> {
    let query = sqlx::query(
        "UPDATE media.tasks SET state = 1, run_after = $2, needs = greatest(needs, $3), leased_until = NULL,
           attempts = greatest(attempts - 1, 0), first_index = next_index WHERE id = $1",
    );
    query.bind(id.uuid()).bind(run_after).bind(needs).execute(db).await?;
    Ok(())
}

/// Lets the examination of an upload run at once, if it waits.
pub(crate) async fn examine_now(db: &mut PgConnection, upload: UploadId, now: DateTime<Utc>) -> Result<()> {
    let query = sqlx::query(
        "UPDATE media.tasks SET run_after = $2 WHERE upload_id = $1 AND kind = 'probe' AND state = 1 AND run_after > $2",
    );
    query.bind(upload.uuid()).bind(now).execute(db).await?;
    Ok(())
}

/// Ends a task.
pub(crate) async fn end(
    db: &mut PgConnection,
    id: TaskId,
    state: TaskState,
    fault: &Fault,
    now: DateTime<Utc>,
) -> Result<()> {
    let query = sqlx::query(
        "UPDATE media.tasks SET state = $2, leased_until = NULL, timed_out = $3, message = $4, log = $5, changed_at = $6,
           urgent = false WHERE id = $1",
    );
    let query = query.bind(id.uuid()).bind(state as i16).bind(fault.timed_out).bind(&fault.message);
    query.bind(&fault.log).bind(now).execute(db).await?;
    Ok(())
}

/// Cancels the tasks of an upload that have not ended; their workers lose their leases.
pub(crate) async fn cancel(db: &mut PgConnection, upload: UploadId) -> Result<()> {
    let query = sqlx::query("DELETE FROM media.tasks WHERE upload_id = $1 AND state IN (1, 2)");
    query.bind(upload.uuid()).execute(db).await?;
    Ok(())
}

/// Forgets all tasks of an asset; workers lose their leases.
pub(crate) async fn forget(db: &mut PgConnection, asset: AssetId) -> Result<()> {
    sqlx::query("DELETE FROM media.tasks WHERE asset_id = $1").bind(asset.uuid()).execute(db).await?;
    Ok(())
}

/// The waiting or running task that will make a segment, with its row locked.
pub(crate) async fn covering(
    db: &mut PgConnection,
    (asset, generation, layer): (AssetId, i32, i32),
    index: i32,
) -> Result<Option<Task>> {
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        " FROM media.tasks t WHERE t.asset_id = $1 AND t.generation = $2 AND t.layer = $3 AND t.kind = 'segments'
            AND t.state IN (1, 2) AND t.next_index <= $4 AND t.end_index > $4 ORDER BY t.first_index LIMIT 1 FOR UPDATE"
    ));
    let query = query.bind(asset.uuid()).bind(generation).bind(small(layer)).bind(index);
    query.fetch_optional(db).await?.as_ref().map(task).transpose()
}

/// The waiting and running tasks of a layer, by their ranges, with their rows locked.
pub(crate) async fn of_layer(
    db: &mut PgConnection,
    (asset, generation, layer): (AssetId, i32, i32),
) -> Result<Vec<Task>> {
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        " FROM media.tasks t WHERE t.asset_id = $1 AND t.generation = $2 AND t.layer = $3 AND t.kind = 'segments'
            AND t.state IN (1, 2) ORDER BY t.first_index FOR UPDATE"
    ));
    let query = query.bind(asset.uuid()).bind(generation).bind(small(layer));
    query.fetch_all(db).await?.iter().map(task).collect()
}

/// A running task of segments that can be cut short for somebody who waits: nobody asked for it since `asked_before`. Those come
/// first that nobody ever asked for. Its row is locked; one of another upload is given only when that upload's row can be
/// locked at once.
pub(crate) async fn to_cut_short(db: &mut PgConnection, asked_before: DateTime<Utc>) -> Result<Option<Task>> {
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        " FROM media.tasks t JOIN media.uploads u ON u.id = t.upload_id
          WHERE t.state = 2 AND t.kind = 'segments' AND t.end_index > t.next_index + 1
            AND (t.asked_at IS NULL OR t.asked_at <= $1)
          ORDER BY t.asked_at NULLS FIRST, t.layer DESC, t.end_index - t.next_index DESC, t.id LIMIT 1
          FOR UPDATE OF u, t SKIP LOCKED"
    ));
    query.bind(asked_before).fetch_optional(db).await?.as_ref().map(task).transpose()
}

/// How many tasks a worker has.
pub(crate) async fn running_of(db: impl PgExecutor<'_>, worker: &str) -> Result<i64> {
    let query = sqlx::query_scalar("SELECT count(*) FROM media.tasks WHERE state = 2 AND worker = $1");
    Ok(query.bind(worker).fetch_one(db).await?)
}

/// Running tasks whose leases have ended, each with its upload.
pub(crate) async fn expired(
    db: impl PgExecutor<'_>,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<(TaskId, UploadId)>> {
    let query = sqlx::query_as::<_, (Uuid, Uuid)>(
        "SELECT id, upload_id FROM media.tasks WHERE state = 2 AND leased_until <= $1 ORDER BY leased_until LIMIT $2",
    );
    let rows = query.bind(now).bind(limit).fetch_all(db).await?;
    Ok(rows.into_iter().map(|(task, upload)| (task.into(), upload.into())).collect())
}

/// Whether the lease of a locked task has ended.
pub(crate) async fn is_expired(db: &mut PgConnection, id: TaskId, now: DateTime<Utc>) -> Result<bool> {
    let query = sqlx::query_scalar(
        "SELECT coalesce(leased_until <= $2, false) FROM media.tasks WHERE id = $1 AND state = 2",
    );
    Ok(query.bind(id.uuid()).bind(now).fetch_optional(db).await?.unwrap_or(false))
}

/// Whether a generation of an asset has a task of a kind that waits, runs, or has failed.
pub(crate) async fn has(
    db: &mut PgConnection,
    (asset, generation): (AssetId, i32),
    kind: TaskKind,
) -> Result<bool> {
    let query = sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM media.tasks WHERE asset_id = $1 AND generation = $2 AND kind = $3 AND state IN (1, 2, 3))",
    );
    Ok(query.bind(asset.uuid()).bind(generation).bind(kind.name()).fetch_one(db).await?)
}

/// How many tasks wait, run, and failed since a time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) waiting: i64,
    pub(crate) running: i64,
    pub(crate) failed: i64,
}

/// Counts the tasks.
pub(crate) async fn counts(db: impl PgExecutor<'_>, failed_since: DateTime<Utc>) -> Result<Counts> {
    let query = sqlx::query(
        "SELECT (SELECT count(*) FROM media.tasks WHERE state = 1) AS waiting,
                (SELECT count(*) FROM media.tasks WHERE state = 2) AS running,
                (SELECT count(*) FROM media.tasks WHERE state = 3 AND changed_at > $1) AS failed",
    );
    let row = query.bind(failed_since).fetch_one(db).await?;
    Ok(Counts {
        waiting: row.try_get("waiting")?,
        running: row.try_get("running")?,
        failed: row.try_get("failed")?,
    })
}

/// Forgets tasks that were done before `done`, and those that failed before `failed`.
pub(crate) async fn sweep(
    db: impl PgExecutor<'_>,
    done: DateTime<Utc>,
    failed: DateTime<Utc>,
) -> Result<u64> {
    let query = sqlx::query(
        "DELETE FROM media.tasks WHERE (state = 4 AND changed_at < $1) OR (state = 3 AND changed_at < $2)",
    );
    Ok(query.bind(done).bind(failed).execute(db).await?.rows_affected())
}

fn small(number: i32) -> i16 {
    i16::try_from(number).unwrap_or(i16::MAX)
}

fn task(row: &PgRow) -> Result<Task> {
    let kind: String = row.try_get("kind")?;
    let kind = TaskKind::of(&kind).ok_or_else(|| anyhow::anyhow!("a task has the unknown kind `{kind}`"))?;
    Ok(Task {
        id: row.try_get::<Uuid, _>("id")?.into(),
        kind,
        upload: row.try_get::<Uuid, _>("upload_id")?.into(),
        asset: row.try_get::<Uuid, _>("asset_id")?.into(),
        owner: row.try_get("owner_id")?,
        generation: row.try_get("generation")?,
        layer: row.try_get::<i16, _>("layer")?.into(),
        range: row.try_get("first_index")?..row.try_get("end_index")?,
        next: row.try_get("next_index")?,
        needs: row.try_get("needs")?,
        state: TaskState::of(row.try_get("state")?),
        urgent: row.try_get("urgent")?,
        asked_at: row.try_get("asked_at")?,
        attempts: row.try_get("attempts")?,
        lease: row.try_get("lease")?,
    })
}
