//! Moves an item within the playlist.

use ids::ItemId;
use proto::room::v1::{Permission, room_event::Kind};

use super::{change_of, following_id};
use crate::{
    app::App,
    domain::{Caller, RoomKey, Step, moved},
    error::{Error, Result},
    store::items,
};

impl App {
    /// Puts an item behind another one or, without one, to the front. Nothing happens when it already stands there.
    pub(crate) async fn move_item(
        &self,
        caller: &Caller,
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
        let mut unit = self.open(room, caller).await?;
        unit.need(Permission::ReorderPlaylist)?;
        let id = unit.room_id();
        let old = items::order(unit.db(), id).await?;
        let new = moved(&old, item, after).map_err(|missing| Error::ItemNotFound(missing.to_string()))?;
        if new == old {
            return Ok(());
        }
        items::set_order(&mut unit, &new).await?;
        let next = following_id(unit.db(), id, item, Step::Ended).await?;
        let change = change_of(item, next);
        unit.playlist_changed(Kind::ItemsReordered, change).await
    }
}
