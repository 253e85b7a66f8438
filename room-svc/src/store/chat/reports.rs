//! Reports of messages.

use chrono::{DateTime, Utc};
use ids::{MessageId, ReportId, RoomId, SubjectId};
use proto::room::v1::ChatReport;
use sqlx::{PgExecutor, Row as _};
use uuid::Uuid;

use crate::{
    domain::{Member, Message, timestamp},
    error::Result,
    store::RoomTx,
};

/// Stores a report. Returns whether it is the first of this person about this message.
pub(crate) async fn insert(
    tx: &mut RoomTx,
    id: ReportId,
    message: &Message,
    reporter: &Member,
    note: &str,
) -> Result<bool> {
    let query = sqlx::query(
        "INSERT INTO room.chat_reports (id, room_id, message_id, author_id, author_name, text, reporter_id, reporter_name,
                                        note, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
    );
    let now = tx.now();
    let query = query.bind(id.uuid()).bind(tx.room_id().uuid()).bind(message.id.uuid());
    let query = query.bind(message.author_id.to_string()).bind(&message.author_name).bind(&message.text);
    let query = query.bind(reporter.subject_id.to_string()).bind(&reporter.display_name).bind(note).bind(now);
    Ok(query.execute(tx.db()).await?.rows_affected() > 0)
}

/// Number of open reports.
pub(crate) async fn count_open(tx: &mut RoomTx) -> Result<i64> {
    let query =
        sqlx::query_scalar("SELECT count(*) FROM room.chat_reports WHERE room_id = $1 AND closed_at IS NULL");
    Ok(query.bind(tx.room_id().uuid()).fetch_one(tx.db()).await?)
}

/// The open reports, newest first, up to 100.
pub(crate) async fn list_open(db: impl PgExecutor<'_>, room: RoomId) -> Result<Vec<ChatReport>> {
    let query = sqlx::query(
        "SELECT id, message_id, author_id, author_name, text, reporter_id, reporter_name, note, created_at
         FROM room.chat_reports WHERE room_id = $1 AND closed_at IS NULL ORDER BY id DESC LIMIT 100",
    );
    let rows = query.bind(room.uuid()).fetch_all(db).await?;
    let report = |row: &sqlx::postgres::PgRow| {
        Ok(ChatReport {
            id: ReportId::from(row.try_get::<Uuid, _>("id")?).to_string(),
            message_id: MessageId::from(row.try_get::<Uuid, _>("message_id")?).to_string(),
            author_id: row.try_get("author_id")?,
            author_name: row.try_get("author_name")?,
            text: row.try_get("text")?,
            reporter_id: row.try_get("reporter_id")?,
            reporter_name: row.try_get("reporter_name")?,
            note: row.try_get("note")?,
            created_at: Some(timestamp(row.try_get::<DateTime<Utc>, _>("created_at")?)),
        })
    };
    Ok(rows.iter().map(report).collect::<sqlx::Result<_>>()?)
}

/// Closes a report and the others of its message. Returns whether one was open.
pub(crate) async fn close(tx: &mut RoomTx, id: ReportId, by: SubjectId) -> Result<bool> {
    let query = sqlx::query(
        "UPDATE room.chat_reports SET closed_at = $3, closed_by = $4 WHERE room_id = $1 AND closed_at IS NULL
         AND message_id = (SELECT message_id FROM room.chat_reports WHERE room_id = $1 AND id = $2)",
    );
    let now = tx.now();
    let query = query.bind(tx.room_id().uuid()).bind(id.uuid()).bind(now).bind(by.to_string());
    Ok(query.execute(tx.db()).await?.rows_affected() > 0)
}
