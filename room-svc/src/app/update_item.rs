//! Changes an item of the playlist.

use ids::ItemId;
use proto::{
    common::v1::Identity,
    room::v1::{Permission, PlaylistChange, room_event::Kind},
};

use super::{App, get_access::access};
use crate::{
    domain::{Item, RoomKey},
    error::{Error, Result},
    store::{items, outbox, rooms},
};

impl App {
    /// Gives an item another title. Allowed to whoever added it (`edit_own_media`) and to those who arrange the playlist
    /// (`reorder_playlist`). The same title again changes nothing.
    pub(crate) async fn retitle_item(
        &self,
        caller: &Identity,
        room: &RoomKey,
        item: ItemId,
        title: &str,
    ) -> Result<Item> {
        let title = title.trim();
        if title.is_empty() {
            return Err(Error::Field { field: "title", what: "must have a character that is no space" });
        }
        let mut tx = pg::begin(&self.pool).await?;
        let id = rooms::lock(&mut tx, room).await?;
        let access = access(&mut *tx, caller, &id.into()).await?;
        let mut found =
            items::find(&mut tx, id, item).await?.ok_or_else(|| Error::ItemNotFound(item.to_string()))?;
        if found.added_by != caller.subject_id || access.need(Permission::EditOwnMedia).is_err() {
            access.need(Permission::ReorderPlaylist)?;
        }
        if found.title == title {
            return Ok(found);
        }
        items::set_title(&mut tx, item, title).await?;
        title.clone_into(&mut found.title);
        let version = rooms::next_playlist_version(&mut tx, id).await?;
        let change = PlaylistChange { item_id: item.to_string(), version, ..PlaylistChange::default() };
        outbox::append(&mut tx, id, Kind::ItemUpdated(change), self.clock.now()).await?;
        self.commit(tx).await?;
        Ok(found)
    }
}
