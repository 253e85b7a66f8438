//! Who may inherit a room: the roles of members.

use std::collections::HashMap;

use ids::{RoomId, SubjectId};
use proto::room::v1::Role;
use sqlx::PgExecutor;

use super::parse_subject;
use crate::error::Result;

/// The roles of those of these people who are members. The owner has the role that they would have otherwise.
pub(crate) async fn roles_among(
    db: impl PgExecutor<'_>,
    room: RoomId,
    subjects: &[SubjectId],
) -> Result<HashMap<SubjectId, Role>> {
    let query = sqlx::query_as::<_, (String, i16)>(
        "SELECT m.subject_id, coalesce(c.base, nullif(s.role, 0), m.role) FROM room.members m
         LEFT JOIN room.standings s ON s.room_id = m.room_id AND s.subject_id = m.subject_id
         LEFT JOIN room.roles c ON c.room_id = m.room_id AND c.id = s.custom_role_id
         WHERE m.room_id = $1 AND m.subject_id = ANY($2)",
    );
    let subjects: Vec<_> = subjects.iter().map(ToString::to_string).collect();
    let rows = query.bind(room.uuid()).bind(subjects).fetch_all(db).await?;
    let role = |role: i16| Role::try_from(i32::from(role)).unwrap_or_default();
    Ok(rows.iter().map(|(id, of)| Ok((parse_subject(id)?, role(*of)))).collect::<sqlx::Result<_>>()?)
}

/// The moderator of a room who joined first.
pub(crate) async fn first_moderator(db: impl PgExecutor<'_>, room: RoomId) -> Result<Option<SubjectId>> {
    let query = sqlx::query_scalar::<_, String>(
        "SELECT m.subject_id FROM room.members m
         LEFT JOIN room.standings s ON s.room_id = m.room_id AND s.subject_id = m.subject_id
         LEFT JOIN room.roles c ON c.room_id = m.room_id AND c.id = s.custom_role_id
         WHERE m.room_id = $1 AND coalesce(c.base, nullif(s.role, 0), m.role) = 3 ORDER BY m.position LIMIT 1",
    );
    let found = query.bind(room.uuid()).fetch_optional(db).await?;
    Ok(found.map(|id| parse_subject(&id)).transpose()?)
}
