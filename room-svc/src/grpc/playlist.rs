//! The playlist.

use ids::AssetId;
use proto::room::v1::{self as wire, playlist_service_server::PlaylistService};
use tonic::Request;

use super::{Grpc, Reply, caller, item, reply, room};
use crate::{
    app::NewItem,
    domain::{RoomKey, Step},
    error::Error,
};

#[tonic::async_trait]
impl PlaylistService for Grpc {
    async fn list_items(&self, request: Request<wire::ListItemsRequest>) -> Reply<wire::ListItemsResponse> {
        let caller = caller(&request)?;
        let (items, version) = self.0.list_items(&caller, &RoomKey::parse(&request.get_ref().room)?).await?;
        reply(wire::ListItemsResponse { items: items.into_iter().map(Into::into).collect(), version })
    }

    async fn append_item(
        &self,
        request: Request<wire::AppendItemRequest>,
    ) -> Reply<wire::AppendItemResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let new = NewItem {
            title: request.title,
            source: request.source.unwrap_or_default(),
            // A media-svc of the version before sends none.
            asset: Some(request.asset_id.as_str()).filter(|id| !id.is_empty()).map(asset).transpose()?,
            duration_us: request.duration_us,
            request_id: &request.request_id,
        };
        let item = self.0.append_item(&caller, &room, new).await?;
        reply(wire::AppendItemResponse { item: Some(item.into()) })
    }

    async fn move_item(&self, request: Request<wire::MoveItemRequest>) -> Reply<wire::MoveItemResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let after = Some(request.after_item_id.as_str()).filter(|id| !id.is_empty()).map(item).transpose()?;
        self.0.move_item(&caller, &room, item(&request.item_id)?, after).await?;
        reply(wire::MoveItemResponse {})
    }

    async fn update_item(
        &self,
        request: Request<wire::UpdateItemRequest>,
    ) -> Reply<wire::UpdateItemResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let mut paths = request.update_mask.unwrap_or_default().paths.into_iter();
        if let Some(path) = paths.find(|path| path != "title") {
            return Err(Error::MaskPath { path, known: "title".to_owned() }.into());
        }
        let item = item(&request.item_id)?;
        let item = self.0.retitle_item(&caller, &room, item, &request.title).await?;
        reply(wire::UpdateItemResponse { item: Some(item.into()) })
    }

    async fn remove_item(
        &self,
        request: Request<wire::RemoveItemRequest>,
    ) -> Reply<wire::RemoveItemResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        self.0.remove_item(&caller, &room, item(&request.item_id)?).await?;
        reply(wire::RemoveItemResponse {})
    }

    async fn get_playlist(
        &self,
        request: Request<wire::GetPlaylistRequest>,
    ) -> Reply<wire::GetPlaylistResponse> {
        let (items, version) = self.0.get_playlist(room(&request.get_ref().room_id)?).await?;
        reply(wire::GetPlaylistResponse { items: items.into_iter().map(Into::into).collect(), version })
    }

    async fn get_item(&self, request: Request<wire::GetItemRequest>) -> Reply<wire::GetItemResponse> {
        let request = request.get_ref();
        let item = self.0.get_item(room(&request.room_id)?, item(&request.item_id)?).await?;
        reply(wire::GetItemResponse { item: Some(item.into()) })
    }

    async fn get_following_item(
        &self,
        request: Request<wire::GetFollowingItemRequest>,
    ) -> Reply<wire::GetFollowingItemResponse> {
        let request = request.get_ref();
        let (room, from) = (room(&request.room_id)?, item(&request.item_id)?);
        let step = Step::of(request.direction(), request.reason());
        let item = self.0.get_following_item(room, from, step).await?;
        reply(wire::GetFollowingItemResponse { item: item.map(Into::into) })
    }

    async fn update_asset(
        &self,
        request: Request<wire::UpdateAssetRequest>,
    ) -> Reply<wire::UpdateAssetResponse> {
        let request = request.into_inner();
        self.0.update_asset(asset(&request.asset_id)?, request.duration_us).await?;
        reply(wire::UpdateAssetResponse {})
    }
}

fn asset(id: &str) -> Result<AssetId, Error> {
    id.parse().map_err(|_| Error::Field { field: "asset_id", what: "must be an id of the form `asset_…`" })
}
