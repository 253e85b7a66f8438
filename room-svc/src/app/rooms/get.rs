//! Reads one room.

use crate::{
    app::App,
    domain::{InvitePreview, Room, RoomKey},
    error::Result,
    store::rooms,
};

impl App {
    /// The room, for anyone who can name it.
    pub(crate) async fn get_room(&self, room: &RoomKey) -> Result<Room> {
        self.rooms.get(room).await
    }

    /// What the preview of an invite link shows; `None` for a room that is not public. Programs of strangers make
    /// previews and store what they read, so the answer does not tell whether an unlisted room exists.
    pub(crate) async fn get_invite_preview(&self, room: &RoomKey) -> Result<Option<InvitePreview>> {
        rooms::preview_public(&self.pool, room).await
    }
}
