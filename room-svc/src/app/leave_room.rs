//! Leaves a room.

use proto::{common::v1::Identity, room::v1::room_event::Kind};
use sqlx::PgConnection;

use super::{App, ownership::give};
use crate::{
    domain::{Heir, Room, RoomKey, admits},
    error::Result,
    store::{members, outbox, rooms},
};

impl App {
    /// Ends the caller's membership, and with it what the room held ready for them: the offer to take it back, their
    /// being its delegate. An owner who leaves hands the room on as it has decided; where there is nobody, it stays
    /// theirs.
    pub(crate) async fn leave_room(&self, caller: &Identity, room: &RoomKey) -> Result<()> {
        let now = self.clock.now();
        let mut tx = pg::begin(&self.pool).await?;
        let id = rooms::lock(&mut tx, room).await?;
        let (room, member) = members::standing(&mut *tx, &id.into(), &caller.subject_id).await?;
        admits(id, caller)?;
        if member.is_none() {
            return Ok(());
        }
        members::remove(&mut tx, id, &caller.subject_id).await?;
        outbox::append(&mut tx, id, Kind::MemberLeft(caller.subject_id.clone()), now).await?;
        let left = Room { member_count: room.member_count - 1, ..without(&room, &caller.subject_id) };
        let owned = room.owner_id == caller.subject_id;
        if let Some(heir) = heir(&mut tx, &left).await?.filter(|_| owned) {
            let reclaim = left.reclaim_beside(&heir, now);
            give(&mut tx, left, &heir, reclaim, now).await?;
        } else if (&left.policy, &left.reclaim) != (&room.policy, &room.reclaim) {
            rooms::save(&mut tx, &left).await?;
            outbox::append(&mut tx, id, Kind::RoomUpdated(left.into()), now).await?;
        }
        self.commit(tx).await
    }
}

/// The room with nothing held ready for someone.
fn without(room: &Room, subject_id: &str) -> Room {
    let mut room = room.clone();
    if room.policy.delegate() == Some(subject_id) {
        room.policy = room.policy.without_delegate();
    }
    room.reclaim = room.reclaim.filter(|reclaim| reclaim.former_owner_id != subject_id);
    room
}

/// Who of the members gets the room, there at the moment or not: room-svc does not know who is.
async fn heir(db: &mut PgConnection, room: &Room) -> Result<Option<String>> {
    let heir = match room.policy.heir() {
        Heir::First => members::list(&mut *db, room.id, i64::MIN, 1).await?.pop().map(|(_, member)| member),
        Heir::Named(delegate) => members::standing(&mut *db, &room.id.into(), delegate).await?.1,
        Heir::Nobody => None,
    };
    Ok(heir.map(|member| member.subject_id))
}
