//! What the tests share: a database, instances of the service on it, and a client's half of OPAQUE.

use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, Version};
use auth_svc::{Config, Deps, MIGRATIONS, Secrets, generate_secrets};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use opaque_ke::{
    CipherSuite, ClientLogin, ClientLoginFinishParameters, ClientRegistration,
    ClientRegistrationFinishParameters, CredentialResponse, Identifiers, RegistrationResponse, Ristretto255,
    TripleDh,
};
use proto::auth::v1::{
    FinishLoginRequest, FinishRegistrationRequest, GetMeRequest, GetMeResponse, KeyStretching, LoginRequest,
    RefreshRequest, RegisterRequest, Session, StartLoginRequest, StartLoginResponse,
    StartRegistrationRequest, auth_service_client::AuthServiceClient,
};
use rand::rngs::OsRng;
use rpc::{Reason, RpcChannel, Service};
use runtime::{Clock, Secret, Shutdown, Tasks};
use sqlx::PgPool;
use testkit::Postgres;
use tonic::{Request, Response, Status};

pub(crate) type Client = AuthServiceClient<RpcChannel>;
pub(crate) type Outcome<T> = Result<T, Status>;

/// A database with an installation's secrets.
pub(crate) struct World {
    postgres: Postgres,
    pub(crate) clock: Clock,
    pub(crate) secrets: Secrets,
}

impl World {
    /// With a clock that stands at the present, since verifiers ask the machine's own.
    pub(crate) async fn start() -> Self {
        let clock = Clock::manual(Clock::system().now_us());
        Self { postgres: Postgres::start().await.unwrap(), clock, secrets: generate_secrets() }
    }

    pub(crate) fn config(&self) -> Config {
        Config {
            grpc_listen: "127.0.0.1:0".parse().unwrap(),
            admin_listen: "127.0.0.1:0".parse().unwrap(),
            access_token_minutes: 15,
            refresh_token_days: 7,
            opaque_setup: Secret::new(self.secrets.opaque_setup.as_str()),
            signing_keys: vec![Secret::new(self.secrets.signing_key.as_str())],
        }
    }

    pub(crate) fn postgres_url(&self) -> &str {
        self.postgres.url()
    }

    pub(crate) async fn pool(&self) -> PgPool {
        self.postgres.pool("auth-svc", &MIGRATIONS).await.unwrap()
    }

    pub(crate) async fn service_with(&self, config: &Config) -> Service {
        let mut tasks = Tasks::new(Shutdown::default());
        let deps =
            Deps { pool: self.pool().await, clock: self.clock.clone(), token: testkit::service_token() };
        auth_svc::build(config, deps, &mut tasks).unwrap()
    }

    /// One instance, called directly.
    pub(crate) async fn client(&self) -> Client {
        AuthServiceClient::new(self.service_with(&self.config()).await.local())
    }

    /// One instance, with the network between.
    pub(crate) async fn remote_channel(&self) -> RpcChannel {
        RpcChannel::remote(&testkit::serve(&self.service_with(&self.config()).await).await.unwrap()).unwrap()
    }

    pub(crate) fn minutes_pass(&self, minutes: u64) {
        self.clock.advance(Duration::from_secs(60 * minutes));
    }

    /// The background work of a new instance, to the end of its first pass.
    pub(crate) async fn upkeep(&self) {
        let shutdown = Shutdown::default();
        let mut tasks = Tasks::new(shutdown.clone());
        let deps =
            Deps { pool: self.pool().await, clock: self.clock.clone(), token: testkit::service_token() };
        auth_svc::build(&self.config(), deps, &mut tasks).unwrap();
        shutdown.begin();
        tasks.finish().await;
    }
}

/// The reason of a refusal.
pub(crate) fn refusal<T: std::fmt::Debug>(outcome: Outcome<T>) -> Reason {
    let status = outcome.unwrap_err();
    rpc::reason_of(&status).unwrap_or_else(|| panic!("no reason in {status:?}"))
}

pub(crate) async fn register(client: &mut Client, username: &str, password: &str) -> Outcome<Session> {
    let request = RegisterRequest { username: username.into(), password: password.into() };
    client.register(request).await.map(|reply| reply.into_inner().session.unwrap())
}

pub(crate) async fn log_in(client: &mut Client, username: &str, password: &str) -> Outcome<Session> {
    let request = LoginRequest { username: username.into(), password: password.into() };
    client.login(request).await.map(|reply| reply.into_inner().session.unwrap())
}

pub(crate) async fn refresh(client: &mut Client, refresh_token: &str) -> Outcome<Session> {
    let request = RefreshRequest { refresh_token: refresh_token.into() };
    client.refresh(request).await.map(|reply| reply.into_inner().session.unwrap())
}

pub(crate) async fn get_me(client: &mut Client, access_token: &str) -> Outcome<GetMeResponse> {
    let mut request = Request::new(GetMeRequest {});
    request.metadata_mut().insert("authorization", format!("Bearer {access_token}").parse().unwrap());
    client.get_me(request).await.map(Response::into_inner)
}

pub(crate) struct Suite;

impl CipherSuite for Suite {
    type OprfCs = Ristretto255;
    type KeyExchange = TripleDh<Ristretto255, sha2::Sha512>;
    type Ksf = Argon2<'static>;
}

fn argon2(stretching: Option<KeyStretching>) -> Argon2<'static> {
    let stretching = stretching.expect("the server says how to stretch");
    let [memory, iterations, lanes] = [stretching.memory_kib, stretching.iterations, stretching.parallelism]
        .map(|n| u32::try_from(n).unwrap());
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(memory, iterations, lanes, None).unwrap())
}

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(text: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// Signs up as a browser does.
pub(crate) async fn opaque_register(client: &mut Client, username: &str, password: &str) -> Outcome<Session> {
    let start = ClientRegistration::<Suite>::start(&mut OsRng, password.as_bytes()).unwrap();
    let request = StartRegistrationRequest {
        username: username.into(),
        registration_request: encode(start.message.serialize()),
    };
    let answer = client.start_registration(request).await?.into_inner();
    let stretching = argon2(answer.key_stretching);
    let parameters = ClientRegistrationFinishParameters::new(Identifiers::default(), Some(&stretching));
    let response = RegistrationResponse::deserialize(&decode(&answer.registration_response)).unwrap();
    let finish = start.state.finish(&mut OsRng, password.as_bytes(), response, parameters).unwrap();
    let request = FinishRegistrationRequest {
        username: username.into(),
        registration_record: encode(finish.message.serialize()),
    };
    client.finish_registration(request).await.map(|reply| reply.into_inner().session.unwrap())
}

/// The first half of signing in as a browser does.
pub(crate) async fn opaque_start(
    client: &mut Client,
    username: &str,
    password: &str,
) -> Outcome<(ClientLogin<Suite>, StartLoginResponse)> {
    let start = ClientLogin::<Suite>::start(&mut OsRng, password.as_bytes()).unwrap();
    let request = StartLoginRequest {
        username: username.into(),
        start_login_request: encode(start.message.serialize()),
    };
    Ok((start.state, client.start_login(request).await?.into_inner()))
}

/// What the client makes of the answer; nothing when the password does not open it.
pub(crate) fn opaque_open(
    state: ClientLogin<Suite>,
    answer: &StartLoginResponse,
    password: &str,
) -> Option<FinishLoginRequest> {
    let stretching = argon2(answer.key_stretching);
    let parameters = ClientLoginFinishParameters::new(None, Identifiers::default(), Some(&stretching));
    let response = CredentialResponse::deserialize(&decode(&answer.login_response)).unwrap();
    let finish = state.finish(&mut OsRng, password.as_bytes(), response, parameters).ok()?;
    Some(FinishLoginRequest {
        login_id: answer.login_id.clone(),
        finish_login_request: encode(finish.message.serialize()),
    })
}

/// Signs in as a browser does, with the right password.
pub(crate) async fn opaque_log_in(client: &mut Client, username: &str, password: &str) -> Outcome<Session> {
    let (state, answer) = opaque_start(client, username, password).await?;
    let request = opaque_open(state, &answer, password).expect("the password opens the record");
    client.finish_login(request).await.map(|reply| reply.into_inner().session.unwrap())
}
