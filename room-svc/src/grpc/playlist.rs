//! The playlist.

use ids::AssetId;
use proto::room::v1::{self as wire, playlist_service_server::PlaylistService};
use rpc::reason_of;
use tonic::{Request, Status};

use super::{Grpc, Reply, caller, folder, item, reply, room};
use crate::{
    app::{Followed, NewItem, Playlist},
    domain::{AssetFacts, RoomKey, Sibling, Step, Wish, timestamp},
    error::Error,
};

#[tonic::async_trait]
impl PlaylistService for Grpc {
    async fn list_items(&self, request: Request<wire::ListItemsRequest>) -> Reply<wire::ListItemsResponse> {
        let caller = caller(&request)?;
        let playlist = self.0.list_items(&caller, &RoomKey::parse(&request.get_ref().room)?).await?;
        let Playlist { items, folders, version } = playlist;
        reply(wire::ListItemsResponse { items: all(items), version, folders: all(folders) })
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
            asset: asset(&request.asset_id)?,
            duration_us: request.duration_us,
            note: request.note,
            preparation: request.preparation,
            request_id: &request.request_id,
        };
        let item = self.0.append_item(&caller, &room, folder(&request.folder_id)?, new).await?;
        reply(wire::AppendItemResponse { item: Some(item.into()) })
    }

    async fn append_items(
        &self,
        request: Request<wire::AppendItemsRequest>,
    ) -> Reply<wire::AppendItemsResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let new = request.items.iter().map(|new| {
            Ok(NewItem {
                title: new.title.clone(),
                source: new.source.clone().unwrap_or_default(),
                asset: asset(&new.asset_id)?,
                duration_us: new.duration_us,
                note: String::new(),
                preparation: None,
                request_id: &new.request_id,
            })
        });
        let new = new.collect::<Result<_, Error>>()?;
        let appended = self.0.append_items(&caller, &room, folder(&request.folder_id)?, new).await?;
        let refused = appended.refused.map(Status::from);
        let reason = refused.as_ref().and_then(reason_of).map(|reason| reason.as_str_name());
        reply(wire::AppendItemsResponse {
            items: all(appended.items),
            refused_reason: reason.unwrap_or_default().trim_start_matches("REASON_").to_owned(),
            refused_message: refused.map(|status| status.message().to_owned()).unwrap_or_default(),
        })
    }

    async fn move_item(&self, request: Request<wire::MoveItemRequest>) -> Reply<wire::MoveItemResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let wish = Wish {
            after: Sibling::parse(&request.after_item_id)?,
            before: Sibling::parse(&request.before_item_id)?,
            folder: folder(&request.folder_id)?,
        };
        self.0.move_item(&caller, &room, item(&request.item_id)?, wish).await?;
        reply(wire::MoveItemResponse {})
    }

    async fn update_item(
        &self,
        request: Request<wire::UpdateItemRequest>,
    ) -> Reply<wire::UpdateItemResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let item = self.0.update_item(&caller, &room, item(&request.item_id)?, &request).await?;
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

    async fn clear_playlist(
        &self,
        request: Request<wire::ClearPlaylistRequest>,
    ) -> Reply<wire::ClearPlaylistResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let keep = Some(request.keep_item_id.as_str()).filter(|id| !id.is_empty()).map(item).transpose()?;
        let cleared = self.0.clear_playlist(&caller, &room, keep).await?;
        reply(cleared.map_or_else(wire::ClearPlaylistResponse::default, |cleared| {
            wire::ClearPlaylistResponse {
                clear_id: cleared.id.to_string(),
                removed_count: i32::try_from(cleared.removed).unwrap_or(i32::MAX),
                undo_until: Some(timestamp(cleared.undo_until)),
            }
        }))
    }

    async fn undo_clear(&self, request: Request<wire::UndoClearRequest>) -> Reply<wire::UndoClearResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        // An invalid id names no clear.
        let clear = request.clear_id.parse().map_err(|_| Error::UndoExpired)?;
        let restored = self.0.undo_clear(&caller, &room, clear).await?;
        reply(wire::UndoClearResponse { restored_count: i32::try_from(restored).unwrap_or(i32::MAX) })
    }

    async fn get_playlist(
        &self,
        request: Request<wire::GetPlaylistRequest>,
    ) -> Reply<wire::GetPlaylistResponse> {
        let Playlist { items, folders, version } =
            self.0.get_playlist(room(&request.get_ref().room_id)?).await?;
        reply(wire::GetPlaylistResponse { items: all(items), version, folders: all(folders) })
    }

    async fn get_item(&self, request: Request<wire::GetItemRequest>) -> Reply<wire::GetItemResponse> {
        let request = request.get_ref();
        let Followed { item, next } =
            self.0.get_item(room(&request.room_id)?, item(&request.item_id)?).await?;
        let next_item_id = next.map(|next| next.to_string()).unwrap_or_default();
        reply(wire::GetItemResponse { item: Some(item.into()), next_item_id })
    }

    async fn get_following_item(
        &self,
        request: Request<wire::GetFollowingItemRequest>,
    ) -> Reply<wire::GetFollowingItemResponse> {
        let request = request.get_ref();
        let (room, from) = (room(&request.room_id)?, item(&request.item_id)?);
        let step = Step::of(request.direction(), request.reason());
        let following = self.0.get_following_item(room, from, step).await?;
        reply(following.map_or_else(wire::GetFollowingItemResponse::default, |Followed { item, next }| {
            let next_item_id = next.map(|next| next.to_string()).unwrap_or_default();
            wire::GetFollowingItemResponse { item: Some(item.into()), next_item_id }
        }))
    }

    async fn update_asset(
        &self,
        request: Request<wire::UpdateAssetRequest>,
    ) -> Reply<wire::UpdateAssetResponse> {
        let request = request.into_inner();
        let asset = asset(&request.asset_id)?.ok_or(NOT_AN_ASSET)?;
        let facts = AssetFacts { duration_us: request.duration_us, preparation: request.preparation };
        self.0.update_asset(asset, &facts).await?;
        reply(wire::UpdateAssetResponse {})
    }

    async fn list_assets_in_use(
        &self,
        request: Request<wire::ListAssetsInUseRequest>,
    ) -> Reply<wire::ListAssetsInUseResponse> {
        let wire::ListAssetsInUseRequest { asset_ids, member_id } = request.into_inner();
        let assets = asset_ids.iter().map(|id| asset(id)?.ok_or(NOT_AN_ASSET));
        let assets = assets.collect::<Result<Vec<_>, Error>>()?;
        let used = self.0.list_assets_in_use(&assets, &member_id).await?;
        let asset_ids = used.iter().map(ToString::to_string).collect();
        reply(wire::ListAssetsInUseResponse { asset_ids })
    }
}

const NOT_AN_ASSET: Error = Error::Field { field: "asset_id", what: "must be an id of the form `asset_…`" };

/// A media-svc of the version before sends none.
fn asset(id: &str) -> Result<Option<AssetId>, Error> {
    Some(id).filter(|id| !id.is_empty()).map(str::parse).transpose().map_err(|_| NOT_AN_ASSET)
}

fn all<T, W: From<T>>(list: Vec<T>) -> Vec<W> {
    list.into_iter().map(Into::into).collect()
}
