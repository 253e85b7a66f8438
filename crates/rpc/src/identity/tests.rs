use std::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering},
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey as _};
use jsonwebtoken::{EncodingKey, Header};

use super::*;

/// The key id, and the seed of the key.
type Seeded = (&'static str, u8);

/// The keys that are good, and how often they were asked for.
#[derive(Clone, Default)]
struct Source(Arc<(Mutex<Vec<Seeded>>, AtomicU64)>);

impl Source {
    fn of(keys: &[Seeded]) -> Self {
        let source = Self::default();
        source.replace(keys);
        source
    }

    fn replace(&self, keys: &[Seeded]) {
        *self.0.0.lock().unwrap() = keys.to_vec();
    }

    fn fetches(&self) -> u64 {
        self.0.1.load(Ordering::Relaxed)
    }
}

impl KeySource for Source {
    fn keys(&self) -> BoxFuture<'_, Result<Vec<Jwk>, Error>> {
        self.0.1.fetch_add(1, Ordering::Relaxed);
        let jwk = |(kid, seed): &Seeded| {
            let x = BASE64_URL_SAFE_NO_PAD.encode(SigningKey::from_bytes(&[*seed; 32]).verifying_key());
            Jwk { kid: (*kid).into(), x, ..Default::default() }
        };
        let keys = self.0.0.lock().unwrap().iter().map(jwk).collect();
        Box::pin(async move { Ok(keys) })
    }
}

fn token(kid: &str, seed: u8, name: &str, exp: u64) -> String {
    let claims = Claims {
        sub: format!("user_{name}"),
        kind: ClaimedKind::User,
        name: name.into(),
        room: None,
        sid: "session".into(),
        exp,
        iat: 0,
    };
    let der = SigningKey::from_bytes(&[seed; 32]).to_pkcs8_der().unwrap();
    let header = Header { kid: Some(kid.into()), ..Header::new(Algorithm::EdDSA) };
    jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ed_der(der.as_bytes())).unwrap()
}

fn is_cached(verifier: &Verifier, token: &str) -> bool {
    verifier.0.cache.get(token).is_some()
}

async fn reason(verifier: &Verifier, token: &str) -> Option<Reason> {
    verifier.verify(token).await.err().map(|error| error.reason())
}

/// Each test is a process of its own, or sets its own time before it asks.
mod time {
    use super::{AtomicU64, Ordering};

    static NOW_S: AtomicU64 = AtomicU64::new(1_000);

    pub(super) fn now_s() -> u64 {
        NOW_S.load(Ordering::Relaxed)
    }

    pub(super) fn set(now_s: u64) {
        NOW_S.store(now_s, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn a_cached_token_is_rejected_from_the_second_it_expires() {
    let verifier = Verifier::with_time(Source::of(&[("a", 1)]), time::now_s);
    let token = token("a", 1, "ann", 2_000);
    for now_s in [1_000, 2_000, 2_000 + LEEWAY_S] {
        time::set(now_s);
        assert_eq!(verifier.verify(&token).await.unwrap().display_name, "ann");
        assert!(is_cached(&verifier, &token));
    }
    time::set(2_001 + LEEWAY_S);
    assert_eq!(reason(&verifier, &token).await, Some(Reason::TokenExpired));
    assert!(!is_cached(&verifier, &token), "nobody asks for it again");
    assert_eq!(reason(&verifier, &token).await, Some(Reason::TokenExpired), "as if seen for the first time");
}

#[tokio::test]
async fn a_token_is_rejected_once_its_signing_key_is_gone() {
    let source = Source::of(&[("a", 1)]);
    let verifier = Verifier::new(source.clone());
    let old = token("a", 1, "ann", u64::MAX / 2);
    verifier.verify(&old).await.unwrap();
    // The same name, another key: only what the new one signed is good.
    source.replace(&[("a", 3), ("b", 2)]);
    *verifier.0.fetched_at.lock().await = None;
    verifier.verify(&token("b", 2, "ben", u64::MAX / 2)).await.unwrap();
    assert_eq!(reason(&verifier, &old).await, Some(Reason::TokenInvalid));
    verifier.verify(&token("a", 3, "ann", u64::MAX / 2)).await.unwrap();
}

#[tokio::test]
async fn invalid_tokens_are_rejected_and_evict_no_valid_ones() {
    let source = Source::of(&[("a", 1)]);
    let verifier = Verifier::new(source.clone());
    let good = token("a", 1, "ann", u64::MAX / 2);
    verifier.verify(&good).await.unwrap();
    let (signed, _) = good.rsplit_once('.').unwrap();
    let mut bad = vec![
        token("a", 2, "ann", u64::MAX / 2),
        token("unknown", 1, "ann", u64::MAX / 2),
        format!("{signed}."),
        format!("{signed}.{}", "A".repeat(86)),
        format!("{good}A"),
        good[..good.len() - 1].to_owned(),
        String::new(),
    ];
    // Another person's claims under the signature of a token that is cached.
    let other = token("a", 2, "eve", u64::MAX / 2);
    let signature = good.rsplit_once('.').unwrap().1;
    bad.push(format!("{}.{signature}", other.rsplit_once('.').unwrap().0));
    for bad in &bad {
        *verifier.0.fetched_at.lock().await = None;
        assert_eq!(reason(&verifier, bad).await, Some(Reason::TokenInvalid), "{bad}");
        assert!(!is_cached(&verifier, bad), "{bad}");
    }
    assert!(source.fetches() > 1, "the unknown key was asked for");
    assert!(is_cached(&verifier, &good));
    let set = verifier.keys().set;
    assert_eq!(verifier.0.cache.get(&good).unwrap().key_set, set, "it need not be checked again");
}
