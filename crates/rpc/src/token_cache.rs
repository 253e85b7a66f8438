//! A cache of verified access tokens. Checking a signature takes 50 us, finding a token here less than 1 us.

use std::{collections::HashMap, mem};

use parking_lot::RwLock;
use proto::common::v1::Identity;

/// Maximum number of tokens, in two halves. At half a kilobyte each they take 16 MB.
const CAPACITY: usize = 32_768;

/// Content of a token whose signature is valid.
#[derive(Debug, Clone)]
pub(crate) struct VerifiedToken {
    pub(crate) identity: Identity,
    /// When the token expires, in Unix seconds.
    pub(crate) expires_s: u64,
    /// Number of the key set that verified it. The entry is stale once another set is in use.
    pub(crate) key_set: u64,
}

/// Tokens by their whole text, so that no other token can pass for one. Only valid tokens are inserted, so that a flood
/// of invalid ones evicts nothing.
///
/// When the young half is full, it becomes the old half, and the old one is dropped. A read of the old half moves the token
/// back to the young half, so tokens in use stay. The hash is keyed at random (`RandomState`), so that nobody can make
/// tokens that collide, or learn from timing how much of a text agrees with a token.
///
/// It is our own and not `moka`'s: a hit takes one read lock and one look-up, without a log of reads to maintain.
#[derive(Default)]
pub(crate) struct TokenCache(RwLock<Halves>);

#[derive(Default)]
struct Halves {
    young: HashMap<Box<str>, VerifiedToken>,
    old: HashMap<Box<str>, VerifiedToken>,
}

impl TokenCache {
    pub(crate) fn get(&self, token: &str) -> Option<VerifiedToken> {
        let verified = {
            let halves = self.0.read();
            if let Some(verified) = halves.young.get(token) {
                return Some(verified.clone());
            }
            halves.old.get(token)?.clone()
        };
        self.insert(token, verified.clone());
        Some(verified)
    }

    pub(crate) fn insert(&self, token: &str, verified: VerifiedToken) {
        let mut halves = self.0.write();
        if halves.young.len() >= CAPACITY / 2 {
            halves.old = mem::take(&mut halves.young);
        }
        halves.old.remove(token);
        halves.young.insert(token.into(), verified);
    }

    pub(crate) fn remove(&self, token: &str) {
        let mut halves = self.0.write();
        halves.young.remove(token);
        halves.old.remove(token);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verified(expires_s: u64) -> VerifiedToken {
        VerifiedToken { identity: Identity::default(), expires_s, key_set: 0 }
    }

    fn len(cache: &TokenCache) -> usize {
        let halves = cache.0.read();
        halves.young.len() + halves.old.len()
    }

    #[test]
    fn the_cache_is_bounded_and_keeps_tokens_in_use() {
        let cache = TokenCache::default();
        cache.insert("used", verified(1));
        cache.insert("idle", verified(2));
        for n in 0..2 * CAPACITY {
            cache.insert(&format!("token {n}"), verified(3));
            assert!(cache.get("used").is_some(), "{n}");
            assert!(len(&cache) <= CAPACITY, "{n}");
        }
        assert!(cache.get("idle").is_none());
        assert_eq!(cache.get("used").unwrap().expires_s, 1);
    }

    #[test]
    fn a_token_is_cached_under_its_full_text() {
        let cache = TokenCache::default();
        cache.insert("header.payload.signature", verified(1));
        for other in ["header.payload.signaturf", "header.payload.", "header.payload.signature ", ""] {
            assert!(cache.get(other).is_none(), "{other}");
        }
        cache.remove("header.payload.signature");
        assert!(cache.get("header.payload.signature").is_none());
    }
}
