//! Requests to be let into rooms.

use chrono::{DateTime, Utc};
use ids::{RoomId, SubjectId};
use sqlx::{FromRow, PgExecutor, Row as _, postgres::PgRow};

use super::{RoomTx, subject};
use crate::{
    domain::{JoinDecision, JoinRequest},
    error::Result,
};

const WAITS: i16 = 1;
const APPROVED: i16 = 2;
const DECLINED: i16 = 3;

macro_rules! columns {
    () => {
        "subject_id, display_name, message, requested_at, state, decided_by, until"
    };
}

impl FromRow<'_, PgRow> for JoinRequest {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let decision = match row.try_get("state")? {
            APPROVED => JoinDecision::Approved,
            DECLINED => JoinDecision::Declined {
                by_name: row.try_get("decided_by")?,
                until: row.try_get::<Option<_>, _>("until")?.unwrap_or_default(),
            },
            _ => JoinDecision::Waits,
        };
        Ok(Self {
            subject_id: subject(row, "subject_id")?,
            display_name: row.try_get("display_name")?,
            message: row.try_get("message")?,
            requested_at: row.try_get("requested_at")?,
            decision,
        })
    }
}

/// The request of a person, whatever became of it.
pub(crate) async fn of(
    db: impl PgExecutor<'_>,
    room: RoomId,
    subject: SubjectId,
) -> Result<Option<JoinRequest>> {
    let query = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM room.join_requests WHERE room_id = $1 AND subject_id = $2"
    ));
    Ok(query.bind(room.uuid()).bind(subject.to_string()).fetch_optional(db).await?)
}

/// The requests of a room that wait; who asked first comes first.
pub(crate) async fn waiting(db: impl PgExecutor<'_>, room: RoomId, limit: i64) -> Result<Vec<JoinRequest>> {
    let query = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM room.join_requests WHERE room_id = $1 AND state = 1 ORDER BY requested_at, subject_id LIMIT $2"
    ));
    Ok(query.bind(room.uuid()).bind(limit).fetch_all(db).await?)
}

/// Adds a request that waits, instead of an older one of this person.
pub(crate) async fn insert(tx: &mut RoomTx, request: &JoinRequest) -> Result<()> {
    let query = sqlx::query(
        "INSERT INTO room.join_requests (room_id, subject_id, display_name, message, requested_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (room_id, subject_id) DO UPDATE SET display_name = excluded.display_name, message = excluded.message,
             requested_at = excluded.requested_at, state = 1, decided_by = '', until = NULL",
    );
    query
        .bind(tx.room_id().uuid())
        .bind(request.subject_id.to_string())
        .bind(&request.display_name)
        .bind(&request.message)
        .bind(request.requested_at)
        .execute(tx.db())
        .await?;
    Ok(())
}

/// Decides a request. Returns whether it waited.
pub(crate) async fn decide(
    tx: &mut RoomTx,
    subject: SubjectId,
    by_name: &str,
    declined_until: Option<DateTime<Utc>>,
) -> Result<bool> {
    let query = sqlx::query(
        "UPDATE room.join_requests SET state = $3, decided_by = $4, until = $5
         WHERE room_id = $1 AND subject_id = $2 AND state = $6",
    );
    let query = query
        .bind(tx.room_id().uuid())
        .bind(subject.to_string())
        .bind(if declined_until.is_some() { DECLINED } else { APPROVED })
        .bind(by_name)
        .bind(declined_until)
        .bind(WAITS);
    Ok(query.execute(tx.db()).await?.rows_affected() == 1)
}

/// Removes the request of a person, unless it was declined. Returns whether there was one.
pub(crate) async fn remove(tx: &mut RoomTx, subject: SubjectId) -> Result<bool> {
    let query =
        sqlx::query("DELETE FROM room.join_requests WHERE room_id = $1 AND subject_id = $2 AND state <> $3");
    let query = query.bind(tx.room_id().uuid()).bind(subject.to_string()).bind(DECLINED);
    Ok(query.execute(tx.db()).await?.rows_affected() == 1)
}
