//! Playlists that people keep beyond a room.

use proto::room::v1::{self as wire, saved_queue_service_server::SavedQueueService};
use tonic::Request;

use super::{Grpc, Reply, caller, reply};
use crate::domain::RoomKey;

#[tonic::async_trait]
impl SavedQueueService for Grpc {
    async fn save_queue(&self, request: Request<wire::SaveQueueRequest>) -> Reply<wire::SaveQueueResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let queue = self.0.save_queue(&caller, &RoomKey::parse(&request.room)?, &request.name).await?;
        reply(wire::SaveQueueResponse { queue: Some(queue) })
    }

    async fn list_saved_queues(
        &self,
        request: Request<wire::ListSavedQueuesRequest>,
    ) -> Reply<wire::ListSavedQueuesResponse> {
        let queues = self.0.list_saved_queues(&caller(&request)?).await?;
        reply(wire::ListSavedQueuesResponse { queues })
    }

    async fn get_saved_queue(
        &self,
        request: Request<wire::GetSavedQueueRequest>,
    ) -> Reply<wire::GetSavedQueueResponse> {
        let caller = caller(&request)?;
        reply(self.0.get_saved_queue(&caller, &request.get_ref().saved_queue_id).await?)
    }

    async fn load_queue(&self, request: Request<wire::LoadQueueRequest>) -> Reply<wire::LoadQueueResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let items =
            self.0.load_queue(&caller, &RoomKey::parse(&request.room)?, &request.saved_queue_id).await?;
        reply(wire::LoadQueueResponse { items: items.into_iter().map(Into::into).collect() })
    }

    async fn delete_saved_queue(
        &self,
        request: Request<wire::DeleteSavedQueueRequest>,
    ) -> Reply<wire::DeleteSavedQueueResponse> {
        let caller = caller(&request)?;
        self.0.delete_saved_queue(&caller, &request.get_ref().saved_queue_id).await?;
        reply(wire::DeleteSavedQueueResponse {})
    }
}
