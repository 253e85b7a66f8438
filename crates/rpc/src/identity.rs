//! Access tokens: JWTs that auth-svc signs with EdDSA and every other process verifies with its public keys.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use futures::future::BoxFuture;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use parking_lot::{RwLock, RwLockReadGuard};
use proto::{
    auth::v1::{GetJwksRequest, Jwk, auth_service_client::AuthServiceClient},
    common::v1::{Identity, Reason, SubjectKind},
};
use serde::{Deserialize, Serialize};

use crate::{
    Context, Error, RpcChannel,
    token_cache::{TokenCache, VerifiedToken},
};

/// Claims of an access token.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Claims {
    /// `user_…` or `guest_…`.
    pub sub: String,
    /// What kind of person it is.
    pub kind: ClaimedKind,
    /// Name that others see.
    pub name: String,
    /// Id of the only room that the token is valid for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// Id of the session that it belongs to.
    pub sid: String,
    /// When it expires, in Unix seconds.
    pub exp: u64,
    /// When it was signed, in Unix seconds.
    pub iat: u64,
}

/// A kind of person, as tokens and the table of sessions write it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum ClaimedKind {
    /// Someone without an account.
    Guest,
    /// Someone with an account.
    User,
    /// Someone with an account who may manage the installation.
    Admin,
}

impl ClaimedKind {
    /// `guest`, `user` or `admin`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::User => "user",
            Self::Admin => "admin",
        }
    }

    /// Reads what [`Self::as_str`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Guest, Self::User, Self::Admin].into_iter().find(|kind| kind.as_str() == text)
    }
}

impl From<Claims> for Identity {
    fn from(claims: Claims) -> Self {
        let kind = match claims.kind {
            ClaimedKind::Admin => SubjectKind::Admin,
            ClaimedKind::User => SubjectKind::User,
            ClaimedKind::Guest => SubjectKind::Guest,
        };
        Self {
            subject_id: claims.sub,
            kind: kind.into(),
            display_name: claims.name,
            room_id: claims.room.unwrap_or_default(),
        }
    }
}

/// A source of public keys.
pub trait KeySource: Send + Sync {
    /// All keys that verify tokens now.
    fn keys(&self) -> BoxFuture<'_, Result<Vec<Jwk>, Error>>;
}

/// The keys of an auth-svc.
pub struct RemoteKeys(pub RpcChannel);

impl KeySource for RemoteKeys {
    fn keys(&self) -> BoxFuture<'_, Result<Vec<Jwk>, Error>> {
        Box::pin(async {
            let request = Context::background().request(GetJwksRequest {});
            match AuthServiceClient::new(self.0.clone()).get_jwks(request).await {
                Ok(reply) => Ok(reply.into_inner().keys),
                Err(status) => Err(Error::unavailable("auth-svc, for the keys that verify tokens", &status)),
            }
        })
    }
}

/// Verifies access tokens. Cheap to clone; the copies share their keys and their cache.
#[derive(Clone)]
pub struct Verifier(Arc<Inner>);

struct Inner {
    source: Box<dyn KeySource>,
    keys: RwLock<Keys>,
    /// When the keys were fetched last. Locked while fetching, so that a burst of unknown tokens fetches once.
    fetched_at: tokio::sync::Mutex<Option<Instant>>,
    cache: TokenCache,
    /// Now, in Unix seconds.
    now_s: fn() -> u64,
}

#[derive(Default)]
struct Keys {
    by_id: HashMap<String, Key>,
    /// Number of the key set. A new set makes every cached token stale, because its key may be gone.
    set: u64,
}

#[derive(Clone)]
struct Key {
    /// The `x` of the JWK.
    public: String,
    decoding: DecodingKey,
}

/// A token with an unknown key causes a fetch of the keys, but not more often than this.
const REFETCH_AFTER: Duration = Duration::from_secs(5);

/// Tolerated difference between the clocks of auth-svc and of a verifier (case O20).
const LEEWAY_S: u64 = 60;

const SKEWED: &str = "syncwatch_token_clock_skew_total";

/// Counts tokens that were signed in the future: this process's clock is behind that of auth-svc by more than the leeway.
/// Such tokens are accepted, since `iat` refuses nobody; an alert watches the counter.
fn report_skew(issued_at_s: u64, now_s: u64) {
    static WARNED_AT_S: AtomicU64 = AtomicU64::new(0);
    let behind_s = issued_at_s.saturating_sub(now_s);
    if behind_s <= LEEWAY_S {
        return;
    }
    metrics::counter!(SKEWED).increment(1);
    if now_s.saturating_sub(WARNED_AT_S.load(Ordering::Relaxed)) >= 60 {
        WARNED_AT_S.store(now_s, Ordering::Relaxed);
        tracing::warn!(
            behind_s,
            "the clock of this process is behind that of auth-svc; set the clocks of the hosts by NTP"
        );
    }
}

impl Verifier {
    /// Fetches keys when a token first needs them.
    pub fn new(source: impl KeySource + 'static) -> Self {
        Self::with_time(source, unix_seconds)
    }

    fn with_time(source: impl KeySource + 'static, now_s: fn() -> u64) -> Self {
        // Registered at 0, so that the first skewed token shows as an increase.
        metrics::counter!(SKEWED).increment(0);
        Self(Arc::new(Inner {
            source: Box::new(source),
            keys: RwLock::default(),
            fetched_at: tokio::sync::Mutex::default(),
            cache: TokenCache::default(),
            now_s,
        }))
    }

    /// Returns the person of a token. Checks the signature when the token is not in the cache, and its expiry each
    /// time.
    pub async fn verify(&self, token: &str) -> Result<Identity, Error> {
        let verified = match self.0.cache.get(token) {
            Some(verified) if verified.key_set == self.keys().set => verified,
            _ => self.check_signature(token).await?,
        };
        // A cached token ends here by time, and above by a new key set.
        if verified.expires_s.saturating_add(LEEWAY_S) < (self.0.now_s)() {
            self.0.cache.remove(token);
            let message = "the token has expired; refresh it. If a new one has expired too, the clocks of the servers differ";
            return Err(Error::new(Reason::TokenExpired, message).with("server_time", (self.0.now_s)()));
        }
        Ok(verified.identity)
    }

    async fn check_signature(&self, token: &str) -> Result<VerifiedToken, Error> {
        let invalid = || Error::new(Reason::TokenInvalid, "invalid token; sign in again");
        let kid =
            jsonwebtoken::decode_header(token).ok().and_then(|header| header.kid).ok_or_else(invalid)?;
        let (key, key_set) = if let Some(found) = self.key(&kid) {
            found
        } else {
            self.fetch().await?;
            self.key(&kid).ok_or_else(invalid)?
        };
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.validate_exp = false;
        validation.validate_aud = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation).map_err(|_| invalid())?.claims;
        report_skew(claims.iat, (self.0.now_s)());
        let expires_s = claims.exp;
        let verified = VerifiedToken { identity: claims.into(), expires_s, key_set };
        self.0.cache.insert(token, verified.clone());
        Ok(verified)
    }

    fn keys(&self) -> RwLockReadGuard<'_, Keys> {
        self.0.keys.read()
    }

    /// A key and the number of its set.
    fn key(&self, kid: &str) -> Option<(DecodingKey, u64)> {
        let keys = self.keys();
        Some((keys.by_id.get(kid)?.decoding.clone(), keys.set))
    }

    #[expect(clippy::disallowed_methods, reason = "how long ago is a question to this process's own clock")]
    async fn fetch(&self) -> Result<(), Error> {
        let mut fetched_at = self.0.fetched_at.lock().await;
        if fetched_at.is_some_and(|at| at.elapsed() < REFETCH_AFTER) {
            return Ok(());
        }
        let fetched: HashMap<_, _> = self
            .0
            .source
            .keys()
            .await?
            .into_iter()
            .filter_map(|jwk| {
                let decoding = DecodingKey::from_ed_components(&jwk.x).ok()?;
                Some((jwk.kid, Key { public: jwk.x, decoding }))
            })
            .collect();
        let mut keys = self.0.keys.write();
        // A fetch that brings the same keys must not make the cached tokens stale: anyone can cause one by an unknown key id.
        let is_same = fetched.len() == keys.by_id.len()
            && fetched
                .iter()
                .all(|(kid, key)| keys.by_id.get(kid).is_some_and(|old| old.public == key.public));
        if !is_same {
            *keys = Keys { by_id: fetched, set: keys.set + 1 };
        }
        *fetched_at = Some(Instant::now());
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "tokens are made by the system's clocks, as everyone's are")]
fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests;
