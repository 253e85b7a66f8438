//! Deletes a message.

use ids::MessageId;
use proto::room::v1::{MessageDeleted, Permission, chat_change};

use crate::{
    app::App,
    domain::{Caller, RoomKey, chat_changed},
    error::{Error, Result},
    store::chat::{changes, messages},
};

impl App {
    /// Deletes the text of a message: the caller's own, or with `delete_chat` any.
    pub(crate) async fn delete_message(&self, caller: &Caller, room: &RoomKey, id: MessageId) -> Result<()> {
        let mut unit = self.open(room, caller).await?;
        unit.member()?;
        let room = unit.room_id();
        let message = messages::get(unit.db(), room, id).await?.ok_or(Error::MessageNotFound)?;
        if message.author_id != caller.id {
            unit.need(Permission::DeleteChat)?;
        }
        if message.deleted_at.is_some() {
            return Ok(());
        }
        messages::delete(&mut unit, id).await?;
        let deleted_by = caller.id.to_string();
        let revision = changes::record(&mut unit, id, Some(deleted_by.clone())).await?;
        let deleted = MessageDeleted { message_id: id.to_string(), deleted_by };
        unit.commit(chat_changed(revision, chat_change::Kind::Deleted(deleted))).await
    }
}
