//! Requests for permissions, which somebody who manages members grants in one step.

use ids::SubjectId;
use proto::room::v1::{Permission, PermissionRequestsChanged, room_event::Kind};

use super::{explain::can_ask, preset};
use crate::{
    app::{App, unit::Unit},
    domain::{
        Caller, Member, PermissionRequest, Permissions, RoleChanges, RoomKey, need_own, need_rank_above,
    },
    error::{Error, Result},
    store::{members, permission_requests, standings},
};

/// Requests of a room that wait at most.
const MOST_REQUESTS: i64 = 100;

impl App {
    /// Asks for a permission that the caller lacks.
    pub(crate) async fn request_permission(
        &self,
        caller: &Caller,
        room: &RoomKey,
        permission: Permission,
        message: &str,
    ) -> Result<PermissionRequest> {
        let mut unit = self.open(room, caller).await?;
        let member = unit.member()?.clone();
        if !can_ask(&member, permission) {
            return Err(Error::Field {
                field: "permission",
                what: "must be one that you lack and that can be given",
            });
        }
        let id = unit.room_id();
        let waiting = permission_requests::list(unit.db(), id, Some(caller.id), MOST_REQUESTS).await?;
        if let Some(request) = waiting.iter().find(|request| request.permission == permission) {
            return Ok(request.clone());
        }
        if permission_requests::count(unit.db(), id).await? >= MOST_REQUESTS {
            return Err(Error::ListFull { list: "requests that wait", max: MOST_REQUESTS });
        }
        let request = PermissionRequest {
            subject_id: caller.id,
            display_name: member.display_name,
            permission,
            message: message.trim().to_owned(),
            requested_at: unit.now(),
        };
        permission_requests::insert(&mut unit, caller.id, permission, &request.message, request.requested_at)
            .await?;
        commit(unit, caller.id).await?;
        Ok(request)
    }

    /// The requests that wait: all of them for somebody who manages members, one's own for others.
    pub(crate) async fn list_permission_requests(
        &self,
        caller: &Caller,
        room: &RoomKey,
    ) -> Result<Vec<PermissionRequest>> {
        let access = self.get_access(caller, room).await?;
        let sees_all = access.member.need(Permission::ManageMembers).is_ok();
        let of = (!sees_all).then_some(caller.id);
        permission_requests::list(&self.pool, access.room.id, of, MOST_REQUESTS).await
    }

    /// Grants or declines a request. Of two decisions the first counts.
    pub(crate) async fn decide_permission_request(
        &self,
        caller: &Caller,
        room: &RoomKey,
        subject: SubjectId,
        permission: Permission,
        grant: bool,
    ) -> Result<Member> {
        let mut unit = self.open(room, caller).await?;
        let actor = unit.need(Permission::ManageMembers)?.clone();
        let key = unit.room_id().into();
        let target = members::standing(unit.db(), &key, subject).await?.1;
        let target = target.ok_or_else(|| Error::MemberNotFound(subject.to_string()))?;
        need_rank_above(&actor, target.role)?;
        let only = Permissions::of(&[permission]);
        if grant {
            need_own(actor.permissions(), Permissions::NONE, only)?;
        }
        if !permission_requests::remove(&mut unit, subject, permission).await? {
            return Err(Error::PermissionRequestNotFound);
        }
        if !grant {
            commit(unit, subject).await?;
            return Ok(target);
        }
        let own = RoleChanges { added: target.own.added | only, removed: target.own.removed.without(only) };
        standings::grant(&mut unit, subject, own).await?;
        let changed = Member { own, ..target };
        preset::reconsider(&mut unit, only, Permissions::NONE).await?;
        unit.tell(Kind::MemberChanged(changed.clone().into())).await?;
        commit(unit, subject).await?;
        Ok(changed)
    }

    /// Withdraws a request of the caller, if it waits.
    pub(crate) async fn cancel_permission_request(
        &self,
        caller: &Caller,
        room: &RoomKey,
        permission: Permission,
    ) -> Result<()> {
        let mut unit = self.open(room, caller).await?;
        unit.member()?;
        if permission_requests::remove(&mut unit, caller.id, permission).await? {
            commit(unit, caller.id).await?;
        }
        Ok(())
    }
}

async fn commit(unit: Unit<'_>, subject: SubjectId) -> Result<()> {
    let subject_id = subject.to_string();
    unit.commit(Kind::PermissionRequestsChanged(PermissionRequestsChanged { subject_id })).await
}
