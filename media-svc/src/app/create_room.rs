//! Creates a room with its first item.

use proto::room::v1::{CreateRoomRequest, Item, Room, room_service_client::RoomServiceClient};
use rpc::Context;

use super::{App, NewItem};
use crate::error::Result;

impl App {
    /// Creates a room with an item. The link is checked first, so that one that cannot be played makes no room. Who repeats
    /// the call with its `request_id`, after a failure behind the check, gets the same room and item.
    pub(crate) async fn create_room(
        &self,
        context: &Context,
        room: CreateRoomRequest,
        first: NewItem,
    ) -> Result<(Room, Item)> {
        let checked = self.check_item(context, first).await?;
        let mut rooms = RoomServiceClient::new(self.room.clone());
        let room = rooms.create_room(context.request(room)).await?.into_inner().room.unwrap_or_default();
        let item = self.append_item(context, room.id.clone(), checked).await?;
        Ok((room, item))
    }
}
