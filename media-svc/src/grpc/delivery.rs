//! Segments that viewers wait for.

use proto::media::v1::{AwaitSegmentRequest, AwaitSegmentResponse, delivery_service_server::DeliveryService};
use rpc::Context;
use tonic::{Request, Response};

use super::Grpc;

#[tonic::async_trait]
impl DeliveryService for Grpc {
    async fn await_segment(
        &self,
        request: Request<AwaitSegmentRequest>,
    ) -> rpc::Result<Response<AwaitSegmentResponse>> {
        let context = Context::of(&request);
        self.0.await_segment(&context, request.into_inner()).await?;
        Ok(Response::new(AwaitSegmentResponse {}))
    }
}
