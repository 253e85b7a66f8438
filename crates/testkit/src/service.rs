//! The surroundings of a service in a test: keys, people, a listener.

use futures::future::BoxFuture;
use ids::{GuestId, UserId};
use proto::{
    auth::v1::Jwk,
    common::v1::{Identity, SubjectKind},
};
use rpc::{Context, KeySource, Service, ServiceToken, Verifier};

/// The service token of tests.
pub const SERVICE_TOKEN: &str = "the-service-token-of-a-test";

/// The service token of tests, as a value for services.
#[expect(clippy::expect_used, reason = "the token is a constant")]
pub fn service_token() -> ServiceToken {
    ServiceToken::new(SERVICE_TOKEN).expect("the token is visible ASCII")
}

/// An empty key set. In tests the service token vouches for people.
pub struct TestKeys;

impl KeySource for TestKeys {
    fn keys(&self) -> BoxFuture<'_, Result<Vec<Jwk>, rpc::Error>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

impl TestKeys {
    /// A verifier without keys.
    pub fn verifier() -> Verifier {
        Verifier::new(Self)
    }
}

/// The context of a call by a person with an account.
pub fn user(name: &str) -> Context {
    person(UserId::new().to_string(), SubjectKind::User, name)
}

/// The context of a call by a guest.
pub fn guest(name: &str) -> Context {
    person(GuestId::new().to_string(), SubjectKind::Guest, name)
}

fn person(subject_id: String, kind: SubjectKind, name: &str) -> Context {
    Context::on_behalf_of(Identity {
        subject_id,
        kind: kind.into(),
        display_name: name.to_owned(),
        room_id: String::new(),
    })
}

/// Serves a service on a free port, for tests over the network. Returns its URL.
pub async fn serve(service: &Service) -> anyhow::Result<String> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let service = service.clone();
    tokio::spawn(async move { Service::serve_all(&[service], listener, std::future::pending()).await });
    Ok(url)
}
