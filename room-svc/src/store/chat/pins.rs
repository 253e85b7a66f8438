//! Pinned messages.

use ids::{MessageId, RoomId, SubjectId};
use sqlx::PgExecutor;

use super::messages::{columns, messages};
use crate::{domain::Message, error::Result, store::RoomTx};

/// Pins a message. Returns whether it was not pinned.
pub(crate) async fn insert(tx: &mut RoomTx, message: MessageId, by: SubjectId) -> Result<bool> {
    let query = sqlx::query(
        "INSERT INTO room.pins (room_id, message_id, pinned_by, pinned_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    );
    let now = tx.now();
    let query = query.bind(tx.room_id().uuid()).bind(message.uuid()).bind(by.to_string()).bind(now);
    Ok(query.execute(tx.db()).await?.rows_affected() > 0)
}

/// Unpins a message. Returns whether it was pinned.
pub(crate) async fn remove(tx: &mut RoomTx, message: MessageId) -> Result<bool> {
    let query = sqlx::query("DELETE FROM room.pins WHERE room_id = $1 AND message_id = $2");
    let query = query.bind(tx.room_id().uuid()).bind(message.uuid());
    Ok(query.execute(tx.db()).await?.rows_affected() > 0)
}

/// Number of pinned messages.
pub(crate) async fn count(tx: &mut RoomTx) -> Result<i64> {
    let query = sqlx::query_scalar("SELECT count(*) FROM room.pins WHERE room_id = $1");
    Ok(query.bind(tx.room_id().uuid()).fetch_one(tx.db()).await?)
}

/// The pinned messages, last pinned first.
pub(crate) async fn list(db: impl PgExecutor<'_>, room: RoomId) -> Result<Vec<Message>> {
    let query = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        messages!(),
        "JOIN room.pins pin ON pin.room_id = m.room_id AND pin.message_id = m.id
         WHERE m.room_id = $1 ORDER BY pin.pinned_at DESC, m.id DESC"
    ));
    Ok(query.bind(room.uuid()).fetch_all(db).await?)
}
