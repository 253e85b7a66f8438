//! `sync.room_states`: the checkpoint of each room.

use bytes::Bytes;
use ids::RoomId;
use sqlx::PgPool;
use uuid::Uuid;

/// A checkpoint to store.
#[derive(Debug, Clone)]
pub(crate) struct Checkpoint {
    pub(crate) epoch: i64,
    pub(crate) version: u64,
    pub(crate) record: Bytes,
    pub(crate) seen_at_us: i64,
}

/// Loads a checkpoint: the record, and when the room was last in use.
pub(crate) async fn load(pool: &PgPool, room: RoomId) -> sqlx::Result<Option<(Vec<u8>, i64)>> {
    sqlx::query_as("SELECT record, seen_at_us FROM sync.room_states WHERE room_id = $1")
        .bind(room.uuid())
        .fetch_optional(pool)
        .await
}

/// Stores checkpoints that are newer than the stored ones, in one statement.
pub(crate) async fn save(pool: &PgPool, checkpoints: &[(RoomId, Checkpoint)]) -> sqlx::Result<()> {
    let ids: Vec<Uuid> = checkpoints.iter().map(|(room, _)| room.uuid()).collect();
    let epochs: Vec<i64> = checkpoints.iter().map(|(_, checkpoint)| checkpoint.epoch).collect();
    let versions: Vec<i64> =
        checkpoints.iter().map(|(_, checkpoint)| checkpoint.version.cast_signed()).collect();
    let records: Vec<&[u8]> = checkpoints.iter().map(|(_, checkpoint)| &checkpoint.record[..]).collect();
    let seen: Vec<i64> = checkpoints.iter().map(|(_, checkpoint)| checkpoint.seen_at_us).collect();
    sqlx::query(
        "INSERT INTO sync.room_states AS kept (room_id, epoch, version, record, seen_at_us)
         SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bytea[], $5::bigint[])
         ON CONFLICT (room_id) DO UPDATE
         SET epoch = excluded.epoch, version = excluded.version, record = excluded.record, seen_at_us = excluded.seen_at_us
         WHERE (excluded.epoch, excluded.version) > (kept.epoch, kept.version)",
    )
    .bind(ids)
    .bind(epochs)
    .bind(versions)
    .bind(records)
    .bind(seen)
    .execute(pool)
    .await?;
    Ok(())
}

/// Marks rooms as in use.
pub(crate) async fn seen(pool: &PgPool, rooms: &[RoomId], now_us: i64) -> sqlx::Result<()> {
    let ids: Vec<Uuid> = rooms.iter().map(|room| room.uuid()).collect();
    sqlx::query("UPDATE sync.room_states SET seen_at_us = $2 WHERE room_id = ANY($1) AND seen_at_us < $2")
        .bind(ids)
        .bind(now_us)
        .execute(pool)
        .await?;
    Ok(())
}

/// Deletes the checkpoint of a room.
pub(crate) async fn remove(pool: &PgPool, room: RoomId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM sync.room_states WHERE room_id = $1").bind(room.uuid()).execute(pool).await?;
    Ok(())
}
