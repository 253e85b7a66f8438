//! Reads the playlist: for members, and for other services, which act on their own and not for a member.

use ids::{ItemId, RoomId};
use sqlx::PgConnection;

use super::following_id;
use crate::{
    app::App,
    domain::{Caller, Folder, Item, Room, RoomKey, Step},
    error::{Error, Result},
    store::{folders, items, members, rooms},
};

/// A whole playlist.
pub(crate) struct Playlist {
    pub(crate) items: Vec<Item>,
    pub(crate) folders: Vec<Folder>,
    pub(crate) version: i64,
}

/// An item, and the one that plays after it.
pub(crate) struct Followed {
    pub(crate) item: Item,
    pub(crate) next: Option<ItemId>,
}

impl App {
    /// The playlist, for a member.
    pub(crate) async fn list_items(&self, caller: &Caller, room: &RoomKey) -> Result<Playlist> {
        let mut tx = self.snapshot().await?;
        let (room, member) = members::standing(&mut *tx, room, caller.id).await?;
        caller.admitted_to(room.id)?;
        member.ok_or(Error::NotAMember)?;
        read(&mut tx, &room).await
    }

    /// The playlist.
    pub(crate) async fn get_playlist(&self, room: RoomId) -> Result<Playlist> {
        let mut tx = self.snapshot().await?;
        let found = rooms::get(&mut *tx, &room.into()).await?;
        read(&mut tx, &found).await
    }

    /// One item.
    pub(crate) async fn get_item(&self, room: RoomId, item: ItemId) -> Result<Followed> {
        let mut tx = self.snapshot().await?;
        let found = followed(&mut tx, room, item).await?;
        found.ok_or_else(|| Error::ItemNotFound(item.to_string()))
    }

    /// The item to which a step from `from` leads; `None` where nothing follows, or the playlist does not have `from`.
    pub(crate) async fn get_following_item(
        &self,
        room: RoomId,
        from: ItemId,
        step: Step,
    ) -> Result<Option<Followed>> {
        let mut tx = self.snapshot().await?;
        let queue = match rooms::get(&mut *tx, &room.into()).await {
            Err(Error::RoomNotFound(_)) => return Ok(None),
            found => found?.queue(),
        };
        match following_id(&mut tx, room, &queue, from, step).await? {
            Some(next) => followed(&mut tx, room, next).await,
            None => Ok(None),
        }
    }
}

async fn read(db: &mut PgConnection, room: &Room) -> Result<Playlist> {
    let items = items::list(&mut *db, room.id).await?;
    let folders = folders::list(&mut *db, room.id).await?;
    Ok(Playlist { items, folders, version: room.playlist_version })
}

async fn followed(db: &mut PgConnection, room: RoomId, item: ItemId) -> Result<Option<Followed>> {
    let Some(item) = items::find(&mut *db, room, item).await? else { return Ok(None) };
    let queue = rooms::get(&mut *db, &room.into()).await?.queue();
    let next = following_id(db, room, &queue, item.id, Step::Ended).await?;
    Ok(Some(Followed { item, next }))
}
