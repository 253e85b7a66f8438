//! The chat.

use ids::MessageId;
use proto::room::v1::{self as wire, chat_service_server::ChatService};
use tonic::Request;

use super::{Grpc, Reply, caller, reply};
use crate::{
    app::{Page, Sent},
    domain::{RoomKey, timestamp},
    error::Error,
};

#[tonic::async_trait]
impl ChatService for Grpc {
    async fn send_message(
        &self,
        request: Request<wire::SendMessageRequest>,
    ) -> Reply<wire::SendMessageResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let Sent { message, next_send_at } = self.0.send_message(&caller, &room, request).await?;
        let next_send_at = next_send_at.map(timestamp);
        reply(wire::SendMessageResponse { message: Some(message.into()), next_send_at })
    }

    async fn list_messages(
        &self,
        request: Request<wire::ListMessagesRequest>,
    ) -> Reply<wire::ListMessagesResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let Page { messages, next_page_token, revision, read_state, next_send_at } =
            self.0.list_messages(&caller, &room, &request).await?;
        let max_text_length = i32::try_from(self.0.sections.chat.max_message_length).unwrap_or(i32::MAX);
        reply(wire::ListMessagesResponse {
            messages: messages.into_iter().map(Into::into).collect(),
            next_page_token,
            revision,
            max_text_length,
            read_state: Some(read_state),
            next_send_at: next_send_at.map(timestamp),
        })
    }

    async fn list_changes(
        &self,
        request: Request<wire::ListChangesRequest>,
    ) -> Reply<wire::ListChangesResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        reply(self.0.list_changes(&caller, &room, request.after_revision).await?)
    }

    async fn search_messages(
        &self,
        request: Request<wire::SearchMessagesRequest>,
    ) -> Reply<wire::SearchMessagesResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let (messages, next_page_token) = self.0.search_messages(&caller, &room, &request).await?;
        let messages = messages.into_iter().map(Into::into).collect();
        reply(wire::SearchMessagesResponse { messages, next_page_token })
    }

    async fn edit_message(
        &self,
        request: Request<wire::EditMessageRequest>,
    ) -> Reply<wire::EditMessageResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let (room, id) = (RoomKey::parse(&request.room)?, message(&request.message_id)?);
        let message = self.0.edit_message(&caller, &room, id, &request).await?;
        reply(wire::EditMessageResponse { message: Some(message.into()) })
    }

    async fn delete_message(
        &self,
        request: Request<wire::DeleteMessageRequest>,
    ) -> Reply<wire::DeleteMessageResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let (room, id) = (RoomKey::parse(&request.room)?, message(&request.message_id)?);
        self.0.delete_message(&caller, &room, id).await?;
        reply(wire::DeleteMessageResponse {})
    }

    async fn add_reaction(
        &self,
        request: Request<wire::AddReactionRequest>,
    ) -> Reply<wire::AddReactionResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let (room, id) = (RoomKey::parse(&request.room)?, message(&request.message_id)?);
        self.0.add_reaction(&caller, &room, id, &request.key).await?;
        reply(wire::AddReactionResponse {})
    }

    async fn remove_reaction(
        &self,
        request: Request<wire::RemoveReactionRequest>,
    ) -> Reply<wire::RemoveReactionResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let (room, id) = (RoomKey::parse(&request.room)?, message(&request.message_id)?);
        self.0.remove_reaction(&caller, &room, id, &request.key).await?;
        reply(wire::RemoveReactionResponse {})
    }

    async fn pin_message(
        &self,
        request: Request<wire::PinMessageRequest>,
    ) -> Reply<wire::PinMessageResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let (room, id) = (RoomKey::parse(&request.room)?, message(&request.message_id)?);
        self.0.pin_message(&caller, &room, id).await?;
        reply(wire::PinMessageResponse {})
    }

    async fn unpin_message(
        &self,
        request: Request<wire::UnpinMessageRequest>,
    ) -> Reply<wire::UnpinMessageResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let (room, id) = (RoomKey::parse(&request.room)?, message(&request.message_id)?);
        self.0.unpin_message(&caller, &room, id).await?;
        reply(wire::UnpinMessageResponse {})
    }

    async fn list_pins(&self, request: Request<wire::ListPinsRequest>) -> Reply<wire::ListPinsResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let messages = self.0.list_pins(&caller, &RoomKey::parse(&request.room)?).await?;
        reply(wire::ListPinsResponse { messages: messages.into_iter().map(Into::into).collect() })
    }

    async fn mark_read(&self, request: Request<wire::MarkReadRequest>) -> Reply<wire::MarkReadResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let (room, id) = (RoomKey::parse(&request.room)?, message(&request.message_id)?);
        let read_state = self.0.mark_read(&caller, &room, id).await?;
        reply(wire::MarkReadResponse { read_state: Some(read_state) })
    }

    async fn record_playback(
        &self,
        request: Request<wire::RecordPlaybackRequest>,
    ) -> Reply<wire::RecordPlaybackResponse> {
        let wire::RecordPlaybackRequest { room_id, lines } = request.into_inner();
        self.0.record_playback(&super::room(&room_id)?.into(), lines).await?;
        reply(wire::RecordPlaybackResponse {})
    }
}

/// An invalid id names no message.
pub(super) fn message(text: &str) -> Result<MessageId, Error> {
    text.parse().map_err(|_| Error::MessageNotFound)
}
