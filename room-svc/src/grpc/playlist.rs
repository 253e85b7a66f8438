//! The playlist.

use proto::room::v1::{self as wire, playlist_service_server::PlaylistService};
use rpc::Context;
use tonic::Request;

use super::{Grpc, Reply, item, reply};
use crate::{domain::RoomKey, error::Error};

#[tonic::async_trait]
impl PlaylistService for Grpc {
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

    async fn remove_item(
        &self,
        request: Request<wire::RemoveItemRequest>,
    ) -> Reply<wire::RemoveItemResponse> {
        let (context, request) = (Context::of(&request), request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        self.0.remove_item(context.identity()?, &room, item(&request.item_id)?).await?;
        reply(wire::RemoveItemResponse {})
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
