//! A room-svc with one room, of which a test says who may do what and what is on the playlist.

use std::{
    future::ready,
    sync::{Arc, Mutex, MutexGuard},
};

use proto::{common::v1::Reason, room::v1::*};
use rpc::{Context, Service};
use testkit::{Fake, TestKeys};
use tokio::sync::watch;

pub(crate) const ROOM: &str = "room_of_the_test";
pub(crate) const CODE: &str = "abcdefgh";
/// The member of the room who sees what its items play.
pub(crate) const MEMBER: &str = "user_member";

#[derive(Default)]
pub(crate) struct State {
    pub(crate) permissions: Vec<Permission>,
    pub(crate) items: Vec<Item>,
    /// As media-svc sent them, and for whom.
    pub(crate) appended: Vec<(AppendItemRequest, String)>,
    /// Items that still fit the playlist, in calls with many.
    pub(crate) room_for: usize,
    /// Adds an item only when room-svc knows the length of its asset.
    pub(crate) appends_late: bool,
    /// Assets that are on some playlist, beside those of `items`.
    pub(crate) used_assets: Vec<String>,
    /// How far uploads are, as media-svc told it, in order.
    pub(crate) prepared: Vec<(String, ItemPreparation)>,
}

#[derive(Clone)]
pub(crate) struct Room {
    state: Arc<Mutex<State>>,
    /// The lengths of assets, as media-svc told them, in order.
    pub(crate) told: watch::Sender<Vec<(String, i64)>>,
}

impl Room {
    pub(crate) fn new() -> Self {
        let state = State { permissions: vec![Permission::AddMedia], room_for: 100, ..State::default() };
        Self { state: Arc::new(Mutex::new(state)), told: watch::Sender::default() }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(crate) fn service(&self) -> Service {
        let (listed_many, tracked, in_use) = (self.clone(), self.clone(), self.clone());
        let (accessed, listed, appended, updated) = (self.clone(), self.clone(), self.clone(), self.clone());
        Fake::default()
            .on("syncwatch.room.v1.MemberService/GetAccess", move |context, request| {
                ready(accessed.get_access(&context, &request))
            })
            .on("syncwatch.room.v1.PlaylistService/GetItem", move |_, request: GetItemRequest| {
                let items = &listed.state().items;
                let item = items.iter().find(|item| item.id == request.item_id && request.room_id == ROOM);
                let missing = || rpc::Error::new(Reason::ItemNotFound, "no such item").into();
                ready(
                    item.cloned()
                        .ok_or_else(missing)
                        .map(|item| GetItemResponse { item: Some(item), ..Default::default() }),
                )
            })
            .on("syncwatch.room.v1.RoomService/CreateRoom", |_, _: CreateRoomRequest| {
                let room = proto::room::v1::Room { id: ROOM.into(), code: CODE.into(), ..Default::default() };
                ready(Ok(CreateRoomResponse { room: Some(room) }))
            })
            .on("syncwatch.room.v1.PlaylistService/AppendItem", move |context, request| {
                let room = appended.clone();
                async move { room.append_item(&context, request).await }
            })
            .on("syncwatch.room.v1.PlaylistService/AppendItems", move |context, request| {
                ready(listed_many.append_items(&context, &request))
            })
            .on("syncwatch.room.v1.TrackService/AttachTrack", move |context, request| {
                ready(tracked.attach_track(&context, &request))
            })
            .on("syncwatch.room.v1.PlaylistService/UpdateAsset", move |_, request: UpdateAssetRequest| {
                if let Some(preparation) = request.preparation {
                    updated.state().prepared.push((request.asset_id.clone(), preparation));
                }
                updated.told.send_modify(|told| told.push((request.asset_id, request.duration_us)));
                ready(Ok(UpdateAssetResponse {}))
            })
            .on(
                "syncwatch.room.v1.PlaylistService/ListAssetsInUse",
                move |_, request: ListAssetsInUseRequest| ready(Ok(in_use.assets_in_use(&request))),
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

    fn assets_in_use(&self, request: &ListAssetsInUseRequest) -> ListAssetsInUseResponse {
        let state = self.state();
        let of_items = state.items.iter().map(|item| &item.asset_id);
        let used: Vec<_> = of_items.chain(&state.used_assets).collect();
        // Ada alone is a member of the room.
        let sees = request.member_id.is_empty() || request.member_id == MEMBER;
        let asset_ids = request.asset_ids.iter().filter(|id| sees && used.contains(id)).cloned().collect();
        ListAssetsInUseResponse { asset_ids }
    }

    fn append_items(
        &self,
        context: &Context,
        request: &AppendItemsRequest,
    ) -> rpc::Result<AppendItemsResponse> {
        let mut state = self.state();
        let count = request.items.len().min(state.room_for);
        for new in &request.items[..count] {
            let id = format!("item_{}", state.items.len() + 1);
            let (title, source) = (new.title.clone(), new.source.clone());
            state.items.push(Item { id, title, source, asset_id: new.asset_id.clone(), ..Item::default() });
        }
        let items = state.items[state.items.len() - count..].to_vec();
        let full = if count < request.items.len() { "PLAYLIST_FULL" } else { "" };
        let answer = AppendItemsResponse { items, refused_reason: full.into(), refused_message: full.into() };
        here(context, &request.room, answer)
    }

    fn attach_track(
        &self,
        context: &Context,
        request: &AttachTrackRequest,
    ) -> rpc::Result<AttachTrackResponse> {
        let mut state = self.state();
        let item = state.items.iter_mut().find(|item| item.id == request.item_id);
        let missing = || tonic::Status::from(rpc::Error::new(Reason::ItemNotFound, "no such item"));
        item.ok_or_else(missing)?.tracks.extend(request.track.clone());
        here(context, &request.room, AttachTrackResponse { track: request.track.clone() })
    }

    async fn append_item(
        &self,
        context: &Context,
        request: AppendItemRequest,
    ) -> rpc::Result<AppendItemResponse> {
        if self.state().appends_late {
            self.told_of(&request.asset_id).await;
        }
        let (title, source, room) = (request.title.clone(), request.source.clone(), request.room.clone());
        let (asset_id, duration_us) = (request.asset_id.clone(), request.duration_us);
        let mut state = self.state();
        state.appended.push((request, context.identity()?.subject_id.clone()));
        let id = format!("item_{}", state.appended.len());
        let item = Item { id, title, source, asset_id, duration_us, ..Item::default() };
        state.items.push(item.clone());
        here(context, &room, AppendItemResponse { item: Some(item) })
    }

    /// Waits until media-svc has told that an upload is so far.
    pub(crate) async fn told_of_upload(
        &self,
        asset_id: &str,
        is: impl Fn(&ItemPreparation) -> bool,
    ) -> ItemPreparation {
        let mut told = self.told.subscribe();
        loop {
            let found = self.state().prepared.iter().find(|(asset, it)| asset == asset_id && is(it)).cloned();
            if let Some((_, preparation)) = found {
                return preparation;
            }
            told.changed().await.unwrap();
        }
    }

    /// The length of an asset, as soon as media-svc tells one.
    pub(crate) async fn told_of(&self, asset_id: &str) -> i64 {
        let of = |told: &Vec<(String, i64)>| {
            told.iter().find(|(asset, _)| asset == asset_id).map(|(_, length)| *length)
        };
        let mut told = self.told.subscribe();
        let length = told.wait_for(|told| of(told).is_some()).await.unwrap();
        of(&length).unwrap()
    }
}

fn here<T>(context: &Context, room: &str, answer: T) -> rpc::Result<T> {
    match (room, context.identity()?.display_name.as_str()) {
        (ROOM | CODE, "Stranger") => Err(rpc::Error::new(Reason::NotAMember, "join the room first").into()),
        (ROOM | CODE, _) => Ok(answer),
        _ => Err(rpc::Error::new(Reason::RoomNotFound, "there is no such room").into()),
    }
}
