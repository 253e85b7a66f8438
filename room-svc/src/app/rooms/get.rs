//! Reads one room.

use std::net::IpAddr;

use ids::RoomId;
use proto::room::v1::GetRoomRequest;

use crate::{
    app::App,
    domain::{Caller, Invite, InvitePreview, Room, RoomKey, Sight, invite_code},
    error::{Error, Result},
    store::{members, rooms},
};

impl App {
    /// The room, for anyone who finds it, as the caller sees it. Counts wrong codes, and refuses codes from a network with too
    /// many of them, except to members.
    pub(crate) async fn find_room(
        &self,
        caller: Option<&Caller>,
        GetRoomRequest { room, invite }: &GetRoomRequest,
        network: Option<IpAddr>,
    ) -> Result<Sight> {
        let invite = match invite_code(invite) {
            code if code.is_empty() => None,
            code => Some(self.get_invite(&code, network).await?.0),
        };
        let found = match RoomKey::parse(room) {
            Ok(key @ RoomKey::Id(_)) => return self.see_room(caller, &key, invite.as_ref()).await,
            Ok(key) => self.see_room(caller, &key, invite.as_ref()).await,
            Err(error) => Err(error),
        };
        if let Err(blocked) = self.guard.check_code(network, room).await {
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

    /// The room, for anyone who finds it, as the caller sees it.
    pub(super) async fn get_room(&self, caller: Option<&Caller>, room: &RoomKey) -> Result<Sight> {
        self.see_room(caller, room, None).await
    }

    async fn see_room(
        &self,
        caller: Option<&Caller>,
        room: &RoomKey,
        invite: Option<&Invite>,
    ) -> Result<Sight> {
        let found = self.rooms.get(room).await?;
        let seen = self.seen(caller, vec![found], invite).await?;
        seen.into_iter().flatten().next().ok_or_else(|| rooms::not_found(room))
    }

    /// The room, for another service.
    pub(crate) async fn read_room(&self, room: RoomId) -> Result<Room> {
        self.rooms.get(&room.into()).await
    }

    /// What the preview of an invite link shows; `None` for a room that is not public. Programs of strangers make
    /// previews and store what they read, so the answer does not tell whether an unlisted room exists.
    pub(crate) async fn get_invite_preview(&self, room: &RoomKey) -> Result<Option<InvitePreview>> {
        rooms::preview_public(&self.pool, room).await
    }
}
