//! What a person is and may do in a room.

use crate::{
    app::App,
    domain::{Access, Caller, RoomKey},
    error::{Error, Result},
    store::members,
};

impl App {
    /// The caller's role and permissions, in one query. Fails for someone who is no member.
    pub(crate) async fn get_access(&self, caller: &Caller, room: &RoomKey) -> Result<Access> {
        let (room, member) = members::standing(&self.pool, room, caller.id).await?;
        caller.admitted_to(room.id)?;
        Ok(Access { room, member: member.ok_or(Error::NotAMember)? })
    }
}
