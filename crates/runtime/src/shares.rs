//! Fair shares of a scarce resource: a limit on all concurrent uses, and a limit for each key.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use parking_lot::{Mutex, MutexGuard};

/// Counts concurrent uses in all and by key.
#[derive(Debug)]
pub struct Shares {
    max: usize,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    total: usize,
    by_key: HashMap<String, usize>,
}

/// The limit that refuses a use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// The limit on all uses.
    All,
    /// The limit of the key at this index of the arguments.
    Key(usize),
}

/// One use. It ends when this is dropped.
#[derive(Debug)]
pub struct Share {
    shares: Arc<Shares>,
    keys: Vec<String>,
    /// Uses of its first key when this one began, itself included.
    nth: usize,
}

impl Share {
    /// Whether its first key had more than `max` uses when this one began, and still has.
    pub fn is_beyond(&self, max: usize) -> bool {
        self.nth > max && self.keys.first().is_some_and(|key| self.shares.held(key) > max)
    }
}

impl Shares {
    /// Allows `max` uses in all.
    pub fn new(max: usize) -> Arc<Self> {
        Arc::new(Self { max, counts: Mutex::default() })
    }

    /// Begins a use that counts for each of `keys`, given with their limits.
    pub fn take<const N: usize>(self: &Arc<Self>, keys: [(String, usize); N]) -> Result<Share, Full> {
        let mut counts = self.lock();
        if counts.total >= self.max {
            return Err(Full::All);
        }
        let full = |(key, max): &(String, usize)| counts.by_key.get(key).is_some_and(|held| held >= max);
        if let Some(index) = keys.iter().position(full) {
            return Err(Full::Key(index));
        }
        let keys: Vec<_> = keys.into_iter().map(|(key, _)| key).collect();
        counts.total += 1;
        for key in &keys {
            *counts.by_key.entry(key.clone()).or_default() += 1;
        }
        let nth = keys.first().and_then(|key| counts.by_key.get(key)).copied().unwrap_or_default();
        drop(counts);
        Ok(Share { shares: self.clone(), keys, nth })
    }

    /// Number of uses of a key.
    pub fn held(&self, key: &str) -> usize {
        self.lock().by_key.get(key).copied().unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock()
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut counts = self.shares.lock();
        counts.total -= 1;
        for key in self.keys.drain(..) {
            if let Entry::Occupied(mut held) = counts.by_key.entry(key) {
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
    fn a_key_cannot_exceed_its_share() {
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
        assert_eq!(shares.lock().by_key.len(), 1, "a key without a use is forgotten");
    }
}
