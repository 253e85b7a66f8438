//! Reads the history of the chat.

use ids::MessageId;
use proto::room::v1::{ListMessagesRequest, Permission};
use uuid::Uuid;

use crate::{
    app::{App, page_limit},
    domain::{Caller, List, Message, PageToken, RoomKey},
    error::{Error, Result},
    store::messages,
};

impl App {
    /// One page, oldest message first: backwards from the newest, with the token of the older page, or forwards from a
    /// message, without a token, since the last message of the page leads on.
    pub(crate) async fn list_messages(
        &self,
        caller: &Caller,
        room: &RoomKey,
        request: &ListMessagesRequest,
    ) -> Result<(Vec<Message>, String)> {
        let before = PageToken::parse(List::Messages, &request.page_token)?
            .map(|token| Uuid::from_bytes(token.0).into());
        let after = after_message_id(&request.after_message_id)?;
        if before.is_some() && after.is_some() {
            return Err(Error::Field {
                field: "after_message_id",
                what: "must be empty when there is a page_token",
            });
        }
        let access = self.get_access(caller, room).await?;
        access.member.need(Permission::ViewChatHistory)?;
        let (size, limit) = page_limit(request.page_size, 50);
        if let Some(after) = after {
            let page = messages::list_after(&self.pool, access.room.id, after, limit - 1).await?;
            return Ok((page, String::new()));
        }
        let mut page = messages::list_before(&self.pool, access.room.id, before, limit).await?;
        let more = page.len() > size;
        page.truncate(size);
        page.reverse();
        let oldest = page.first().filter(|_| more);
        let next = oldest.map(|message| PageToken(message.id.uuid().into_bytes()).text(List::Messages));
        Ok((page, next.unwrap_or_default()))
    }
}

fn after_message_id(text: &str) -> Result<Option<MessageId>> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| Error::Field {
        field: "after_message_id",
        what: "must be an id of the form `msg_…`, or empty",
    })
}
