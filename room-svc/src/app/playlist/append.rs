//! Adds an item to the playlist.

use ids::{AssetId, ItemId};
use proto::room::v1::{Permission, PlaylistChange, Source, room_event::Kind};

use super::change_of;
use crate::{
    app::{App, request_id},
    domain::{Caller, Item, RoomKey},
    error::{Error, Result},
    store::items,
};

/// An item to add.
pub(crate) struct NewItem<'a> {
    pub(crate) title: String,
    pub(crate) source: Source,
    pub(crate) asset: Option<AssetId>,
    /// Length of the asset in microseconds; 0 while unknown.
    pub(crate) duration_us: i64,
    /// Made by the client; empty: none.
    pub(crate) request_id: &'a str,
}

impl App {
    /// Adds a source to the end of the playlist. A repeated request of the same person returns the same item.
    pub(crate) async fn append_item(
        &self,
        caller: &Caller,
        room: &RoomKey,
        new: NewItem<'_>,
    ) -> Result<Item> {
        let request = request_id(new.request_id);
        let mut unit = self.open(room, caller).await?;
        unit.need(Permission::AddMedia)?;
        let id = unit.room_id();
        if let Some(request) = request
            && let Some(item) = items::added_by(unit.db(), id, caller.id, request).await?
        {
            return Ok(item);
        }
        if items::order(unit.db(), id).await?.len() >= self.max_items {
            return Err(Error::PlaylistFull(self.max_items));
        }
        let item = Item {
            id: ItemId::new(),
            title: new.title,
            source: new.source,
            asset: new.asset,
            added_by: caller.id,
            added_at: unit.now(),
            duration_us: new.duration_us,
        };
        items::append(&mut unit, &item, request).await?;
        let change = PlaylistChange { start_us: item.source.start_us, ..change_of(item.id, None) };
        unit.playlist_changed(Kind::ItemAdded, change).await?;
        Ok(item)
    }
}
