//! Passwords of rooms.

use ::passwords::Stretching;
use ids::RoomId;
use sqlx::{FromRow, PgExecutor, Row as _, postgres::PgRow};

use super::RoomTx;
use crate::{domain::RoomPassword, error::Result};

impl FromRow<'_, PgRow> for RoomPassword {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            setup: row.try_get("setup")?,
            record: row.try_get("record")?,
            stretching: Stretching {
                iterations: row.try_get("iterations")?,
                memory_kib: row.try_get("memory_kib")?,
                parallelism: row.try_get("parallelism")?,
            },
        })
    }
}

/// The password of a room, if it has one.
pub(crate) async fn get(db: impl PgExecutor<'_>, room: RoomId) -> Result<Option<RoomPassword>> {
    let query = sqlx::query_as(
        "SELECT setup, record, iterations, memory_kib, parallelism FROM room.passwords WHERE room_id = $1",
    );
    Ok(query.bind(room.uuid()).fetch_optional(db).await?)
}

/// Stores the password of a room.
pub(crate) async fn set(tx: &mut RoomTx, password: &RoomPassword) -> Result<()> {
    let query = sqlx::query(
        "INSERT INTO room.passwords (room_id, setup, record, iterations, memory_kib, parallelism) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (room_id) DO UPDATE SET setup = excluded.setup, record = excluded.record,
             iterations = excluded.iterations, memory_kib = excluded.memory_kib, parallelism = excluded.parallelism",
    );
    query
        .bind(tx.room_id().uuid())
        .bind(&password.setup)
        .bind(&password.record)
        .bind(password.stretching.iterations)
        .bind(password.stretching.memory_kib)
        .bind(password.stretching.parallelism)
        .execute(tx.db())
        .await?;
    Ok(())
}

/// Removes the password of a room.
pub(crate) async fn clear(tx: &mut RoomTx) -> Result<()> {
    let query = sqlx::query("DELETE FROM room.passwords WHERE room_id = $1");
    query.bind(tx.room_id().uuid()).execute(tx.db()).await?;
    Ok(())
}
