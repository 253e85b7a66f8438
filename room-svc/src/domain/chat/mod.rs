//! Chat messages, and the rules for what stands in them.

mod filters;
mod image;
mod line;
mod mention;
mod order;
mod terms;
mod text;

use chrono::{DateTime, Utc};
use ids::{ItemId, MessageId, SubjectId, UserId};
use proto::room::v1::{
    ChatChange, ChatMessage, Mention, MessageStyle, MessageType, Quote, Reaction, SystemEvent, chat_change,
    room_event,
};
use uuid::Uuid;

pub(crate) use filters::{Filter, filtered};
pub(crate) use image::image_type;
pub(crate) use line::Line;
pub(crate) use mention::mentions;
pub(crate) use order::message_id;
pub(super) use terms::is_dense;
pub(crate) use terms::{document as search_terms, query as search_query};
pub(crate) use text::{has_link, message_text};

use super::timestamp;
use crate::error::{Error, Result};

/// A stored message.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) id: MessageId,
    /// [`nobody`] for a system message.
    pub(crate) author_id: SubjectId,
    pub(crate) author_name: String,
    /// Empty when the message is deleted, and for a system message.
    pub(crate) text: String,
    pub(crate) sent_at: DateTime<Utc>,
    pub(crate) item_id: Option<ItemId>,
    pub(crate) position_us: i64,
    pub(crate) client_message_id: String,
    pub(crate) style: MessageStyle,
    /// Set on system messages.
    pub(crate) system: Option<SystemEvent>,
    pub(crate) reply_to: Option<Quote>,
    pub(crate) mentions: Vec<Mention>,
    pub(crate) reactions: Vec<Reaction>,
    pub(crate) edited_at: Option<DateTime<Utc>>,
    pub(crate) deleted_at: Option<DateTime<Utc>>,
    pub(crate) pinned: bool,
    /// The revision that brought the message.
    pub(crate) revision: i64,
}

impl Message {
    /// A system message that tells what happened.
    pub(crate) fn system(id: MessageId, event: SystemEvent, sent_at: DateTime<Utc>) -> Self {
        Self {
            id,
            author_id: nobody(),
            author_name: String::new(),
            text: String::new(),
            sent_at,
            item_id: None,
            position_us: 0,
            client_message_id: id.to_string(),
            style: MessageStyle::Unspecified,
            system: Some(event),
            reply_to: None,
            mentions: Vec::new(),
            reactions: Vec::new(),
            edited_at: None,
            deleted_at: None,
            pinned: false,
            revision: 0,
        }
    }

    /// The message as the quote of an answer to it.
    pub(crate) fn quote(&self) -> Quote {
        Quote {
            message_id: self.id.to_string(),
            author_id: author_id(self.author_id),
            author_name: self.author_name.clone(),
            text: self.text.chars().take(QUOTED).collect(),
            deleted: self.deleted_at.is_some(),
        }
    }
}

/// Characters of a text that a quote shows.
const QUOTED: usize = 200;

/// The author of system messages, in the database.
pub(crate) fn nobody() -> SubjectId {
    UserId::from(Uuid::nil()).into()
}

/// The id of an author on the wire, which is empty for the system.
pub(crate) fn author_id(id: SubjectId) -> String {
    if id == nobody() { String::new() } else { id.to_string() }
}

impl From<Message> for ChatMessage {
    fn from(message: Message) -> Self {
        let kind = if message.system.is_some() { MessageType::System } else { MessageType::User };
        Self {
            id: message.id.to_string(),
            author_id: author_id(message.author_id),
            author_name: message.author_name,
            text: message.text,
            sent_at: Some(timestamp(message.sent_at)),
            item_id: message.item_id.map(|id| id.to_string()).unwrap_or_default(),
            position_us: message.position_us,
            client_message_id: if kind == MessageType::System {
                String::new()
            } else {
                message.client_message_id
            },
            r#type: kind.into(),
            system: message.system,
            reply_to: message.reply_to,
            mentions: message.mentions,
            reactions: message.reactions,
            edited_at: message.edited_at.map(timestamp),
            deleted_at: message.deleted_at.map(timestamp),
            pinned: message.pinned,
            style: message.style.into(),
        }
    }
}

/// The event that announces a change of the chat.
pub(crate) fn chat_changed(revision: i64, kind: chat_change::Kind) -> room_event::Kind {
    room_event::Kind::ChatChanged(ChatChange { revision, kind: Some(kind) })
}

/// The message that a field of a request names; an empty field names none.
pub(crate) fn message_named(field: &'static str, text: &str) -> Result<Option<MessageId>> {
    if text.is_empty() {
        return Ok(None);
    }
    let what = "must be an id of the form `msg_…`, or empty";
    text.parse().map(Some).map_err(|_| Error::Field { field, what })
}
