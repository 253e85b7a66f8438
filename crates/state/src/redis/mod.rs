//! The store on Redis, for an installation of several processes.
//!
//! All keys of a room share the hash tag `{room}`, so that one script reaches them on a cluster too. Deliveries go by
//! plain PUBLISH: the `redis` crate subscribes to sharded channels on cluster connections only, a plain channel costs
//! the same on one server, and on a cluster it is broadcast to every node, so that a subscriber may listen anywhere.

mod keys;
mod limits;
mod log;
mod subscriptions;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use redis::{
    Client,
    aio::{ConnectionManager, ConnectionManagerConfig},
};

use self::{limits::SharedLimits, subscriptions::Subscriptions};
use crate::{Error, RateLimit, Result, SharedClock};

/// Time limit of a command, so that callers do not wait for a server that is gone.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(2);

/// One connection for commands and one for deliveries. Both reconnect by themselves.
pub(crate) struct Redis {
    commands: ConnectionManager,
    subscriptions: Subscriptions,
}

impl Redis {
    pub(crate) async fn connect(url: &str) -> Result<Self> {
        // The URL may hold a password, so no error repeats it.
        let client = Client::open(url)
            .map_err(|_| Error::new("redis.url is not a Redis URL such as redis://host:6379"))?;
        let config = ConnectionManagerConfig::new()
            .set_response_timeout(Some(RESPONSE_TIMEOUT))
            .set_connection_timeout(Some(RESPONSE_TIMEOUT))
            .set_number_of_retries(2);
        let commands = ConnectionManager::new_with_config(client.clone(), config).await.map_err(|error| {
            Error::new(format!(
                "cannot connect to Redis; is it running, and are the settings in [redis] right? ({error})"
            ))
        })?;
        Ok(Self { commands, subscriptions: Subscriptions::start(client) })
    }

    /// Token buckets that all processes on this server share.
    pub(crate) fn limits(&self) -> Arc<dyn RateLimit> {
        Arc::new(SharedLimits::start(self.commands.clone()))
    }
}

impl From<redis::RedisError> for Error {
    fn from(error: redis::RedisError) -> Self {
        Self::new(error)
    }
}

#[async_trait]
impl SharedClock for Redis {
    async fn time_us(&self) -> Result<i64> {
        let (seconds, micros): (i64, i64) =
            redis::cmd("TIME").query_async(&mut self.commands.clone()).await?;
        Ok(seconds * 1_000_000 + micros)
    }
}
