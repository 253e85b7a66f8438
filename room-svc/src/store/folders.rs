//! Folders of playlists.

use ids::{FolderId, RoomId};
use sqlx::{PgExecutor, Row as _, postgres::PgRow};
use uuid::Uuid;

use super::{RoomTx, rank};
use crate::{domain::Folder, error::Result};

fn folder(row: &PgRow) -> Result<Folder> {
    Ok(Folder {
        id: row.try_get::<Uuid, _>("id")?.into(),
        title: row.try_get("title")?,
        rank: rank(row, "position")?,
    })
}

/// The folders of a room, in order.
pub(crate) async fn list(db: impl PgExecutor<'_>, room: RoomId) -> Result<Vec<Folder>> {
    let query =
        sqlx::query("SELECT id, title, position FROM room.folders WHERE room_id = $1 ORDER BY position, id");
    query.bind(room.uuid()).fetch_all(db).await?.iter().map(folder).collect()
}

/// Adds a folder.
pub(crate) async fn insert(tx: &mut RoomTx, folder: &Folder) -> Result<()> {
    let query =
        sqlx::query("INSERT INTO room.folders (id, room_id, title, position) VALUES ($1, $2, $3, $4)");
    let query = query.bind(folder.id.uuid()).bind(tx.room_id().uuid());
    query.bind(&folder.title).bind(folder.rank.as_str()).execute(tx.db()).await?;
    Ok(())
}

/// Changes the title of a folder.
pub(crate) async fn set_title(tx: &mut RoomTx, folder: FolderId, title: &str) -> Result<()> {
    let query = sqlx::query("UPDATE room.folders SET title = $3 WHERE room_id = $1 AND id = $2");
    query.bind(tx.room_id().uuid()).bind(folder.uuid()).bind(title).execute(tx.db()).await?;
    Ok(())
}

/// Removes a folder, which must be empty.
pub(crate) async fn remove(tx: &mut RoomTx, folder: FolderId) -> Result<()> {
    let query = sqlx::query("DELETE FROM room.folders WHERE room_id = $1 AND id = $2");
    query.bind(tx.room_id().uuid()).bind(folder.uuid()).execute(tx.db()).await?;
    Ok(())
}
