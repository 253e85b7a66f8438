//! Leaves a room.

use proto::{
    common::v1::Identity,
    room::v1::{Role, room_event::Kind},
};

use super::App;
use crate::{
    domain::{Member, RoomKey, admits},
    error::Result,
    store::{members, outbox, rooms},
};

impl App {
    /// Ends the caller's membership. An owner who leaves hands the room to whoever joined first of those who stay; an
    /// empty room stays theirs.
    pub(crate) async fn leave_room(&self, caller: &Identity, room: &RoomKey) -> Result<()> {
        let now = self.clock.now();
        let mut tx = self.pool.begin().await?;
        let id = rooms::lock(&mut tx, room).await?;
        let (room, member) = members::standing(&mut *tx, &id.into(), &caller.subject_id).await?;
        admits(id, caller)?;
        if member.is_none() {
            return Ok(());
        }
        members::remove(&mut tx, id, &caller.subject_id).await?;
        outbox::append(&mut tx, id, Kind::MemberLeft(caller.subject_id.clone()), now).await?;
        if room.owner_id == caller.subject_id
            && let Some((_, heir)) = members::list(&mut *tx, id, i64::MIN, 1).await?.pop()
        {
            rooms::set_owner(&mut tx, id, &heir.subject_id).await?;
            let heir = Member { role: Role::Owner, ..heir };
            outbox::append(&mut tx, id, Kind::MemberJoined(heir.into()), now).await?;
        }
        self.commit(tx).await
    }
}
