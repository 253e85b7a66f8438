//! Searches the chat.

use ids::{RoomId, SubjectId};
use proto::room::v1::{Permission, SearchMessagesRequest};
use uuid::Uuid;

use crate::{
    app::{App, page_limit},
    domain::{Caller, List, Message, PageToken, RoomKey, search_query},
    error::{Error, Result},
    store::chat::messages,
};

impl App {
    /// One page of the messages that have all words of a query, or of all by one person, newest first, and the token of the
    /// next page.
    pub(crate) async fn search_messages(
        &self,
        caller: &Caller,
        room: &RoomKey,
        request: &SearchMessagesRequest,
    ) -> Result<(Vec<Message>, String)> {
        let token = PageToken::parse(List::Search, &request.page_token)?;
        let before = token.map_or(Uuid::max(), |token| Uuid::from_bytes(token.0));
        let author = author(&request.author_id)?;
        let access = self.get_access(caller, room).await?;
        access.member.need(Permission::ViewChatHistory)?;
        let room = access.room.id;
        let sought = sought(room, &request.query, author)?;
        let (size, limit) = page_limit(request.page_size, 20);
        let mut tx = self.snapshot().await?;
        let mut found = match sought {
            Sought::Words(query) => messages::search(&mut tx, room, &query, author, before, limit).await?,
            Sought::AllOf(author) => messages::written_by(&mut *tx, room, author, before, limit).await?,
        };
        let more = found.len() > size;
        found.truncate(size);
        super::complete(&mut tx, room, Some(caller.id), &mut found).await?;
        let oldest = found.last().filter(|_| more);
        let next = oldest.map(|message| PageToken(message.id.uuid().into_bytes()).text(List::Search));
        Ok((found, next.unwrap_or_default()))
    }
}

/// What a request looks for.
enum Sought {
    /// Messages with the words of this query.
    Words(String),
    /// Every message of a person.
    AllOf(SubjectId),
}

fn sought(room: RoomId, text: &str, author: Option<SubjectId>) -> Result<Sought> {
    let field = "query";
    match author {
        Some(author) if text.trim().is_empty() => Ok(Sought::AllOf(author)),
        Some(_) => {
            let what = "must have a letter or a digit, or be empty to find all messages of the person";
            search_query(room, text).map(Sought::Words).ok_or(Error::Field { field, what })
        }
        None => {
            let what = "must have a letter or a digit; without words, name a person in author_id";
            search_query(room, text).map(Sought::Words).ok_or(Error::Field { field, what })
        }
    }
}

fn author(text: &str) -> Result<Option<SubjectId>> {
    if text.is_empty() {
        return Ok(None);
    }
    let what = "must be an id of the form `user_…` or `guest_…`, or empty";
    text.parse().map(Some).map_err(|_| Error::Field { field: "author_id", what })
}
