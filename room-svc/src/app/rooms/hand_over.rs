//! Gives a room another owner.

use chrono::TimeDelta;
use ids::SubjectId;
use proto::room::v1::{HandOverReason, Role, RoomEvent, room_event::Kind};

use crate::{
    app::{App, unit::Unit},
    domain::{Caller, Heir, Reclaim, Room, RoomKey},
    error::{Error, Result},
    store::{heirs, members, rooms},
};

/// How long the former owner may take the room back after a hand-over.
const RECLAIM_FOR: TimeDelta = TimeDelta::seconds(60);

impl App {
    /// Makes another member the owner, for the owner, who need not be a member.
    pub(crate) async fn transfer_room(&self, caller: &Caller, room: &RoomKey, to: &str) -> Result<Room> {
        let mut unit = self.open(room, caller).await?;
        let room = unit.room().clone();
        if room.owner_id != caller.id {
            return Err(Error::NotTheOwner);
        }
        let no_member = Error::Field { field: "subject_id", what: "must be a member of this room" };
        let Ok(to) = to.parse::<SubjectId>() else { return Err(no_member) };
        if members::standing(unit.db(), &room.id.into(), to).await?.1.is_none() {
            return Err(no_member);
        }
        if room.owner_id == to {
            return Ok(room);
        }
        // Whoever gives a room away gives away the way back, too.
        rooms::set_recovery(&mut unit, None).await?;
        // A former owner keeps the right to reclaim.
        let reclaim = room.reclaim_beside(to, unit.now());
        give(unit, room, to, reclaim, HandOverReason::ByOwner).await
    }

    /// Gives a room back to the caller, who lost it while they were away. Succeeds for a caller who owns it already, so
    /// a repeated call is no error.
    pub(crate) async fn reclaim_room(&self, caller: &Caller, room: &RoomKey) -> Result<Room> {
        let unit = self.open(room, caller).await?;
        unit.member()?;
        let room = unit.room().clone();
        if room.owner_id == caller.id {
            return Ok(room);
        }
        room.open_reclaim(unit.now())
            .filter(|reclaim| reclaim.former_owner_id == caller.id)
            .ok_or(Error::ReclaimOver)?;
        give(unit, room, caller.id, None, HandOverReason::Reclaim).await
    }

    /// Makes one of the candidates the owner, as the policy says: the first who is a member, the first delegate
    /// who is among them, or nobody.
    /// Changes nothing when the room no longer belongs to `owner`: of several concurrent calls one hands over.
    pub(crate) async fn hand_over_room(
        &self,
        room: &RoomKey,
        owner: SubjectId,
        candidates: &[SubjectId],
    ) -> Result<Room> {
        let mut unit = self.open_for_service(room).await?;
        let room = unit.room().clone();
        if room.owner_id != owner {
            return Ok(room);
        }
        let members = members::among(unit.db(), room.id, candidates).await?;
        let can = |candidate: &SubjectId| *candidate != owner && members.contains(candidate);
        let mut candidates = candidates.iter().copied().filter(can);
        let heir = match room.settings.policy.heir() {
            Heir::First => candidates.next(),
            Heir::Named(delegates) => {
                let candidates: Vec<_> = candidates.collect();
                delegates.into_iter().find(|delegate| candidates.contains(delegate))
            }
            Heir::Moderator => {
                let candidates: Vec<_> = candidates.collect();
                let roles = heirs::roles_among(unit.db(), room.id, &candidates).await?;
                candidates.into_iter().find(|candidate| roles.get(candidate) == Some(&Role::Moderator))
            }
            Heir::Nobody => None,
        };
        let Some(heir) = heir else { return Ok(room) };
        // When an heir goes away, too, the right to reclaim stays with the first owner.
        let now = unit.now();
        let offer = || Reclaim { former_owner_id: owner, until: now + RECLAIM_FOR };
        let reclaim = room.reclaim_beside(heir, now).unwrap_or_else(offer);
        give(unit, room, heir, Some(reclaim), HandOverReason::AutoHandover).await
    }
}

/// Makes `heir`, a member, the owner, and commits. Announces both people with their new roles, then the room.
pub(in crate::app) async fn give(
    mut unit: Unit<'_>,
    room: Room,
    heir: SubjectId,
    reclaim: Option<Reclaim>,
    reason: HandOverReason,
) -> Result<Room> {
    let given = Room { owner_id: heir, reclaim, ..room.clone() };
    rooms::save(&mut unit, &given).await?;
    for subject in [room.owner_id, heir] {
        // An owner who has left is no member.
        if let (_, Some(member)) = members::standing(unit.db(), &room.id.into(), subject).await? {
            unit.tell(Kind::MemberChanged(member.into())).await?;
        }
    }
    let kind = Some(Kind::RoomUpdated(given.clone().into()));
    let event = RoomEvent { kind, hand_over_reason: reason.into(), ..RoomEvent::default() };
    unit.commit_event(event).await?;
    Ok(given)
}
