//! Leaves a room.

use ids::SubjectId;
use proto::room::v1::{HandOverReason, room_event::Kind};
use sqlx::PgConnection;

use crate::{
    app::{App, rooms::give, unit::Unit},
    domain::{Caller, Heir, Room, RoomKey},
    error::Result,
    store::{heirs, members, rooms, seats},
};

impl App {
    /// Ends the caller's membership, and with it their right to reclaim the room and their being one of its delegates. The room
    /// of an owner who leaves goes to the heir whom its policy names; without an heir it stays theirs.
    pub(crate) async fn leave_room(&self, caller: &Caller, room: &RoomKey) -> Result<()> {
        let mut unit = self.open(room, caller).await?;
        if unit.member().is_err() {
            return Ok(());
        }
        members::remove(&mut unit, caller.id).await?;
        seats::free(&mut unit, caller.id).await?;
        let room = unit.room().clone();
        let left = Room { member_count: room.member_count - 1, ..without(&room, caller.id) };
        let announced = Kind::MemberLeft(caller.id.to_string());
        let heir = if room.owner_id == caller.id { heir(unit.db(), &left).await? } else { None };
        if let Some(heir) = heir {
            unit.tell(announced).await?;
            let reclaim = left.reclaim_beside(heir, unit.now());
            give(unit, left, heir, reclaim, HandOverReason::AutoHandover).await?;
            Ok(())
        } else if (&left.settings, &left.reclaim) == (&room.settings, &room.reclaim) {
            unit.commit(announced).await
        } else {
            rooms::save(&mut unit, &left).await?;
            unit.tell(announced).await?;
            unit.commit(Kind::RoomUpdated(left.into())).await
        }
    }
}

/// Ends the membership of somebody who does not own the room, and what the room keeps for them. Announces the room where
/// that changes it; the caller announces that they left.
pub(super) async fn end_membership(unit: &mut Unit<'_>, subject: SubjectId) -> Result<()> {
    members::remove(unit, subject).await?;
    seats::free(unit, subject).await?;
    let room = unit.room().clone();
    let left = Room { member_count: room.member_count - 1, ..without(&room, subject) };
    if (&left.settings, &left.reclaim) != (&room.settings, &room.reclaim) {
        rooms::save(unit, &left).await?;
        unit.tell(Kind::RoomUpdated(left.into())).await?;
    }
    Ok(())
}

/// The room without what it keeps for a person.
fn without(room: &Room, subject: SubjectId) -> Room {
    let mut room = room.clone();
    room.settings.policy = room.settings.policy.without_delegate(subject);
    room.reclaim = room.reclaim.filter(|reclaim| reclaim.former_owner_id != subject);
    room
}

/// The member who gets the room, connected or not: room-svc does not know who is connected.
async fn heir(db: &mut PgConnection, room: &Room) -> Result<Option<SubjectId>> {
    let heir = match room.settings.policy.heir() {
        Heir::First => {
            let first = members::list(db, room.id, members::Filter::ALL, i64::MIN, 1).await?.pop();
            first.map(|(_, member)| member)
        }
        Heir::Named(delegates) => {
            let members = members::among(db, room.id, &delegates).await?;
            return Ok(delegates.into_iter().find(|delegate| members.contains(delegate)));
        }
        Heir::Moderator => return heirs::first_moderator(db, room.id).await,
        Heir::Nobody => None,
    };
    Ok(heir.map(|member| member.subject_id))
}
