//! What plays next, as room-svc says. Only its playlist module knows the order; this service decides when a room changes
//! over.

use ids::RoomId;
use proto::room::v1::{
    self as room, Direction, FollowReason, GetFollowingItemRequest, GetItemRequest, PlaylistChange,
    PlaylistReplaced, playlist_service_client::PlaylistServiceClient,
};
use rpc::{Context, Reason, RpcChannel, reason_of};
use tonic::Status;

use super::App;
use crate::{
    error::{Error, Result},
    playback::{Input, Item, Room, wants_more},
};

/// An item as playback sees it, and the one that plays after it.
fn followed(item: room::Item, next_id: String) -> Item {
    let start_us = item.source.map_or(0, |source| source.start_us);
    Item { id: item.id, duration_us: item.duration_us, start_us, next_id }
}

/// An item of which nothing else is known yet.
pub(super) fn named(id: &str, start_us: i64) -> Item {
    Item { id: id.to_owned(), duration_us: 0, start_us, next_id: String::new() }
}

impl App {
    fn playlists(&self) -> PlaylistServiceClient<RpcChannel> {
        PlaylistServiceClient::new(self.room.clone())
    }

    /// One item of the playlist.
    pub(super) async fn item(&self, context: &Context, room: RoomId, item_id: &str) -> Result<Item> {
        self.item_from(context, room, item_id, true).await
    }

    /// One item of the playlist, from its start or from where the room left it.
    pub(super) async fn item_from(
        &self,
        context: &Context,
        room: RoomId,
        item_id: &str,
        from_start: bool,
    ) -> Result<Item> {
        let request = GetItemRequest { room_id: room.to_string(), item_id: item_id.to_owned() };
        match self.playlists().get_item(context.request(request)).await {
            Ok(reply) => {
                let reply = reply.into_inner();
                let item = reply.item.unwrap_or_default();
                let resume_us = item.resume_us;
                let item = followed(item, reply.next_item_id);
                let start_us = if from_start || resume_us == 0 { item.start_us } else { resume_us };
                Ok(Item { start_us, ..item })
            }
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
            Ok(reply) => {
                let reply = reply.into_inner();
                Ok(reply.item.map(|item| followed(item, reply.next_item_id)))
            }
            Err(status) if is_missing(&status) => Ok(None),
            Err(status) => Err(status.into()),
        }
    }

    /// The item that follows the end of the current one.
    pub(super) async fn item_after(&self, room: RoomId, known: &Room) -> Result<Option<Item>> {
        let (context, item_id) = (Context::background(), &known.playback.item_id);
        self.following_item(&context, room, item_id, Direction::Next, FollowReason::Ended).await
    }

    /// Reads what follows the current item, after something that decides about it changed.
    pub(super) async fn refresh_next(&self, room: RoomId) -> Result<()> {
        let known = self.current(room).await?.room;
        let from = known.playback.item_id.clone();
        if from.is_empty() {
            return Ok(());
        }
        let next_id = self.item_after(room, &known).await?.map(|next| next.id).unwrap_or_default();
        self.apply(room, &Input::Following { from, next_id }, None).await?;
        Ok(())
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

    /// The item that plays instead of a removed one. It is read only when the room plays the removed item.
    pub(super) async fn item_instead_of(
        &self,
        room: RoomId,
        change: &PlaylistChange,
    ) -> Result<Option<Item>> {
        if change.next_item_id.is_empty() {
            return Ok(None);
        }
        let next = named(&change.next_item_id, 0);
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

    /// What a change of many items does: a room without an item takes the first, and one whose item is gone has none.
    pub(super) async fn after_replacement(
        &self,
        room: RoomId,
        replaced: &PlaylistReplaced,
    ) -> Result<Option<Input>> {
        let current = self.current(room).await?.room.playback.item_id.clone();
        if current.is_empty() {
            let first = Some(&replaced.first_item_id).filter(|id| !id.is_empty());
            return Ok(first.map(|first| Input::ItemAdded(named(first, replaced.first_start_us))));
        }
        match self.item(&Context::background(), room, &current).await {
            Ok(_) => self.follow_after_end(room).await,
            Err(Error::ItemNotFound(_)) => Ok(Some(Input::ItemRemoved { item_id: current, next: None })),
            Err(error) => Err(error),
        }
    }
}

fn is_missing(status: &Status) -> bool {
    reason_of(status) == Some(Reason::ItemNotFound)
}
