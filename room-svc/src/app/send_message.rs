//! Says something in the chat.

use ids::{ItemId, MessageId};
use proto::{
    common::v1::Identity,
    room::v1::{Permission, SendMessageRequest, room_event::Kind},
};

use super::{App, get_access::access};
use crate::{
    domain::{Message, RoomKey, message_id, message_text},
    error::{Error, Result},
    store::{messages, outbox, rooms},
};

impl App {
    /// Stores a message. The same client message id again gives the same message, or an error for another text.
    pub(crate) async fn send_message(
        &self,
        caller: &Identity,
        room: &RoomKey,
        request: SendMessageRequest,
    ) -> Result<Message> {
        let text = message_text(&request.text)?;
        let item_id = item_id(&request.item_id)?;
        let now = self.clock.now();
        let mut tx = pg::begin(&self.pool).await?;
        let id = rooms::lock(&mut tx, room).await?;
        let access = access(&mut *tx, caller, &id.into()).await?;
        access.need(Permission::SendChat)?;
        if let Some(sent) =
            messages::sent_as(&mut tx, id, &caller.subject_id, &request.client_message_id).await?
        {
            return if sent.text == text {
                Ok(sent)
            } else {
                Err(Error::RequestIdReused("client message id"))
            };
        }
        let last = messages::last(&mut tx, id).await?;
        let message = Message {
            id: message_id(MessageId::new(), last),
            author_id: caller.subject_id.clone(),
            author_name: access.member.display_name,
            text: text.to_owned(),
            sent_at: now,
            item_id,
            position_us: request.position_us,
            client_message_id: request.client_message_id,
        };
        messages::insert(&mut tx, id, &message).await?;
        outbox::append(&mut tx, id, Kind::MessageSent(message.clone().into()), now).await?;
        self.commit(tx).await?;
        Ok(message)
    }
}

fn item_id(text: &str) -> Result<Option<ItemId>> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|_| Error::Field {
            field: "item_id", what: "must be an id of the form `item_…`, or empty"
        })
}
