//! Playlists that people keep beyond a room.

use chrono::{DateTime, Utc};
use ids::{SavedQueueId, SubjectId};
use prost::Message as _;
use proto::room::v1::{self as wire, GetSavedQueueResponse};
use sqlx::{PgConnection, PgExecutor, Row as _, postgres::PgRow};
use uuid::Uuid;

use crate::{
    domain::{SavedQueue, timestamp},
    error::Result,
};

/// Saved queues of one person at most.
pub(crate) const MOST: i64 = 50;

fn saved(row: &PgRow) -> sqlx::Result<wire::SavedQueue> {
    Ok(wire::SavedQueue {
        id: SavedQueueId::from(row.try_get::<Uuid, _>("id")?).to_string(),
        name: row.try_get("name")?,
        item_count: row.try_get("item_count")?,
        duration_us: row.try_get("duration_us")?,
        saved_at: Some(timestamp(row.try_get("saved_at")?)),
    })
}

/// Saves a queue; one of the same name is replaced. `None`: the person has the maximum.
pub(crate) async fn save(
    db: &mut PgConnection,
    owner: SubjectId,
    queue: &SavedQueue,
    now: DateTime<Utc>,
) -> Result<Option<wire::SavedQueue>> {
    // Two saves of one person at once must not both be the last that fits.
    let lock = sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 7233021))");
    lock.bind(owner.to_string()).execute(&mut *db).await?;
    let query = sqlx::query(
        "INSERT INTO room.saved_queues AS s (id, owner_id, name, items, item_count, duration_us, saved_at)
         SELECT $1, $2, $3, $4, $5, $6, $7
         WHERE (SELECT count(*) FROM room.saved_queues o WHERE o.owner_id = $2 AND o.name <> $3) < $8
         ON CONFLICT (owner_id, name) DO UPDATE
         SET items = excluded.items, item_count = excluded.item_count, duration_us = excluded.duration_us,
             saved_at = excluded.saved_at
         RETURNING s.id, s.name, s.item_count, s.duration_us, s.saved_at",
    );
    let items = GetSavedQueueResponse { items: queue.items.clone(), ..Default::default() };
    let row = query
        .bind(SavedQueueId::new().uuid())
        .bind(owner.to_string())
        .bind(&queue.name)
        .bind(items.encode_to_vec())
        .bind(i32::try_from(queue.items.len()).unwrap_or(i32::MAX))
        .bind(queue.items.iter().map(|item| item.duration_us).sum::<i64>())
        .bind(now)
        .bind(MOST)
        .fetch_optional(db)
        .await?;
    Ok(row.as_ref().map(saved).transpose()?)
}

/// The saved queues of a person, last saved first.
pub(crate) async fn list(db: impl PgExecutor<'_>, owner: SubjectId) -> Result<Vec<wire::SavedQueue>> {
    let query = sqlx::query(
        "SELECT id, name, item_count, duration_us, saved_at FROM room.saved_queues WHERE owner_id = $1
         ORDER BY saved_at DESC, id",
    );
    let rows = query.bind(owner.to_string()).fetch_all(db).await?;
    Ok(rows.iter().map(saved).collect::<sqlx::Result<_>>()?)
}

/// A saved queue of a person, with its items.
pub(crate) async fn find(
    db: impl PgExecutor<'_>,
    owner: SubjectId,
    id: SavedQueueId,
) -> Result<Option<GetSavedQueueResponse>> {
    let query = sqlx::query(
        "SELECT id, name, item_count, duration_us, saved_at, items FROM room.saved_queues
         WHERE owner_id = $1 AND id = $2",
    );
    let Some(row) = query.bind(owner.to_string()).bind(id.uuid()).fetch_optional(db).await? else {
        return Ok(None);
    };
    let stored = GetSavedQueueResponse::decode(row.try_get::<&[u8], _>("items")?)?;
    Ok(Some(GetSavedQueueResponse { queue: Some(saved(&row)?), ..stored }))
}

/// Deletes a saved queue of a person.
pub(crate) async fn delete(db: impl PgExecutor<'_>, owner: SubjectId, id: SavedQueueId) -> Result<()> {
    let query = sqlx::query("DELETE FROM room.saved_queues WHERE owner_id = $1 AND id = $2");
    query.bind(owner.to_string()).bind(id.uuid()).execute(db).await?;
    Ok(())
}
