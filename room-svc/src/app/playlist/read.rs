//! Reads the playlist: for members, and for other services, which act on their own and not for a member.

use ids::{ItemId, RoomId};

use super::following_id;
use crate::{
    app::App,
    domain::{Caller, Item, RoomKey, Step},
    error::{Error, Result},
    store::{items, members, rooms},
};

impl App {
    /// All items and the version of the playlist, for a member.
    pub(crate) async fn list_items(&self, caller: &Caller, room: &RoomKey) -> Result<(Vec<Item>, i64)> {
        let mut tx = self.snapshot().await?;
        let (room, member) = members::standing(&mut *tx, room, caller.id).await?;
        caller.admitted_to(room.id)?;
        member.ok_or(Error::NotAMember)?;
        Ok((items::list(&mut *tx, room.id).await?, room.playlist_version))
    }

    /// All items and the version of the playlist.
    pub(crate) async fn get_playlist(&self, room: RoomId) -> Result<(Vec<Item>, i64)> {
        let mut tx = self.snapshot().await?;
        let found = rooms::get(&mut *tx, &room.into()).await?;
        Ok((items::list(&mut *tx, room).await?, found.playlist_version))
    }

    /// One item.
    pub(crate) async fn get_item(&self, room: RoomId, item: ItemId) -> Result<Item> {
        let found = items::find(&self.pool, room, item).await?;
        found.ok_or_else(|| Error::ItemNotFound(item.to_string()))
    }

    /// The item to which a step from `from` leads; `None` where the playlist ends, or does not have `from`.
    pub(crate) async fn get_following_item(
        &self,
        room: RoomId,
        from: ItemId,
        step: Step,
    ) -> Result<Option<Item>> {
        let mut tx = self.snapshot().await?;
        match following_id(&mut tx, room, from, step).await? {
            Some(next) => items::find(&mut *tx, room, next).await,
            None => Ok(None),
        }
    }
}
