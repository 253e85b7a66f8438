//! The log of rooms.

use chrono::{DateTime, Utc};
use ids::{RoomId, SubjectId};
use prost::Message as _;
use proto::room::v1::RoomEvent;
use sqlx::{PgConnection, PgExecutor, Row as _, postgres::PgRow};

use crate::{domain::LogLine, error::Result};

/// The person who does something, with the name that others see. `None`: the server.
pub(crate) type Actor = Option<(SubjectId, String)>;

/// Adds what happened. The caller holds the room's lock.
pub(super) async fn append(
    db: &mut PgConnection,
    room: RoomId,
    actor: &Actor,
    (kind, event): (i32, &[u8]),
    now: DateTime<Utc>,
) -> Result<()> {
    let query = sqlx::query(
        "INSERT INTO room.log (room_id, at, actor_id, actor_name, kind, event) VALUES ($1, $2, $3, $4, $5, $6)",
    );
    let (id, name) = actor.as_ref().map(|(id, name)| (id.to_string(), name.as_str())).unzip();
    let query = query.bind(room.uuid()).bind(now).bind(id).bind(name.unwrap_or_default());
    query.bind(kind).bind(event).execute(db).await?;
    Ok(())
}

/// Entries before a position, the latest first; only those of `kinds`, if any are named. Each with its position.
pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    room: RoomId,
    kinds: &[i32],
    before: i64,
    limit: i64,
) -> Result<Vec<(i64, LogLine)>> {
    let rows = sqlx::query(
        "SELECT position, at, actor_id, actor_name, event FROM room.log
         WHERE room_id = $1 AND position < $2 AND (cardinality($3::integer[]) = 0 OR kind = ANY($3))
         ORDER BY position DESC LIMIT $4",
    );
    let rows = rows.bind(room.uuid()).bind(before).bind(kinds).bind(limit).fetch_all(db).await?;
    let entry = |row: &PgRow| -> Result<_> {
        let entry = LogLine {
            at: row.try_get("at")?,
            actor_id: row.try_get::<Option<String>, _>("actor_id")?.unwrap_or_default(),
            actor_name: row.try_get("actor_name")?,
            event: RoomEvent::decode(row.try_get::<&[u8], _>("event")?)?,
        };
        Ok((row.try_get("position")?, entry))
    };
    rows.iter().map(entry).collect()
}
