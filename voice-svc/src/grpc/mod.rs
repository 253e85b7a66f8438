//! The RPCs: parse, use case, reply.

use std::sync::Arc;

use proto::voice::v1::{
    ConnectVoiceRequest, ConnectVoiceResponse, GetIceServersRequest, GetIceServersResponse, GetVoiceRequest,
    GetVoiceResponse, HostConnectionRequest, HostConnectionResponse, JoinVoiceRequest, JoinVoiceResponse,
    LeaveVoiceRequest, LeaveVoiceResponse, MuteInVoiceRequest, MuteInVoiceResponse, ReadVoiceRequest,
    ReadVoiceResponse, ReportVoiceRequest, ReportVoiceResponse, UpdateVoiceRequest, UpdateVoiceResponse,
    voice_service_server::VoiceService,
};
use rpc::{Context, Reason};
use tonic::{Request, Response, Status};

use crate::app::App;

type Reply<T> = Result<Response<T>, Status>;

/// The server of `syncwatch.voice.v1`. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Grpc(pub(crate) Arc<App>);

#[tonic::async_trait]
impl VoiceService for Grpc {
    async fn get_ice_servers(&self, request: Request<GetIceServersRequest>) -> Reply<GetIceServersResponse> {
        let context = Context::of(&request);
        Ok(Response::new(self.0.ice_servers(&context, &request.get_ref().room).await?))
    }

    async fn join_voice(&self, request: Request<JoinVoiceRequest>) -> Reply<JoinVoiceResponse> {
        let context = Context::of(&request);
        let JoinVoiceRequest { room, session_id, own } = request.into_inner();
        let voice = self.0.join(&context, &room, session_id, own.unwrap_or_default()).await?;
        Ok(Response::new(JoinVoiceResponse { voice: Some(voice) }))
    }

    async fn leave_voice(&self, request: Request<LeaveVoiceRequest>) -> Reply<LeaveVoiceResponse> {
        let context = Context::of(&request);
        let LeaveVoiceRequest { room, session_id } = request.into_inner();
        self.0.leave(&context, &room, &session_id).await?;
        Ok(Response::new(LeaveVoiceResponse {}))
    }

    async fn update_voice(&self, request: Request<UpdateVoiceRequest>) -> Reply<UpdateVoiceResponse> {
        let context = Context::of(&request);
        let UpdateVoiceRequest { room, session_id, own } = request.into_inner();
        let voice = self.0.update(&context, &room, &session_id, own.unwrap_or_default()).await?;
        Ok(Response::new(UpdateVoiceResponse { voice: Some(voice) }))
    }

    async fn mute_in_voice(&self, request: Request<MuteInVoiceRequest>) -> Reply<MuteInVoiceResponse> {
        let context = Context::of(&request);
        let MuteInVoiceRequest { room, subject_id, muted } = request.into_inner();
        let voice = self.0.mute(&context, &room, &subject_id, muted).await?;
        Ok(Response::new(MuteInVoiceResponse { voice: Some(voice) }))
    }

    async fn get_voice(&self, request: Request<GetVoiceRequest>) -> Reply<GetVoiceResponse> {
        let context = Context::of(&request);
        let voice = self.0.voice(&context, &request.get_ref().room).await?;
        Ok(Response::new(GetVoiceResponse { voice: Some(voice) }))
    }

    async fn connect_voice(&self, request: Request<ConnectVoiceRequest>) -> Reply<ConnectVoiceResponse> {
        let context = Context::of(&request);
        let ConnectVoiceRequest { room, session_id, offer } = request.into_inner();
        let (answer, host_epoch) = self.0.connect(&context, &room, &session_id, offer).await?;
        Ok(Response::new(ConnectVoiceResponse { answer, host_epoch }))
    }

    async fn host_connection(
        &self,
        request: Request<HostConnectionRequest>,
    ) -> Reply<HostConnectionResponse> {
        let request = request.into_inner();
        let answer = self.0.host_connection(room_id(&request.room_id)?, &request).await?;
        Ok(Response::new(HostConnectionResponse { answer: answer.unwrap_or_default() }))
    }

    async fn read_voice(&self, request: Request<ReadVoiceRequest>) -> Reply<ReadVoiceResponse> {
        let room = room_id(&request.get_ref().room_id)?;
        Ok(Response::new(ReadVoiceResponse { voice: Some(self.0.read(room).await?) }))
    }

    async fn report_voice(&self, request: Request<ReportVoiceRequest>) -> Reply<ReportVoiceResponse> {
        let context = Context::of(&request);
        let ReportVoiceRequest { room, session_id, connections } = request.into_inner();
        self.0.report(&context, &room, &session_id, connections).await?;
        Ok(Response::new(ReportVoiceResponse {}))
    }
}

fn room_id(text: &str) -> Result<ids::RoomId, Status> {
    text.parse().map_err(|error: ids::ParseError| {
        rpc::Error::new(Reason::InvalidField, format!("room_id: {error}")).into()
    })
}
