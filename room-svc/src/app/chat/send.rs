//! Sends a chat message.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use ids::{ItemId, MessageId, SubjectId};
use proto::room::v1::{Mention, Permission, SendMessageRequest, chat_change};

use super::slow_mode;
use crate::{
    app::{App, unit::Unit},
    domain::{
        Caller, Message, RoomKey, chat_changed, has_link, mentions as mentions_in, message_id, message_named,
        message_text, nobody,
    },
    error::{Error, Result},
    store::chat::{mentions, messages, names},
};

/// A message that was sent.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) message: Message,
    /// When its author may send again in slow mode; `None`: now.
    pub(crate) next_send_at: Option<DateTime<Utc>>,
}

impl App {
    /// Stores a message. A repeated client message id returns the message of the first call; with another text it fails.
    pub(crate) async fn send_message(
        &self,
        caller: &Caller,
        room: &RoomKey,
        request: SendMessageRequest,
    ) -> Result<Sent> {
        let text = message_text(&request.text, self.sections.chat.max_message_length)?;
        let named = mentions_in(&request.text, &text, &request.mentions)?;
        let item_id = item_id(&request.item_id)?;
        let reply_to = message_named("reply_to_message_id", &request.reply_to_message_id)?;
        let style = request.style();
        let mut unit = self.open(room, caller).await?;
        unit.member()?;
        let id = unit.room_id();
        let sent = messages::sent_as(unit.db(), id, caller.id, &request.client_message_id).await?;
        // A retry comes before every rule: whoever lost the answer may be muted or in slow mode by now.
        if let Some(mut sent) = sent {
            let is_same = sent.text == text || sent.edited_at.is_some() || sent.deleted_at.is_some();
            super::complete(unit.db(), id, Some(caller.id), std::slice::from_mut(&mut sent)).await?;
            return if is_same {
                Ok(Sent { message: sent, next_send_at: None })
            } else {
                Err(Error::RequestIdReused("client message id"))
            };
        }
        let author = unit.need(Permission::SendChat)?.clone();
        self.ensure_chat_is_on(unit.room())?;
        let pause = slow_mode::pause(unit.room(), &author);
        if let Some(pause) = pause {
            let last = messages::last_sent_at(unit.db(), id, caller.id).await?;
            if let Some(next) = slow_mode::next_send_at(pause, last, unit.now()) {
                return Err(Error::SlowMode((next - unit.now()).to_std().unwrap_or_default()));
            }
        }
        let text = self.admitted(&mut unit, text).await?;
        let answered = match reply_to {
            Some(reply_to) => Some(unit.message(reply_to).await?),
            None => None,
        };
        let mentions = present(&mut unit, named).await?;
        let last = messages::last_id(unit.db(), id).await?;
        let message = Message {
            id: message_id(MessageId::new(), last),
            author_id: caller.id,
            author_name: author.display_name,
            text,
            sent_at: unit.now(),
            item_id,
            position_us: request.position_us,
            client_message_id: request.client_message_id,
            style,
            system: None,
            reply_to: answered.as_ref().map(Message::quote),
            mentions,
            reactions: Vec::new(),
            edited_at: None,
            deleted_at: None,
            pinned: false,
            revision: 0,
        };
        let revision = messages::insert(&mut unit, &message).await?;
        let answered =
            answered.map(|answered| answered.author_id).filter(|to| ![caller.id, nobody()].contains(to));
        mentions::insert(&mut unit, message.id, &message.mentions, answered).await?;
        unit.commit(chat_changed(revision, chat_change::Kind::Sent(message.clone().into()))).await?;
        Ok(Sent { next_send_at: pause.map(|pause| message.sent_at + pause), message })
    }

    /// The text as the rules of the room let it pass. They do not hold for those who moderate the chat.
    pub(super) async fn admitted(&self, unit: &mut Unit<'_>, text: String) -> Result<String> {
        if unit.need(Permission::DeleteChat).is_ok() {
            return Ok(text);
        }
        if unit.room().settings.chat.links_forbidden && has_link(&text) {
            return Err(Error::LinksForbidden);
        }
        self.filtered(unit, text).await
    }
}

/// Those mentions that name members, with their present names.
pub(super) async fn present(unit: &mut Unit<'_>, named: Vec<(SubjectId, Mention)>) -> Result<Vec<Mention>> {
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let subjects: Vec<_> = named.iter().map(|(subject, _)| subject.to_string()).collect();
    let id = unit.room_id();
    let known: HashMap<String, String> = names::people(unit.db(), id, &subjects).await?;
    let with_name = |(subject, mention): (SubjectId, Mention)| {
        let subject_id = subject.to_string();
        let display_name = known.get(&subject_id)?.clone();
        Some(Mention { subject_id, display_name, ..mention })
    };
    Ok(named.into_iter().filter_map(with_name).collect())
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
