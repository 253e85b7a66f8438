//! The chat.

mod changes;
mod clear;
mod delete;
mod edit;
mod emotes;
mod filters;
mod lines;
mod list;
mod pins;
mod reactions;
mod read_state;
mod reports;
mod search;
mod send;
mod slow_mode;
mod upkeep;

use ids::{MessageId, RoomId, SubjectId};
use sqlx::PgConnection;
use uuid::Uuid;

pub(crate) use filters::FilterCache;
pub(super) use lines::tell_in_chat;
pub(crate) use list::Page;
pub(crate) use send::Sent;

use super::{App, unit::Unit};
use crate::{
    domain::{Message, Room},
    error::{Error, Result},
    store::chat::{self, messages},
};

impl App {
    /// Fails where the chat is switched off.
    fn ensure_chat_is_on(&self, room: &Room) -> Result<()> {
        if self.sections.chat.enabled && !room.settings.chat.disabled {
            Ok(())
        } else {
            Err(Error::ChatDisabled)
        }
    }
}

impl Unit<'_> {
    /// A message that is not deleted.
    async fn message(&mut self, id: MessageId) -> Result<Message> {
        let room = self.room_id();
        let found = messages::get(self.db(), room, id).await?;
        found.filter(|message| message.deleted_at.is_none()).ok_or(Error::MessageNotFound)
    }
}

/// Fills in what hangs on messages: mentions, and reactions as a person sees them.
async fn complete(
    db: &mut PgConnection,
    room: RoomId,
    viewer: Option<SubjectId>,
    messages: &mut [Message],
) -> Result<()> {
    let ids: Vec<Uuid> = messages.iter().map(|message| message.id.uuid()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let mut mentions = chat::mentions::of(&mut *db, room, &ids).await?;
    let mut reactions = chat::reactions::of(&mut *db, room, &ids, viewer).await?;
    for message in messages {
        let id = message.id.uuid();
        message.mentions = mentions.remove(&id).unwrap_or_default();
        message.reactions = reactions.remove(&id).unwrap_or_default();
    }
    Ok(())
}
