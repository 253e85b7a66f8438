//! User names. They are shown as typed, and compared by NFKC and lower case. Two accounts
//! whose names look alike are refused by [`Username::looks`].

use sha2::{Digest as _, Sha256};
use unicode_normalization::UnicodeNormalization as _;

/// SHA-256 of a name's key.
pub(crate) type NameHash = [u8; 32];

/// A user name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Username {
    shown: String,
    key: String,
}

impl Username {
    /// Accepts any text, since a sign-in may name anything. The contract limits the names of new accounts.
    pub(crate) fn new(text: &str) -> Self {
        let shown: String = text.trim().nfc().collect();
        // Normalizes again after the lower case, which can leave combining marks (`İ`).
        let key = shown.nfkc().collect::<String>().to_lowercase().nfkc().collect();
        Self { shown, key }
    }

    /// The name as typed.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// The name as compared, which is also the credential identifier of its OPAQUE record.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// UTS 39 skeleton, unique among accounts.
    pub(crate) fn looks(&self) -> String {
        super::name::looks(&self.shown)
    }

    /// The key by which guesses are counted.
    pub(crate) fn hash(&self) -> NameHash {
        Sha256::digest(self.key.as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Username;

    #[test]
    fn lookalike_usernames_have_one_key() {
        for (one, other) in [
            ("Ada", "aDA"),
            ("Zoë", "ZOE\u{308}"),
            ("ａｄａ", "ada"),
            ("İnci", "i\u{307}nci"),
            (" ada ", "ada"),
        ] {
            assert_eq!(Username::new(one).key(), Username::new(other).key(), "{one} {other}");
        }
        assert_ne!(Username::new("ada").hash(), Username::new("ida").hash());
        assert_eq!(Username::new("Ada").shown(), "Ada");
    }

    proptest! {
        #[test]
        fn a_username_key_is_idempotent(text in "\\PC{1,32}") {
            let key = Username::new(&text).key().to_owned();
            let again = Username::new(&key);
            prop_assert_eq!(again.key(), key.trim());
        }
    }
}
