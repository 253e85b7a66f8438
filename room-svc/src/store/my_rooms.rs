//! The rooms of a person.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use ids::{RoomId, SubjectId};
use proto::room::v1::MyRooms;
use sqlx::{FromRow as _, PgExecutor, Row as _, postgres::PgRow};
use uuid::Uuid;

use super::rooms::columns;
use crate::{
    domain::{Asked, Room},
    error::Result,
};

/// Selects the ids of a person's (`$1`) rooms, each with the time by which the list is sorted.
fn listed(which: MyRooms) -> &'static str {
    match which {
        MyRooms::Owned => {
            "SELECT o.id AS room_id, coalesce(v.last_seen_at, o.created_at) AS at FROM room.rooms o
             LEFT JOIN room.visits v ON v.room_id = o.id AND v.subject_id = $1 WHERE o.owner_id = $1"
        }
        MyRooms::Unspecified | MyRooms::Joined => {
            "SELECT m.room_id, coalesce(v.last_seen_at, m.joined_at) AS at FROM room.members m
             LEFT JOIN room.visits v ON v.room_id = m.room_id AND v.subject_id = $1 WHERE m.subject_id = $1"
        }
        MyRooms::Favourites => "SELECT room_id, added_at AS at FROM room.favourites WHERE subject_id = $1",
        MyRooms::History => {
            "SELECT room_id, last_seen_at AS at FROM room.visits WHERE subject_id = $1 AND NOT hidden"
        }
    }
}

/// A page of a person's rooms: those before a time and id, the latest first.
pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    subject: SubjectId,
    which: MyRooms,
    (before, id): (DateTime<Utc>, Uuid),
    limit: i64,
) -> Result<Vec<(DateTime<Utc>, Room)>> {
    let text = format!(
        "SELECT k.at, {columns} FROM ({listed}) k JOIN room.rooms r ON r.id = k.room_id
         LEFT JOIN room.live l ON l.room_id = r.id
         WHERE (k.at, k.room_id) < ($2, $3) ORDER BY k.at DESC, k.room_id DESC LIMIT $4",
        columns = columns!(),
        listed = listed(which),
    );
    let rows =
        sqlx::query(sqlx::AssertSqlSafe(text)).bind(subject.to_string()).bind(before).bind(id).bind(limit);
    let rows = rows.fetch_all(db).await?;
    let room = |row: &PgRow| -> sqlx::Result<_> { Ok((row.try_get("at")?, Room::from_row(row)?)) };
    Ok(rows.iter().map(room).collect::<sqlx::Result<_>>()?)
}

/// The number of a person's rooms, up to `most`.
pub(crate) async fn count(
    db: impl PgExecutor<'_>,
    subject: SubjectId,
    which: MyRooms,
    most: i64,
) -> Result<i64> {
    let text = format!("SELECT count(*) FROM (SELECT FROM ({}) k LIMIT $2) c", listed(which));
    Ok(sqlx::query_scalar(sqlx::AssertSqlSafe(text))
        .bind(subject.to_string())
        .bind(most)
        .fetch_one(db)
        .await?)
}

/// Adds a favourite, unless the person has `most` already. Returns whether it is one now.
pub(crate) async fn add_favourite(
    db: impl PgExecutor<'_>,
    subject: SubjectId,
    room: RoomId,
    most: i64,
    now: DateTime<Utc>,
) -> Result<bool> {
    let query = sqlx::query_scalar(
        "WITH added AS (
             INSERT INTO room.favourites (subject_id, room_id, added_at)
             SELECT $1, $2, $3 WHERE (SELECT count(*) FROM room.favourites WHERE subject_id = $1) < $4
             ON CONFLICT DO NOTHING RETURNING 1)
         SELECT EXISTS (SELECT FROM added)
             OR EXISTS (SELECT FROM room.favourites WHERE subject_id = $1 AND room_id = $2)",
    );
    Ok(query.bind(subject.to_string()).bind(room.uuid()).bind(now).bind(most).fetch_one(db).await?)
}

/// Removes a favourite. Returns whether it was one.
pub(crate) async fn remove_favourite(
    db: impl PgExecutor<'_>,
    subject: SubjectId,
    room: RoomId,
) -> Result<bool> {
    let query = sqlx::query("DELETE FROM room.favourites WHERE subject_id = $1 AND room_id = $2");
    Ok(query.bind(subject.to_string()).bind(room.uuid()).execute(db).await?.rows_affected() > 0)
}

/// Leaves a room, or all, out of the history of a person. Returns whether one of them was there.
pub(crate) async fn hide(db: impl PgExecutor<'_>, subject: SubjectId, room: Option<RoomId>) -> Result<bool> {
    let query = sqlx::query(
        "UPDATE room.visits SET hidden = true WHERE subject_id = $1 AND ($2::uuid IS NULL OR room_id = $2) AND NOT hidden",
    );
    let query = query.bind(subject.to_string()).bind(room.map(RoomId::uuid));
    Ok(query.execute(db).await?.rows_affected() > 0)
}

/// What a person is to some rooms.
#[derive(Default)]
pub(crate) struct Ties {
    pub(crate) joined: HashSet<RoomId>,
    pub(crate) favourites: HashSet<RoomId>,
    /// Rooms that keep the person out: true for a ban, false for a time only.
    pub(crate) kept_out: HashMap<RoomId, bool>,
    /// Rooms that the person asked to join, where that still counts.
    pub(crate) asked: HashMap<RoomId, Asked>,
    /// Number of taken seats of each room that has any.
    pub(crate) taken: HashMap<RoomId, i64>,
}

/// Reads how a person is related to these rooms.
pub(crate) async fn ties(
    db: impl PgExecutor<'_>,
    subject: SubjectId,
    rooms: &[RoomId],
    now: DateTime<Utc>,
) -> Result<Ties> {
    let rows = sqlx::query(
        "SELECT r.room_id,
             EXISTS (SELECT FROM room.members m WHERE m.room_id = r.room_id AND m.subject_id = $2) AS joined,
             EXISTS (SELECT FROM room.favourites f WHERE f.room_id = r.room_id AND f.subject_id = $2) AS favourite,
             (SELECT bool_or(b.is_ban) FROM room.bars b WHERE b.room_id = r.room_id AND b.subject_id = $2
                  AND (b.until IS NULL OR b.until > $3)) AS banned,
             (SELECT q.state FROM room.join_requests q WHERE q.room_id = r.room_id AND q.subject_id = $2
                  AND (q.state <> 3 OR q.until > $3)) AS asked,
             (SELECT count(*) FROM room.visits v WHERE v.room_id = r.room_id AND v.seat_until > $3) AS taken
         FROM unnest($1::uuid[]) AS r (room_id)",
    );
    let rooms: Vec<Uuid> = rooms.iter().map(|room| room.uuid()).collect();
    let rows = rows.bind(rooms).bind(subject.to_string()).bind(now);
    let mut ties = Ties::default();
    for row in rows.fetch_all(db).await? {
        let room: RoomId = row.try_get::<Uuid, _>("room_id")?.into();
        ties.taken.insert(room, row.try_get("taken")?);
        if let Some(banned) = row.try_get("banned")? {
            ties.kept_out.insert(room, banned);
        }
        match row.try_get::<Option<i16>, _>("asked")? {
            Some(1) => ties.asked.insert(room, Asked::Waits),
            Some(2) => ties.asked.insert(room, Asked::Approved),
            Some(_) => ties.asked.insert(room, Asked::Declined),
            None => None,
        };
        if row.try_get("joined")? {
            ties.joined.insert(room);
        }
        if row.try_get("favourite")? {
            ties.favourites.insert(room);
        }
    }
    Ok(ties)
}
