//! What the last clear of a playlist removed.

use chrono::{DateTime, Utc};
use ids::{ClearId, ItemId, RoomId};
use sqlx::PgExecutor;
use uuid::Uuid;

use super::RoomTx;
use crate::error::Result;

/// Keeps the whole playlist for the undo, and removes it except for one item. Returns the number of removed items. The item
/// that stays stands on the top level then.
pub(crate) async fn clear(tx: &mut RoomTx, clear: ClearId, keep: Option<ItemId>) -> Result<u64> {
    let (room, now, keep) = (tx.room_id().uuid(), tx.now(), keep.map(ItemId::uuid));
    let remember = sqlx::query(
        "INSERT INTO room.cleared_playlists (room_id, id, cleared_at, items, folders)
         SELECT $1, $2, $3, (SELECT coalesce(jsonb_agg(to_jsonb(i)), '[]') FROM room.items i WHERE i.room_id = $1),
                (SELECT coalesce(jsonb_agg(to_jsonb(f)), '[]') FROM room.folders f WHERE f.room_id = $1)
         ON CONFLICT (room_id) DO UPDATE
         SET id = excluded.id, cleared_at = excluded.cleared_at, items = excluded.items, folders = excluded.folders",
    );
    remember.bind(room).bind(clear.uuid()).bind(now).execute(tx.db()).await?;
    let remove = sqlx::query("DELETE FROM room.items WHERE room_id = $1 AND id IS DISTINCT FROM $2");
    let removed = remove.bind(room).bind(keep).execute(tx.db()).await?.rows_affected();
    sqlx::query("UPDATE room.items SET folder_id = NULL WHERE room_id = $1")
        .bind(room)
        .execute(tx.db())
        .await?;
    sqlx::query("DELETE FROM room.folders WHERE room_id = $1").bind(room).execute(tx.db()).await?;
    Ok(removed)
}

/// The ids of the items that a clear found, if it is the last one of the room and not older than `since`.
pub(crate) async fn items(
    db: impl PgExecutor<'_>,
    room: RoomId,
    clear: ClearId,
    since: DateTime<Utc>,
) -> Result<Option<Vec<ItemId>>> {
    let query = sqlx::query_scalar::<_, Vec<Uuid>>(
        "SELECT ARRAY(SELECT (i ->> 'id')::uuid FROM jsonb_array_elements(items) i) FROM room.cleared_playlists
         WHERE room_id = $1 AND id = $2 AND cleared_at >= $3",
    );
    let found = query.bind(room.uuid()).bind(clear.uuid()).bind(since).fetch_optional(db).await?;
    Ok(found.map(|ids| ids.into_iter().map(Into::into).collect()))
}

/// Puts back what the last clear removed, at its old places, and ends the undo. Returns the number of items that are back. An
/// item that had stayed returns to its old place, too.
pub(crate) async fn restore(tx: &mut RoomTx) -> Result<u64> {
    let room = tx.room_id().uuid();
    let folders = sqlx::query(
        "INSERT INTO room.folders (id, room_id, title, position)
         SELECT f.id, f.room_id, f.title, f.position
         FROM room.cleared_playlists c, jsonb_populate_recordset(NULL::room.folders, c.folders) f WHERE c.room_id = $1",
    );
    folders.bind(room).execute(tx.db()).await?;
    let kept = sqlx::query(
        "UPDATE room.items i SET position = o.position, folder_id = o.folder_id
         FROM room.cleared_playlists c, jsonb_populate_recordset(NULL::room.items, c.items) o
         WHERE c.room_id = $1 AND i.id = o.id",
    );
    kept.bind(room).execute(tx.db()).await?;
    let items = sqlx::query(
        "INSERT INTO room.items (id, room_id, rank, title, source, duration_us, asset_id, added_by, added_at, request_id,
                                 position, folder_id, note, played_at, resume_us, tracks, preparation)
         SELECT o.id, o.room_id, o.rank, o.title, o.source, o.duration_us, o.asset_id, o.added_by, o.added_at, o.request_id,
                o.position, o.folder_id, o.note, o.played_at, o.resume_us, o.tracks, o.preparation
         FROM room.cleared_playlists c, jsonb_populate_recordset(NULL::room.items, c.items) o
         WHERE c.room_id = $1 ON CONFLICT DO NOTHING",
    );
    let restored = items.bind(room).execute(tx.db()).await?.rows_affected();
    sqlx::query("DELETE FROM room.cleared_playlists WHERE room_id = $1").bind(room).execute(tx.db()).await?;
    Ok(restored)
}
