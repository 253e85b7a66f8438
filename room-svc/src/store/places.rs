//! The places of items and folders in a playlist.

use ids::{FolderId, RoomId};
use sqlx::{PgExecutor, Row as _, postgres::PgRow};
use uuid::Uuid;

use super::{RoomTx, items, rank};
use crate::{
    domain::{Place, Places, Rank, Sibling},
    error::Result,
};

/// The places of all items and folders of a room.
pub(crate) async fn all(db: impl PgExecutor<'_>, room: RoomId) -> Result<Places> {
    let query = sqlx::query(
        "SELECT id, folder_id, position, false AS is_folder FROM room.items WHERE room_id = $1
         UNION ALL SELECT id, NULL, position, true FROM room.folders WHERE room_id = $1",
    );
    let place = |row: &PgRow| {
        let id: Uuid = row.try_get("id")?;
        let sibling =
            if row.try_get("is_folder")? { Sibling::Folder(id.into()) } else { Sibling::Item(id.into()) };
        let folder = row.try_get::<Option<Uuid>, _>("folder_id")?.map(Into::into);
        Ok((sibling, Place { folder, rank: rank(row, "position")? }))
    };
    Ok(Places(query.bind(room.uuid()).fetch_all(db).await?.iter().map(place).collect::<Result<_>>()?))
}

/// Puts items and folders at other places.
pub(crate) async fn set(tx: &mut RoomTx, places: Vec<(Sibling, Place)>) -> Result<()> {
    let mut of_items = Vec::new();
    for (sibling, place) in places {
        match sibling {
            Sibling::Item(item) => of_items.push((item, place)),
            Sibling::Folder(folder) => set_rank(tx, folder, &place.rank).await?,
        }
    }
    items::set_places(tx, &of_items).await
}

async fn set_rank(tx: &mut RoomTx, folder: FolderId, rank: &Rank) -> Result<()> {
    let query = sqlx::query("UPDATE room.folders SET position = $3 WHERE room_id = $1 AND id = $2");
    query.bind(tx.room_id().uuid()).bind(folder.uuid()).bind(rank.as_str()).execute(tx.db()).await?;
    Ok(())
}
