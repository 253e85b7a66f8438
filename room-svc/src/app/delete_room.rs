//! Deletes a room.

use proto::{
    common::v1::Identity,
    room::v1::{Permission, RoomDeleted, room_event::Kind},
};

use super::App;
use crate::{
    domain::{RoomKey, admits},
    error::{Error, Result},
    store::{outbox, rooms},
};

impl App {
    /// Deletes a room and everything in it, for its owner, who need not be in it.
    pub(crate) async fn delete_room(&self, caller: &Identity, room: &RoomKey) -> Result<()> {
        let mut tx = pg::begin(&self.pool).await?;
        let id = rooms::lock(&mut tx, room).await?;
        let room = rooms::get(&mut *tx, &id.into()).await?;
        admits(id, caller)?;
        if room.owner_id != caller.subject_id {
            return Err(Error::PermissionMissing(Permission::DeleteRoom));
        }
        rooms::delete(&mut tx, id).await?;
        outbox::append(&mut tx, id, Kind::RoomDeleted(RoomDeleted {}), self.clock.now()).await?;
        self.commit(tx).await
    }
}
