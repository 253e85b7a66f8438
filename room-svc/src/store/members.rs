//! Members, and how a person stands to a room.

use chrono::{DateTime, Utc};
use ids::RoomId;
use proto::room::v1::Role;
use sqlx::{FromRow as _, PgConnection, PgExecutor, Row as _, postgres::PgRow};

use super::rooms::{columns, is_room, key, not_found};
use crate::{
    domain::{Member, Room, RoomKey},
    error::Result,
};

/// The columns of a member `m` of the room `r`. Who owns the room is told by the room alone.
macro_rules! member_columns {
    () => {
        "m.subject_id, m.display_name, CASE WHEN m.subject_id = r.owner_id THEN 4::smallint ELSE m.role END AS role,
         m.joined_at, m.position"
    };
}

fn member(row: &PgRow) -> sqlx::Result<Member> {
    Ok(Member {
        subject_id: row.try_get("subject_id")?,
        display_name: row.try_get("display_name")?,
        role: Role::try_from(i32::from(row.try_get::<i16, _>("role")?)).unwrap_or_default(),
        joined_at: row.try_get("joined_at")?,
    })
}

/// The room and, if they have joined it, the person in it: one query, since every service asks it all the time.
pub(crate) async fn standing(
    db: impl PgExecutor<'_>,
    room: &RoomKey,
    subject_id: &str,
) -> Result<(Room, Option<Member>)> {
    let (id, code) = key(room);
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        ", ",
        member_columns!(),
        " FROM room.rooms r
         LEFT JOIN room.members m ON m.room_id = r.id AND m.subject_id = $3 WHERE ",
        is_room!()
    ));
    let row = query
        .bind(id)
        .bind(code)
        .bind(subject_id)
        .fetch_optional(db)
        .await?
        .ok_or_else(|| not_found(room))?;
    let joined = row.try_get::<Option<&str>, _>("subject_id")?.is_some();
    Ok((Room::from_row(&row)?, joined.then(|| member(&row)).transpose()?))
}

/// Members who joined after `after`, in the order of joining, each with their place in it.
pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    room: RoomId,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, Member)>> {
    let query = sqlx::query(concat!(
        "SELECT ",
        member_columns!(),
        " FROM room.members m JOIN room.rooms r ON r.id = m.room_id
         WHERE m.room_id = $1 AND m.position > $2 ORDER BY m.position LIMIT $3"
    ));
    let rows = query.bind(room.uuid()).bind(after).bind(limit).fetch_all(db).await?;
    Ok(rows.iter().map(|row| Ok((row.try_get("position")?, member(row)?))).collect::<sqlx::Result<_>>()?)
}

/// Those of these people who are members.
pub(crate) async fn among(
    db: impl PgExecutor<'_>,
    room: RoomId,
    subject_ids: &[String],
) -> Result<Vec<String>> {
    let query =
        sqlx::query_scalar("SELECT subject_id FROM room.members WHERE room_id = $1 AND subject_id = ANY($2)");
    Ok(query.bind(room.uuid()).bind(subject_ids).fetch_all(db).await?)
}

/// Adds a member and counts them.
pub(crate) async fn insert(
    db: &mut PgConnection,
    room: RoomId,
    subject_id: &str,
    display_name: &str,
    role: Role,
    now: DateTime<Utc>,
) -> Result<()> {
    let query = sqlx::query(
        "WITH added AS (INSERT INTO room.members (room_id, subject_id, display_name, role, joined_at) VALUES ($1, $2, $3, $4, $5) RETURNING room_id)
         UPDATE room.rooms r SET member_count = r.member_count + 1 FROM added WHERE r.id = added.room_id",
    );
    query
        .bind(room.uuid())
        .bind(subject_id)
        .bind(display_name)
        .bind(role as i16)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// Takes a member out and counts that.
pub(crate) async fn remove(db: &mut PgConnection, room: RoomId, subject_id: &str) -> Result<()> {
    let query = sqlx::query(
        "WITH removed AS (DELETE FROM room.members WHERE room_id = $1 AND subject_id = $2 RETURNING room_id)
         UPDATE room.rooms r SET member_count = r.member_count - 1 FROM removed WHERE r.id = removed.room_id",
    );
    query.bind(room.uuid()).bind(subject_id).execute(db).await?;
    Ok(())
}

/// Gives a member another name.
pub(crate) async fn rename(
    db: &mut PgConnection,
    room: RoomId,
    subject_id: &str,
    display_name: &str,
) -> Result<()> {
    let query =
        sqlx::query("UPDATE room.members SET display_name = $3 WHERE room_id = $1 AND subject_id = $2");
    query.bind(room.uuid()).bind(subject_id).bind(display_name).execute(db).await?;
    Ok(())
}
