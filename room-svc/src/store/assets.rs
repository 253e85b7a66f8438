//! What room-svc keeps of the assets of media-svc: the length, and how far an uploaded file is, with each item that plays one.

use ids::{AssetId, ItemId, RoomId};
use sqlx::PgExecutor;
use uuid::Uuid;

use super::RoomTx;
use crate::{domain::AssetFacts, error::Result};

/// Items that one update reads at a time.
const PAGE: i64 = 1000;

/// Whether an item lacks the length `$2` (0: none) or the preparation `$3` (NULL: none).
macro_rules! outdated {
    () => {
        "($2 <> 0 AND duration_us <> $2 OR $3::bytea IS NOT NULL AND preparation IS DISTINCT FROM $3)"
    };
}

fn encoded(facts: &AssetFacts) -> Option<Vec<u8>> {
    facts.preparation.as_ref().map(prost::Message::encode_to_vec)
}

/// Items of an asset that have other facts, in an order that is the same for everyone: a page of them.
pub(crate) async fn outdated_items(
    db: impl PgExecutor<'_>,
    asset: AssetId,
    facts: &AssetFacts,
) -> Result<Vec<(RoomId, ItemId)>> {
    let query = sqlx::query_as::<_, (Uuid, Uuid)>(concat!(
        "SELECT room_id, id FROM room.items WHERE asset_id = $1 AND ",
        outdated!(),
        " ORDER BY room_id, id LIMIT $4"
    ));
    let query = query.bind(asset.uuid()).bind(facts.duration_us).bind(encoded(facts)).bind(PAGE);
    let rows = query.fetch_all(db).await?;
    Ok(rows.into_iter().map(|(room, item)| (room.into(), item.into())).collect())
}

/// Stores the facts of an item. Returns its length where that changed the item.
pub(crate) async fn set_facts(tx: &mut RoomTx, item: ItemId, facts: &AssetFacts) -> Result<Option<i64>> {
    let query = sqlx::query_scalar(concat!(
        "UPDATE room.items SET duration_us = CASE WHEN $2 = 0 THEN duration_us ELSE $2 END, preparation = coalesce($3, preparation)
         WHERE id = $1 AND ",
        outdated!(),
        " RETURNING duration_us"
    ));
    let query = query.bind(item.uuid()).bind(facts.duration_us).bind(encoded(facts));
    Ok(query.fetch_optional(tx.db()).await?)
}

/// Those of the assets that open rooms play: rooms of this member, or any.
pub(crate) async fn in_use(
    db: impl PgExecutor<'_>,
    of: &[AssetId],
    member_id: Option<&str>,
) -> Result<Vec<AssetId>> {
    let query = sqlx::query_scalar::<_, Uuid>(
        "SELECT DISTINCT i.asset_id FROM room.items i JOIN room.rooms r ON r.id = i.room_id
         WHERE i.asset_id = ANY($1) AND r.closed_at IS NULL
           AND ($2::text IS NULL OR EXISTS (SELECT FROM room.members m WHERE m.room_id = r.id AND m.subject_id = $2))",
    );
    let assets: Vec<_> = of.iter().map(|asset| asset.uuid()).collect();
    Ok(query.bind(assets).bind(member_id).fetch_all(db).await?.into_iter().map(Into::into).collect())
}
