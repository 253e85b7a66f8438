//! The queue of tasks as administrators see it.

use proto::media::v1::TaskState;
use sqlx::{PgExecutor, Row as _, postgres::PgRow};
use uuid::Uuid;

use crate::{domain::ListedTask, error::Result};

/// Running tasks, then waiting ones, what is urgent first, then failed ones, the newest first.
pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    state: Option<TaskState>,
    limit: i64,
) -> Result<Vec<ListedTask>> {
    // TIMEOUT: the watchdog ended the last attempt, whether or not another one follows.
    let query = sqlx::query(
        "SELECT * FROM (
           SELECT t.*, u.filename,
             CASE WHEN t.state = 2 THEN 2 WHEN t.timed_out THEN 4 WHEN t.state = 3 THEN 3 ELSE 1 END AS shown
           FROM media.tasks t JOIN media.uploads u ON u.id = t.upload_id WHERE t.state IN (1, 2, 3)
         ) AS listed WHERE $1::integer IS NULL OR shown = $1
         ORDER BY CASE state WHEN 2 THEN 0 WHEN 1 THEN 1 ELSE 2 END, urgent DESC,
           CASE WHEN state = 3 THEN changed_at END DESC, run_after, id LIMIT $2",
    );
    let rows = query.bind(state.map(i32::from)).bind(limit).fetch_all(db).await?;
    rows.iter().map(listed).collect()
}

fn listed(row: &PgRow) -> Result<ListedTask> {
    Ok(ListedTask {
        id: row.try_get::<Uuid, _>("id")?.into(),
        kind: row.try_get("kind")?,
        state: TaskState::try_from(row.try_get::<i32, _>("shown")?).unwrap_or_default(),
        upload: row.try_get::<Uuid, _>("upload_id")?.into(),
        filename: row.try_get("filename")?,
        percent: row.try_get::<i16, _>("percent")?.into(),
        speed: row.try_get("speed")?,
        attempt: row.try_get::<i16, _>("attempts")?.into(),
        worker: row.try_get("worker")?,
        message: row.try_get("message")?,
        log: row.try_get("log")?,
        created_at: row.try_get("created_at")?,
        changed_at: row.try_get("changed_at")?,
        first: row.try_get("first_index")?,
        end: row.try_get("end_index")?,
        urgent: row.try_get("urgent")?,
    })
}
