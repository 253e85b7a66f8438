//! Members.

use ids::{RoomId, SubjectId};
use proto::room::v1::Role;
use sqlx::{FromRow as _, PgExecutor, Row as _, postgres::PgRow};

use super::{
    RoomTx, parse_subject,
    rooms::{columns, is_room, key, not_found},
    subject,
};
use crate::{
    domain::{Member, Room, RoomKey},
    error::Result,
};

/// The columns of a member `m` of the room `r`. Only the room says who owns it.
macro_rules! member_columns {
    () => {
        "m.subject_id, m.display_name, CASE WHEN m.subject_id = r.owner_id THEN 4::smallint ELSE m.role END AS role,
         m.joined_at, m.position"
    };
}

fn member(row: &PgRow) -> sqlx::Result<Member> {
    Ok(Member {
        subject_id: subject(row, "subject_id")?,
        display_name: row.try_get("display_name")?,
        role: Role::try_from(i32::from(row.try_get::<i16, _>("role")?)).unwrap_or_default(),
        joined_at: row.try_get("joined_at")?,
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
        " FROM room.rooms r
         LEFT JOIN room.members m ON m.room_id = r.id AND m.subject_id = $3 WHERE ",
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

/// Members who joined after `after`, in the order of joining, each with their position in it.
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

/// Removes a member and counts that.
pub(crate) async fn remove(tx: &mut RoomTx, subject: SubjectId) -> Result<()> {
    let query = sqlx::query(
        "WITH removed AS (DELETE FROM room.members WHERE room_id = $1 AND subject_id = $2 RETURNING room_id)
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
