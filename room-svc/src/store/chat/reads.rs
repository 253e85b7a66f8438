//! Up to where people have read.

use ids::{MessageId, RoomId, SubjectId};
use proto::room::v1::ReadState;
use sqlx::PgExecutor;
use uuid::Uuid;

use crate::error::Result;

/// Stores up to where a person has read. An older message than the stored one changes nothing. No change of the room: no
/// lock of it is needed.
pub(crate) async fn advance(
    db: impl PgExecutor<'_>,
    room: RoomId,
    subject: SubjectId,
    message: MessageId,
) -> Result<()> {
    let query = sqlx::query(
        "INSERT INTO room.chat_reads AS r (room_id, subject_id, message_id) VALUES ($1, $2, $3)
         ON CONFLICT (room_id, subject_id) DO UPDATE SET message_id = excluded.message_id
         WHERE r.message_id < excluded.message_id",
    );
    query.bind(room.uuid()).bind(subject.to_string()).bind(message.uuid()).execute(db).await?;
    Ok(())
}

/// Whether a room has this message.
pub(crate) async fn has_message(db: impl PgExecutor<'_>, room: RoomId, message: MessageId) -> Result<bool> {
    let query =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM room.messages WHERE room_id = $1 AND id = $2)");
    Ok(query.bind(room.uuid()).bind(message.uuid()).fetch_one(db).await?)
}

/// What a person has read; everything for someone who never marked anything.
pub(crate) async fn state(db: impl PgExecutor<'_>, room: RoomId, subject: SubjectId) -> Result<ReadState> {
    let query = sqlx::query_as::<_, (Uuid, i32, i32)>(
        "SELECT r.message_id,
                (SELECT count(*)::integer FROM (SELECT FROM room.messages m
                 WHERE m.room_id = $1 AND m.id > r.message_id AND m.author_id <> $2 AND m.type = 1 AND m.deleted_at IS NULL
                 LIMIT 1000) unread),
                (SELECT count(*)::integer FROM (SELECT DISTINCT n.message_id FROM room.mentions n
                 WHERE n.room_id = $1 AND n.subject_id = $2 AND n.message_id > r.message_id LIMIT 1000) mentioned)
         FROM room.chat_reads r WHERE r.room_id = $1 AND r.subject_id = $2",
    );
    let found = query.bind(room.uuid()).bind(subject.to_string()).fetch_optional(db).await?;
    Ok(found.map_or_else(ReadState::default, |(last, unread_count, unread_mention_count)| ReadState {
        last_read_message_id: MessageId::from(last).to_string(),
        unread_count,
        unread_mention_count,
    }))
}
