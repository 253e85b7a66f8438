//! Seats: who counts for the number of people that a room admits. Someone who is there has a seat, someone who has just
//! joined or left keeps one for a while. Membership alone has none.

use chrono::TimeDelta;
use ids::{RoomId, SubjectId};
use sqlx::PgExecutor;

use super::RoomTx;
use crate::{
    domain::Room,
    error::{Error, Result},
};

/// Keeps a seat for a person who joins or comes back, for `grace`: within it they are there, or it is free again. Fails
/// when all seats are taken. The owner always has one.
pub(crate) async fn claim(tx: &mut RoomTx, room: &Room, subject: SubjectId, grace: TimeDelta) -> Result<()> {
    let now = tx.now();
    let counted = sqlx::query_as(
        "SELECT count(*) FILTER (WHERE subject_id <> $3), coalesce(bool_or(subject_id = $3), false)
         FROM room.visits WHERE room_id = $1 AND seat_until > $2",
    );
    let counted = counted.bind(room.id.uuid()).bind(now).bind(subject.to_string());
    let (others, has_one): (i64, bool) = counted.fetch_one(tx.db()).await?;
    let max = room.settings.max_participants;
    if !has_one && subject != room.owner_id && others >= i64::from(max) {
        return Err(Error::RoomFull(max));
    }
    let query = sqlx::query(
        "INSERT INTO room.visits AS v (room_id, subject_id, seat_until, last_seen_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (room_id, subject_id) DO UPDATE
         SET seat_until = greatest(v.seat_until, excluded.seat_until), last_seen_at = excluded.last_seen_at",
    );
    let query = query.bind(room.id.uuid()).bind(subject.to_string()).bind(now + grace).bind(now);
    query.execute(tx.db()).await?;
    Ok(())
}

/// Frees the seat of a person who has left the room for good.
pub(crate) async fn free(tx: &mut RoomTx, subject: SubjectId) -> Result<()> {
    let query = sqlx::query("UPDATE room.visits SET seat_until = $3 WHERE room_id = $1 AND subject_id = $2");
    let query = query.bind(tx.room_id().uuid()).bind(subject.to_string()).bind(tx.now());
    query.execute(tx.db()).await?;
    Ok(())
}

/// Whether there is a seat for a person: one that is theirs, or a free one.
pub(crate) async fn is_free(
    db: impl PgExecutor<'_>,
    room: &Room,
    subject: SubjectId,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<bool> {
    let query = sqlx::query_scalar(
        "SELECT count(*) FILTER (WHERE subject_id <> $3) < $4 OR coalesce(bool_or(subject_id = $3), false)
         FROM room.visits WHERE room_id = $1 AND seat_until > $2",
    );
    let query = query.bind(room.id.uuid()).bind(now).bind(subject.to_string());
    Ok(query.bind(i64::from(room.settings.max_participants)).fetch_one(db).await?)
}

/// Whether a person has a seat that lasts for some time yet.
pub(crate) async fn is_taken(
    db: impl PgExecutor<'_>,
    room: RoomId,
    subject: SubjectId,
    until: chrono::DateTime<chrono::Utc>,
) -> Result<bool> {
    let query = sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM room.visits WHERE room_id = $1 AND subject_id = $2 AND seat_until >= $3)",
    );
    Ok(query.bind(room.uuid()).bind(subject.to_string()).bind(until).fetch_one(db).await?)
}
