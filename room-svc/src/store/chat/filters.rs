//! Word filters.

use chrono::{DateTime, Utc};
use ids::{FilterId, RoomId};
use prost::Message as _;
use proto::room::v1::{ChatFilter, FilterRule};
use sqlx::{PgExecutor, Row as _};
use uuid::Uuid;

use crate::{domain::timestamp, error::Result, store::RoomTx};

/// Version of the filters of a room, which grows with each change; 0: it never had one.
pub(crate) async fn version(db: impl PgExecutor<'_>, room: RoomId) -> Result<i64> {
    let query = sqlx::query_scalar("SELECT filters_version FROM room.chats WHERE room_id = $1");
    Ok(query.bind(room.uuid()).fetch_optional(db).await?.unwrap_or_default())
}

/// The filters, oldest first.
pub(crate) async fn list(db: impl PgExecutor<'_>, room: RoomId) -> Result<Vec<ChatFilter>> {
    let query = sqlx::query(
        "SELECT id, rule, created_by, created_at FROM room.chat_filters WHERE room_id = $1 ORDER BY id",
    );
    let rows = query.bind(room.uuid()).fetch_all(db).await?;
    let filter = |row: &sqlx::postgres::PgRow| {
        Ok(ChatFilter {
            id: FilterId::from(row.try_get::<Uuid, _>("id")?).to_string(),
            rule: Some(FilterRule::decode(row.try_get::<&[u8], _>("rule")?)?),
            created_by: row.try_get("created_by")?,
            created_at: Some(timestamp(row.try_get::<DateTime<Utc>, _>("created_at")?)),
        })
    };
    rows.iter().map(filter).collect()
}

/// Stores a filter, new or changed.
pub(crate) async fn put(tx: &mut RoomTx, filter: &ChatFilter) -> Result<()> {
    let query = sqlx::query(
        "INSERT INTO room.chat_filters (room_id, id, rule, created_by, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (room_id, id) DO UPDATE SET rule = excluded.rule, created_by = excluded.created_by,
                                                 created_at = excluded.created_at",
    );
    let id: Option<FilterId> = filter.id.parse().ok();
    let now = tx.now();
    let query = query.bind(tx.room_id().uuid()).bind(id.map(FilterId::uuid));
    let rule = filter.rule.as_ref().map(FilterRule::encode_to_vec);
    query.bind(rule).bind(&filter.created_by).bind(now).execute(tx.db()).await?;
    next_version(tx).await
}

/// Deletes a filter.
pub(crate) async fn delete(tx: &mut RoomTx, id: FilterId) -> Result<()> {
    let query = sqlx::query("DELETE FROM room.chat_filters WHERE room_id = $1 AND id = $2");
    query.bind(tx.room_id().uuid()).bind(id.uuid()).execute(tx.db()).await?;
    next_version(tx).await
}

async fn next_version(tx: &mut RoomTx) -> Result<()> {
    let query = sqlx::query(
        "INSERT INTO room.chats AS c (room_id, revision, filters_version) VALUES ($1, 0, 1)
         ON CONFLICT (room_id) DO UPDATE SET filters_version = c.filters_version + 1",
    );
    query.bind(tx.room_id().uuid()).execute(tx.db()).await?;
    Ok(())
}
