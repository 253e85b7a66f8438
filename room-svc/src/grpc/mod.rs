//! The RPCs: parse, use case, reply.

use std::sync::Arc;

use futures::{Stream, StreamExt as _, stream::BoxStream};
use ids::{EventId, ItemId};
use proto::room::v1::{self as wire, room_service_server::RoomService};
use rpc::Context;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use crate::{
    app::App,
    domain::{RoomKey, Ticket, timestamp},
    error::Error,
};

/// The server of `syncwatch.room.v1.RoomService`.
pub(crate) struct Grpc(pub(crate) Arc<App>);

type Reply<T> = Result<Response<T>, Status>;

#[expect(clippy::unnecessary_wraps, reason = "each handler ends with it, and handlers return results")]
fn reply<T>(message: T) -> Reply<T> {
    Ok(Response::new(message))
}

/// An id that is none names no item.
fn item(text: &str) -> Result<ItemId, Error> {
    text.parse().map_err(|_| Error::ItemNotFound(text.to_owned()))
}

#[tonic::async_trait]
impl RoomService for Grpc {
    async fn create_room(
        &self,
        request: Request<wire::CreateRoomRequest>,
    ) -> Reply<wire::CreateRoomResponse> {
        let context = Context::of(&request);
        let room = self.0.create_room(context.identity()?, request.get_ref()).await?;
        reply(wire::CreateRoomResponse { room: Some(room.into()) })
    }

    async fn get_room(&self, request: Request<wire::GetRoomRequest>) -> Reply<wire::GetRoomResponse> {
        let room = self.0.get_room(&RoomKey::parse(&request.get_ref().room)?).await?;
        reply(wire::GetRoomResponse { room: Some(room.into()) })
    }

    async fn get_invite_preview(
        &self,
        request: Request<wire::GetInvitePreviewRequest>,
    ) -> Reply<wire::GetInvitePreviewResponse> {
        let preview = match RoomKey::parse(&request.get_ref().room) {
            Ok(room) => self.0.get_invite_preview(&room).await?,
            // What cannot be a room is answered like one that is not there.
            Err(_) => None,
        };
        reply(preview.map_or_else(wire::GetInvitePreviewResponse::default, |preview| {
            wire::GetInvitePreviewResponse {
                room_name: preview.room_name,
                item_title: preview.item_title.unwrap_or_default(),
            }
        }))
    }

    async fn list_rooms(&self, request: Request<wire::ListRoomsRequest>) -> Reply<wire::ListRoomsResponse> {
        let request = request.into_inner();
        let (rooms, next_page_token) = self.0.list_rooms(request.page_size, &request.page_token).await?;
        reply(wire::ListRoomsResponse { rooms: rooms.into_iter().map(Into::into).collect(), next_page_token })
    }

    async fn join_room(&self, request: Request<wire::JoinRoomRequest>) -> Reply<wire::JoinRoomResponse> {
        let context = Context::of(&request);
        let joined = self.0.join_room(context.identity()?, &RoomKey::parse(&request.get_ref().room)?).await?;
        let (ticket, ticket_expires_at) =
            joined.ticket.map(|(ticket, expires_at)| (ticket.into_text(), timestamp(expires_at))).unzip();
        reply(wire::JoinRoomResponse {
            room: Some(joined.room.into()),
            member: Some(joined.member.into()),
            ticket: ticket.unwrap_or_default(),
            ticket_expires_at,
        })
    }

    async fn leave_room(&self, request: Request<wire::LeaveRoomRequest>) -> Reply<wire::LeaveRoomResponse> {
        let context = Context::of(&request);
        self.0.leave_room(context.identity()?, &RoomKey::parse(&request.get_ref().room)?).await?;
        reply(wire::LeaveRoomResponse {})
    }

    async fn delete_room(
        &self,
        request: Request<wire::DeleteRoomRequest>,
    ) -> Reply<wire::DeleteRoomResponse> {
        let context = Context::of(&request);
        self.0.delete_room(context.identity()?, &RoomKey::parse(&request.get_ref().room)?).await?;
        reply(wire::DeleteRoomResponse {})
    }

    async fn list_members(
        &self,
        request: Request<wire::ListMembersRequest>,
    ) -> Reply<wire::ListMembersResponse> {
        let (context, request) = (Context::of(&request), request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let (members, next_page_token) =
            self.0.list_members(context.identity()?, &room, request.page_size, &request.page_token).await?;
        reply(wire::ListMembersResponse {
            members: members.into_iter().map(Into::into).collect(),
            next_page_token,
        })
    }

    async fn list_items(&self, request: Request<wire::ListItemsRequest>) -> Reply<wire::ListItemsResponse> {
        let context = Context::of(&request);
        let (items, version) =
            self.0.list_items(context.identity()?, &RoomKey::parse(&request.get_ref().room)?).await?;
        reply(wire::ListItemsResponse { items: items.into_iter().map(Into::into).collect(), version })
    }

    async fn append_item(
        &self,
        request: Request<wire::AppendItemRequest>,
    ) -> Reply<wire::AppendItemResponse> {
        let (context, request) = (Context::of(&request), request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let source = request.source.unwrap_or_default();
        let item = self
            .0
            .append_item(context.identity()?, &room, request.title, source, &request.request_id)
            .await?;
        reply(wire::AppendItemResponse { item: Some(item.into()) })
    }

    async fn move_item(&self, request: Request<wire::MoveItemRequest>) -> Reply<wire::MoveItemResponse> {
        let (context, request) = (Context::of(&request), request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let after = Some(request.after_item_id.as_str()).filter(|id| !id.is_empty()).map(item).transpose()?;
        self.0.move_item(context.identity()?, &room, item(&request.item_id)?, after).await?;
        reply(wire::MoveItemResponse {})
    }

    async fn remove_item(
        &self,
        request: Request<wire::RemoveItemRequest>,
    ) -> Reply<wire::RemoveItemResponse> {
        let (context, request) = (Context::of(&request), request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        self.0.remove_item(context.identity()?, &room, item(&request.item_id)?).await?;
        reply(wire::RemoveItemResponse {})
    }

    async fn update_item(
        &self,
        request: Request<wire::UpdateItemRequest>,
    ) -> Reply<wire::UpdateItemResponse> {
        let (context, request) = (Context::of(&request), request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        // The title is the only field, so an absent mask means it too.
        let paths = request.update_mask.map_or_else(|| vec!["title".to_owned()], |mask| mask.paths);
        if paths != ["title"] {
            return Err(
                Error::Field { field: "update_mask", what: "must name `title` and nothing else" }.into()
            );
        }
        let item = item(&request.item_id)?;
        let item = self.0.retitle_item(context.identity()?, &room, item, &request.title).await?;
        reply(wire::UpdateItemResponse { item: Some(item.into()) })
    }

    async fn send_message(
        &self,
        request: Request<wire::SendMessageRequest>,
    ) -> Reply<wire::SendMessageResponse> {
        let (context, request) = (Context::of(&request), request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let message = self.0.send_message(context.identity()?, &room, request).await?;
        reply(wire::SendMessageResponse { message: Some(message.into()) })
    }

    async fn list_messages(
        &self,
        request: Request<wire::ListMessagesRequest>,
    ) -> Reply<wire::ListMessagesResponse> {
        let (context, request) = (Context::of(&request), request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let (messages, next_page_token) = self.0.list_messages(context.identity()?, &room, &request).await?;
        reply(wire::ListMessagesResponse {
            messages: messages.into_iter().map(Into::into).collect(),
            next_page_token,
        })
    }

    async fn get_access(&self, request: Request<wire::GetAccessRequest>) -> Reply<wire::GetAccessResponse> {
        let context = Context::of(&request);
        let access =
            self.0.get_access(context.identity()?, &RoomKey::parse(&request.get_ref().room)?).await?;
        reply(access.into())
    }

    async fn create_ticket(
        &self,
        request: Request<wire::CreateTicketRequest>,
    ) -> Reply<wire::CreateTicketResponse> {
        let context = Context::of(&request);
        let room = RoomKey::parse(&request.get_ref().room)?;
        let (ticket, expires_at) = self.0.create_ticket(context.identity()?, &room).await?;
        reply(wire::CreateTicketResponse {
            ticket: ticket.into_text(),
            expires_at: Some(timestamp(expires_at)),
        })
    }

    async fn redeem_ticket(
        &self,
        request: Request<wire::RedeemTicketRequest>,
    ) -> Reply<wire::RedeemTicketResponse> {
        let request = request.into_inner();
        let (identity, access) =
            self.0.redeem_ticket(&RoomKey::parse(&request.room)?, &Ticket::from_text(request.ticket)).await?;
        reply(wire::RedeemTicketResponse { identity: Some(identity), access: Some(access.into()) })
    }

    type StreamEventsStream = BoxStream<'static, Result<wire::StreamEventsResponse, Status>>;

    async fn stream_events(
        &self,
        request: Request<wire::StreamEventsRequest>,
    ) -> Reply<Self::StreamEventsStream> {
        let events = self.0.stream_events(request.into_inner().reader_id);
        reply(responses(ReceiverStream::new(events)).boxed())
    }

    async fn acknowledge_events(
        &self,
        request: Request<wire::AcknowledgeEventsRequest>,
    ) -> Reply<wire::AcknowledgeEventsResponse> {
        let ids = request.into_inner().event_ids;
        let ids = ids.iter().map(|id| id.parse()).collect::<Result<Vec<EventId>, _>>();
        let ids = ids
            .map_err(|_| Error::Field { field: "event_ids", what: "must be ids of the form `event_…`" })?;
        self.0.acknowledge_events(&ids).await?;
        reply(wire::AcknowledgeEventsResponse {})
    }

    async fn update_room(
        &self,
        request: Request<wire::UpdateRoomRequest>,
    ) -> Reply<wire::UpdateRoomResponse> {
        let (context, request) = (Context::of(&request), request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let room = self.0.update_room(context.identity()?, &room, &request.name, request.policy).await?;
        reply(wire::UpdateRoomResponse { room: Some(room.into()) })
    }

    async fn transfer_room(
        &self,
        request: Request<wire::TransferRoomRequest>,
    ) -> Reply<wire::TransferRoomResponse> {
        let (context, request) = (Context::of(&request), request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let room = self.0.transfer_room(context.identity()?, &room, &request.subject_id).await?;
        reply(wire::TransferRoomResponse { room: Some(room.into()) })
    }

    async fn reclaim_room(
        &self,
        request: Request<wire::ReclaimRoomRequest>,
    ) -> Reply<wire::ReclaimRoomResponse> {
        let context = Context::of(&request);
        let room =
            self.0.reclaim_room(context.identity()?, &RoomKey::parse(&request.get_ref().room)?).await?;
        reply(wire::ReclaimRoomResponse { room: Some(room.into()) })
    }

    async fn hand_over_room(
        &self,
        request: Request<wire::HandOverRoomRequest>,
    ) -> Reply<wire::HandOverRoomResponse> {
        let request = request.into_inner();
        let room = RoomKey::parse(&request.room_id)?;
        let room = self.0.hand_over_room(&room, &request.owner_id, &request.candidate_ids).await?;
        reply(wire::HandOverRoomResponse { room: Some(room.into()) })
    }

    async fn lease_unmeasured_items(
        &self,
        request: Request<wire::LeaseUnmeasuredItemsRequest>,
    ) -> Reply<wire::LeaseUnmeasuredItemsResponse> {
        let request = request.into_inner();
        let items = self.0.lease_unmeasured_items(request.count, request.lease_seconds).await?;
        reply(wire::LeaseUnmeasuredItemsResponse { items: items.into_iter().map(Into::into).collect() })
    }

    async fn record_durations(
        &self,
        request: Request<wire::RecordDurationsRequest>,
    ) -> Reply<wire::RecordDurationsResponse> {
        let durations = request.into_inner().durations;
        let lengths = durations.iter().map(|told| Ok((item(&told.item_id)?, told.duration_us)));
        self.0.record_durations(&lengths.collect::<Result<_, Error>>()?).await?;
        reply(wire::RecordDurationsResponse {})
    }
}

fn responses(
    events: impl Stream<Item = Result<wire::RoomEvent, Error>>,
) -> impl Stream<Item = Result<wire::StreamEventsResponse, Status>> {
    events.map(|event| Ok(wire::StreamEventsResponse { event: Some(event?) }))
}
