//! `syncwatch.auth.v1.AuthService`: each handler parses its request, calls a use case and builds the reply.

mod convert;

use std::sync::Arc;

use proto::auth::v1::{
    CreateGuestRequest, CreateGuestResponse, FinishLoginRequest, FinishLoginResponse,
    FinishRegistrationRequest, FinishRegistrationResponse, GetJwksRequest, GetJwksResponse, GetMeRequest,
    GetMeResponse, LoginRequest, LoginResponse, LogoutRequest, LogoutResponse, RefreshRequest,
    RefreshResponse, RegisterRequest, RegisterResponse, StartLoginRequest, StartLoginResponse,
    StartRegistrationRequest, StartRegistrationResponse, auth_service_server::AuthService,
};
use rpc::Context;
use tonic::{Request, Response};

use crate::app::App;

/// Handlers of the RPCs.
pub(crate) struct Grpc(Arc<App>);

impl Grpc {
    pub(crate) fn new(app: App) -> Self {
        Self(Arc::new(app))
    }
}

#[tonic::async_trait]
impl AuthService for Grpc {
    async fn create_guest(
        &self,
        request: Request<CreateGuestRequest>,
    ) -> rpc::Result<Response<CreateGuestResponse>> {
        let CreateGuestRequest { display_name, room_id } = request.into_inner();
        let session = self.0.create_guest(&display_name, &room_id).await?.into();
        Ok(Response::new(CreateGuestResponse { session: Some(session) }))
    }

    async fn start_registration(
        &self,
        request: Request<StartRegistrationRequest>,
    ) -> rpc::Result<Response<StartRegistrationResponse>> {
        let StartRegistrationRequest { username, registration_request } = request.into_inner();
        Ok(Response::new(self.0.start_sign_up(&username, &registration_request).await?.into()))
    }

    async fn finish_registration(
        &self,
        request: Request<FinishRegistrationRequest>,
    ) -> rpc::Result<Response<FinishRegistrationResponse>> {
        let FinishRegistrationRequest { username, registration_record } = request.into_inner();
        let session = self.0.finish_sign_up(&username, &registration_record).await?.into();
        Ok(Response::new(FinishRegistrationResponse { session: Some(session) }))
    }

    async fn start_login(
        &self,
        request: Request<StartLoginRequest>,
    ) -> rpc::Result<Response<StartLoginResponse>> {
        let StartLoginRequest { username, start_login_request } = request.into_inner();
        Ok(Response::new(self.0.start_sign_in(&username, &start_login_request).await?.into()))
    }

    async fn finish_login(
        &self,
        request: Request<FinishLoginRequest>,
    ) -> rpc::Result<Response<FinishLoginResponse>> {
        let FinishLoginRequest { login_id, finish_login_request } = request.into_inner();
        let session = self.0.finish_sign_in(&login_id, &finish_login_request).await?.into();
        Ok(Response::new(FinishLoginResponse { session: Some(session) }))
    }

    async fn register(&self, request: Request<RegisterRequest>) -> rpc::Result<Response<RegisterResponse>> {
        let network = Context::of(&request).network();
        let RegisterRequest { username, password } = request.into_inner();
        let session = self.0.register(&username, &password, network).await?.into();
        Ok(Response::new(RegisterResponse { session: Some(session) }))
    }

    async fn login(&self, request: Request<LoginRequest>) -> rpc::Result<Response<LoginResponse>> {
        let network = Context::of(&request).network();
        let LoginRequest { username, password } = request.into_inner();
        let session = self.0.log_in(&username, &password, network).await?.into();
        Ok(Response::new(LoginResponse { session: Some(session) }))
    }

    async fn refresh(&self, request: Request<RefreshRequest>) -> rpc::Result<Response<RefreshResponse>> {
        let session = self.0.refresh(&request.into_inner().refresh_token).await?.into();
        Ok(Response::new(RefreshResponse { session: Some(session) }))
    }

    async fn logout(&self, request: Request<LogoutRequest>) -> rpc::Result<Response<LogoutResponse>> {
        self.0.log_out(&request.into_inner().refresh_token).await?;
        Ok(Response::new(LogoutResponse { refresh_token: String::new() }))
    }

    async fn get_me(&self, request: Request<GetMeRequest>) -> rpc::Result<Response<GetMeResponse>> {
        let context = Context::of(&request);
        Ok(Response::new(self.0.get_me(context.identity()?).await?.into()))
    }

    async fn get_jwks(&self, _: Request<GetJwksRequest>) -> rpc::Result<Response<GetJwksResponse>> {
        Ok(Response::new(GetJwksResponse { keys: self.0.keys().public().to_vec() }))
    }
}
