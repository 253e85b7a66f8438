//! What rooms change about roles, and their custom roles.

use ids::RoomId;
use sqlx::{FromRow, PgExecutor, Row as _, postgres::PgRow};

use super::{RoomTx, changes, role};
use crate::{domain::RoomRole, error::Result};

macro_rules! columns {
    () => {
        "id, base, name, color, added, removed"
    };
}

impl FromRow<'_, PgRow> for RoomRole {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            base: role(row, "base")?,
            name: row.try_get("name")?,
            color: row.try_get("color")?,
            changes: changes(row, "added", "removed")?.unwrap_or_default(),
        })
    }
}

/// What is stored of the roles of a room: the custom ones, and the others where the room changes something.
pub(crate) async fn list(db: impl PgExecutor<'_>, room: RoomId) -> Result<Vec<RoomRole>> {
    let query = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM room.roles WHERE room_id = $1 ORDER BY lower(name), id"
    ));
    Ok(query.bind(room.uuid()).fetch_all(db).await?)
}

/// Stores a role. Returns false when another role of the room has the name.
pub(crate) async fn save(tx: &mut RoomTx, role: &RoomRole) -> Result<bool> {
    let taken = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM room.roles WHERE room_id = $1 AND id <> $2 AND name <> '' AND lower(name) = lower($3))",
    );
    if taken.bind(tx.room_id().uuid()).bind(&role.id).bind(&role.name).fetch_one(tx.db()).await? {
        return Ok(false);
    }
    let query = sqlx::query(
        "INSERT INTO room.roles (room_id, id, base, name, color, added, removed) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (room_id, id) DO UPDATE SET name = excluded.name, color = excluded.color, added = excluded.added,
             removed = excluded.removed",
    );
    query
        .bind(tx.room_id().uuid())
        .bind(&role.id)
        .bind(role.base as i16)
        .bind(&role.name)
        .bind(&role.color)
        .bind(role.changes.added.bits())
        .bind(role.changes.removed.bits())
        .execute(tx.db())
        .await?;
    Ok(true)
}

/// Deletes a custom role. Its members keep the role on which it is based.
pub(crate) async fn delete(tx: &mut RoomTx, role: &RoomRole) -> Result<()> {
    let room = tx.room_id().uuid();
    let query = sqlx::query(
        "UPDATE room.standings SET custom_role_id = NULL, role = $3 WHERE room_id = $1 AND custom_role_id = $2",
    );
    query.bind(room).bind(&role.id).bind(role.base as i16).execute(tx.db()).await?;
    let query = sqlx::query("DELETE FROM room.roles WHERE room_id = $1 AND id = $2");
    query.bind(room).bind(&role.id).execute(tx.db()).await?;
    Ok(())
}
