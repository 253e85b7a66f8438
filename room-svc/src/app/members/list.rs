//! Lists the members of a room.

use proto::room::v1::{ListMembersRequest, Permission};

use crate::{
    app::{App, page_limit},
    domain::{Caller, List, Member, PageToken, RoomKey},
    error::Result,
    store::members,
};

impl App {
    /// One page, in the order of joining, and the token of the next page.
    pub(crate) async fn list_members(
        &self,
        caller: &Caller,
        room: &RoomKey,
        request: &ListMembersRequest,
    ) -> Result<(Vec<Member>, String)> {
        let after = PageToken::parse(List::Members, &request.page_token)?
            .map_or(i64::MIN, |token| i64::from_be_bytes(token.0));
        let access = self.get_access(caller, room).await?;
        access.member.need(Permission::ViewMembers)?;
        let (size, limit) = page_limit(request.page_size, 100);
        let filter = members::Filter {
            query: request.query.trim(),
            role: request.role(),
            present_only: request.present_only,
        };
        let mut page = members::list(&self.pool, access.room.id, filter, after, limit).await?;
        let more = page.len() > size;
        page.truncate(size);
        let last = page.last().filter(|_| more);
        let next = last.map(|(position, _)| PageToken(position.to_be_bytes()).text(List::Members));
        Ok((page.into_iter().map(|(_, member)| member).collect(), next.unwrap_or_default()))
    }
}
