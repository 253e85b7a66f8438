//! Reads the history of the chat.

use chrono::{DateTime, Utc};
use ids::{MessageId, RoomId};
use proto::room::v1::{ListMessagesRequest, Permission, ReadState};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{complete, slow_mode};
use crate::{
    app::{App, page_limit},
    domain::{Caller, List, Message, PageToken, RoomKey, message_named},
    error::{Error, Result},
    store::chat::{changes, messages, reads},
};

/// A page of the history.
pub(crate) struct Page {
    /// Oldest message first.
    pub(crate) messages: Vec<Message>,
    /// Token of the page of older messages; empty: there are none, or the page reads forwards.
    pub(crate) next_page_token: String,
    /// The revision of the chat that the page shows.
    pub(crate) revision: i64,
    pub(crate) read_state: ReadState,
    /// When the caller may send again in slow mode; `None`: now.
    pub(crate) next_send_at: Option<DateTime<Utc>>,
}

/// Where a page lies.
#[derive(Clone, Copy)]
enum Place {
    Before(Uuid),
    After(MessageId),
    Around(MessageId),
}

impl App {
    /// One page: backwards from the newest message or from a given one, forwards from a message, or around it.
    pub(crate) async fn list_messages(
        &self,
        caller: &Caller,
        room: &RoomKey,
        request: &ListMessagesRequest,
    ) -> Result<Page> {
        let place = place(request)?;
        let access = self.get_access(caller, room).await?;
        access.member.need(Permission::ViewChatHistory)?;
        let (size, _) = page_limit(request.page_size, self.sections.chat.history_limit);
        let room = access.room.id;
        let mut tx = self.snapshot().await?;
        let (mut messages, older) = read(&mut tx, room, place, size).await?;
        complete(&mut tx, room, Some(caller.id), &mut messages).await?;
        let oldest = messages.first().filter(|_| older);
        let next = oldest.map(|message| PageToken(message.id.uuid().into_bytes()).text(List::Messages));
        let next_send_at = match slow_mode::pause(&access.room, &access.member) {
            Some(pause) => {
                let last = messages::last_sent_at(&mut *tx, room, caller.id).await?;
                slow_mode::next_send_at(pause, last, self.clock.now())
            }
            None => None,
        };
        Ok(Page {
            next_page_token: next.unwrap_or_default(),
            messages,
            revision: changes::revision(&mut *tx, room).await?,
            read_state: reads::state(&mut *tx, room, caller.id).await?,
            next_send_at,
        })
    }
}

/// The messages of a page, oldest first, and whether older ones should be offered.
async fn read(
    db: &mut PgConnection,
    room: RoomId,
    place: Place,
    size: usize,
) -> Result<(Vec<Message>, bool)> {
    let count = |size: usize| i64::try_from(size).unwrap_or(i64::MAX);
    match place {
        Place::After(after) => Ok((messages::list_after(db, room, after, count(size)).await?, false)),
        Place::Before(before) => {
            let mut page = messages::list_before(db, room, before, count(size + 1)).await?;
            let older = page.len() > size;
            page.truncate(size);
            page.reverse();
            Ok((page, older))
        }
        Place::Around(middle) => {
            let newer = messages::list_after(&mut *db, room, middle, count(size / 2)).await?;
            let before = Uuid::from_u128(middle.uuid().as_u128().saturating_add(1));
            let size = size.saturating_sub(newer.len()).max(1);
            let mut page = messages::list_before(&mut *db, room, before, count(size + 1)).await?;
            let older = page.len() > size;
            page.truncate(size);
            page.reverse();
            page.extend(newer);
            Ok((page, older))
        }
    }
}

/// Where the page of a request lies.
fn place(request: &ListMessagesRequest) -> Result<Place> {
    let token = PageToken::parse(List::Messages, &request.page_token)?;
    let after = message_named("after_message_id", &request.after_message_id)?;
    let around = message_named("around_message_id", &request.around_message_id)?;
    let before = message_named("before_message_id", &request.before_message_id)?;
    match (token, after, around, before) {
        (None, None, None, None) => Ok(Place::Before(Uuid::max())),
        (Some(token), None, None, None) => Ok(Place::Before(Uuid::from_bytes(token.0))),
        (None, Some(after), None, None) => Ok(Place::After(after)),
        (None, None, Some(around), None) => Ok(Place::Around(around)),
        (None, None, None, Some(before)) => Ok(Place::Before(before.uuid())),
        _ => {
            let field = if after.is_some() { "after_message_id" } else { "page_token" };
            let what = "must be empty when another field says where the page lies";
            Err(Error::Field { field, what })
        }
    }
}
