//! Random secrets that people carry and of which we keep only a hash.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use rand::{RngCore as _, rngs::OsRng};
use sha2::{Digest as _, Sha256};

/// 32 random bytes, base64url. Enough that a plain hash keeps it: there is nothing to guess.
pub(crate) struct SecretToken(String);

/// SHA-256 of a token.
pub(crate) type TokenHash = [u8; 32];

impl SecretToken {
    /// A new one.
    pub(crate) fn random() -> Self {
        let mut bytes = [0; 32];
        OsRng.fill_bytes(&mut bytes);
        Self(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    /// What we keep of it.
    pub(crate) fn hash(&self) -> TokenHash {
        Self::hash_of(&self.0)
    }

    /// What we would keep of a text that someone sent, were it a token.
    pub(crate) fn hash_of(text: &str) -> TokenHash {
        Sha256::digest(text.as_bytes()).into()
    }

    /// The text, for its owner.
    pub(crate) fn into_text(self) -> String {
        self.0
    }
}
