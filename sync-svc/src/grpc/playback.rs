//! State, commands and the clock.

use std::pin::Pin;

use futures::Stream;
use proto::sync::v1::{
    GetPlaybackRequest, GetPlaybackResponse, ReadClockRequest, ReadClockResponse, SendCommandRequest,
    SendCommandResponse, SendCommandsRequest, SendCommandsResponse, playback_service_server::PlaybackService,
};
use rpc::Context;
use tonic::{Request, Response, Status, Streaming};

use super::{Grpc, Reply, commands};

#[tonic::async_trait]
impl PlaybackService for Grpc {
    type SendCommandsStream = Pin<Box<dyn Stream<Item = Result<SendCommandsResponse, Status>> + Send>>;

    async fn get_playback(&self, request: Request<GetPlaybackRequest>) -> Reply<GetPlaybackResponse> {
        let context = Context::of(&request);
        let access = self.0.access(&context, &request.get_ref().room, 0).await?;
        let known = self.0.current(access.room).await?;
        Ok(Response::new(GetPlaybackResponse {
            state: Some(known.room.playback.clone()),
            server_time_us: self.0.clock.now_us(),
        }))
    }

    async fn send_command(&self, request: Request<SendCommandRequest>) -> Reply<SendCommandResponse> {
        let (context, request) = (Context::of(&request), request.into_inner());
        let command = request.command.unwrap_or_default();
        Ok(Response::new(self.0.send_command(&context, &request.room, command).await?))
    }

    async fn send_commands(
        &self,
        request: Request<Streaming<SendCommandsRequest>>,
    ) -> Reply<Self::SendCommandsStream> {
        let identity = Context::of(&request).identity()?.clone();
        Ok(Response::new(Box::pin(commands::answer(self.0.clone(), identity, request.into_inner()))))
    }

    async fn read_clock(&self, request: Request<ReadClockRequest>) -> Reply<ReadClockResponse> {
        let server_receive_us = self.0.clock.now_us();
        let client_send_us = request.get_ref().client_send_us;
        Ok(Response::new(ReadClockResponse {
            client_send_us,
            server_receive_us,
            server_send_us: self.0.clock.now_us(),
        }))
    }
}
