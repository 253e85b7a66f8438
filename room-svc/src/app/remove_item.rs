//! Takes an item off the playlist.

use ids::ItemId;
use proto::{
    common::v1::Identity,
    room::v1::{Permission, PlaylistChange, room_event::Kind},
};

use super::{App, get_access::access};
use crate::{
    domain::{RoomKey, behind},
    error::{Error, Result},
    store::{items, outbox, rooms},
};

impl App {
    /// Takes an item off, for those who may do that to any item, and for whoever put it there.
    pub(crate) async fn remove_item(&self, caller: &Identity, room: &RoomKey, item: ItemId) -> Result<()> {
        let mut tx = pg::begin(&self.pool).await?;
        let id = rooms::lock(&mut tx, room).await?;
        let access = access(&mut *tx, caller, &id.into()).await?;
        let adder =
            items::adder(&mut tx, id, item).await?.ok_or_else(|| Error::ItemNotFound(item.to_string()))?;
        if adder != caller.subject_id || access.need(Permission::EditOwnMedia).is_err() {
            access.need(Permission::RemoveMedia)?;
        }
        // Known only here: when sync-svc hears of it, the item has no place in the list any more.
        let next_item_id = behind(&items::order(&mut tx, id).await?, item);
        items::remove(&mut tx, id, item).await?;
        let version = rooms::next_playlist_version(&mut tx, id).await?;
        let change =
            PlaylistChange { item_id: item.to_string(), version, next_item_id, ..PlaylistChange::default() };
        outbox::append(&mut tx, id, Kind::ItemRemoved(change), self.clock.now()).await?;
        self.commit(tx).await
    }
}
