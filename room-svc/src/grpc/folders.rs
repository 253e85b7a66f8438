//! Folders of the playlist.

use ids::FolderId;
use proto::room::v1::{self as wire, folder_service_server::FolderService};
use tonic::Request;

use super::{Grpc, Reply, caller, folder, reply};
use crate::{
    domain::{RoomKey, Sibling},
    error::{Error, Result},
};

#[tonic::async_trait]
impl FolderService for Grpc {
    async fn create_folder(
        &self,
        request: Request<wire::CreateFolderRequest>,
    ) -> Reply<wire::CreateFolderResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let folder = self.0.create_folder(&caller, &RoomKey::parse(&request.room)?, &request.title).await?;
        reply(wire::CreateFolderResponse { folder: Some(folder.into()) })
    }

    async fn update_folder(
        &self,
        request: Request<wire::UpdateFolderRequest>,
    ) -> Reply<wire::UpdateFolderResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let (room, folder) = (RoomKey::parse(&request.room)?, named(&request.folder_id)?);
        let folder = self.0.update_folder(&caller, &room, folder, &request.title).await?;
        reply(wire::UpdateFolderResponse { folder: Some(folder.into()) })
    }

    async fn move_folder(
        &self,
        request: Request<wire::MoveFolderRequest>,
    ) -> Reply<wire::MoveFolderResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let (room, folder) = (RoomKey::parse(&request.room)?, named(&request.folder_id)?);
        self.0.move_folder(&caller, &room, folder, Sibling::parse(&request.after_id)?).await?;
        reply(wire::MoveFolderResponse {})
    }

    async fn remove_folder(
        &self,
        request: Request<wire::RemoveFolderRequest>,
    ) -> Reply<wire::RemoveFolderResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let (room, folder) = (RoomKey::parse(&request.room)?, named(&request.folder_id)?);
        self.0.remove_folder(&caller, &room, folder).await?;
        reply(wire::RemoveFolderResponse {})
    }
}

/// The contract requires an id.
fn named(text: &str) -> Result<FolderId> {
    folder(text)?.ok_or_else(|| Error::FolderNotFound(text.to_owned()))
}
