//! Sessions and the state of their players.

use proto::sync::v1::{
    HeartbeatRequest, HeartbeatResponse, JoinSessionRequest, JoinSessionResponse, LeaveSessionRequest,
    LeaveSessionResponse, ReportPlayerRequest, ReportPlayerResponse,
    presence_service_server::PresenceService,
};
use rpc::Context;
use tonic::{Request, Response};

use super::{Grpc, Reply, room};

#[tonic::async_trait]
impl PresenceService for Grpc {
    async fn join_session(&self, request: Request<JoinSessionRequest>) -> Reply<JoinSessionResponse> {
        let (context, request) = (Context::of(&request), request.into_inner());
        let session = request.session.unwrap_or_default();
        let most = request.max_sessions_of_person;
        let mut joined = self.0.join_session(room(&request.room_id)?, session, most).await?;
        if request.without_sessions
            && let Some(snapshot) = &mut joined.snapshot
        {
            snapshot.sessions.clear();
        }
        if let Some(identity) = &context.identity {
            self.0.welcome(identity, room(&request.room_id)?);
        }
        Ok(Response::new(joined))
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
}
