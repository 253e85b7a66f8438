//! The log of a room.

use proto::room::v1::{ListLogRequest, ListLogResponse, room_log_service_server::RoomLogService};
use tonic::Request;

use super::{Grpc, Reply, caller, reply};

#[tonic::async_trait]
impl RoomLogService for Grpc {
    async fn list_log(&self, request: Request<ListLogRequest>) -> Reply<ListLogResponse> {
        let caller = caller(&request)?;
        let (entries, next_page_token) = self.0.list_log(&caller, request.get_ref()).await?;
        reply(ListLogResponse { entries: entries.into_iter().map(Into::into).collect(), next_page_token })
    }
}
