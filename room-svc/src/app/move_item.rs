//! Moves an item within the playlist.

use ids::ItemId;
use proto::{
    common::v1::Identity,
    room::v1::{Permission, PlaylistChange, room_event::Kind},
};

use super::{App, get_access::access};
use crate::{
    domain::{RoomKey, behind, moved},
    error::{Error, Result},
    store::{items, outbox, rooms},
};

impl App {
    /// Puts an item behind another one or, without one, to the front. Where it already stands there, nothing changes.
    pub(crate) async fn move_item(
        &self,
        caller: &Identity,
        room: &RoomKey,
        item: ItemId,
        after: Option<ItemId>,
    ) -> Result<()> {
        if after == Some(item) {
            return Err(Error::Field {
                field: "after_item_id",
                what: "must be another item than the one that is moved",
            });
        }
        let mut tx = pg::begin(&self.pool).await?;
        let id = rooms::lock(&mut tx, room).await?;
        access(&mut *tx, caller, &id.into()).await?.need(Permission::ReorderPlaylist)?;
        let old = items::order(&mut tx, id).await?;
        let new = moved(&old, item, after).map_err(|missing| Error::ItemNotFound(missing.to_string()))?;
        if new == old {
            return Ok(());
        }
        items::set_order(&mut tx, id, &new).await?;
        let version = rooms::next_playlist_version(&mut tx, id).await?;
        let next_item_id = behind(&new, item);
        let change =
            PlaylistChange { item_id: item.to_string(), version, next_item_id, ..PlaylistChange::default() };
        outbox::append(&mut tx, id, Kind::ItemsReordered(change), self.clock.now()).await?;
        self.commit(tx).await
    }
}
