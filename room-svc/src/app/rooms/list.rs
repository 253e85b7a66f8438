//! Lists public rooms.

use uuid::Uuid;

use crate::{
    app::{App, page_limit},
    domain::{List, PageToken, Room},
    error::Result,
    store::rooms,
};

impl App {
    /// One page, newest first, and the token of the next page.
    pub(crate) async fn list_rooms(&self, page_size: i32, page_token: &str) -> Result<(Vec<Room>, String)> {
        let before = PageToken::parse(List::Rooms, page_token)?.map(|token| Uuid::from_bytes(token.0).into());
        let (size, limit) = page_limit(page_size, 20);
        let mut page = rooms::list_public(&self.pool, before, limit).await?;
        let more = page.len() > size;
        page.truncate(size);
        let last = page.last().filter(|_| more);
        let next = last.map(|room| PageToken(room.id.uuid().into_bytes()).text(List::Rooms));
        Ok((page, next.unwrap_or_default()))
    }
}
