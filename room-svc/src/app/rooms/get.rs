//! Reads one room.

use crate::{
    app::App,
    domain::{Caller, InvitePreview, RoomKey, Sight},
    error::Result,
    store::rooms,
};

impl App {
    /// The room, for anyone who can name it, as the caller sees it.
    pub(crate) async fn get_room(&self, caller: Option<&Caller>, room: &RoomKey) -> Result<Sight> {
        let room = self.rooms.get(room).await?;
        let mut seen = self.seen(caller, vec![room]).await?;
        seen.pop().ok_or_else(|| crate::error::Error::RoomNotFound(String::new()))
    }

    /// What the preview of an invite link shows; `None` for a room that is not public. Programs of strangers make
    /// previews and store what they read, so the answer does not tell whether an unlisted room exists.
    pub(crate) async fn get_invite_preview(&self, room: &RoomKey) -> Result<Option<InvitePreview>> {
        rooms::preview_public(&self.pool, room).await
    }
}
