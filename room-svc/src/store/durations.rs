//! How long items are, and who is finding that out.

use chrono::{DateTime, Utc};
use ids::{ItemId, RoomId};
use sqlx::{PgExecutor, Row as _};
use uuid::Uuid;

use super::{
    RoomTx,
    items::{columns, item},
};
use crate::{domain::Item, error::Result};

/// Items whose length is still to be found out. The words are those of the index `items_unmeasured`; a third attempt
/// is the last.
macro_rules! is_unmeasured {
    () => {
        "measured_at IS NULL AND measure_attempts < 3"
    };
}

/// Leases items that nobody has, the newest first: somebody is about to play those.
pub(crate) async fn lease(
    db: impl PgExecutor<'_>,
    count: i32,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<Item>> {
    // What another one is leasing at this moment is skipped: waiting for it would end in being given nothing of it.
    let query = sqlx::query(concat!(
        "WITH free AS (
           SELECT id AS free_id FROM room.items
           WHERE ",
        is_unmeasured!(),
        " AND (measure_leased_until IS NULL OR measure_leased_until <= $3)
           ORDER BY id DESC LIMIT $1 FOR UPDATE SKIP LOCKED
         )
         UPDATE room.items SET measure_leased_until = $2, measure_attempts = measure_attempts + 1
         FROM free WHERE id = free_id RETURNING ",
        columns!()
    ));
    let rows = query.bind(i64::from(count)).bind(until).bind(now).fetch_all(db).await?;
    let readable = rows.iter().filter_map(|row| {
        let read = item(row);
        if let Err(error) = &read {
            // The others of this lease are not to blame.
            let id = row.try_get::<Uuid, _>("id").unwrap_or_default();
            tracing::error!(item = %ItemId::from(id), %error, "cannot read what an item plays");
        }
        read.ok()
    });
    Ok(readable.collect())
}

/// The rooms of items that are not measured, in an order that is the same for everyone.
pub(crate) async fn rooms_of(db: impl PgExecutor<'_>, items: &[ItemId]) -> Result<Vec<(RoomId, ItemId)>> {
    let ids: Vec<Uuid> = items.iter().map(|id| id.uuid()).collect();
    let query = sqlx::query_as::<_, (Uuid, Uuid)>(
        "SELECT room_id, id FROM room.items WHERE id = ANY($1) AND measured_at IS NULL ORDER BY room_id, id",
    );
    let rows = query.bind(ids).fetch_all(db).await?;
    Ok(rows.into_iter().map(|(room, item)| (room.into(), item.into())).collect())
}

/// Stores the length of an item, or 0 when it cannot be told. Tells whether that was news.
pub(crate) async fn record(tx: &mut RoomTx, item: ItemId, duration_us: i64) -> Result<bool> {
    let query = sqlx::query(
        "UPDATE room.items SET duration_us = $2, measured_at = $3, measure_leased_until = NULL
         WHERE id = $1 AND measured_at IS NULL",
    );
    let now = tx.now();
    let done = query.bind(item.uuid()).bind(duration_us).bind(now).execute(tx.db()).await?;
    Ok(done.rows_affected() == 1)
}
