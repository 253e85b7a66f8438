//! Access tokens that the services of a test believe.

use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey as _};
use futures::future::BoxFuture;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use proto::auth::v1::Jwk;
use rpc::{ClaimedKind, Claims, KeySource, Verifier};

pub(crate) const KID: &str = "test";

pub(crate) fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

struct Keys;

impl KeySource for Keys {
    fn keys(&self) -> BoxFuture<'_, Result<Vec<Jwk>, rpc::Error>> {
        use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
        let x = BASE64_URL_SAFE_NO_PAD.encode(key().verifying_key().as_bytes());
        Box::pin(async { Ok(vec![Jwk { kid: KID.into(), x, ..Default::default() }]) })
    }
}

pub(crate) fn verifier() -> Verifier {
    Verifier::new(Keys)
}

/// A token of a guest, good for a very long time.
pub(crate) fn token(name: &str) -> String {
    let claims = Claims {
        sub: format!("guest_{name}"),
        kind: ClaimedKind::Guest,
        name: name.into(),
        room: None,
        sid: "session".into(),
        exp: 10_000_000_000,
        iat: 0,
    };
    let der = key().to_pkcs8_der().unwrap();
    let header = Header { kid: Some(KID.into()), ..Header::new(Algorithm::EdDSA) };
    jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ed_der(der.as_bytes())).unwrap()
}
