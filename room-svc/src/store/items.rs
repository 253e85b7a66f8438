//! Items of playlists.

use ids::{AssetId, FolderId, ItemId, RoomId, SubjectId};
use prost::Message;
use proto::room::v1::{self as wire, ItemPreparation, Source};
use sqlx::{PgExecutor, Row as _, postgres::PgRow};
use uuid::Uuid;

use super::{RoomTx, rank, subject};
use crate::{
    domain::{Entry, Item, Place},
    error::Result,
};

macro_rules! columns {
    () => {
        "i.id, i.title, i.source, i.duration_us, i.asset_id, i.added_by, i.added_at, i.position, i.folder_id, i.note,
         i.resume_us, i.played_at IS NOT NULL AS played, i.tracks, i.preparation"
    };
}

/// The items of room `$1` in the order of the playlist: a folder's items stand where the folder does.
macro_rules! in_order {
    () => {
        " FROM room.items i LEFT JOIN room.folders f ON f.id = i.folder_id WHERE i.room_id = $1
         ORDER BY coalesce(f.position, i.position), f.id, i.position, i.id"
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
        rank: rank(row, "position")?,
        folder: row.try_get::<Option<Uuid>, _>("folder_id")?.map(Into::into),
        note: row.try_get("note")?,
        resume_us: row.try_get("resume_us")?,
        played: row.try_get("played")?,
        tracks: wire::Item::decode(row.try_get::<&[u8], _>("tracks")?)?.tracks,
        preparation: row
            .try_get::<Option<&[u8]>, _>("preparation")?
            .map(ItemPreparation::decode)
            .transpose()?,
    })
}

/// The whole playlist, in order.
pub(crate) async fn list(db: impl PgExecutor<'_>, room: RoomId) -> Result<Vec<Item>> {
    let query = sqlx::query(concat!("SELECT ", columns!(), in_order!()));
    query.bind(room.uuid()).fetch_all(db).await?.iter().map(item).collect()
}

/// The playlist in order, with what decides on what plays next.
pub(crate) async fn entries(db: impl PgExecutor<'_>, room: RoomId) -> Result<Vec<Entry>> {
    let query = sqlx::query(concat!(
        "SELECT i.id, i.added_by, i.played_at, (SELECT count(*) FROM room.item_votes v WHERE v.item_id = i.id) AS votes",
        in_order!()
    ));
    let entry = |row: &PgRow| {
        Ok(Entry {
            id: row.try_get::<Uuid, _>("id")?.into(),
            added_by: subject(row, "added_by")?,
            played_at: row.try_get("played_at")?,
            votes: row.try_get("votes")?,
        })
    };
    query.bind(room.uuid()).fetch_all(db).await?.iter().map(entry).collect()
}

/// The first item of the playlist.
pub(crate) async fn first(db: impl PgExecutor<'_>, room: RoomId) -> Result<Option<Item>> {
    let query = sqlx::query(concat!("SELECT ", columns!(), in_order!(), " LIMIT 1"));
    query.bind(room.uuid()).fetch_optional(db).await?.as_ref().map(item).transpose()
}

/// The number of items, and of those that this person added.
pub(crate) async fn count(
    db: impl PgExecutor<'_>,
    room: RoomId,
    subject: SubjectId,
) -> Result<(usize, usize)> {
    let query = sqlx::query_as::<_, (i64, i64)>(
        "SELECT count(*), count(*) FILTER (WHERE added_by = $2) FROM room.items WHERE room_id = $1",
    );
    let (all, theirs) = query.bind(room.uuid()).bind(subject.to_string()).fetch_one(db).await?;
    Ok((usize::try_from(all).unwrap_or_default(), usize::try_from(theirs).unwrap_or_default()))
}

/// The items that this person added with these requests, each with its request.
pub(crate) async fn added_by(
    db: impl PgExecutor<'_>,
    room: RoomId,
    subject: SubjectId,
    request_ids: &[&str],
) -> Result<Vec<(String, Item)>> {
    let query = sqlx::query(concat!(
        "SELECT i.request_id, ",
        columns!(),
        " FROM room.items i WHERE i.room_id = $1 AND i.added_by = $2 AND i.request_id = ANY($3)"
    ));
    let rows = query.bind(room.uuid()).bind(subject.to_string()).bind(request_ids).fetch_all(db).await?;
    rows.iter().map(|row| Ok((row.try_get("request_id")?, item(row)?))).collect()
}

/// An item of this room, if it is there.
pub(crate) async fn find(db: impl PgExecutor<'_>, room: RoomId, id: ItemId) -> Result<Option<Item>> {
    let query =
        sqlx::query(concat!("SELECT ", columns!(), " FROM room.items i WHERE i.room_id = $1 AND i.id = $2"));
    query.bind(room.uuid()).bind(id.uuid()).fetch_optional(db).await?.as_ref().map(item).transpose()
}

/// Changes the title and the note of an item.
pub(crate) async fn set_texts(tx: &mut RoomTx, item: &Item) -> Result<()> {
    let query = sqlx::query("UPDATE room.items SET title = $2, note = $3 WHERE id = $1");
    query.bind(item.id.uuid()).bind(&item.title).bind(&item.note).execute(tx.db()).await?;
    Ok(())
}

/// Changes the tracks of an item.
pub(crate) async fn set_tracks(tx: &mut RoomTx, item: &Item) -> Result<()> {
    let tracks = wire::Item { tracks: item.tracks.clone(), ..wire::Item::default() };
    let query = sqlx::query("UPDATE room.items SET tracks = $2 WHERE id = $1");
    query.bind(item.id.uuid()).bind(tracks.encode_to_vec()).execute(tx.db()).await?;
    Ok(())
}

/// Puts items at other places.
pub(crate) async fn set_places(tx: &mut RoomTx, places: &[(ItemId, Place)]) -> Result<()> {
    let ids: Vec<Uuid> = places.iter().map(|(item, _)| item.uuid()).collect();
    let folders: Vec<Option<Uuid>> =
        places.iter().map(|(_, place)| place.folder.map(FolderId::uuid)).collect();
    let ranks: Vec<&str> = places.iter().map(|(_, place)| place.rank.as_str()).collect();
    let query = sqlx::query(
        "UPDATE room.items i SET folder_id = p.folder_id, position = p.position
         FROM unnest($2::uuid[], $3::uuid[], $4::text[]) AS p (id, folder_id, position)
         WHERE i.room_id = $1 AND i.id = p.id",
    );
    query.bind(tx.room_id().uuid()).bind(ids).bind(folders).bind(ranks).execute(tx.db()).await?;
    Ok(())
}

/// Adds items, each with its request.
pub(crate) async fn insert(tx: &mut RoomTx, items: &[(Item, Option<&str>)]) -> Result<()> {
    // `rank` is what the version before orders by.
    let query = sqlx::query(
        "INSERT INTO room.items (room_id, rank, id, title, source, duration_us, asset_id, added_by, added_at, request_id,
                                 position, folder_id, note, preparation)
         SELECT $1, (SELECT coalesce(max(rank), 0) FROM room.items WHERE room_id = $1) + n.number, n.id, n.title, n.source,
                n.duration_us, n.asset_id, n.added_by, n.added_at, n.request_id, n.position, n.folder_id, n.note, n.preparation
         FROM unnest($2::uuid[], $3::text[], $4::bytea[], $5::bigint[], $6::uuid[], $7::text[], $8::timestamptz[], $9::text[],
                     $10::text[], $11::uuid[], $12::text[], $13::bytea[])
              WITH ORDINALITY AS n (id, title, source, duration_us, asset_id, added_by, added_at, request_id, position,
                                    folder_id, note, preparation, number)",
    );
    let items_of = || items.iter().map(|(item, _)| item);
    query
        .bind(tx.room_id().uuid())
        .bind(items_of().map(|item| item.id.uuid()).collect::<Vec<_>>())
        .bind(items_of().map(|item| item.title.as_str()).collect::<Vec<_>>())
        .bind(items_of().map(|item| item.source.encode_to_vec()).collect::<Vec<_>>())
        .bind(items_of().map(|item| item.duration_us).collect::<Vec<_>>())
        .bind(items_of().map(|item| item.asset.map(AssetId::uuid)).collect::<Vec<_>>())
        .bind(items_of().map(|item| item.added_by.to_string()).collect::<Vec<_>>())
        .bind(items_of().map(|item| item.added_at).collect::<Vec<_>>())
        .bind(items.iter().map(|(_, request_id)| *request_id).collect::<Vec<_>>())
        .bind(items_of().map(|item| item.rank.as_str()).collect::<Vec<_>>())
        .bind(items_of().map(|item| item.folder.map(FolderId::uuid)).collect::<Vec<_>>())
        .bind(items_of().map(|item| item.note.as_str()).collect::<Vec<_>>())
        .bind(
            items_of().map(|item| item.preparation.as_ref().map(Message::encode_to_vec)).collect::<Vec<_>>(),
        )
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
