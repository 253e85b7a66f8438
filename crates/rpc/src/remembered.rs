//! The access tokens that were verified lately. Checking a signature takes 50 us, finding a token here less than one.

use std::{
    collections::HashMap,
    mem,
    sync::{PoisonError, RwLock},
};

use proto::common::v1::Identity;

/// How many tokens are remembered at most, in two halves. With half a kilobyte each they take 16 MB.
const CAPACITY: usize = 32_768;

/// Content of a token whose signature was checked.
#[derive(Debug, Clone)]
pub(crate) struct Verified {
    pub(crate) identity: Identity,
    /// When the token expires, in Unix seconds.
    pub(crate) expires_s: u64,
    /// Which set of keys it was checked with. It counts only while that set does.
    pub(crate) key_set: u64,
}

/// Tokens by their whole text, so that no other token can pass for one. Only tokens that are good get in here: a flood
/// of bad ones evicts nothing.
///
/// When the young half is full, it becomes the old half, and the old one is dropped. What is used in the meantime moves
/// back to the young half, so tokens in use stay. The hash is keyed at random (`RandomState`): nobody can make
/// tokens that collide, nor learn from timing how far a text agrees with a token.
#[derive(Default)]
pub(crate) struct Remembered(RwLock<Halves>);

#[derive(Default)]
struct Halves {
    young: HashMap<Box<str>, Verified>,
    old: HashMap<Box<str>, Verified>,
}

impl Remembered {
    pub(crate) fn get(&self, token: &str) -> Option<Verified> {
        let verified = {
            let halves = self.0.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(verified) = halves.young.get(token) {
                return Some(verified.clone());
            }
            halves.old.get(token)?.clone()
        };
        self.insert(token, verified.clone());
        Some(verified)
    }

    pub(crate) fn insert(&self, token: &str, verified: Verified) {
        let mut halves = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if halves.young.len() >= CAPACITY / 2 {
            halves.old = mem::take(&mut halves.young);
        }
        halves.old.remove(token);
        halves.young.insert(token.into(), verified);
    }

    pub(crate) fn remove(&self, token: &str) {
        let mut halves = self.0.write().unwrap_or_else(PoisonError::into_inner);
        halves.young.remove(token);
        halves.old.remove(token);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verified(expires_s: u64) -> Verified {
        Verified { identity: Identity::default(), expires_s, key_set: 0 }
    }

    fn len(remembered: &Remembered) -> usize {
        let halves = remembered.0.read().unwrap();
        halves.young.len() + halves.old.len()
    }

    #[test]
    fn the_memory_has_a_bound_and_keeps_what_is_used() {
        let remembered = Remembered::default();
        remembered.insert("used", verified(1));
        remembered.insert("idle", verified(2));
        for n in 0..2 * CAPACITY {
            remembered.insert(&format!("token {n}"), verified(3));
            assert!(remembered.get("used").is_some(), "{n}");
            assert!(len(&remembered) <= CAPACITY, "{n}");
        }
        assert!(remembered.get("idle").is_none());
        assert_eq!(remembered.get("used").unwrap().expires_s, 1);
    }

    #[test]
    fn a_token_is_known_by_its_whole_text() {
        let remembered = Remembered::default();
        remembered.insert("header.payload.signature", verified(1));
        for other in ["header.payload.signaturf", "header.payload.", "header.payload.signature ", ""] {
            assert!(remembered.get(other).is_none(), "{other}");
        }
        remembered.remove("header.payload.signature");
        assert!(remembered.get("header.payload.signature").is_none());
    }
}
