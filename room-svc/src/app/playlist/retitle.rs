//! Changes the title of an item.

use ids::ItemId;
use proto::room::v1::{Permission, room_event::Kind};

use super::change_of;
use crate::{
    app::App,
    domain::{Caller, Item, RoomKey},
    error::{Error, Result},
    store::items,
};

impl App {
    /// Changes the title, for those who arrange the playlist, and for the person who added the item. Nothing happens
    /// when the item already has the title.
    pub(crate) async fn retitle_item(
        &self,
        caller: &Caller,
        room: &RoomKey,
        item: ItemId,
        title: &str,
    ) -> Result<Item> {
        let title = title.trim();
        if title.is_empty() {
            return Err(Error::Field { field: "title", what: "must have a character that is no space" });
        }
        let mut unit = self.open(room, caller).await?;
        unit.member()?;
        let found = unit.item(item).await?;
        unit.need_for(&found, Permission::ReorderPlaylist)?;
        if found.title == title {
            return Ok(found);
        }
        items::set_title(&mut unit, item, title).await?;
        unit.playlist_changed(Kind::ItemUpdated, change_of(item, None)).await?;
        Ok(Item { title: title.to_owned(), ..found })
    }
}
