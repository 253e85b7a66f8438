//! Tells what the preview of an invite link may show.

use super::App;
use crate::{
    domain::{InvitePreview, RoomKey},
    error::Result,
    store::rooms,
};

impl App {
    /// `None` for a room that is not public. Previews are made by programs of strangers, which keep what they read, so
    /// an unlisted room is described to nobody; nor does the answer tell whether there is one.
    pub(crate) async fn get_invite_preview(&self, room: &RoomKey) -> Result<Option<InvitePreview>> {
        rooms::preview_public(&self.pool, room).await
    }
}
