//! Changes the text of a message.

use ids::MessageId;
use proto::room::v1::{EditMessageRequest, Permission, chat_change};

use super::send::present;
use crate::{
    app::App,
    domain::{Caller, Message, RoomKey, chat_changed, mentions as mentions_in, message_text},
    error::{Error, Result},
    store::chat::{changes, mentions, messages},
};

impl App {
    /// Changes the text of the caller's own message.
    pub(crate) async fn edit_message(
        &self,
        caller: &Caller,
        room: &RoomKey,
        id: MessageId,
        request: &EditMessageRequest,
    ) -> Result<Message> {
        let text = message_text(&request.text, self.sections.chat.max_message_length)?;
        let named = mentions_in(&request.text, &text, &request.mentions)?;
        let mut unit = self.open(room, caller).await?;
        unit.need(Permission::SendChat)?;
        self.ensure_chat_is_on(unit.room())?;
        let before = unit.message(id).await?;
        if before.author_id != caller.id {
            return Err(Error::NotYourMessage);
        }
        let (room, now) = (unit.room_id(), unit.now());
        let text = self.admitted(&mut unit, text).await?;
        let mut after = Message { text, edited_at: Some(now), ..before };
        after.mentions = present(&mut unit, named).await?;
        messages::set_text(&mut unit, &after).await?;
        mentions::replace(&mut unit, id, &after.mentions).await?;
        let revision = changes::record(&mut unit, id, None).await?;
        super::complete(unit.db(), room, None, std::slice::from_mut(&mut after)).await?;
        unit.commit(chat_changed(revision, chat_change::Kind::Updated(after.clone().into()))).await?;
        Ok(after)
    }
}
