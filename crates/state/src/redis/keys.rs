//! Short-lived keys on Redis.

use std::{sync::LazyLock, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;

use redis::Script;

use super::Redis;
use crate::{KeyValue, Result};

/// Sets the expiry with the first call alone, in one step: a count without an expiry would block for ever.
static COUNT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local count = redis.call('INCR', KEYS[1]) if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end return count",
    )
});

fn name(key: &str) -> String {
    format!("syncwatch:key:{key}")
}

#[async_trait]
impl KeyValue for Redis {
    async fn put(&self, key: &str, value: Bytes, ttl: Duration) -> Result<()> {
        let ttl_ms = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).max(1);
        redis::cmd("SET")
            .arg(name(key))
            .arg(&value[..])
            .arg("PX")
            .arg(ttl_ms)
            .query_async::<()>(&mut self.commands.clone())
            .await?;
        Ok(())
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        let value: Option<Vec<u8>> =
            redis::cmd("GET").arg(name(key)).query_async(&mut self.commands.clone()).await?;
        Ok(value.map(Bytes::from))
    }

    async fn take(&self, key: &str) -> Result<Option<Bytes>> {
        let value: Option<Vec<u8>> =
            redis::cmd("GETDEL").arg(name(key)).query_async(&mut self.commands.clone()).await?;
        Ok(value.map(Bytes::from))
    }

    async fn count(&self, key: &str, ttl: Duration) -> Result<u64> {
        let ttl_ms = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).max(1);
        Ok(COUNT.key(name(key)).arg(ttl_ms).invoke_async(&mut self.commands.clone()).await?)
    }
}
