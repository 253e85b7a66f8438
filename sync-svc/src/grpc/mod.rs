//! The service of the contract: reads requests, calls the use cases, answers.

mod commands;

use std::{pin::Pin, sync::Arc};

use futures::{Stream, TryStreamExt as _};
use ids::RoomId;
use proto::sync::v1::{
    GetPlaybackRequest, GetPlaybackResponse, HeartbeatRequest, HeartbeatResponse, JoinSessionRequest,
    JoinSessionResponse, LeaveSessionRequest, LeaveSessionResponse, ReadClockRequest, ReadClockResponse,
    ReportPlayerRequest, ReportPlayerResponse, SendCommandRequest, SendCommandResponse, SendCommandsRequest,
    SendCommandsResponse, SubscribeRequest, SubscribeResponse, TellRequest, TellResponse,
    sync_service_server::SyncService,
};
use rpc::Context;
use tonic::{Request, Response, Status, Streaming};

use crate::{app::App, error::Error};

type Reply<T> = Result<Response<T>, Status>;

pub(crate) struct Grpc(pub(crate) Arc<App>);

#[async_trait::async_trait]
impl SyncService for Grpc {
    type SendCommandsStream = Pin<Box<dyn Stream<Item = Result<SendCommandsResponse, Status>> + Send>>;
    type SubscribeStream = Pin<Box<dyn Stream<Item = Result<SubscribeResponse, Status>> + Send>>;

    async fn get_playback(&self, request: Request<GetPlaybackRequest>) -> Reply<GetPlaybackResponse> {
        let context = Context::of(&request);
        let access = self.0.access(&context, &request.get_ref().room).await?;
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

    async fn join_session(&self, request: Request<JoinSessionRequest>) -> Reply<JoinSessionResponse> {
        let (context, request) = (Context::of(&request), request.into_inner());
        let session = request.session.unwrap_or_default();
        let most = request.max_sessions_of_person;
        let mut snapshot = self.0.join_session(room(&request.room_id)?, session, most).await?;
        if request.without_sessions {
            snapshot.sessions.clear();
        }
        if let Some(identity) = &context.identity {
            self.0.welcome(identity, room(&request.room_id)?);
        }
        Ok(Response::new(JoinSessionResponse { snapshot: Some(snapshot) }))
    }

    async fn leave_session(&self, request: Request<LeaveSessionRequest>) -> Reply<LeaveSessionResponse> {
        let request = request.into_inner();
        let room = room(&request.room_id)?;
        self.0.leave_session(room, request.session_id, request.silent_ms).await?;
        Ok(Response::new(LeaveSessionResponse {}))
    }

    async fn heartbeat(&self, request: Request<HeartbeatRequest>) -> Reply<HeartbeatResponse> {
        self.0.heartbeat(&request.get_ref().gateway_id).await?;
        Ok(Response::new(HeartbeatResponse {}))
    }

    async fn report_player(&self, request: Request<ReportPlayerRequest>) -> Reply<ReportPlayerResponse> {
        let request = request.into_inner();
        let status = request.status.unwrap_or_default();
        self.0.report_player(room(&request.room_id)?, request.session_id, status).await?;
        Ok(Response::new(ReportPlayerResponse {}))
    }

    async fn tell(&self, request: Request<TellRequest>) -> Reply<TellResponse> {
        let request = request.into_inner();
        self.0.tell(room(&request.room_id)?, request.aside.unwrap_or_default()).await?;
        Ok(Response::new(TellResponse {}))
    }

    async fn subscribe(&self, request: Request<SubscribeRequest>) -> Reply<Self::SubscribeStream> {
        let request = request.get_ref();
        let after_seq = u64::try_from(request.after_seq)
            .map_err(|_| Error::Field { field: "after_seq", what: "must not be negative".to_owned() })?;
        let stream = self.0.subscribe(room(&request.room_id)?, after_seq).await?;
        Ok(Response::new(Box::pin(stream.map_err(Status::from))))
    }
}

fn room(id: &str) -> Result<RoomId, Error> {
    id.parse().map_err(|error: ids::ParseError| Error::Field { field: "room_id", what: error.to_string() })
}
