//! A room-svc with one room, of which a test says who may do what and what is on the playlist.

use std::{
    collections::HashMap,
    future::ready,
    sync::{Arc, Mutex, MutexGuard},
};

use proto::{common::v1::Reason, room::v1::*};
use rpc::{Context, Service};
use testkit::{Fake, TestKeys};
use tokio::sync::watch;

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
        let (accessed, listed, appended, leased, recorded) =
            (self.clone(), self.clone(), self.clone(), self.clone(), self.clone());
        Fake::default()
            .on("syncwatch.room.v1.MemberService/GetAccess", move |context, request| {
                ready(accessed.get_access(&context, &request))
            })
            .on("syncwatch.room.v1.PlaylistService/ListItems", move |context, request: ListItemsRequest| {
                let items = listed.state().items.clone();
                ready(here(&context, &request.room, ListItemsResponse { items, version: 1 }))
            })
            .on("syncwatch.room.v1.PlaylistService/AppendItem", move |context, request| {
                ready(appended.append_item(&context, request))
            })
            .on(
                "syncwatch.room.v1.PlaylistService/LeaseUnmeasuredItems",
                move |_, request: LeaseUnmeasuredItemsRequest| {
                    let unmeasured = &mut leased.state().unmeasured;
                    let count = unmeasured.len().min(request.count.try_into().unwrap());
                    ready(Ok(LeaseUnmeasuredItemsResponse { items: unmeasured.drain(..count).collect() }))
                },
            )
            .on(
                "syncwatch.room.v1.PlaylistService/RecordDurations",
                move |_, request: RecordDurationsRequest| {
                    let told = request.durations.into_iter().map(|told| (told.item_id, told.duration_us));
                    recorded.recorded.send_modify(|recorded| recorded.extend(told));
                    ready(Ok(RecordDurationsResponse {}))
                },
            )
            .service(TestKeys::verifier())
            .unwrap()
    }

    fn get_access(&self, context: &Context, request: &GetAccessRequest) -> rpc::Result<GetAccessResponse> {
        let permissions = self.state().permissions.iter().map(|permission| (*permission).into()).collect();
        let room = proto::room::v1::Room { id: ROOM.into(), code: CODE.into(), ..Default::default() };
        let access = GetAccessResponse { room: Some(room), member: Some(Member::default()), permissions };
        here(context, &request.room, access)
    }

    fn append_item(&self, context: &Context, request: AppendItemRequest) -> rpc::Result<AppendItemResponse> {
        let (title, source, room) = (request.title.clone(), request.source.clone(), request.room.clone());
        let mut state = self.state();
        state.appended.push((request, context.identity()?.subject_id.clone()));
        let item = Item { id: format!("item_{}", state.appended.len()), title, source, ..Item::default() };
        state.items.push(item.clone());
        state.unmeasured.push(item.clone());
        here(context, &room, AppendItemResponse { item: Some(item) })
    }
}

fn here<T>(context: &Context, room: &str, answer: T) -> rpc::Result<T> {
    match (room, context.identity()?.display_name.as_str()) {
        (ROOM | CODE, "Stranger") => Err(rpc::Error::new(Reason::NotAMember, "join the room first").into()),
        (ROOM | CODE, _) => Ok(answer),
        _ => Err(rpc::Error::new(Reason::RoomNotFound, "there is no such room").into()),
    }
}
