//! Revisions of a chat, and the changes that are no new messages.

use ids::{MessageId, RoomId};
use sqlx::{FromRow, PgExecutor};
use uuid::Uuid;

use crate::{error::Result, store::RoomTx};

/// Counts a change of the chat of room `$1`. The caller holds the room's lock, so revisions have the order of the commits.
macro_rules! next_revision {
    () => {
        "INSERT INTO room.chats AS c (room_id, revision) VALUES ($1, 1)
         ON CONFLICT (room_id) DO UPDATE SET revision = c.revision + 1 RETURNING c.revision"
    };
}
pub(super) use next_revision;

/// A change that is no new message.
#[derive(Debug, FromRow)]
pub(crate) struct Change {
    pub(crate) revision: i64,
    /// The message that changed; with an author, the last message of theirs that was deleted.
    pub(crate) message_id: Uuid,
    pub(crate) author_id: Option<String>,
    pub(crate) changed_by: Option<String>,
}

/// Records that a message changed. Returns the revision.
pub(crate) async fn record(tx: &mut RoomTx, message: MessageId, by: Option<String>) -> Result<i64> {
    record_for(tx, message, None, by).await
}

/// Records that all messages of an author up to `last` were deleted. Returns the revision.
pub(crate) async fn record_for(
    tx: &mut RoomTx,
    last: MessageId,
    author: Option<String>,
    by: Option<String>,
) -> Result<i64> {
    let query = sqlx::query_scalar(concat!(
        "WITH head AS (",
        next_revision!(),
        ")
         INSERT INTO room.chat_changes (room_id, revision, message_id, author_id, changed_by)
         SELECT $1, revision, $2, $3, $4 FROM head RETURNING revision"
    ));
    let query = query.bind(tx.room_id().uuid()).bind(last.uuid()).bind(author).bind(by);
    Ok(query.fetch_one(tx.db()).await?)
}

/// The present revision of a chat.
pub(crate) async fn revision(db: impl PgExecutor<'_>, room: RoomId) -> Result<i64> {
    let query = sqlx::query_scalar("SELECT revision FROM room.chats WHERE room_id = $1");
    Ok(query.bind(room.uuid()).fetch_optional(db).await?.unwrap_or_default())
}

/// Changes after a revision, in order.
pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    room: RoomId,
    after: i64,
    limit: i64,
) -> Result<Vec<Change>> {
    let query = sqlx::query_as(
        "SELECT revision, message_id, author_id, changed_by FROM room.chat_changes
         WHERE room_id = $1 AND revision > $2 ORDER BY revision LIMIT $3",
    );
    Ok(query.bind(room.uuid()).bind(after).bind(limit).fetch_all(db).await?)
}
