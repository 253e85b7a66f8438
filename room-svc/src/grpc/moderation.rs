//! Moderation of the chat.

use ids::SubjectId;
use proto::room::v1::{self as wire, moderation_service_server::ModerationService};
use tonic::Request;

use super::{Grpc, Reply, caller, chat::message, reply};
use crate::{domain::RoomKey, error::Error};

#[tonic::async_trait]
impl ModerationService for Grpc {
    async fn clear_messages(
        &self,
        request: Request<wire::ClearMessagesRequest>,
    ) -> Reply<wire::ClearMessagesResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let what = "must be an id of the form `user_…` or `guest_…`";
        let subject: SubjectId =
            request.subject_id.parse().map_err(|_| Error::Field { field: "subject_id", what })?;
        let deleted = self.0.clear_messages(&caller, &room, subject).await?;
        reply(wire::ClearMessagesResponse { deleted_count: i32::try_from(deleted).unwrap_or(i32::MAX) })
    }

    async fn create_filter(
        &self,
        request: Request<wire::CreateFilterRequest>,
    ) -> Reply<wire::CreateFilterResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let filter = self.0.create_filter(&caller, &room, &request.rule.unwrap_or_default()).await?;
        reply(wire::CreateFilterResponse { filter: Some(filter) })
    }

    async fn list_filters(
        &self,
        request: Request<wire::ListFiltersRequest>,
    ) -> Reply<wire::ListFiltersResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let filters = self.0.list_filters(&caller, &RoomKey::parse(&request.room)?).await?;
        reply(wire::ListFiltersResponse { filters })
    }

    async fn delete_filter(
        &self,
        request: Request<wire::DeleteFilterRequest>,
    ) -> Reply<wire::DeleteFilterResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        self.0.delete_filter(&caller, &room, request.filter_id.parse().ok()).await?;
        reply(wire::DeleteFilterResponse {})
    }

    async fn try_filter(&self, request: Request<wire::TryFilterRequest>) -> Reply<wire::TryFilterResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        reply(self.0.try_filter(&caller, &room, &request.rule.unwrap_or_default()).await?)
    }

    async fn report_message(
        &self,
        request: Request<wire::ReportMessageRequest>,
    ) -> Reply<wire::ReportMessageResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let (room, id) = (RoomKey::parse(&request.room)?, message(&request.message_id)?);
        self.0.report_message(&caller, &room, id, &request.note).await?;
        reply(wire::ReportMessageResponse {})
    }

    async fn list_reports(
        &self,
        request: Request<wire::ListReportsRequest>,
    ) -> Reply<wire::ListReportsResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let reports = self.0.list_reports(&caller, &RoomKey::parse(&request.room)?).await?;
        reply(wire::ListReportsResponse { reports })
    }

    async fn close_report(
        &self,
        request: Request<wire::CloseReportRequest>,
    ) -> Reply<wire::CloseReportResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        self.0.close_report(&caller, &room, request.report_id.parse().ok()).await?;
        reply(wire::CloseReportResponse {})
    }

    async fn put_emote(&self, request: Request<wire::PutEmoteRequest>) -> Reply<wire::PutEmoteResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let emote = self.0.put_emote(&caller, &room, &request.name, &request.image).await?;
        reply(wire::PutEmoteResponse { emote: Some(emote) })
    }

    async fn list_emotes(
        &self,
        request: Request<wire::ListEmotesRequest>,
    ) -> Reply<wire::ListEmotesResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let emotes = self.0.list_emotes(&caller, &RoomKey::parse(&request.room)?).await?;
        reply(wire::ListEmotesResponse { emotes })
    }

    async fn get_emote(&self, request: Request<wire::GetEmoteRequest>) -> Reply<wire::GetEmoteResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let (emote, image) = self.0.get_emote(&caller, &room, &request.name).await?;
        reply(wire::GetEmoteResponse { emote: Some(emote), image })
    }

    async fn delete_emote(
        &self,
        request: Request<wire::DeleteEmoteRequest>,
    ) -> Reply<wire::DeleteEmoteResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        self.0.delete_emote(&caller, &room, &request.name).await?;
        reply(wire::DeleteEmoteResponse {})
    }
}
