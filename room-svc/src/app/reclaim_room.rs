//! Takes a room back.

use proto::common::v1::Identity;

use super::{App, get_access::access, ownership::give};
use crate::{
    domain::{Room, RoomKey},
    error::{Error, Result},
    store::rooms,
};

impl App {
    /// Gives a room back to the caller, from whom it was taken while they were away. Whoever has it already keeps it,
    /// so that asking again is no error.
    pub(crate) async fn reclaim_room(&self, caller: &Identity, room: &RoomKey) -> Result<Room> {
        let now = self.clock.now();
        let mut tx = pg::begin(&self.pool).await?;
        let id = rooms::lock(&mut tx, room).await?;
        let room = access(&mut *tx, caller, &id.into()).await?.room;
        if room.owner_id == caller.subject_id {
            return Ok(room);
        }
        room.open_reclaim(now)
            .filter(|reclaim| reclaim.former_owner_id == caller.subject_id)
            .ok_or(Error::ReclaimOver)?;
        let room = give(&mut tx, room, &caller.subject_id, None, now).await?;
        self.commit(tx).await?;
        Ok(room)
    }
}
