//! Who is kept out of rooms.

use chrono::{DateTime, Utc};
use ids::{RoomId, SubjectId};
use sqlx::{FromRow, PgExecutor, Row as _, postgres::PgRow};

use super::{RoomTx, subject};
use crate::{
    domain::{Bar, Traces},
    error::Result,
};

macro_rules! columns {
    () => {
        "subject_id, display_name, is_ban, until, note, by_id, by_name, created_at, network_until"
    };
}

impl FromRow<'_, PgRow> for Bar {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            subject_id: subject(row, "subject_id")?,
            display_name: row.try_get("display_name")?,
            is_ban: row.try_get("is_ban")?,
            until: row.try_get("until")?,
            note: row.try_get("note")?,
            by_id: subject(row, "by_id")?,
            by_name: row.try_get("by_name")?,
            created_at: row.try_get("created_at")?,
            network_until: row.try_get("network_until")?,
        })
    }
}

/// What keeps a person out now, by their id or, for a guest, by their traces; the gravest first.
pub(crate) async fn of(
    db: impl PgExecutor<'_>,
    room: RoomId,
    subject: SubjectId,
    traces: &Traces,
    now: DateTime<Utc>,
) -> Result<Option<Bar>> {
    let query = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM room.bars WHERE room_id = $1 AND (until IS NULL OR until > $5)
           AND (subject_id = $2 OR device = $3 OR (network = $4 AND network_until > $5))
         ORDER BY is_ban DESC, until DESC NULLS FIRST LIMIT 1"
    ));
    // NULL is equal to nothing.
    let traces = if subject.account().is_none() { traces.clone() } else { Traces::default() };
    let query = query.bind(room.uuid()).bind(subject.to_string());
    Ok(query.bind(traces.device).bind(traces.network).bind(now).fetch_optional(db).await?)
}

/// Keeps a person out, with their traces of the last time they joined. Replaces what kept them out before.
pub(crate) async fn insert(tx: &mut RoomTx, bar: &Bar) -> Result<()> {
    let (room, now) = (tx.room_id().uuid(), tx.now());
    let query = sqlx::query("DELETE FROM room.bars WHERE room_id = $1 AND (until <= $2 OR subject_id = $3)");
    query.bind(room).bind(now).bind(bar.subject_id.to_string()).execute(tx.db()).await?;
    let query = sqlx::query(
        "INSERT INTO room.bars (room_id, subject_id, display_name, is_ban, until, note, by_id, by_name, created_at,
                                network_until, device, network)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, s.device, CASE WHEN $10::timestamptz IS NULL THEN NULL ELSE s.network END
         FROM (VALUES (1)) AS one (row)
         LEFT JOIN room.standings s ON s.room_id = $1 AND s.subject_id = $2",
    );
    query
        .bind(room)
        .bind(bar.subject_id.to_string())
        .bind(&bar.display_name)
        .bind(bar.is_ban)
        .bind(bar.until)
        .bind(&bar.note)
        .bind(bar.by_id.to_string())
        .bind(&bar.by_name)
        .bind(bar.created_at)
        .bind(bar.network_until)
        .execute(tx.db())
        .await?;
    Ok(())
}

/// Number of entries of a room.
pub(crate) async fn count(db: impl PgExecutor<'_>, room: RoomId) -> Result<i64> {
    let query = sqlx::query_scalar("SELECT count(*) FROM room.bars WHERE room_id = $1");
    Ok(query.bind(room.uuid()).fetch_one(db).await?)
}

/// Lets a person in again. Returns whether they were kept out.
pub(crate) async fn remove(tx: &mut RoomTx, subject: SubjectId) -> Result<bool> {
    let query = sqlx::query("DELETE FROM room.bars WHERE room_id = $1 AND subject_id = $2");
    let query = query.bind(tx.room_id().uuid()).bind(subject.to_string());
    Ok(query.execute(tx.db()).await?.rows_affected() > 0)
}

/// Bans in force before a place in the list, newest first.
pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    room: RoomId,
    before: Option<(DateTime<Utc>, SubjectId)>,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Bar>> {
    let query = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM room.bars WHERE room_id = $1 AND is_ban AND (until IS NULL OR until > $2)
           AND ($3::timestamptz IS NULL OR (created_at, subject_id) < ($3, $4))
         ORDER BY created_at DESC, subject_id DESC LIMIT $5"
    ));
    let (at, subject) = before.map(|(at, subject)| (at, subject.to_string())).unzip();
    let query = query.bind(room.uuid()).bind(now).bind(at).bind(subject);
    Ok(query.bind(limit).fetch_all(db).await?)
}
