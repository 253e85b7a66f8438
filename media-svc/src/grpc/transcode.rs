//! The queue of tasks, for workers.

use proto::transcode::v1::{self as wire, transcode_service_server::TranscodeService};
use rpc::Context;
use tonic::{Request, Response};

use super::Grpc;

#[tonic::async_trait]
impl TranscodeService for Grpc {
    async fn lease_task(
        &self,
        request: Request<wire::LeaseTaskRequest>,
    ) -> rpc::Result<Response<wire::LeaseTaskResponse>> {
        let context = Context::of(&request);
        Ok(Response::new(self.0.lease_task(&context, request.into_inner()).await?))
    }

    async fn report_task(
        &self,
        request: Request<wire::ReportTaskRequest>,
    ) -> rpc::Result<Response<wire::ReportTaskResponse>> {
        Ok(Response::new(self.0.report_task(request.into_inner()).await?))
    }

    async fn publish_segments(
        &self,
        request: Request<wire::PublishSegmentsRequest>,
    ) -> rpc::Result<Response<wire::PublishSegmentsResponse>> {
        Ok(Response::new(self.0.publish_segments(request.into_inner()).await?))
    }

    async fn complete_task(
        &self,
        request: Request<wire::CompleteTaskRequest>,
    ) -> rpc::Result<Response<wire::CompleteTaskResponse>> {
        let lost = self.0.complete_task(request.into_inner()).await?;
        Ok(Response::new(wire::CompleteTaskResponse { lost }))
    }

    async fn fail_task(
        &self,
        request: Request<wire::FailTaskRequest>,
    ) -> rpc::Result<Response<wire::FailTaskResponse>> {
        let lost = self.0.fail_task(request.into_inner()).await?;
        Ok(Response::new(wire::FailTaskResponse { lost }))
    }

    async fn get_original(
        &self,
        request: Request<wire::GetOriginalRequest>,
    ) -> rpc::Result<Response<wire::GetOriginalResponse>> {
        let context = Context::of(&request);
        Ok(Response::new(self.0.get_original(&context, request.into_inner()).await?))
    }
}
