//! Short-lived keys on Redis.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use super::Redis;
use crate::{KeyValue, Result};

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
}
