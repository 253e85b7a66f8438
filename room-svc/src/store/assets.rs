//! What room-svc keeps of the assets of media-svc: the length, with each item that plays one.

use ids::{AssetId, ItemId, RoomId};
use sqlx::PgExecutor;
use uuid::Uuid;

use super::RoomTx;
use crate::error::Result;

/// Items that one update reads at a time.
const PAGE: i64 = 1000;

/// Items of an asset that have another length, in an order that is the same for everyone: a page of them.
pub(crate) async fn outdated_items(
    db: impl PgExecutor<'_>,
    asset: AssetId,
    duration_us: i64,
) -> Result<Vec<(RoomId, ItemId)>> {
    let query = sqlx::query_as::<_, (Uuid, Uuid)>(
        "SELECT room_id, id FROM room.items WHERE asset_id = $1 AND duration_us <> $2 ORDER BY room_id, id LIMIT $3",
    );
    let rows = query.bind(asset.uuid()).bind(duration_us).bind(PAGE).fetch_all(db).await?;
    Ok(rows.into_iter().map(|(room, item)| (room.into(), item.into())).collect())
}

/// Stores the length of an item. Returns whether that changed it.
pub(crate) async fn set_duration(tx: &mut RoomTx, item: ItemId, duration_us: i64) -> Result<bool> {
    let query = sqlx::query("UPDATE room.items SET duration_us = $2 WHERE id = $1 AND duration_us <> $2");
    Ok(query.bind(item.uuid()).bind(duration_us).execute(tx.db()).await?.rows_affected() == 1)
}
