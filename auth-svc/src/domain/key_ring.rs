//! The keys that sign access tokens. The newest key signs. Older ones still verify, so that a rotation signs nobody out.

use std::sync::Arc;

use anyhow::Context as _;
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey as _};
use futures::future::BoxFuture;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use proto::auth::v1::Jwk;
use rand::{RngCore as _, rngs::OsRng};
use rpc::{Claims, KeySource};
use runtime::Secret;
use sha2::{Digest as _, Sha256};

/// All keys, newest first. Cheap to clone.
#[derive(Clone)]
pub(crate) struct KeyRing(Arc<Keys>);

struct Keys {
    header: Header,
    newest: EncodingKey,
    public: Vec<Jwk>,
}

impl KeyRing {
    /// A new seed for the setting `auth.signing_keys`.
    pub(crate) fn generate_seed() -> String {
        let mut seed = [0; 32];
        OsRng.fill_bytes(&mut seed);
        BASE64_STANDARD.encode(seed)
    }

    /// Reads the setting `auth.signing_keys`.
    pub(crate) fn new(seeds: &[Secret]) -> anyhow::Result<Self> {
        let keys = seeds
            .iter()
            .enumerate()
            .map(|(index, seed)| Self::parse(index, seed))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let newest = keys
            .first()
            .context("auth.signing_keys is empty, so no token could be signed; give it base64 of 32 random bytes (openssl rand -base64 32)")?;
        let public: Vec<_> = keys.iter().map(public).collect();
        let header =
            Header { kid: public.first().map(|key| key.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        let newest = EncodingKey::from_ed_der(
            newest.to_pkcs8_der().context("cannot encode a signing key")?.as_bytes(),
        );
        Ok(Self(Arc::new(Keys { header, newest, public })))
    }

    /// Reads one key of the setting.
    pub(crate) fn parse(index: usize, seed: &Secret) -> anyhow::Result<SigningKey> {
        let seed: Option<[u8; 32]> =
            BASE64_STANDARD.decode(seed.expose().trim()).ok().and_then(|bytes| bytes.try_into().ok());
        let seed = seed.with_context(|| format!("auth.signing_keys[{index}] is not base64 of 32 bytes"))?;
        Ok(SigningKey::from_bytes(&seed))
    }

    /// Signs an access token with the newest key.
    pub(crate) fn sign(&self, claims: &Claims) -> anyhow::Result<String> {
        jsonwebtoken::encode(&self.0.header, claims, &self.0.newest).context("cannot sign an access token")
    }

    /// The public keys, newest first.
    pub(crate) fn public(&self) -> &[Jwk] {
        &self.0.public
    }
}

impl KeySource for KeyRing {
    fn keys(&self) -> BoxFuture<'_, Result<Vec<Jwk>, rpc::Error>> {
        Box::pin(async { Ok(self.0.public.clone()) })
    }
}

/// The public part of a key; `kid` is its thumbprint (RFC 7638).
fn public(key: &SigningKey) -> Jwk {
    let x = BASE64_URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
    let kid = BASE64_URL_SAFE_NO_PAD
        .encode(Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)));
    Jwk {
        kty: "OKP".to_owned(),
        crv: "Ed25519".to_owned(),
        x,
        kid,
        alg: "EdDSA".to_owned(),
        r#use: "sig".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8037, appendix A: this seed, this public key, this thumbprint.
    #[test]
    fn the_thumbprint_matches_the_rfc() {
        let seed = BASE64_URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
        let ring = KeyRing::new(&[Secret::new(BASE64_STANDARD.encode(seed))]).unwrap();
        assert_eq!(ring.public()[0].x, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(ring.public()[0].kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn a_key_that_is_missing_or_malformed_is_named() {
        let error = |keys: &[Secret]| KeyRing::new(keys).err().unwrap().to_string();
        assert!(error(&[]).contains("auth.signing_keys is empty"));
        assert!(
            error(&[Secret::new(KeyRing::generate_seed()), Secret::new("abc")])
                .contains("auth.signing_keys[1]")
        );
    }
}
