//! When rooms end by themselves. `room.live.expires_at` says when; whoever changes what it follows from calls
//! [`reschedule`].

use chrono::{DateTime, Utc};
use ids::RoomId;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::{domain::Lifetimes, error::Result};

/// Works out anew when these rooms expire.
///
/// An open room ends at its `ends_at`, or when nobody has been in it for its `idle_hours`, or else for the time that the
/// installation gives to rooms of guests or of accounts. A closed room of a guest is deleted later; that of an account
/// stays.
pub(crate) async fn reschedule(
    db: impl PgExecutor<'_>,
    rooms: &[RoomId],
    lifetimes: &Lifetimes,
) -> Result<()> {
    let query = sqlx::query(
        "UPDATE room.live l SET expires_at = e.expires_at
         FROM (
             SELECT s.room_id,
                 CASE WHEN r.closed_at IS NULL THEN least(r.ends_at, CASE WHEN s.present_count = 0 AND i.hours > 0
                          THEN coalesce(s.empty_since, r.created_at) + make_interval(hours => i.hours) END)
                      WHEN r.owner_id LIKE 'guest\\_%' THEN r.closed_at + make_interval(hours => $4) END AS expires_at
             FROM room.live s JOIN room.rooms r ON r.id = s.room_id
             CROSS JOIN LATERAL (
                 SELECT CASE WHEN r.idle_hours > 0 THEN r.idle_hours
                             WHEN r.owner_id LIKE 'guest\\_%' THEN $2 ELSE $3 END AS hours) i
             WHERE s.room_id = ANY($1)) e
         WHERE l.room_id = e.room_id AND l.expires_at IS DISTINCT FROM e.expires_at",
    );
    let rooms: Vec<Uuid> = rooms.iter().map(|room| room.uuid()).collect();
    let query = query.bind(rooms).bind(lifetimes.guest_idle_hours).bind(lifetimes.account_idle_hours);
    query.bind(lifetimes.keep_ended_hours).execute(db).await?;
    Ok(())
}

/// Locks a room that has expired, if there is one that no other transaction holds. Only [`super::RoomTx`] calls it.
pub(super) async fn lock_expired(db: &mut PgConnection, now: DateTime<Utc>) -> Result<Option<RoomId>> {
    let query = sqlx::query_scalar(
        "SELECT r.id FROM room.live l JOIN room.rooms r ON r.id = l.room_id
         WHERE l.expires_at <= $1 ORDER BY l.expires_at LIMIT 1 FOR NO KEY UPDATE OF r SKIP LOCKED",
    );
    let id: Option<Uuid> = query.bind(now).fetch_optional(db).await?;
    Ok(id.map(RoomId::from))
}

/// Starts the time in which nobody is in a room anew.
pub(crate) async fn restart(db: impl PgExecutor<'_>, room: RoomId, now: DateTime<Utc>) -> Result<()> {
    let query = sqlx::query("UPDATE room.live SET empty_since = $2 WHERE room_id = $1 AND present_count = 0");
    query.bind(room.uuid()).bind(now).execute(db).await?;
    Ok(())
}
