//! Requests for a permission that wait for a decision.

use chrono::{DateTime, Utc};
use ids::{RoomId, SubjectId};
use proto::room::v1::Permission;
use sqlx::{FromRow, PgExecutor, Row as _, postgres::PgRow};

use super::{RoomTx, subject};
use crate::{domain::PermissionRequest, error::Result};

impl FromRow<'_, PgRow> for PermissionRequest {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            subject_id: subject(row, "subject_id")?,
            display_name: row.try_get("display_name")?,
            permission: Permission::try_from(i32::from(row.try_get::<i16, _>("permission")?))
                .unwrap_or_default(),
            message: row.try_get("message")?,
            requested_at: row.try_get("requested_at")?,
        })
    }
}

/// The requests of a room that wait, or those of one person; who asked first comes first. Only members can wait.
pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    room: RoomId,
    of: Option<SubjectId>,
    limit: i64,
) -> Result<Vec<PermissionRequest>> {
    let query = sqlx::query_as(
        "SELECT q.subject_id, m.display_name, q.permission, q.message, q.requested_at FROM room.permission_requests q
         JOIN room.members m ON m.room_id = q.room_id AND m.subject_id = q.subject_id
         WHERE q.room_id = $1 AND ($2::text IS NULL OR q.subject_id = $2) ORDER BY q.requested_at, q.subject_id LIMIT $3",
    );
    Ok(query.bind(room.uuid()).bind(of.map(|of| of.to_string())).bind(limit).fetch_all(db).await?)
}

/// Number of requests of a room that wait.
pub(crate) async fn count(db: impl PgExecutor<'_>, room: RoomId) -> Result<i64> {
    let query = sqlx::query_scalar("SELECT count(*) FROM room.permission_requests WHERE room_id = $1");
    Ok(query.bind(room.uuid()).fetch_one(db).await?)
}

/// Adds a request, or changes the message of the one that waits.
pub(crate) async fn insert(
    tx: &mut RoomTx,
    subject: SubjectId,
    permission: Permission,
    message: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    let query = sqlx::query(
        "INSERT INTO room.permission_requests (room_id, subject_id, permission, message, requested_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (room_id, subject_id, permission) DO UPDATE SET message = excluded.message",
    );
    query
        .bind(tx.room_id().uuid())
        .bind(subject.to_string())
        .bind(permission as i16)
        .bind(message)
        .bind(at)
        .execute(tx.db())
        .await?;
    Ok(())
}

/// Removes a request. Returns whether it waited.
pub(crate) async fn remove(tx: &mut RoomTx, subject: SubjectId, permission: Permission) -> Result<bool> {
    let query = sqlx::query(
        "DELETE FROM room.permission_requests WHERE room_id = $1 AND subject_id = $2 AND permission = $3",
    );
    let query = query.bind(tx.room_id().uuid()).bind(subject.to_string()).bind(permission as i16);
    Ok(query.execute(tx.db()).await?.rows_affected() == 1)
}
