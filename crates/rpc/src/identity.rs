//! Access tokens: JWTs signed with EdDSA by auth-svc, verified by everyone else with its public keys.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use futures::future::BoxFuture;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, errors::ErrorKind};
use proto::{
    auth::v1::{GetJwksRequest, Jwk, auth_service_client::AuthServiceClient},
    common::v1::{Identity, Reason, SubjectKind},
};
use serde::{Deserialize, Serialize};

use crate::{Context, Error, RpcChannel};

/// What an access token says.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Claims {
    /// `user_…` or `guest_…`.
    pub sub: String,
    /// `user`, `guest` or `admin`.
    pub kind: String,
    /// The name that others see.
    pub name: String,
    /// The room that the token is bound to, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// The sign-in that it belongs to.
    pub sid: String,
    /// When it expires, in Unix seconds.
    pub exp: u64,
    /// When it was made, in Unix seconds.
    pub iat: u64,
}

impl From<Claims> for Identity {
    fn from(claims: Claims) -> Self {
        let kind = match claims.kind.as_str() {
            "admin" => SubjectKind::Admin,
            "user" => SubjectKind::User,
            _ => SubjectKind::Guest,
        };
        Self {
            subject_id: claims.sub,
            kind: kind.into(),
            display_name: claims.name,
            room_id: claims.room.unwrap_or_default(),
        }
    }
}

/// Where the public keys come from.
pub trait KeySource: Send + Sync {
    /// All keys that are good now.
    fn keys(&self) -> BoxFuture<'_, Result<Vec<Jwk>, Error>>;
}

/// The keys of an auth-svc.
pub struct RemoteKeys(pub RpcChannel);

impl KeySource for RemoteKeys {
    fn keys(&self) -> BoxFuture<'_, Result<Vec<Jwk>, Error>> {
        Box::pin(async {
            let reply = AuthServiceClient::new(self.0.clone())
                .get_jwks(Context::background().request(GetJwksRequest {}))
                .await;
            reply.map(|reply| reply.into_inner().keys).map_err(|status| {
                Error::new(
                    Reason::DependencyUnavailable,
                    format!("cannot fetch the keys that verify tokens: {}", status.message()),
                )
            })
        })
    }
}

/// Verifies access tokens. Cheap to clone; the copies share their keys.
#[derive(Clone)]
pub struct Verifier(Arc<Inner>);

struct Inner {
    source: Box<dyn KeySource>,
    keys: RwLock<HashMap<String, DecodingKey>>,
    /// When the keys were fetched last. Held while fetching, so that a burst of unknown tokens fetches once.
    fetched_at: tokio::sync::Mutex<Option<Instant>>,
}

/// A token with an unknown key makes us ask for the keys again, but not more often than this.
const REFETCH_AFTER: Duration = Duration::from_secs(5);

impl Verifier {
    /// Fetches keys when a token first needs them.
    pub fn new(source: impl KeySource + 'static) -> Self {
        Self(Arc::new(Inner {
            source: Box::new(source),
            keys: RwLock::default(),
            fetched_at: tokio::sync::Mutex::default(),
        }))
    }

    /// Whom a token was made for.
    pub async fn verify(&self, token: &str) -> Result<Identity, Error> {
        let invalid = || Error::new(Reason::TokenInvalid, "the token is not one of ours; sign in again");
        let kid =
            jsonwebtoken::decode_header(token).ok().and_then(|header| header.kid).ok_or_else(invalid)?;
        let key = if let Some(key) = self.key(&kid) {
            key
        } else {
            self.fetch().await?;
            self.key(&kid).ok_or_else(invalid)?
        };
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.leeway = 5;
        validation.validate_aud = false;
        match jsonwebtoken::decode::<Claims>(token, &key, &validation) {
            Ok(token) => Ok(token.claims.into()),
            Err(error) if matches!(error.kind(), ErrorKind::ExpiredSignature) => {
                Err(Error::new(Reason::TokenExpired, "the token has expired; refresh it"))
            }
            Err(_) => Err(invalid()),
        }
    }

    fn key(&self, kid: &str) -> Option<DecodingKey> {
        self.0.keys.read().unwrap_or_else(PoisonError::into_inner).get(kid).cloned()
    }

    #[expect(clippy::disallowed_methods, reason = "how long ago is a question to this process's own clock")]
    async fn fetch(&self) -> Result<(), Error> {
        let mut fetched_at = self.0.fetched_at.lock().await;
        if fetched_at.is_some_and(|at| at.elapsed() < REFETCH_AFTER) {
            return Ok(());
        }
        let keys = self.0.source.keys().await?;
        let keys = keys
            .into_iter()
            .filter_map(|jwk| Some((jwk.kid, DecodingKey::from_ed_components(&jwk.x).ok()?)))
            .collect();
        *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        *fetched_at = Some(Instant::now());
        Ok(())
    }
}
