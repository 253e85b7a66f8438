//! What rooms played.

use ids::{AssetId, ItemId, PlayId, RoomId};
use prost::Message as _;
use proto::room::v1::Source;
use sqlx::{PgExecutor, Row as _, postgres::PgRow};
use uuid::Uuid;

use super::{RoomTx, subject};
use crate::{
    domain::{Item, Play},
    error::Result,
};

/// Entries that a room keeps; older ones are forgotten.
const MOST: i64 = 500;

macro_rules! plays {
    ($which:literal) => {
        concat!(
            "SELECT p.id, p.item_id, p.title, p.source, p.asset_id, p.duration_us, p.added_by, p.started_at,
                    EXISTS (SELECT FROM room.items i WHERE i.id = p.item_id AND i.room_id = p.room_id) AS in_playlist
             FROM room.plays p WHERE p.room_id = $1",
            $which
        )
    };
}

fn play(row: &PgRow) -> Result<Play> {
    Ok(Play {
        id: row.try_get::<Uuid, _>("id")?.into(),
        item: row.try_get::<Uuid, _>("item_id")?.into(),
        title: row.try_get("title")?,
        source: Source::decode(row.try_get::<&[u8], _>("source")?)?,
        asset: row.try_get::<Option<Uuid>, _>("asset_id")?.map(Into::into),
        duration_us: row.try_get("duration_us")?,
        added_by: subject(row, "added_by")?,
        started_at: row.try_get("started_at")?,
        in_playlist: row.try_get("in_playlist")?,
    })
}

/// Entries older than `before`, newest first.
pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    room: RoomId,
    before: Option<PlayId>,
    limit: i64,
) -> Result<Vec<Play>> {
    let query = sqlx::query(plays!(" AND p.id < $2 ORDER BY p.id DESC LIMIT $3"));
    let before = before.map_or(Uuid::max(), PlayId::uuid);
    query.bind(room.uuid()).bind(before).bind(limit).fetch_all(db).await?.iter().map(play).collect()
}

/// One entry.
pub(crate) async fn find(db: impl PgExecutor<'_>, room: RoomId, id: PlayId) -> Result<Option<Play>> {
    let query = sqlx::query(plays!(" AND p.id = $2"));
    query.bind(room.uuid()).bind(id.uuid()).fetch_optional(db).await?.as_ref().map(play).transpose()
}

/// Adds an entry and forgets the oldest beyond the bound. Returns whether it was not there yet.
pub(crate) async fn insert(tx: &mut RoomTx, id: PlayId, item: &Item) -> Result<bool> {
    let (room, now) = (tx.room_id().uuid(), tx.now());
    let insert = sqlx::query(
        "INSERT INTO room.plays (room_id, id, item_id, title, source, asset_id, duration_us, added_by, started_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
    );
    let inserted = insert
        .bind(room)
        .bind(id.uuid())
        .bind(item.id.uuid())
        .bind(&item.title)
        .bind(item.source.encode_to_vec())
        .bind(item.asset.map(AssetId::uuid))
        .bind(item.duration_us)
        .bind(item.added_by.to_string())
        .bind(now)
        .execute(tx.db())
        .await?;
    if inserted.rows_affected() == 0 {
        return Ok(false);
    }
    let trim = sqlx::query(
        "DELETE FROM room.plays WHERE room_id = $1
         AND id < (SELECT id FROM room.plays WHERE room_id = $1 ORDER BY id DESC OFFSET $2 LIMIT 1)",
    );
    trim.bind(room).bind(MOST - 1).execute(tx.db()).await?;
    Ok(true)
}

/// Marks an item as begun now, from its start. Returns whether it had votes, which end.
pub(crate) async fn begin(tx: &mut RoomTx, item: ItemId) -> Result<bool> {
    let now = tx.now();
    let begun = sqlx::query("UPDATE room.items SET played_at = $2, resume_us = 0 WHERE id = $1");
    begun.bind(item.uuid()).bind(now).execute(tx.db()).await?;
    let votes = sqlx::query("DELETE FROM room.item_votes WHERE item_id = $1");
    Ok(votes.bind(item.uuid()).execute(tx.db()).await?.rows_affected() > 0)
}

/// Stores where the room left an item. Returns whether that changed it.
pub(crate) async fn set_resume(tx: &mut RoomTx, item: ItemId, resume_us: i64) -> Result<bool> {
    let query = sqlx::query("UPDATE room.items SET resume_us = $2 WHERE id = $1 AND resume_us <> $2");
    Ok(query.bind(item.uuid()).bind(resume_us).execute(tx.db()).await?.rows_affected() == 1)
}
