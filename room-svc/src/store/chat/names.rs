//! Present names of what messages speak of.

use std::collections::HashMap;

use ids::{ItemId, RoomId};
use sqlx::PgExecutor;

use crate::error::Result;

/// The names of those of these people who are members.
pub(crate) async fn people(
    db: impl PgExecutor<'_>,
    room: RoomId,
    subjects: &[String],
) -> Result<HashMap<String, String>> {
    let query = sqlx::query_as(
        "SELECT subject_id, display_name FROM room.members WHERE room_id = $1 AND subject_id = ANY($2)",
    );
    Ok(query.bind(room.uuid()).bind(subjects).fetch_all(db).await?.into_iter().collect())
}

/// The title of an item; `None` when the playlist no longer has it.
pub(crate) async fn item(db: impl PgExecutor<'_>, room: RoomId, item: ItemId) -> Result<Option<String>> {
    let query = sqlx::query_scalar("SELECT title FROM room.items WHERE room_id = $1 AND id = $2");
    Ok(query.bind(room.uuid()).bind(item.uuid()).fetch_optional(db).await?)
}

/// The name under which a person last wrote.
pub(crate) async fn last_written(
    db: impl PgExecutor<'_>,
    room: RoomId,
    subject_id: &str,
) -> Result<Option<String>> {
    let query = sqlx::query_scalar(
        "SELECT author_name FROM room.messages WHERE room_id = $1 AND author_id = $2 ORDER BY id DESC LIMIT 1",
    );
    Ok(query.bind(room.uuid()).bind(subject_id).fetch_optional(db).await?)
}
