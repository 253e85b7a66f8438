//! Playlists.

use ids::{AssetId, ItemId, RoomId, SubjectId};
use prost::Message as _;
use proto::room::v1::Source;
use sqlx::{PgExecutor, Row as _, postgres::PgRow};
use uuid::Uuid;

use super::{RoomTx, subject};
use crate::{domain::Item, error::Result};

macro_rules! columns {
    () => {
        "id, title, source, duration_us, asset_id, added_by, added_at"
    };
}

fn item(row: &PgRow) -> Result<Item> {
    Ok(Item {
        id: row.try_get::<Uuid, _>("id")?.into(),
        title: row.try_get("title")?,
        source: Source::decode(row.try_get::<&[u8], _>("source")?)?,
        added_by: subject(row, "added_by")?,
        added_at: row.try_get("added_at")?,
        duration_us: row.try_get("duration_us")?,
        asset: row.try_get::<Option<Uuid>, _>("asset_id")?.map(Into::into),
    })
}

/// The whole playlist, in order.
pub(crate) async fn list(db: impl PgExecutor<'_>, room: RoomId) -> Result<Vec<Item>> {
    let query =
        sqlx::query(concat!("SELECT ", columns!(), " FROM room.items WHERE room_id = $1 ORDER BY rank, id"));
    query.bind(room.uuid()).fetch_all(db).await?.iter().map(item).collect()
}

/// The ids of the playlist, in order.
pub(crate) async fn order(db: impl PgExecutor<'_>, room: RoomId) -> Result<Vec<ItemId>> {
    let query =
        sqlx::query_scalar::<_, Uuid>("SELECT id FROM room.items WHERE room_id = $1 ORDER BY rank, id");
    Ok(query.bind(room.uuid()).fetch_all(db).await?.into_iter().map(Into::into).collect())
}

/// Puts the items in this order, which must name all of them.
pub(crate) async fn set_order(tx: &mut RoomTx, order: &[ItemId]) -> Result<()> {
    let ids: Vec<Uuid> = order.iter().map(|id| id.uuid()).collect();
    let query = sqlx::query(
        "UPDATE room.items i SET rank = o.rank FROM unnest($2::uuid[]) WITH ORDINALITY AS o (id, rank)
         WHERE i.room_id = $1 AND i.id = o.id AND i.rank <> o.rank",
    );
    query.bind(tx.room_id().uuid()).bind(ids).execute(tx.db()).await?;
    Ok(())
}

/// The item that this person added with this request.
pub(crate) async fn added_by(
    db: impl PgExecutor<'_>,
    room: RoomId,
    subject: SubjectId,
    request_id: &str,
) -> Result<Option<Item>> {
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        " FROM room.items WHERE room_id = $1 AND added_by = $2 AND request_id = $3"
    ));
    query
        .bind(room.uuid())
        .bind(subject.to_string())
        .bind(request_id)
        .fetch_optional(db)
        .await?
        .as_ref()
        .map(item)
        .transpose()
}

/// An item of this room, if it is there.
pub(crate) async fn find(db: impl PgExecutor<'_>, room: RoomId, id: ItemId) -> Result<Option<Item>> {
    let query =
        sqlx::query(concat!("SELECT ", columns!(), " FROM room.items WHERE room_id = $1 AND id = $2"));
    query.bind(room.uuid()).bind(id.uuid()).fetch_optional(db).await?.as_ref().map(item).transpose()
}

/// Changes the title of an item.
pub(crate) async fn set_title(tx: &mut RoomTx, id: ItemId, title: &str) -> Result<()> {
    let query = sqlx::query("UPDATE room.items SET title = $2 WHERE id = $1");
    query.bind(id.uuid()).bind(title).execute(tx.db()).await?;
    Ok(())
}

/// Adds an item to the end.
pub(crate) async fn append(tx: &mut RoomTx, item: &Item, request_id: Option<&str>) -> Result<()> {
    let query = sqlx::query(
        "INSERT INTO room.items (id, room_id, rank, title, source, duration_us, asset_id, added_by, added_at, request_id)
         SELECT $1, $2, coalesce(max(rank), 0) + 1, $3, $4, $5, $6, $7, $8, $9 FROM room.items WHERE room_id = $2",
    );
    query
        .bind(item.id.uuid())
        .bind(tx.room_id().uuid())
        .bind(&item.title)
        .bind(item.source.encode_to_vec())
        .bind(item.duration_us)
        .bind(item.asset.map(AssetId::uuid))
        .bind(item.added_by.to_string())
        .bind(item.added_at)
        .bind(request_id)
        .execute(tx.db())
        .await?;
    Ok(())
}

/// Removes an item.
pub(crate) async fn remove(tx: &mut RoomTx, item: ItemId) -> Result<()> {
    let query = sqlx::query("DELETE FROM room.items WHERE room_id = $1 AND id = $2");
    query.bind(tx.room_id().uuid()).bind(item.uuid()).execute(tx.db()).await?;
    Ok(())
}
