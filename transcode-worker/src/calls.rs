//! Calls to media-svc, which has the queue.

use std::time::{Duration, Instant};

use proto::transcode::v1::{
    CompleteTaskRequest, FailTaskRequest, GetOriginalRequest, GetOriginalResponse, LeaseTaskRequest,
    LeaseTaskResponse, PublishSegmentsRequest, PublishSegmentsResponse, ReportTaskRequest,
    ReportTaskResponse, transcode_service_client::TranscodeServiceClient,
};
use rpc::{Context, RpcChannel, ServiceToken};
use tonic::{Code, Status};

/// Limit of a call, beside what it may wait for by its request.
const LIMIT: Duration = Duration::from_secs(10);

/// The queue of media-svc. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Calls(TranscodeServiceClient<RpcChannel>);

impl Calls {
    pub(crate) fn new(media: &RpcChannel, token: &ServiceToken) -> Self {
        // A plan of three hours has some hundred kilobytes.
        Self(TranscodeServiceClient::new(media.as_service(token)).max_decoding_message_size(16 << 20))
    }

    pub(crate) async fn lease(
        &self,
        message: LeaseTaskRequest,
        wait: Duration,
    ) -> Result<LeaseTaskResponse, Status> {
        let message = LeaseTaskRequest { wait: prost_types::Duration::try_from(wait).ok(), ..message };
        Ok(self.0.clone().lease_task(request(message, wait)).await?.into_inner())
    }

    pub(crate) async fn report(&self, message: ReportTaskRequest) -> Result<ReportTaskResponse, Status> {
        Ok(self.0.clone().report_task(request(message, Duration::ZERO)).await?.into_inner())
    }

    pub(crate) async fn publish(
        &self,
        message: PublishSegmentsRequest,
    ) -> Result<PublishSegmentsResponse, Status> {
        Ok(self.0.clone().publish_segments(request(message, Duration::ZERO)).await?.into_inner())
    }

    pub(crate) async fn complete(&self, message: CompleteTaskRequest) -> Result<bool, Status> {
        Ok(self.0.clone().complete_task(request(message, Duration::ZERO)).await?.into_inner().lost)
    }

    pub(crate) async fn fail(&self, message: FailTaskRequest) -> Result<bool, Status> {
        Ok(self.0.clone().fail_task(request(message, Duration::ZERO)).await?.into_inner().lost)
    }

    /// Where the bytes of a file are. Waits until there are more than `known_bytes`.
    pub(crate) async fn original(
        &self,
        upload_id: &str,
        known_bytes: i64,
        wait: Duration,
    ) -> Result<GetOriginalResponse, Status> {
        let message = GetOriginalRequest {
            upload_id: upload_id.to_owned(),
            known_bytes,
            wait: prost_types::Duration::try_from(wait).ok(),
        };
        let mut client = self.0.clone();
        Ok(client.get_original(request(message, wait)).await?.into_inner())
    }
}

/// A call of the installation itself.
#[expect(
    clippy::disallowed_methods,
    reason = "a deadline is a moment of this process, not a time of the domain"
)]
fn request<T>(message: T, wait: Duration) -> tonic::Request<T> {
    let mut context = Context::background();
    context.deadline = Instant::now() + wait + LIMIT;
    context.request(message)
}

/// Whether the same call may succeed a moment later.
pub(crate) fn is_passing(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::Unavailable
            | Code::DeadlineExceeded
            | Code::Cancelled
            | Code::Unknown
            | Code::Aborted
            | Code::Internal
    )
}
