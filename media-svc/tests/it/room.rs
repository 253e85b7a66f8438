//! A room-svc with one room, of which a test says who may do what and what is on the playlist.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

use proto::{
    common::v1::Reason,
    room::v1::{
        room_service_server::{RoomService, RoomServiceServer},
        *,
    },
};
use rpc::{Context, Service, ServiceParts};
use testkit::{TestKeys, service_token};
use tokio::sync::watch;
use tonic::{Request, Response, Status};

pub(crate) const ROOM: &str = "room_of_the_test";
pub(crate) const CODE: &str = "abcdefgh";

#[derive(Default)]
pub(crate) struct State {
    pub(crate) permissions: Vec<Permission>,
    pub(crate) items: Vec<Item>,
    /// As media-svc sent them, and for whom.
    pub(crate) appended: Vec<(AppendItemRequest, String)>,
    /// To be leased, each once.
    pub(crate) unmeasured: Vec<Item>,
}

#[derive(Clone)]
pub(crate) struct Room {
    state: Arc<Mutex<State>>,
    /// The lengths of items, as media-svc told them.
    pub(crate) recorded: watch::Sender<HashMap<String, i64>>,
}

impl Room {
    pub(crate) fn new() -> Self {
        let state = State { permissions: vec![Permission::AddMedia], ..State::default() };
        Self { state: Arc::new(Mutex::new(state)), recorded: watch::Sender::default() }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(crate) fn service(&self) -> Service {
        let parts = ServiceParts::default().add(RoomServiceServer::new(self.clone()));
        parts.guard(TestKeys::verifier(), service_token()).unwrap()
    }
}

fn here<T>(context: &Context, room: &str, answer: T) -> rpc::Result<Response<T>> {
    match (room, context.identity()?.display_name.as_str()) {
        (ROOM | CODE, "Stranger") => Err(rpc::Error::new(Reason::NotAMember, "join the room first").into()),
        (ROOM | CODE, _) => Ok(Response::new(answer)),
        _ => Err(rpc::Error::new(Reason::RoomNotFound, "there is no such room").into()),
    }
}

/// The RPCs that media-svc calls; the others are there because the trait has them.
macro_rules! room_service {
    ({$($used:tt)*} $($name:ident: $request:ident -> $response:ty,)*) => {
        #[tonic::async_trait]
        impl RoomService for Room {
            type StreamEventsStream = futures::stream::Empty<Result<StreamEventsResponse, Status>>;
            $($used)*
            $(async fn $name(&self, _: Request<$request>) -> rpc::Result<Response<$response>> {
                Err(Status::unimplemented("media-svc has no need of it"))
            })*
        }
    };
}

room_service! {
    {
        async fn get_access(&self, request: Request<GetAccessRequest>) -> rpc::Result<Response<GetAccessResponse>> {
            let context = Context::of(&request);
            let permissions = self.state().permissions.iter().map(|permission| (*permission).into()).collect();
            let room = proto::room::v1::Room { id: ROOM.into(), code: CODE.into(), ..Default::default() };
            let access = GetAccessResponse { room: Some(room), member: Some(Member::default()), permissions };
            here(&context, &request.get_ref().room, access)
        }

        async fn list_items(&self, request: Request<ListItemsRequest>) -> rpc::Result<Response<ListItemsResponse>> {
            let items = self.state().items.clone();
            here(&Context::of(&request), &request.get_ref().room, ListItemsResponse { items, version: 1 })
        }

        async fn append_item(&self, request: Request<AppendItemRequest>) -> rpc::Result<Response<AppendItemResponse>> {
            let context = Context::of(&request);
            let request = request.into_inner();
            let (title, source, room) = (request.title.clone(), request.source.clone(), request.room.clone());
            let mut state = self.state();
            state.appended.push((request, context.identity()?.subject_id.clone()));
            let item = Item { id: format!("item_{}", state.appended.len()), title, source, ..Item::default() };
            state.items.push(item.clone());
            state.unmeasured.push(item.clone());
            here(&context, &room, AppendItemResponse { item: Some(item) })
        }

        async fn lease_unmeasured_items(&self, request: Request<LeaseUnmeasuredItemsRequest>) -> rpc::Result<Response<LeaseUnmeasuredItemsResponse>> {
            let unmeasured = &mut self.state().unmeasured;
            let count = unmeasured.len().min(request.get_ref().count.try_into().unwrap());
            Ok(Response::new(LeaseUnmeasuredItemsResponse { items: unmeasured.drain(..count).collect() }))
        }

        async fn record_durations(&self, request: Request<RecordDurationsRequest>) -> rpc::Result<Response<RecordDurationsResponse>> {
            let told = request.into_inner().durations.into_iter().map(|told| (told.item_id, told.duration_us));
            self.recorded.send_modify(|recorded| recorded.extend(told));
            Ok(Response::new(RecordDurationsResponse {}))
        }
    }
    create_room: CreateRoomRequest -> CreateRoomResponse,
    get_room: GetRoomRequest -> GetRoomResponse,
    get_invite_preview: GetInvitePreviewRequest -> GetInvitePreviewResponse,
    list_rooms: ListRoomsRequest -> ListRoomsResponse,
    update_room: UpdateRoomRequest -> UpdateRoomResponse,
    transfer_room: TransferRoomRequest -> TransferRoomResponse,
    reclaim_room: ReclaimRoomRequest -> ReclaimRoomResponse,
    hand_over_room: HandOverRoomRequest -> HandOverRoomResponse,
    join_room: JoinRoomRequest -> JoinRoomResponse,
    leave_room: LeaveRoomRequest -> LeaveRoomResponse,
    delete_room: DeleteRoomRequest -> DeleteRoomResponse,
    list_members: ListMembersRequest -> ListMembersResponse,
    move_item: MoveItemRequest -> MoveItemResponse,
    remove_item: RemoveItemRequest -> RemoveItemResponse,
    update_item: UpdateItemRequest -> UpdateItemResponse,
    send_message: SendMessageRequest -> SendMessageResponse,
    list_messages: ListMessagesRequest -> ListMessagesResponse,
    create_ticket: CreateTicketRequest -> CreateTicketResponse,
    redeem_ticket: RedeemTicketRequest -> RedeemTicketResponse,
    stream_events: StreamEventsRequest -> Self::StreamEventsStream,
    acknowledge_events: AcknowledgeEventsRequest -> AcknowledgeEventsResponse,
}
