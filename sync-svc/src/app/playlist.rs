//! What plays next, as room-svc says. Only its playlist module knows the order; this service decides when a room changes
//! over.

use ids::RoomId;
use proto::room::v1::{
    self as room, Direction, FollowReason, GetFollowingItemRequest, GetItemRequest, PlaylistChange,
    playlist_service_client::PlaylistServiceClient,
};
use rpc::{Context, Reason, RpcChannel, reason_of};
use tonic::Status;

use super::App;
use crate::{
    error::{Error, Result},
    playback::{Input, Item, Room, wants_more},
};

impl From<room::Item> for Item {
    fn from(item: room::Item) -> Self {
        let start_us = item.source.map_or(0, |source| source.start_us);
        Self { id: item.id, duration_us: item.duration_us, start_us }
    }
}

impl App {
    fn playlists(&self) -> PlaylistServiceClient<RpcChannel> {
        PlaylistServiceClient::new(self.room.clone())
    }

    /// One item of the playlist.
    pub(super) async fn item(&self, context: &Context, room: RoomId, item_id: &str) -> Result<Item> {
        let request = GetItemRequest { room_id: room.to_string(), item_id: item_id.to_owned() };
        match self.playlists().get_item(context.request(request)).await {
            Ok(reply) => Ok(reply.into_inner().item.unwrap_or_default().into()),
            Err(status) if is_missing(&status) => Err(Error::ItemNotFound(item_id.to_owned())),
            Err(status) => Err(status.into()),
        }
    }

    /// The item that follows another one; `None` when nothing does.
    pub(super) async fn following_item(
        &self,
        context: &Context,
        room: RoomId,
        item_id: &str,
        direction: Direction,
        reason: FollowReason,
    ) -> Result<Option<Item>> {
        let request = GetFollowingItemRequest {
            room_id: room.to_string(),
            item_id: item_id.to_owned(),
            direction: direction.into(),
            reason: reason.into(),
        };
        match self.playlists().get_following_item(context.request(request)).await {
            Ok(reply) => Ok(reply.into_inner().item.map(Item::from)),
            Err(status) if is_missing(&status) => Ok(None),
            Err(status) => Err(status.into()),
        }
    }

    /// The item that follows the end of the current one.
    pub(super) async fn item_after(&self, room: RoomId, known: &Room) -> Result<Option<Item>> {
        let (context, item_id) = (Context::background(), &known.playback.item_id);
        self.following_item(&context, room, item_id, Direction::Next, FollowReason::Ended).await
    }

    /// A room that stands at the end of its playlist goes on when an item follows now, whether that item was added or
    /// moved there.
    pub(super) async fn follow_after_end(&self, room: RoomId) -> Result<Option<Input>> {
        let known = self.current(room).await?.room;
        if !wants_more(&known) {
            return Ok(None);
        }
        let next = self.item_after(room, &known).await?;
        Ok(next.map(|next| Input::Follow { from: known.playback.item_id.clone(), next }))
    }

    /// The item that plays instead of a removed one. Its length and its start are read only when the room plays the
    /// removed item.
    pub(super) async fn item_instead_of(
        &self,
        room: RoomId,
        change: &PlaylistChange,
    ) -> Result<Option<Item>> {
        if change.next_item_id.is_empty() {
            return Ok(None);
        }
        let next = Item { id: change.next_item_id.clone(), duration_us: 0, start_us: 0 };
        if self.current(room).await?.room.playback.item_id != change.item_id {
            return Ok(Some(next));
        }
        match self.item(&Context::background(), room, &next.id).await {
            Ok(item) => Ok(Some(item)),
            // Removed, too: its own event follows.
            Err(Error::ItemNotFound(_)) => Ok(Some(next)),
            Err(error) => Err(error),
        }
    }
}

fn is_missing(status: &Status) -> bool {
    reason_of(status) == Some(Reason::ItemNotFound)
}
