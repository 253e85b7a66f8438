//! What keeps the chats tidy: terms of old messages, retention. Safe on every replica: each takes other rows.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use crate::{domain::search_terms, error::Result};

/// Changes of a chat that are kept for clients that were away.
pub(crate) const KEPT_CHANGES: i64 = 1000;
/// Time between two sweeps of one chat.
const SWEEP_EVERY: TimeDelta = TimeDelta::hours(6);
/// Messages that one transaction deletes: whoever sends one meanwhile waits for it.
const BATCH: i64 = 1000;

/// Fills in the terms of up to `limit` messages that have none: those from before search. Returns how many it looked at.
pub(crate) async fn fill_in_terms(pool: &PgPool, limit: i64) -> Result<usize> {
    let mut tx = pg::begin(pool).await?;
    let query = sqlx::query_as::<_, (Uuid, Uuid, String)>(
        "SELECT room_id, id, text FROM room.messages WHERE terms IS NULL AND text <> '' ORDER BY id LIMIT $1
         FOR UPDATE SKIP LOCKED",
    );
    let found = query.bind(limit).fetch_all(&mut *tx).await?;
    if found.is_empty() {
        return Ok(0);
    }
    let (mut rooms, mut ids, mut terms) = (Vec::new(), Vec::new(), Vec::new());
    for (room, id, text) in &found {
        rooms.push(*room);
        ids.push(*id);
        // A text without a word has no terms. Empty ones say that it was looked at.
        terms.push(search_terms((*room).into(), text).unwrap_or_default());
    }
    let query = sqlx::query(
        "UPDATE room.messages m SET terms = n.terms::tsvector
         FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS n (room_id, id, terms)
         WHERE m.room_id = n.room_id AND m.id = n.id",
    );
    query.bind(rooms).bind(ids).bind(terms).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(found.len())
}

/// Sweeps one chat that is due: removes the changes that nobody reads any more, and messages older than the room keeps them,
/// except pinned ones. `days` gives the days for an encoded `RoomSettings`. Returns whether another chat may be due.
pub(crate) async fn sweep_one(
    pool: &PgPool,
    now: DateTime<Utc>,
    days: impl Fn(&[u8]) -> Option<u32> + Send,
) -> Result<bool> {
    let mut tx = pg::begin(pool).await?;
    let query = sqlx::query_as::<_, (Uuid, i64, Vec<u8>)>(
        "SELECT c.room_id, c.revision, r.policies FROM room.chats c JOIN room.rooms r ON r.id = c.room_id
         WHERE c.swept_at IS NULL OR c.swept_at < $1 ORDER BY c.swept_at NULLS FIRST LIMIT 1 FOR UPDATE OF c SKIP LOCKED",
    );
    let due = query.bind(now - SWEEP_EVERY).fetch_optional(&mut *tx).await?;
    let Some((room, revision, settings)) = due else { return Ok(false) };
    let query = sqlx::query("DELETE FROM room.chat_changes WHERE room_id = $1 AND revision <= $2");
    query.bind(room).bind(revision - KEPT_CHANGES).execute(&mut *tx).await?;
    let mut removed = 0;
    if let Some(days) = days(&settings) {
        let query = sqlx::query(
            "DELETE FROM room.messages m USING (
                 SELECT id FROM room.messages o WHERE room_id = $1 AND id < $2
                 AND NOT EXISTS (SELECT FROM room.pins p WHERE p.room_id = $1 AND p.message_id = o.id)
                 ORDER BY id LIMIT $3) old
             WHERE m.room_id = $1 AND m.id = old.id",
        );
        // Ids are UUIDv7: the first 48 bits are the time, so the oldest are found without reading the others.
        let before_ms = (now - TimeDelta::days(i64::from(days))).timestamp_millis().max(0);
        let before = Uuid::from_u128(u128::from(before_ms.unsigned_abs()) << 80);
        removed = query.bind(room).bind(before).bind(BATCH).execute(&mut *tx).await?.rows_affected();
    }
    if removed.cast_signed() < BATCH {
        let query = sqlx::query("UPDATE room.chats SET swept_at = $2 WHERE room_id = $1");
        query.bind(room).bind(now).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(true)
}
