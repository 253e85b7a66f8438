//! Reads one room.

use std::net::IpAddr;

use crate::{
    app::App,
    domain::{Caller, InvitePreview, RoomKey, Sight},
    error::{Error, Result},
    store::{members, rooms},
};

impl App {
    /// The room, for anyone who can name it, as the caller sees it. Counts wrong codes, and refuses codes from a network with
    /// too many of them, except to members.
    pub(crate) async fn find_room(
        &self,
        caller: Option<&Caller>,
        room: &str,
        network: Option<IpAddr>,
    ) -> Result<Sight> {
        let found = match RoomKey::parse(room) {
            Ok(key @ RoomKey::Id(_)) => return self.get_room(caller, &key).await,
            Ok(key) => self.get_room(caller, &key).await,
            Err(error) => Err(error),
        };
        if let Err(blocked) = self.guard.check_code(network).await {
            let Ok(sight) = found else { return Err(blocked) };
            let Some(caller) = caller else { return Err(blocked) };
            let (_, member) = members::standing(&self.pool, &sight.room.id.into(), caller.id).await?;
            return if member.is_some() { Ok(sight) } else { Err(blocked) };
        }
        if matches!(found, Err(Error::RoomNotFound(_))) {
            self.guard.wrong_code(network, room).await;
        }
        found
    }

    /// The room, for anyone who can name it, as the caller sees it.
    pub(crate) async fn get_room(&self, caller: Option<&Caller>, room: &RoomKey) -> Result<Sight> {
        let room = self.rooms.get(room).await?;
        let mut seen = self.seen(caller, vec![room]).await?;
        seen.pop().ok_or_else(|| Error::RoomNotFound(String::new()))
    }

    /// What the preview of an invite link shows; `None` for a room that is not public. Programs of strangers make
    /// previews and store what they read, so the answer does not tell whether an unlisted room exists.
    pub(crate) async fn get_invite_preview(&self, room: &RoomKey) -> Result<Option<InvitePreview>> {
        rooms::preview_public(&self.pool, room).await
    }
}
