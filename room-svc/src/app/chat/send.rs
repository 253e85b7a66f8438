//! Sends a chat message.

use ids::{ItemId, MessageId};
use proto::room::v1::{Permission, SendMessageRequest, room_event::Kind};

use crate::{
    app::App,
    domain::{Caller, Message, RoomKey, message_id, message_text},
    error::{Error, Result},
    store::messages,
};

impl App {
    /// Stores a message. A repeated client message id returns the message of the first call; with another text it fails.
    pub(crate) async fn send_message(
        &self,
        caller: &Caller,
        room: &RoomKey,
        request: SendMessageRequest,
    ) -> Result<Message> {
        let text = message_text(&request.text)?;
        let item_id = item_id(&request.item_id)?;
        let mut unit = self.open(room, caller).await?;
        let author_name = unit.need(Permission::SendChat)?.display_name.clone();
        let id = unit.room_id();
        let sent = messages::sent_as(unit.db(), id, caller.id, &request.client_message_id).await?;
        if let Some(sent) = sent {
            return if sent.text == text {
                Ok(sent)
            } else {
                Err(Error::RequestIdReused("client message id"))
            };
        }
        let last = messages::last(unit.db(), id).await?;
        let message = Message {
            id: message_id(MessageId::new(), last),
            author_id: caller.id,
            author_name,
            text: text.to_owned(),
            sent_at: unit.now(),
            item_id,
            position_us: request.position_us,
            client_message_id: request.client_message_id,
        };
        messages::insert(&mut unit, &message).await?;
        unit.commit(Kind::MessageSent(message.clone().into())).await?;
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
