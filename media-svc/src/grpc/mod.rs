//! The RPCs: parse, call the use case, reply.

mod admin;
mod delivery;
mod subtitles;
mod transcode;
mod uploads;

use std::sync::Arc;

use prost_types::Timestamp;
use proto::media::v1::{
    AddItemRequest, AddItemResponse, AddItemsRequest, AddItemsResponse, CheckSourceRequest,
    CheckSourceResponse, CreateRoomWithItemRequest, CreateRoomWithItemResponse, GetPlaybackInfoRequest,
    GetPlaybackInfoResponse, add_item_request, create_room_with_item_request,
    media_service_server::MediaService,
};
use rpc::{Context, Reason};
use tonic::{Request, Response};

use crate::app::{App, NewItem};

/// The server of all services. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Grpc(pub(crate) Arc<App>);

#[tonic::async_trait]
impl MediaService for Grpc {
    async fn check_source(
        &self,
        request: Request<CheckSourceRequest>,
    ) -> rpc::Result<Response<CheckSourceResponse>> {
        let context = Context::of(&request);
        let CheckSourceRequest { url, page_origin } = request.into_inner();
        let checked = self.0.check_source(&context, &url, &page_origin).await?;
        Ok(Response::new(CheckSourceResponse {
            source: Some(checked.source),
            content_type: checked.content_type,
            size_bytes: checked.size_bytes.and_then(|size| i64::try_from(size).ok()).unwrap_or_default(),
            title: checked.title,
            outcome: checked.outcome.into(),
            notes: checked.notes,
        }))
    }

    async fn add_item(&self, request: Request<AddItemRequest>) -> rpc::Result<Response<AddItemResponse>> {
        let context = Context::of(&request);
        let AddItemRequest { room, from, title, request_id, add_anyway } = request.into_inner();
        // The contract requires one of them, but cannot reject `false`.
        let from =
            from.filter(|from| !matches!(from, proto::media::v1::add_item_request::From::TestFilm(false)));
        let from = from.ok_or_else(|| {
            rpc::Error::new(
                Reason::InvalidField,
                "an item needs a `url`, an `upload_id`, or `test_film` set to true",
            )
        })?;
        let new = NewItem { from, title, request_id, add_anyway };
        let item = self.0.add_item(&context, room, new).await?;
        Ok(Response::new(AddItemResponse { item: Some(item) }))
    }

    async fn add_items(&self, request: Request<AddItemsRequest>) -> rpc::Result<Response<AddItemsResponse>> {
        let context = Context::of(&request);
        let AddItemsRequest { room, links, folder_id } = request.into_inner();
        let verdicts = self.0.add_items(&context, room, folder_id, links).await?;
        Ok(Response::new(AddItemsResponse { verdicts }))
    }

    async fn create_room_with_item(
        &self,
        request: Request<CreateRoomWithItemRequest>,
    ) -> rpc::Result<Response<CreateRoomWithItemResponse>> {
        use create_room_with_item_request::From;
        let context = Context::of(&request);
        let CreateRoomWithItemRequest { room, from, title, add_anyway } = request.into_inner();
        let from = match from {
            Some(From::Url(url)) => add_item_request::From::Url(url),
            Some(From::TestFilm(true)) => add_item_request::From::TestFilm(true),
            Some(From::UploadId(id)) => add_item_request::From::UploadId(id),
            Some(From::TestFilm(false)) | None => {
                let message = "an item needs a `url`, an `upload_id`, or `test_film` set to true";
                return Err(rpc::Error::new(Reason::InvalidField, message).into());
            }
        };
        let room = room.unwrap_or_default();
        let first = NewItem { from, title, request_id: room.request_id.clone(), add_anyway };
        let (room, item) = self.0.create_room(&context, room, first).await?;
        Ok(Response::new(CreateRoomWithItemResponse { room: Some(room), item: Some(item) }))
    }

    async fn get_playback_info(
        &self,
        request: Request<GetPlaybackInfoRequest>,
    ) -> rpc::Result<Response<GetPlaybackInfoResponse>> {
        let context = Context::of(&request);
        let GetPlaybackInfoRequest { room, item_id } = request.into_inner();
        let playback = self.0.get_playback_info(&context, &room, &item_id).await?;
        Ok(Response::new(GetPlaybackInfoResponse {
            url: playback.url,
            format: playback.format.into(),
            embed: playback.embed,
            expires_at: playback.expires_at_s.map(|seconds| Timestamp { seconds, nanos: 0 }),
        }))
    }
}
