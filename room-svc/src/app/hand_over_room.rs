//! Hands the room of an owner who is away to somebody who is there.

use chrono::TimeDelta;

use super::{App, ownership::give};
use crate::{
    domain::{Heir, Reclaim, Room, RoomKey},
    error::Result,
    store::{members, rooms},
};

/// How long whoever was away may take the room back.
const RECLAIM_FOR: TimeDelta = TimeDelta::seconds(60);

impl App {
    /// Makes one of the candidates the owner, as the room has decided: the first who is a member, or the delegate, or
    /// nobody. When the room is not `owner_id`'s any more, nothing changes: several may ask at once.
    pub(crate) async fn hand_over_room(
        &self,
        room: &RoomKey,
        owner_id: &str,
        candidates: &[String],
    ) -> Result<Room> {
        let now = self.clock.now();
        let mut tx = pg::begin(&self.pool).await?;
        let id = rooms::lock(&mut tx, room).await?;
        let room = rooms::get(&mut *tx, &id.into()).await?;
        if room.owner_id != owner_id {
            return Ok(room);
        }
        let members = members::among(&mut *tx, id, candidates).await?;
        let can = |candidate: &&String| *candidate != owner_id && members.contains(candidate);
        let heir = match room.policy.heir() {
            Heir::First => candidates.iter().find(can),
            Heir::Named(delegate) => candidates.iter().filter(can).find(|candidate| *candidate == delegate),
            Heir::Nobody => None,
        };
        let Some(heir) = heir else { return Ok(room) };
        // When the one who has it for a moment goes too, it is still the first one's to take back.
        let offer = || Reclaim { former_owner_id: owner_id.to_owned(), until: now + RECLAIM_FOR };
        let reclaim = room.reclaim_beside(heir, now).unwrap_or_else(offer);
        let room = give(&mut tx, room, heir, Some(reclaim), now).await?;
        self.commit(tx).await?;
        Ok(room)
    }
}
