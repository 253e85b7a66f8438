//! Fair shares of something that there is only so much of: so many in all, and so many for one key.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Places that are taken and given back. A key is remembered while it has one.
#[derive(Debug)]
pub struct Shares {
    most: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_key: HashMap<String, usize>,
}

/// What has no place left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// Everything.
    All,
    /// The key at this index of those that were asked for.
    Key(usize),
}

/// A place. Given back when it is dropped.
#[derive(Debug)]
pub struct Share {
    shares: Arc<Shares>,
    keys: Vec<String>,
    /// How many its first key had with this one.
    nth: usize,
}

impl Share {
    /// Whether its first key had more than `most` places when this one was taken, and still has.
    pub fn is_beyond(&self, most: usize) -> bool {
        self.nth > most && self.keys.first().is_some_and(|key| self.shares.held(key) > most)
    }
}

impl Shares {
    /// `most` places in all.
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, taken: Mutex::default() })
    }

    /// Takes a place that counts for each of `keys`, which have a most of their own.
    pub fn take<const N: usize>(self: &Arc<Self>, keys: [(String, usize); N]) -> Result<Share, Full> {
        let mut taken = self.lock();
        if taken.all >= self.most {
            return Err(Full::All);
        }
        let full = |(key, most): &(String, usize)| taken.by_key.get(key).is_some_and(|held| held >= most);
        if let Some(index) = keys.iter().position(full) {
            return Err(Full::Key(index));
        }
        let keys: Vec<_> = keys.into_iter().map(|(key, _)| key).collect();
        taken.all += 1;
        for key in &keys {
            *taken.by_key.entry(key.clone()).or_default() += 1;
        }
        let nth = keys.first().and_then(|key| taken.by_key.get(key)).copied().unwrap_or_default();
        drop(taken);
        Ok(Share { shares: self.clone(), keys, nth })
    }

    /// How many places a key has.
    pub fn held(&self, key: &str) -> usize {
        self.lock().by_key.get(key).copied().unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut taken = self.shares.lock();
        taken.all -= 1;
        for key in self.keys.drain(..) {
            if let Entry::Occupied(mut held) = taken.by_key.entry(key) {
                *held.get_mut() -= 1;
                if *held.get() == 0 {
                    held.remove();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_its_share_and_leaves_the_rest_to_others() {
        let shares = Shares::new(3);
        let key = |name: &str| [(name.to_owned(), 2)];
        let held = [shares.take(key("a")).unwrap(), shares.take(key("a")).unwrap()];
        assert_eq!(held.each_ref().map(|share| share.is_beyond(1)), [false, true]);
        assert_eq!(shares.take(key("a")).err(), Some(Full::Key(0)));
        let both = [("b".to_owned(), 2), ("a".to_owned(), 2)];
        assert_eq!(shares.take(both).err(), Some(Full::Key(1)));
        assert_eq!(shares.held("b"), 0, "a refusal takes nothing");
        let _other = shares.take(key("b")).unwrap();
        assert_eq!(shares.take(key("c")).err(), Some(Full::All));
        drop(held);
        assert_eq!(shares.held("a"), 0);
        assert!(shares.take(key("a")).is_ok());
        assert_eq!(shares.lock().by_key.len(), 1, "who has none is forgotten");
    }
}
