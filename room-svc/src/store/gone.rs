//! What is no longer used: guests who do not come back, old visits, old entries of logs. All of it in batches that are safe on
//! several replicas at once.

use chrono::{DateTime, Utc};
use ids::{RoomId, SubjectId};
use sqlx::PgExecutor;
use uuid::Uuid;

use super::{RoomTx, parse_subject};
use crate::error::Result;

/// Rows of one batch.
const BATCH: i64 = 500;

/// Rooms with guests who were last seen before `before`, at most a batch.
pub(crate) async fn rooms_with_gone_guests(
    db: impl PgExecutor<'_>,
    before: DateTime<Utc>,
) -> Result<Vec<RoomId>> {
    let query = sqlx::query_scalar::<_, Uuid>(
        "SELECT DISTINCT room_id FROM (
             SELECT room_id FROM room.visits
             WHERE subject_id LIKE 'guest\\_%' AND last_seen_at < $1 AND seat_until < $1
             ORDER BY last_seen_at LIMIT $2) v",
    );
    Ok(query.bind(before).bind(BATCH).fetch_all(db).await?.into_iter().map(RoomId::from).collect())
}

/// Forgets the guests of a room who were last seen before `before`, at most a batch, the owner excepted. Returns those who
/// were members.
pub(crate) async fn forget_guests(tx: &mut RoomTx, before: DateTime<Utc>) -> Result<Vec<SubjectId>> {
    let room = tx.room_id().uuid();
    let query = sqlx::query_scalar::<_, String>(
        "WITH gone AS (
             DELETE FROM room.visits v USING (
                 SELECT room_id, subject_id FROM room.visits
                 WHERE room_id = $1 AND subject_id LIKE 'guest\\_%' AND last_seen_at < $2 AND seat_until < $2
                 LIMIT $3) g
             WHERE v.room_id = g.room_id AND v.subject_id = g.subject_id RETURNING v.subject_id),
         removed AS (
             DELETE FROM room.members m USING gone, room.rooms r
             WHERE m.room_id = $1 AND m.subject_id = gone.subject_id AND r.id = $1 AND r.owner_id <> m.subject_id
             RETURNING m.subject_id),
         counted AS (
             UPDATE room.rooms SET member_count = member_count - (SELECT count(*) FROM removed)::integer
             WHERE id = $1 AND EXISTS (SELECT FROM removed))
         SELECT subject_id FROM removed",
    );
    let removed = query.bind(room).bind(before).bind(BATCH).fetch_all(tx.db()).await?;
    Ok(removed.iter().map(|id| parse_subject(id)).collect::<sqlx::Result<_>>()?)
}

/// Deletes a batch of visits from before `before`. Returns whether there may be more.
pub(crate) async fn forget_visits(db: impl PgExecutor<'_>, before: DateTime<Utc>) -> Result<bool> {
    let query = sqlx::query(
        "DELETE FROM room.visits WHERE (room_id, subject_id) IN (
             SELECT room_id, subject_id FROM room.visits WHERE last_seen_at < $1 AND seat_until < $1
             ORDER BY last_seen_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
    );
    Ok(query.bind(before).bind(BATCH).execute(db).await?.rows_affected() > 0)
}

/// Deletes a batch of log entries from before `before`. Returns whether there may be more.
pub(crate) async fn forget_log(db: impl PgExecutor<'_>, before: DateTime<Utc>) -> Result<bool> {
    let query = sqlx::query(
        "DELETE FROM room.log WHERE (room_id, position) IN (
             SELECT room_id, position FROM room.log WHERE at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED)",
    );
    Ok(query.bind(before).bind(BATCH).execute(db).await?.rows_affected() > 0)
}
