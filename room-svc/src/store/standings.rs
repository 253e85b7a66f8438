//! What people are in rooms besides being members. It survives leaving and joining again.

use chrono::{DateTime, Utc};
use ids::{RoomId, SubjectId};
use proto::room::v1::Role;
use sqlx::PgExecutor;

use super::{RoomTx, role};
use crate::{
    domain::{Permissions, RoleChanges, Traces},
    error::Result,
};

/// The role that a person has in a room, or would have as a member: the one they were given, or else the one with which
/// they join. The owner is not among them.
pub(crate) async fn role_of(db: impl PgExecutor<'_>, room: RoomId, subject: SubjectId) -> Result<Role> {
    let query = sqlx::query(
        "SELECT coalesce(c.base, nullif(s.role, 0), 0::smallint) AS role FROM room.standings s
         LEFT JOIN room.roles c ON c.room_id = s.room_id AND c.id = s.custom_role_id
         WHERE s.room_id = $1 AND s.subject_id = $2",
    );
    let row = query.bind(room.uuid()).bind(subject.to_string()).fetch_optional(db).await?;
    let given = row.as_ref().map(|row| role(row, "role")).transpose()?.unwrap_or_default();
    Ok(match (given, subject) {
        (Role::Unspecified, SubjectId::Guest(_)) => Role::Guest,
        (Role::Unspecified, SubjectId::User(_)) => Role::Member,
        (given, _) => given,
    })
}

/// The role that a person was given in a room; unspecified: none.
pub(crate) async fn given_role(db: impl PgExecutor<'_>, room: RoomId, subject: SubjectId) -> Result<Role> {
    let query = sqlx::query("SELECT role FROM room.standings WHERE room_id = $1 AND subject_id = $2");
    let row = query.bind(room.uuid()).bind(subject.to_string()).fetch_optional(db).await?;
    Ok(row.as_ref().map(|row| role(row, "role")).transpose()?.unwrap_or_default())
}

/// Stores the role of a person, and their changes of it.
pub(crate) async fn save(
    tx: &mut RoomTx,
    subject: SubjectId,
    role: Role,
    custom_role_id: Option<&str>,
    own: RoleChanges,
    muted_until: Option<DateTime<Utc>>,
) -> Result<()> {
    let query = sqlx::query(
        "INSERT INTO room.standings AS s (room_id, subject_id, role, custom_role_id, added, removed, muted_until)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (room_id, subject_id) DO UPDATE SET role = excluded.role, custom_role_id = excluded.custom_role_id,
             added = excluded.added, removed = excluded.removed, muted_until = excluded.muted_until",
    );
    query
        .bind(tx.room_id().uuid())
        .bind(subject.to_string())
        .bind(role as i16)
        .bind(custom_role_id)
        .bind(own.added.bits())
        .bind(own.removed.bits())
        .bind(muted_until)
        .execute(tx.db())
        .await?;
    Ok(())
}

/// Stores what is changed for a person about their role.
pub(crate) async fn grant(tx: &mut RoomTx, subject: SubjectId, own: RoleChanges) -> Result<()> {
    let query = sqlx::query(
        "INSERT INTO room.standings (room_id, subject_id, added, removed) VALUES ($1, $2, $3, $4)
         ON CONFLICT (room_id, subject_id) DO UPDATE SET added = excluded.added, removed = excluded.removed",
    );
    query
        .bind(tx.room_id().uuid())
        .bind(subject.to_string())
        .bind(own.added.bits())
        .bind(own.removed.bits())
        .execute(tx.db())
        .await?;
    Ok(())
}

/// Remembers the traces of a person who joins.
pub(crate) async fn trace(tx: &mut RoomTx, subject: SubjectId, traces: &Traces) -> Result<()> {
    let query = sqlx::query(
        "INSERT INTO room.standings (room_id, subject_id, device, network) VALUES ($1, $2, $3, $4)
         ON CONFLICT (room_id, subject_id) DO UPDATE SET device = excluded.device, network = excluded.network",
    );
    query
        .bind(tx.room_id().uuid())
        .bind(subject.to_string())
        .bind(&traces.device)
        .bind(&traces.network)
        .execute(tx.db())
        .await?;
    Ok(())
}

/// Takes from a person what they were given: role, custom role and permissions. What was taken from them stays.
pub(crate) async fn demote(tx: &mut RoomTx, subject: SubjectId) -> Result<()> {
    let query = sqlx::query(
        "UPDATE room.standings SET role = 0, custom_role_id = NULL, added = 0 WHERE room_id = $1 AND subject_id = $2",
    );
    query.bind(tx.room_id().uuid()).bind(subject.to_string()).execute(tx.db()).await?;
    Ok(())
}

/// Takes permissions from everyone who was given them beyond their role.
pub(crate) async fn take_from_all(tx: &mut RoomTx, taken: Permissions) -> Result<()> {
    let query = sqlx::query(
        "UPDATE room.standings SET added = added & ~$2::bigint WHERE room_id = $1 AND added & $2 <> 0",
    );
    query.bind(tx.room_id().uuid()).bind(taken.bits()).execute(tx.db()).await?;
    Ok(())
}
