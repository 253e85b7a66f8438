//! Reads one member.

use ids::SubjectId;
use proto::room::v1::Permission;

use crate::{
    app::App,
    domain::{Access, Caller, RoomKey},
    error::{Error, Result},
    store::members,
};

impl App {
    /// One member of a room, for the other members and for themselves.
    pub(crate) async fn get_member(
        &self,
        caller: &Caller,
        room: &RoomKey,
        subject: SubjectId,
    ) -> Result<Access> {
        let access = self.get_access(caller, room).await?;
        if subject == caller.id {
            return Ok(access);
        }
        access.member.need(Permission::ViewMembers)?;
        let (room, member) = members::standing(&self.pool, &access.room.id.into(), subject).await?;
        let member = member.ok_or_else(|| Error::MemberNotFound(subject.to_string()))?;
        Ok(Access { room, member, now: access.now })
    }
}
