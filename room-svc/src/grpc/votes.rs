//! Votes for what plays next.

use proto::room::v1::{self as wire, vote_service_server::VoteService};
use tonic::Request;

use super::{Grpc, Reply, caller, item, reply, room};
use crate::domain::RoomKey;

#[tonic::async_trait]
impl VoteService for Grpc {
    async fn vote_for_item(
        &self,
        request: Request<wire::VoteForItemRequest>,
    ) -> Reply<wire::VoteForItemResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let (room, item) = (RoomKey::parse(&request.room)?, item(&request.item_id)?);
        let votes = self.0.vote_for_item(&caller, &room, item, request.withdraw).await?;
        reply(wire::VoteForItemResponse { votes: Some(votes) })
    }

    async fn list_votes(&self, request: Request<wire::ListVotesRequest>) -> Reply<wire::ListVotesResponse> {
        let caller = caller(&request)?;
        let items = self.0.list_votes(&caller, &RoomKey::parse(&request.get_ref().room)?).await?;
        reply(wire::ListVotesResponse { items })
    }

    async fn get_votes(&self, request: Request<wire::GetVotesRequest>) -> Reply<wire::GetVotesResponse> {
        let items = self.0.get_votes(room(&request.get_ref().room_id)?).await?;
        reply(wire::GetVotesResponse { items })
    }

    async fn list_voters(
        &self,
        request: Request<wire::ListVotersRequest>,
    ) -> Reply<wire::ListVotersResponse> {
        let request = request.get_ref();
        // An invalid id is nobody who may vote.
        let people: Vec<_> = request.subject_ids.iter().filter_map(|id| id.parse().ok()).collect();
        let voters = self.0.list_voters(room(&request.room_id)?, &people).await?;
        reply(wire::ListVotersResponse { subject_ids: voters.iter().map(ToString::to_string).collect() })
    }
}
