//! Reads the log of a room.

use proto::room::v1::{ListLogRequest, Permission};

use crate::{
    app::{App, page_limit},
    domain::{Caller, List, LogLine, PageToken, RoomKey, kinds},
    error::Result,
    store::log,
};

impl App {
    /// One page, the latest first, and the token of the next page.
    pub(crate) async fn list_log(
        &self,
        caller: &Caller,
        request: &ListLogRequest,
    ) -> Result<(Vec<LogLine>, String)> {
        let before = PageToken::parse(List::Log, &request.page_token)?
            .map_or(i64::MAX, |token| i64::from_be_bytes(token.0));
        let kinds = kinds(&request.kinds)?;
        let access = self.get_access(caller, &RoomKey::parse(&request.room)?).await?;
        access.member.need(Permission::ManageSettings)?;
        let (size, limit) = page_limit(request.page_size, 50);
        let mut page = log::list(&self.pool, access.room.id, &kinds, before, limit).await?;
        let more = page.len() > size;
        page.truncate(size);
        let last = page.last().filter(|_| more);
        let next = last.map(|(position, _)| PageToken(position.to_be_bytes()).text(List::Log));
        Ok((page.into_iter().map(|(_, entry)| entry).collect(), next.unwrap_or_default()))
    }
}
