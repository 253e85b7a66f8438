//! Deletes a room.

use proto::room::v1::{Permission, RoomDeleted, room_event::Kind};

use crate::{
    app::App,
    domain::{Caller, RoomKey},
    error::{Error, Result},
    store::rooms,
};

impl App {
    /// Deletes a room and everything in it, for its owner, who need not be a member.
    pub(crate) async fn delete_room(&self, caller: &Caller, room: &RoomKey) -> Result<()> {
        let mut unit = self.open(room, caller).await?;
        if unit.room().owner_id != caller.id {
            return Err(Error::PermissionMissing(Permission::DeleteRoom));
        }
        rooms::delete(&mut unit).await?;
        unit.commit(Kind::RoomDeleted(RoomDeleted {})).await
    }
}
