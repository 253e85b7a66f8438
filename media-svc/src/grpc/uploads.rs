//! A person's uploads.

use chrono::{DateTime, Utc};
use prost_types::Timestamp;
use proto::media::v1::{self as wire, upload_service_server::UploadService};
use rpc::{Context, Reason};
use tonic::{Request, Response};

use super::Grpc;
use crate::{
    app::uploads::{Library, Limits, Person},
    domain::upload::{Refusal, Upload},
    error::Error,
};

/// How soon to ask again for what cannot be played yet.
const ASK_AGAIN: std::time::Duration = std::time::Duration::from_secs(2);

#[tonic::async_trait]
impl UploadService for Grpc {
    async fn get_upload(
        &self,
        request: Request<wire::GetUploadRequest>,
    ) -> rpc::Result<Response<wire::GetUploadResponse>> {
        let (context, person) = caller(&request)?;
        let upload = self.0.uploads.get(&context, &person, id(&request.get_ref().upload_id)?).await?;
        let is_owner = upload.owner == person.id;
        let manifest_url =
            if is_owner && upload.playable { self.0.manifest(&context, &upload)?.0 } else { String::new() };
        let upload = wire::Upload { manifest_url, ..told(upload) };
        Ok(Response::new(wire::GetUploadResponse { upload: Some(upload) }))
    }

    async fn list_uploads(
        &self,
        request: Request<wire::ListUploadsRequest>,
    ) -> rpc::Result<Response<wire::ListUploadsResponse>> {
        let (_, person) = caller(&request)?;
        let wire::ListUploadsRequest { page_size, page_token } = request.into_inner();
        let Library { uploads, next, used_bytes } =
            self.0.uploads.list(&person, page_size, &page_token).await?;
        Ok(Response::new(wire::ListUploadsResponse {
            uploads: uploads.into_iter().map(told).collect(),
            next_page_token: next.map(|next| next.to_string()).unwrap_or_default(),
            used_bytes: number(used_bytes),
            quota_bytes: number(self.0.uploads.config.quota_bytes),
        }))
    }

    async fn update_upload(
        &self,
        request: Request<wire::UpdateUploadRequest>,
    ) -> rpc::Result<Response<wire::UpdateUploadResponse>> {
        let (_, person) = caller(&request)?;
        let wire::UpdateUploadRequest { upload_id, title } = request.into_inner();
        let upload = self.0.uploads.rename(&person, id(&upload_id)?, &title).await?;
        Ok(Response::new(wire::UpdateUploadResponse { upload: Some(told(upload)) }))
    }

    async fn delete_upload(
        &self,
        request: Request<wire::DeleteUploadRequest>,
    ) -> rpc::Result<Response<wire::DeleteUploadResponse>> {
        let (_, person) = caller(&request)?;
        self.0.uploads.delete(&person, id(&request.get_ref().upload_id)?).await?;
        Ok(Response::new(wire::DeleteUploadResponse {}))
    }

    async fn get_upload_manifest(
        &self,
        request: Request<wire::GetUploadManifestRequest>,
    ) -> rpc::Result<Response<wire::GetUploadManifestResponse>> {
        let (context, person) = caller(&request)?;
        let upload = self.0.uploads.of(&person, id(&request.get_ref().upload_id)?).await?;
        if upload.has_failed() {
            return Err(Error::from(Refusal::Failed(upload.failure_message)).into());
        }
        if !upload.playable {
            let message = "nothing of this upload can be played yet; ask again in a moment";
            return Err(rpc::Error::new(Reason::MediaNotReady, message).retry_after(ASK_AGAIN).into());
        }
        let (manifest_url, expires_at_s) = self.0.manifest(&context, &upload)?;
        let expires_at = Some(Timestamp { seconds: expires_at_s, nanos: 0 });
        Ok(Response::new(wire::GetUploadManifestResponse { manifest_url, expires_at }))
    }

    async fn get_upload_limits(
        &self,
        request: Request<wire::GetUploadLimitsRequest>,
    ) -> rpc::Result<Response<wire::GetUploadLimitsResponse>> {
        let (_, person) = caller(&request)?;
        let Limits {
            enabled,
            max_size_bytes,
            max_duration_s,
            content_types,
            used_bytes,
            quota_bytes,
            per_hour,
        } = self.0.uploads.limits(&person).await?;
        Ok(Response::new(wire::GetUploadLimitsResponse {
            max_size_bytes: number(max_size_bytes),
            max_duration_s: i64::from(max_duration_s),
            content_types: content_types.iter().map(ToString::to_string).collect(),
            used_bytes: number(used_bytes),
            quota_bytes: number(quota_bytes),
            uploads_per_hour: i32::try_from(per_hour).unwrap_or(i32::MAX),
            enabled,
            heights: self.0.heights(),
        }))
    }
}

fn caller<T>(request: &Request<T>) -> rpc::Result<(Context, Person)> {
    let context = Context::of(request);
    let person = Person::from(context.identity()?);
    Ok((context, person))
}

fn id(text: &str) -> Result<ids::UploadId, Error> {
    text.parse().map_err(|_| Refusal::NotFound.into())
}

fn number(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

fn timestamp(at: DateTime<Utc>) -> Timestamp {
    Timestamp {
        seconds: at.timestamp(),
        nanos: i32::try_from(at.timestamp_subsec_nanos()).unwrap_or_default(),
    }
}

/// An upload as clients see it.
pub(super) fn told(upload: Upload) -> wire::Upload {
    wire::Upload {
        id: upload.id.to_string(),
        size_bytes: number(upload.size.unwrap_or_default()),
        received_bytes: number(upload.received),
        stored_bytes: number(upload.stored_bytes()),
        state: upload.state.into(),
        filename: upload.filename,
        title: upload.title,
        failure_reason: upload.failure_reason,
        failure_message: upload.failure_message,
        progress: upload.progress,
        playable: upload.playable,
        duration_us: upload.duration_us,
        asset_id: upload.asset.map(|asset| asset.to_string()).unwrap_or_default(),
        created_at: Some(timestamp(upload.created_at)),
        expires_at: upload.expires_at.map(timestamp),
        content_type: upload.content_type,
        width: upload.width,
        height: upload.height,
        owner_id: upload.owner,
        manifest_url: String::new(),
    }
}
