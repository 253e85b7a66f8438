//! Up to where people have read.

use ids::MessageId;
use proto::room::v1::{Permission, ReadState};

use crate::{
    app::App,
    domain::{Caller, RoomKey},
    error::{Error, Result},
    store::chat::reads,
};

impl App {
    /// Stores up to where the caller has read. It concerns nobody else, so it is no change of the room.
    pub(crate) async fn mark_read(
        &self,
        caller: &Caller,
        room: &RoomKey,
        id: MessageId,
    ) -> Result<ReadState> {
        let access = self.get_access(caller, room).await?;
        access.member.need(Permission::ViewChatHistory)?;
        if !reads::has_message(&self.pool, access.room.id, id).await? {
            return Err(Error::MessageNotFound);
        }
        reads::advance(&self.pool, access.room.id, caller.id, id).await?;
        reads::state(&self.pool, access.room.id, caller.id).await
    }
}
