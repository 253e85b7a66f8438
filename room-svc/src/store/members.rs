//! Members.

use ids::{RoomId, SubjectId};
use prost::Message as _;
use proto::room::v1::{Role, RoomSettings};
use sqlx::{FromRow as _, PgExecutor, Row as _, postgres::PgRow};

use super::{
    RoomTx, changes, parse_subject, role,
    rooms::{columns, from_rooms, is_room, key, not_found},
    subject,
};
use crate::{
    domain::{Member, Permissions, Room, RoomKey},
    error::Result,
};

/// The columns of a member `m` of the room `r`, with the tables of [`member_joins`]. Only the room says who owns it.
macro_rules! member_columns {
    () => {
        "m.subject_id, m.display_name, m.joined_at, m.position,
         CASE WHEN m.subject_id = r.owner_id THEN 4::smallint ELSE coalesce(c.base, nullif(s.role, 0), m.role) END AS role,
         s.custom_role_id, s.muted_until, s.added, s.removed, c.added AS custom_added, c.removed AS custom_removed,
         b.added AS room_added, b.removed AS room_removed, r.policies AS room_policies"
    };
}

/// What decides about a member `m`: their standing `s`, their custom role `c`, and what the room changes about their role,
/// `b`.
macro_rules! member_joins {
    () => {
        " LEFT JOIN room.standings s ON s.room_id = m.room_id AND s.subject_id = m.subject_id
          LEFT JOIN room.roles c ON c.room_id = m.room_id AND c.id = s.custom_role_id
          LEFT JOIN room.roles b ON b.room_id = m.room_id
               AND b.id = CASE coalesce(c.base, nullif(s.role, 0), m.role)
                              WHEN 1 THEN 'guest' WHEN 2 THEN 'member' WHEN 3 THEN 'moderator' END "
    };
}

fn member(row: &PgRow) -> sqlx::Result<Member> {
    let policies = RoomSettings::decode(row.try_get::<&[u8], _>("room_policies")?)
        .map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(Member {
        subject_id: subject(row, "subject_id")?,
        display_name: row.try_get("display_name")?,
        role: role(row, "role")?,
        joined_at: row.try_get("joined_at")?,
        custom_role_id: row.try_get("custom_role_id")?,
        muted_until: row.try_get("muted_until")?,
        room: changes(row, "room_added", "room_removed")?.unwrap_or_default(),
        custom: changes(row, "custom_added", "custom_removed")?,
        own: changes(row, "added", "removed")?.unwrap_or_default(),
        voice_off: policies.voice.is_some_and(|voice| voice.disabled),
    })
}

/// The room and, if the person has joined it, the member: one query, because every service asks for both all the time.
pub(crate) async fn standing(
    db: impl PgExecutor<'_>,
    room: &RoomKey,
    subject: SubjectId,
) -> Result<(Room, Option<Member>)> {
    let (id, code) = key(room);
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        ", ",
        member_columns!(),
        from_rooms!(),
        "LEFT JOIN room.members m ON m.room_id = r.id AND m.subject_id = $3",
        member_joins!(),
        "WHERE ",
        is_room!()
    ));
    let row = query
        .bind(id)
        .bind(code)
        .bind(subject.to_string())
        .fetch_optional(db)
        .await?
        .ok_or_else(|| not_found(room))?;
    let joined = row.try_get::<Option<&str>, _>("subject_id")?.is_some();
    Ok((Room::from_row(&row)?, joined.then(|| member(&row)).transpose()?))
}

/// Which members a list has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Filter<'a> {
    /// A part of the name, whatever the case; empty: any.
    pub(crate) query: &'a str,
    /// Unspecified: any.
    pub(crate) role: Role,
    /// Only those who are there now.
    pub(crate) present_only: bool,
}

impl Filter<'_> {
    /// Every member.
    pub(crate) const ALL: Self = Self { query: "", role: Role::Unspecified, present_only: false };
}

/// Members who joined after `after`, in the order of joining, each with their position in it.
pub(crate) async fn list(
    db: impl PgExecutor<'_>,
    room: RoomId,
    filter: Filter<'_>,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, Member)>> {
    let query = sqlx::query(concat!(
        "SELECT ",
        member_columns!(),
        " FROM room.members m JOIN room.rooms r ON r.id = m.room_id",
        member_joins!(),
        "WHERE m.room_id = $1 AND m.position > $2 AND ($4 = '' OR strpos(lower(m.display_name), lower($4)) > 0)
           AND ($5 = 0 OR $5 = CASE WHEN m.subject_id = r.owner_id THEN 4
                                    ELSE coalesce(c.base, nullif(s.role, 0), m.role) END)
           AND (NOT $6 OR EXISTS (SELECT FROM room.visits v WHERE v.room_id = m.room_id
                                  AND v.subject_id = m.subject_id AND v.seat_until = 'infinity'))
         ORDER BY m.position LIMIT $3"
    ));
    let query = query.bind(room.uuid()).bind(after).bind(limit).bind(filter.query).bind(filter.role as i16);
    let rows = query.bind(filter.present_only).fetch_all(db).await?;
    Ok(rows.iter().map(|row| Ok((row.try_get("position")?, member(row)?))).collect::<sqlx::Result<_>>()?)
}

/// Members to whom one of these permissions was given beyond their role, who joined first comes first; at most `limit`.
pub(crate) async fn given(
    db: impl PgExecutor<'_>,
    room: RoomId,
    any_of: Permissions,
    limit: i64,
) -> Result<Vec<Member>> {
    let query = sqlx::query(concat!(
        "SELECT ",
        member_columns!(),
        " FROM room.members m JOIN room.rooms r ON r.id = m.room_id",
        member_joins!(),
        "WHERE m.room_id = $1 AND s.added <> 0 AND s.added & $2 <> 0 ORDER BY m.position LIMIT $3"
    ));
    let rows = query.bind(room.uuid()).bind(any_of.bits()).bind(limit).fetch_all(db).await?;
    Ok(rows.iter().map(member).collect::<sqlx::Result<_>>()?)
}

/// The owner, if they are a member, and members who look after the room by their role, in this order; at most `limit`.
pub(crate) async fn stewards(db: impl PgExecutor<'_>, room: RoomId, limit: i64) -> Result<Vec<Member>> {
    let query = sqlx::query(concat!(
        "SELECT ",
        member_columns!(),
        " FROM room.members m JOIN room.rooms r ON r.id = m.room_id",
        member_joins!(),
        "WHERE m.room_id = $1 AND (m.subject_id = r.owner_id OR s.role = 3 OR c.base = 3)
         ORDER BY (m.subject_id = r.owner_id) DESC, m.position LIMIT $2"
    ));
    let rows = query.bind(room.uuid()).bind(limit).fetch_all(db).await?;
    Ok(rows.iter().map(member).collect::<sqlx::Result<_>>()?)
}

/// Those of these people who are members.
pub(crate) async fn among(
    db: impl PgExecutor<'_>,
    room: RoomId,
    subjects: &[SubjectId],
) -> Result<Vec<SubjectId>> {
    let query = sqlx::query_scalar::<_, String>(
        "SELECT subject_id FROM room.members WHERE room_id = $1 AND subject_id = ANY($2)",
    );
    let subjects: Vec<_> = subjects.iter().map(ToString::to_string).collect();
    let found = query.bind(room.uuid()).bind(subjects).fetch_all(db).await?;
    Ok(found.iter().map(|text| parse_subject(text)).collect::<sqlx::Result<_>>()?)
}

/// Adds a member and counts them.
pub(crate) async fn insert(tx: &mut RoomTx, member: &Member) -> Result<()> {
    let query = sqlx::query(
        "WITH added AS (INSERT INTO room.members (room_id, subject_id, display_name, role, joined_at) VALUES ($1, $2, $3, $4, $5) RETURNING room_id)
         UPDATE room.rooms r SET member_count = r.member_count + 1 FROM added WHERE r.id = added.room_id",
    );
    query
        .bind(tx.room_id().uuid())
        .bind(member.subject_id.to_string())
        .bind(&member.display_name)
        .bind(member.role as i16)
        .bind(member.joined_at)
        .execute(tx.db())
        .await?;
    Ok(())
}

/// Removes a member with their requests for permissions, and counts that.
pub(crate) async fn remove(tx: &mut RoomTx, subject: SubjectId) -> Result<()> {
    let query = sqlx::query(
        "WITH removed AS (DELETE FROM room.members WHERE room_id = $1 AND subject_id = $2 RETURNING room_id),
              asked AS (DELETE FROM room.permission_requests WHERE room_id = $1 AND subject_id = $2)
         UPDATE room.rooms r SET member_count = r.member_count - 1 FROM removed WHERE r.id = removed.room_id",
    );
    query.bind(tx.room_id().uuid()).bind(subject.to_string()).execute(tx.db()).await?;
    Ok(())
}

/// Stores the present name of a member.
pub(crate) async fn rename(tx: &mut RoomTx, member: &Member) -> Result<()> {
    let query =
        sqlx::query("UPDATE room.members SET display_name = $3 WHERE room_id = $1 AND subject_id = $2");
    let query = query.bind(tx.room_id().uuid()).bind(member.subject_id.to_string());
    query.bind(&member.display_name).execute(tx.db()).await?;
    Ok(())
}

/// Those of these people who are members, with what decides about them.
pub(crate) async fn some(
    db: impl PgExecutor<'_>,
    room: RoomId,
    subjects: &[SubjectId],
) -> Result<Vec<Member>> {
    let query = sqlx::query(concat!(
        "SELECT ",
        member_columns!(),
        " FROM room.members m JOIN room.rooms r ON r.id = m.room_id",
        member_joins!(),
        "WHERE m.room_id = $1 AND m.subject_id = ANY($2)"
    ));
    let subjects: Vec<_> = subjects.iter().map(ToString::to_string).collect();
    let rows = query.bind(room.uuid()).bind(subjects).fetch_all(db).await?;
    Ok(rows.iter().map(member).collect::<sqlx::Result<_>>()?)
}
