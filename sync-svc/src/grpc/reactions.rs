//! Reactions that float over the film.

use proto::sync::v1::{FloatRequest, FloatResponse, reaction_service_server::ReactionService};
use rpc::Context;
use tonic::{Request, Response};

use super::{Grpc, Reply};

#[tonic::async_trait]
impl ReactionService for Grpc {
    async fn float(&self, request: Request<FloatRequest>) -> Reply<FloatResponse> {
        let context = Context::of(&request);
        let FloatRequest { room, key } = request.into_inner();
        self.0.float(&context, &room, key).await?;
        Ok(Response::new(FloatResponse {}))
    }
}
