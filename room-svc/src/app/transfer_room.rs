//! Hands a room to somebody else.

use proto::common::v1::Identity;

use super::{App, ownership::give};
use crate::{
    domain::{Room, RoomKey, admits},
    error::{Error, Result},
    store::{members, rooms},
};

impl App {
    /// Makes another member the owner, for the owner, who need not be in the room.
    pub(crate) async fn transfer_room(&self, caller: &Identity, room: &RoomKey, to: &str) -> Result<Room> {
        let now = self.clock.now();
        let mut tx = pg::begin(&self.pool).await?;
        let id = rooms::lock(&mut tx, room).await?;
        let (room, heir) = members::standing(&mut *tx, &id.into(), to).await?;
        admits(id, caller)?;
        if room.owner_id != caller.subject_id {
            return Err(Error::NotTheOwner);
        }
        if heir.is_none() {
            return Err(Error::Field { field: "subject_id", what: "must be a member of this room" });
        }
        if room.owner_id == to {
            return Ok(room);
        }
        // Handing it on does not take from someone else what they were offered.
        let reclaim = room.reclaim_beside(to, now);
        let room = give(&mut tx, room, to, reclaim, now).await?;
        self.commit(tx).await?;
        Ok(room)
    }
}
