//! What someone is and may do in a room.

use proto::common::v1::Identity;
use sqlx::PgExecutor;

use super::App;
use crate::{
    domain::{Access, Changes, Room, RoomKey, admits, effective},
    error::{Error, Result},
    store::members,
};

impl App {
    /// Reads a room, for anyone who can name it.
    pub(crate) async fn get_room(&self, room: &RoomKey) -> Result<Room> {
        self.rooms.get(room).await
    }

    /// Reads how the caller stands to a room, in one query.
    pub(crate) async fn get_access(&self, caller: &Identity, room: &RoomKey) -> Result<Access> {
        access(&self.pool, caller, room).await
    }
}

/// How a member stands to their room; an error for everyone else.
pub(super) async fn access(db: impl PgExecutor<'_>, caller: &Identity, room: &RoomKey) -> Result<Access> {
    let (room, member) = members::standing(db, room, &caller.subject_id).await?;
    admits(room.id, caller)?;
    let member = member.ok_or(Error::NotAMember)?;
    let permissions = effective(member.role, Changes::default(), Changes::default());
    Ok(Access { room, member, permissions })
}
