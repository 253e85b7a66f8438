//! Emotes of rooms.

use ids::RoomId;
use proto::room::v1::Emote;
use sqlx::{PgExecutor, Row as _, postgres::PgRow};

use crate::{error::Result, store::RoomTx};

fn emote(row: &PgRow) -> sqlx::Result<Emote> {
    Ok(Emote {
        name: row.try_get("name")?,
        content_type: row.try_get("content_type")?,
        digest: row.try_get("digest")?,
        added_by: row.try_get("added_by")?,
    })
}

/// The emotes by name.
pub(crate) async fn list(db: impl PgExecutor<'_>, room: RoomId) -> Result<Vec<Emote>> {
    let query = sqlx::query(
        "SELECT name, content_type, digest, added_by FROM room.emotes WHERE room_id = $1 ORDER BY name",
    );
    let rows = query.bind(room.uuid()).fetch_all(db).await?;
    Ok(rows.iter().map(emote).collect::<sqlx::Result<_>>()?)
}

/// An emote with its image.
pub(crate) async fn get(
    db: impl PgExecutor<'_>,
    room: RoomId,
    name: &str,
) -> Result<Option<(Emote, Vec<u8>)>> {
    let query = sqlx::query(
        "SELECT name, content_type, digest, added_by, image FROM room.emotes WHERE room_id = $1 AND name = $2",
    );
    let row = query.bind(room.uuid()).bind(name).fetch_optional(db).await?;
    Ok(row.map(|row| Ok::<_, sqlx::Error>((emote(&row)?, row.try_get("image")?))).transpose()?)
}

/// Stores an emote, new or changed.
pub(crate) async fn put(tx: &mut RoomTx, emote: &Emote, image: &[u8]) -> Result<()> {
    let query = sqlx::query(
        "INSERT INTO room.emotes (room_id, name, content_type, digest, added_by, image) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (room_id, name) DO UPDATE SET content_type = excluded.content_type, digest = excluded.digest,
                                                   added_by = excluded.added_by, image = excluded.image",
    );
    let query = query.bind(tx.room_id().uuid()).bind(&emote.name).bind(&emote.content_type);
    query.bind(&emote.digest).bind(&emote.added_by).bind(image).execute(tx.db()).await?;
    Ok(())
}

/// Deletes an emote. Returns whether there was one.
pub(crate) async fn delete(tx: &mut RoomTx, name: &str) -> Result<bool> {
    let query = sqlx::query("DELETE FROM room.emotes WHERE room_id = $1 AND name = $2");
    Ok(query.bind(tx.room_id().uuid()).bind(name).execute(tx.db()).await?.rows_affected() > 0)
}
