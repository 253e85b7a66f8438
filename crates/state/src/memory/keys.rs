//! Short-lived keys in memory.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use parking_lot::{Mutex, MutexGuard};
use tokio::time::Instant;

use crate::{Error, KeyValue, Result};

/// Maximum number of keys, far more than an installation of one process needs. A flood of keys must not take its memory.
const MOST: usize = 200_000;

/// Keys that expire.
#[derive(Default)]
pub(crate) struct Keys(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    values: HashMap<String, (Instant, Bytes)>,
    /// Keys in the order in which they expire. An entry whose key was set again or taken is skipped.
    expiries: BinaryHeap<Reverse<(Instant, String)>>,
}

impl Keys {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock()
    }
}

impl Inner {
    fn put(&mut self, key: &str, value: Bytes, ttl: Duration) -> Result<()> {
        let now = Instant::now();
        self.forget_expired(now);
        // The heap bounds both: it has an entry for each key, and one for each time a key was set again.
        if self.expiries.len() >= MOST {
            return Err(Error::new(format!("cannot keep `{key}`: there are {MOST} keys already")));
        }
        self.expiries.push(Reverse((now + ttl, key.to_owned())));
        self.values.insert(key.to_owned(), (now + ttl, value));
        Ok(())
    }

    /// Every operation removes the expired keys, so that the work is spread and no key outlives its time for long.
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
        self.lock().put(key, value, ttl)
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

    async fn count(&self, key: &str, ttl: Duration) -> Result<u64> {
        let mut inner = self.lock();
        inner.forget_expired(Instant::now());
        if let Some((_, value)) = inner.values.get_mut(key) {
            let count = <[u8; 8]>::try_from(value.as_ref()).map_or(0, u64::from_be_bytes) + 1;
            *value = Bytes::copy_from_slice(&count.to_be_bytes());
            return Ok(count);
        }
        inner.put(key, Bytes::copy_from_slice(&1_u64.to_be_bytes()), ttl)?;
        Ok(1)
    }
}
