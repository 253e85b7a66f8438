//! Moves an item within the playlist.

use ids::ItemId;
use proto::room::v1::{Permission, room_event::Kind};

use super::{change_of, following_id};
use crate::{
    app::App,
    domain::{Caller, RoomKey, Sibling, Step, Wish},
    error::Result,
};

impl App {
    /// Puts an item where a wish says. Nothing happens when it already stands there.
    pub(crate) async fn move_item(
        &self,
        caller: &Caller,
        room: &RoomKey,
        item: ItemId,
        wish: Wish,
    ) -> Result<()> {
        let mut unit = self.open(room, caller).await?;
        unit.need(Permission::ReorderPlaylist)?;
        if !unit.place(Sibling::Item(item), wish).await? {
            return Ok(());
        }
        let (id, queue) = (unit.room_id(), unit.room().queue());
        let next = following_id(unit.db(), id, &queue, item, Step::Ended).await?;
        unit.playlist_changed(Kind::ItemsReordered, change_of(item, next)).await
    }
}
