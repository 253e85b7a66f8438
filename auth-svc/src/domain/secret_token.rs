//! Random tokens for clients, of which the server stores only a hash.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use rand::{RngCore as _, rngs::OsRng};
use sha2::{Digest as _, Sha256};

/// 32 random bytes, base64url. A plain hash protects it, since it cannot be guessed.
pub(crate) struct SecretToken(String);

/// SHA-256 of a token.
pub(crate) type TokenHash = [u8; 32];

impl SecretToken {
    /// A new token.
    pub(crate) fn random() -> Self {
        let mut bytes = [0; 32];
        OsRng.fill_bytes(&mut bytes);
        Self(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The hash to store.
    pub(crate) fn hash(&self) -> TokenHash {
        Self::hash_of(&self.0)
    }

    /// The hash of a text from a client.
    pub(crate) fn hash_of(text: &str) -> TokenHash {
        Sha256::digest(text.as_bytes()).into()
    }

    /// The text for the client.
    pub(crate) fn into_text(self) -> String {
        self.0
    }
}
