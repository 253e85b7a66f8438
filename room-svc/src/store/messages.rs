//! Chat.

use ids::{MessageId, RoomId, SubjectId};
use sqlx::{FromRow, PgExecutor, Row as _, postgres::PgRow};
use uuid::Uuid;

use super::{RoomTx, subject};
use crate::{domain::Message, error::Result};

macro_rules! columns {
    () => {
        "id, author_id, author_name, text, sent_at, item_id, position_us, client_message_id"
    };
}

impl FromRow<'_, PgRow> for Message {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get::<Uuid, _>("id")?.into(),
            author_id: subject(row, "author_id")?,
            author_name: row.try_get("author_name")?,
            text: row.try_get("text")?,
            sent_at: row.try_get("sent_at")?,
            item_id: row.try_get::<Option<Uuid>, _>("item_id")?.map(Into::into),
            position_us: row.try_get("position_us")?,
            client_message_id: row.try_get("client_message_id")?,
        })
    }
}

/// The message that this author's client sent with this id.
pub(crate) async fn sent_as(
    db: impl PgExecutor<'_>,
    room: RoomId,
    author: SubjectId,
    client_message_id: &str,
) -> Result<Option<Message>> {
    let query = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM room.messages WHERE room_id = $1 AND author_id = $2 AND client_message_id = $3"
    ));
    Ok(query.bind(room.uuid()).bind(author.to_string()).bind(client_message_id).fetch_optional(db).await?)
}

/// The newest message of a room.
pub(crate) async fn last(db: impl PgExecutor<'_>, room: RoomId) -> Result<Option<MessageId>> {
    let query = sqlx::query_scalar::<_, Uuid>(
        "SELECT id FROM room.messages WHERE room_id = $1 ORDER BY id DESC LIMIT 1",
    );
    Ok(query.bind(room.uuid()).fetch_optional(db).await?.map(Into::into))
}

/// Stores a message.
pub(crate) async fn insert(tx: &mut RoomTx, message: &Message) -> Result<()> {
    let query = sqlx::query(
        "INSERT INTO room.messages (id, room_id, author_id, author_name, text, sent_at, item_id, position_us, client_message_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    );
    query
        .bind(message.id.uuid())
        .bind(tx.room_id().uuid())
        .bind(message.author_id.to_string())
        .bind(&message.author_name)
        .bind(&message.text)
        .bind(message.sent_at)
        .bind(message.item_id.map(ids::ItemId::uuid))
        .bind(message.position_us)
        .bind(&message.client_message_id)
        .execute(tx.db())
        .await?;
    Ok(())
}

/// Messages older than `before`, newest first.
pub(crate) async fn list_before(
    db: impl PgExecutor<'_>,
    room: RoomId,
    before: Option<MessageId>,
    limit: i64,
) -> Result<Vec<Message>> {
    let query = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM room.messages WHERE room_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"
    ));
    Ok(query
        .bind(room.uuid())
        .bind(before.map_or(Uuid::max(), MessageId::uuid))
        .bind(limit)
        .fetch_all(db)
        .await?)
}

/// Messages newer than `after`, oldest first.
pub(crate) async fn list_after(
    db: impl PgExecutor<'_>,
    room: RoomId,
    after: MessageId,
    limit: i64,
) -> Result<Vec<Message>> {
    let query = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM room.messages WHERE room_id = $1 AND id > $2 ORDER BY id LIMIT $3"
    ));
    Ok(query.bind(room.uuid()).bind(after.uuid()).bind(limit).fetch_all(db).await?)
}
