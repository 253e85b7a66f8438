//! Creates a room with its first item.

use proto::{
    media::v1::add_item_request::From,
    room::v1::{CreateRoomRequest, DeleteRoomRequest, Item, Room, room_service_client::RoomServiceClient},
};
use rpc::Context;

use super::{App, NewItem};
use crate::error::Result;

/// The first item of a new room.
pub(crate) struct FirstItem {
    pub(crate) from: From,
    /// Empty: the service makes one of the link.
    pub(crate) title: String,
    /// Adds the link also when its host refuses our check.
    pub(crate) add_anyway: bool,
}

impl App {
    /// Creates a room with an item. The link is checked first, so that one that cannot be played makes no room.
    pub(crate) async fn create_room(
        &self,
        context: &Context,
        room: CreateRoomRequest,
        first: FirstItem,
    ) -> Result<(Room, Item)> {
        if let From::Url(link) = &first.from
            && !first.add_anyway
        {
            self.check_source(context, link, "").await?;
        }
        let mut rooms = RoomServiceClient::new(self.room.clone());
        let request_id = room.request_id.clone();
        let room = rooms.create_room(context.request(room)).await?.into_inner().room.unwrap_or_default();
        let FirstItem { from, title, add_anyway } = first;
        let item = NewItem { room: room.id.clone(), from, title, request_id, add_anyway };
        match self.add_item(context, item).await {
            Ok(item) => Ok((room, item)),
            Err(error) => {
                // A room without its item is of no use to the caller, who does not learn of it.
                let delete = DeleteRoomRequest { room: room.id.clone() };
                if let Err(status) = rooms.delete_room(context.request(delete)).await {
                    tracing::warn!(room_id = room.id, %status, "a room without its first item stays");
                }
                Err(error)
            }
        }
    }
}
