//! Short-lived keys in memory.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use tokio::time::Instant;

use crate::{Error, KeyValue, Result};

/// More keys than an installation of one process needs by far; a flood of them must not take its memory.
const MOST: usize = 200_000;

/// Keys that expire.
#[derive(Default)]
pub(crate) struct Keys(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    values: HashMap<String, (Instant, Bytes)>,
    /// In the order they expire; an entry whose key was set anew or taken is passed over.
    expiries: BinaryHeap<Reverse<(Instant, String)>>,
}

impl Keys {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Each look removes what has expired, so that the work is spread and nothing outlives its time for long.
    fn forget_expired(&mut self, now: Instant) {
        while let Some(Reverse((at, _))) = self.expiries.peek()
            && *at <= now
            && let Some(Reverse((_, key))) = self.expiries.pop()
        {
            if self.values.get(&key).is_some_and(|(at, _)| *at <= now) {
                self.values.remove(&key);
            }
        }
    }
}

#[async_trait]
impl KeyValue for Keys {
    async fn put(&self, key: &str, value: Bytes, ttl: Duration) -> Result<()> {
        let (now, mut inner) = (Instant::now(), self.lock());
        inner.forget_expired(now);
        // The heap bounds both: it has an entry for each key, and one for each time a key was set anew.
        if inner.expiries.len() >= MOST {
            return Err(Error::new(format!("cannot keep `{key}`: there are {MOST} keys already")));
        }
        inner.expiries.push(Reverse((now + ttl, key.to_owned())));
        inner.values.insert(key.to_owned(), (now + ttl, value));
        Ok(())
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        let mut inner = self.lock();
        inner.forget_expired(Instant::now());
        Ok(inner.values.get(key).map(|(_, value)| value.clone()))
    }

    async fn take(&self, key: &str) -> Result<Option<Bytes>> {
        let mut inner = self.lock();
        inner.forget_expired(Instant::now());
        Ok(inner.values.remove(key).map(|(_, value)| value))
    }
}
