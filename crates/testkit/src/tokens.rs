//! Access tokens that the services of a test believe.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey as _};
use futures::future::BoxFuture;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use proto::auth::v1::Jwk;
use rpc::{ClaimedKind, Claims, KeySource, Verifier};

/// Id of the key.
pub const KID: &str = "test";

/// The key that signs.
pub fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

struct Keys;

impl KeySource for Keys {
    fn keys(&self) -> BoxFuture<'_, Result<Vec<Jwk>, rpc::Error>> {
        Box::pin(async { Ok(vec![jwk()]) })
    }
}

/// The public half of the key.
pub fn jwk() -> Jwk {
    let x = BASE64_URL_SAFE_NO_PAD.encode(key().verifying_key().as_bytes());
    Jwk { kid: KID.into(), x, ..Default::default() }
}

/// Believes the tokens of [`token`].
pub fn verifier() -> Verifier {
    Verifier::new(Keys)
}

/// A token of somebody, good for a very long time.
#[expect(clippy::expect_used, reason = "the key is a constant")]
pub fn token(subject_id: &str, kind: ClaimedKind, name: &str) -> String {
    let claims = Claims {
        sub: subject_id.to_owned(),
        kind,
        name: name.to_owned(),
        room: None,
        sid: "session".into(),
        exp: 10_000_000_000,
        iat: 0,
    };
    let der = key().to_pkcs8_der().expect("the key can be encoded");
    let header = Header { kid: Some(KID.into()), ..Header::new(Algorithm::EdDSA) };
    jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ed_der(der.as_bytes()))
        .expect("the claims can be signed")
}
