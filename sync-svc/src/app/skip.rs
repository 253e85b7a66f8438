//! The vote to skip an item: who may vote, as room-svc says, and the step that follows.

use ids::RoomId;
use proto::room::v1::{Direction, FollowReason, ListVotersRequest, vote_service_client::VoteServiceClient};
use rpc::Context;

use super::App;
use crate::{
    error::Result,
    playback::{Input, Room},
};

impl App {
    /// Asks who of the people present may vote. The answer is that of now, so a permission that was just taken away does not
    /// count.
    pub(super) async fn refresh_voters(&self, room: RoomId) -> Result<()> {
        let known = self.current(room).await?.room;
        let request = ListVotersRequest { room_id: room.to_string(), subject_ids: known.subjects() };
        let reply = VoteServiceClient::new(self.room.clone())
            .list_voters(Context::background().request(request))
            .await?
            .into_inner();
        let mut voters = reply.subject_ids;
        voters.sort_unstable();
        self.apply(room, &Input::Voters(voters), None).await?;
        Ok(())
    }

    /// Asks again while a vote is open, after people or permissions changed.
    pub(super) async fn refresh_open_vote(&self, room: RoomId) -> Result<()> {
        if self.current(room).await?.room.has_skip_votes() { self.refresh_voters(room).await } else { Ok(()) }
    }

    /// Goes on to the next item, after enough people voted to skip the current one.
    pub(super) async fn skip(&self, room: RoomId, known: &Room) -> Result<()> {
        let (context, from) = (Context::background(), known.playback.item_id.clone());
        let next = self.following_item(&context, room, &from, Direction::Next, FollowReason::Skipped).await?;
        self.apply(room, &Input::Skip { from, next }, None).await?;
        Ok(())
    }
}
