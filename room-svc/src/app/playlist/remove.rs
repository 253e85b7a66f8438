//! Removes an item from the playlist.

use ids::ItemId;
use proto::room::v1::{Permission, room_event::Kind};

use super::{change_of, following_id};
use crate::{
    app::App,
    domain::{Caller, RoomKey, Step},
    error::Result,
    store::items,
};

impl App {
    /// Removes an item, for those who may remove any item, and for the person who added it.
    pub(crate) async fn remove_item(&self, caller: &Caller, room: &RoomKey, item: ItemId) -> Result<()> {
        let mut unit = self.open(room, caller).await?;
        unit.member()?;
        let found = unit.item(item).await?;
        unit.need_for(&found, Permission::RemoveMedia)?;
        // The event names what plays instead: once the item is gone, its place in the order is unknown.
        let (id, queue) = (unit.room_id(), unit.room().queue());
        let next = following_id(unit.db(), id, &queue, item, Step::Removed).await?;
        items::remove(&mut unit, item).await?;
        unit.playlist_changed(Kind::ItemRemoved, change_of(item, next)).await
    }
}
