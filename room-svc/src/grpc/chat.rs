//! The chat.

use proto::room::v1::{self as wire, chat_service_server::ChatService};
use tonic::Request;

use super::{Grpc, Reply, caller, reply};
use crate::domain::RoomKey;

#[tonic::async_trait]
impl ChatService for Grpc {
    async fn send_message(
        &self,
        request: Request<wire::SendMessageRequest>,
    ) -> Reply<wire::SendMessageResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let message = self.0.send_message(&caller, &room, request).await?;
        reply(wire::SendMessageResponse { message: Some(message.into()) })
    }

    async fn list_messages(
        &self,
        request: Request<wire::ListMessagesRequest>,
    ) -> Reply<wire::ListMessagesResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let (messages, next_page_token) = self.0.list_messages(&caller, &room, &request).await?;
        reply(wire::ListMessagesResponse {
            messages: messages.into_iter().map(Into::into).collect(),
            next_page_token,
        })
    }
}
