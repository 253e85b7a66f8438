//! The rooms of a person.

use proto::room::v1::{self as wire, my_rooms_service_server::MyRoomsService};
use tonic::Request;

use super::{Grpc, Reply, caller, reply};
use crate::domain::RoomKey;

#[tonic::async_trait]
impl MyRoomsService for Grpc {
    async fn list_my_rooms(
        &self,
        request: Request<wire::ListMyRoomsRequest>,
    ) -> Reply<wire::ListMyRoomsResponse> {
        let caller = caller(&request)?;
        let page = self.0.list_my_rooms(&caller, request.get_ref()).await?;
        reply(wire::ListMyRoomsResponse {
            rooms: page.rooms,
            next_page_token: page.next,
            total_size: page.total,
        })
    }

    async fn add_favourite(
        &self,
        request: Request<wire::AddFavouriteRequest>,
    ) -> Reply<wire::AddFavouriteResponse> {
        let caller = caller(&request)?;
        self.0.add_favourite(&caller, &RoomKey::parse(&request.get_ref().room)?).await?;
        reply(wire::AddFavouriteResponse {})
    }

    async fn remove_favourite(
        &self,
        request: Request<wire::RemoveFavouriteRequest>,
    ) -> Reply<wire::RemoveFavouriteResponse> {
        let caller = caller(&request)?;
        self.0.remove_favourite(&caller, &RoomKey::parse(&request.get_ref().room)?).await?;
        reply(wire::RemoveFavouriteResponse {})
    }

    async fn forget_history(
        &self,
        request: Request<wire::ForgetHistoryRequest>,
    ) -> Reply<wire::ForgetHistoryResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = match request.room.as_str() {
            "" => None,
            room => Some(RoomKey::parse(room)?),
        };
        self.0.forget_history(&caller, room.as_ref()).await?;
        reply(wire::ForgetHistoryResponse {})
    }
}
