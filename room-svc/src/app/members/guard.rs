//! Limits on guessing (document 004, 7.7.3): wrong codes, wrong passwords, and refused joins of one network. Counted in the
//! shared store, so that all replicas count together. While the store does not answer, nobody is refused for it.

use std::{net::IpAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use ids::RoomId;
use ipnet::IpNet;
use runtime::Clock;
use state::KeyValue;

use crate::{
    config::{Sections, SecurityConfig},
    error::{Error, Result},
};

/// A count of attempts begins with the first and ends after this time.
const COUNTED_FOR: Duration = Duration::from_hours(1);
const MINUTE: Duration = Duration::from_mins(1);

/// Counts attempts. A call without a network, or from a trusted one, is not counted.
pub(crate) struct Guard {
    keys: Arc<dyn KeyValue>,
    clock: Clock,
    limits: SecurityConfig,
    /// Networks that are not counted.
    trusted: Vec<IpNet>,
}

impl Guard {
    pub(crate) fn new(keys: Arc<dyn KeyValue>, clock: Clock, sections: &Sections) -> Self {
        let (limits, trusted) = (sections.security.clone(), sections.limits.trusted_networks.clone());
        Self { keys, clock, limits, trusted }
    }

    /// Fails while codes from this network are blocked.
    pub(crate) async fn check_code(&self, network: Option<IpAddr>) -> Result<()> {
        let Some(network) = self.counted(network) else { return Ok(()) };
        match self.blocked(&format!("room:codes-blocked:{network}")).await {
            Some(wait) => Err(Error::CodesBlocked(wait)),
            None => Ok(()),
        }
    }

    /// Counts a wrong code of a room or an invite.
    pub(crate) async fn wrong_code(&self, network: Option<IpAddr>, code: &str) {
        let Some(network) = self.counted(network) else { return };
        let attempts = self.count(&format!("room:codes:{network}"), COUNTED_FOR).await;
        let limit = self.limits.code_attempt_limit;
        if attempts >= limit {
            tracing::warn!(%network, code, attempts, "too many wrong codes of rooms: the network is blocked for a while");
            let minutes = self.limits.code_block_duration_minutes;
            self.block(&format!("room:codes-blocked:{network}"), minutes).await;
        }
    }

    /// Fails while passwords of this room from this network are blocked.
    pub(crate) async fn check_password(&self, room: RoomId, network: Option<IpAddr>) -> Result<()> {
        let Some(network) = self.counted(network) else { return Ok(()) };
        match self.blocked(&format!("room:access-blocked:{network}:{room}")).await {
            Some(wait) => Err(Error::PasswordBlocked(wait)),
            None => Ok(()),
        }
    }

    /// Counts a wrong password. Returns how many attempts are left; `None`: they are not counted.
    pub(crate) async fn wrong_password(&self, room: RoomId, network: Option<IpAddr>) -> Option<u64> {
        let network = self.counted(network)?;
        let attempts = self.count(&format!("room:access:{network}:{room}"), COUNTED_FOR).await;
        let limit = self.limits.password_attempt_limit;
        if attempts >= limit {
            tracing::warn!(%network, %room, attempts, "too many wrong passwords of a room: the network is blocked from it for a while");
            let minutes = self.limits.password_block_duration_minutes;
            self.block(&format!("room:access-blocked:{network}:{room}"), minutes).await;
        }
        Some(limit.saturating_sub(attempts))
    }

    /// Fails when this network was refused too often within the minute.
    pub(crate) async fn check_joins(&self, network: Option<IpAddr>) -> Result<()> {
        let Some(network) = self.counted(network) else { return Ok(()) };
        match self.blocked(&format!("room:joins-blocked:{network}")).await {
            Some(wait) => Err(Error::TooManyJoins(wait)),
            None => Ok(()),
        }
    }

    /// Counts a join that was refused; those that succeed do not count.
    pub(crate) async fn refused_join(&self, network: Option<IpAddr>) {
        let Some(network) = self.counted(network) else { return };
        let attempts = self.count(&format!("room:joins:{network}"), MINUTE).await;
        if attempts >= self.limits.room_join_limit_per_minute {
            tracing::warn!(%network, attempts, "too many refused joins: the network waits a minute");
            self.block(&format!("room:joins-blocked:{network}"), 1).await;
        }
    }

    /// A network whose attempts are counted.
    fn counted(&self, network: Option<IpAddr>) -> Option<IpAddr> {
        network.filter(|network| !self.trusted.iter().any(|trusted| trusted.contains(network)))
    }

    async fn count(&self, key: &str, ttl: Duration) -> u64 {
        self.keys.count(key, ttl).await.unwrap_or_else(|error| {
            tracing::warn!(%error, key, "cannot count an attempt");
            0
        })
    }

    /// Blocks a key. Its value is when the block ends, in microseconds.
    async fn block(&self, key: &str, minutes: u64) {
        let ttl = MINUTE * u32::try_from(minutes).unwrap_or(u32::MAX);
        let until_us = self.clock.now_us() + i64::try_from(ttl.as_micros()).unwrap_or(i64::MAX);
        let value = Bytes::copy_from_slice(&until_us.to_be_bytes());
        if let Err(error) = self.keys.put(key, value, ttl).await {
            tracing::warn!(%error, key, "cannot block a network");
        }
    }

    /// How long a key is blocked yet.
    async fn blocked(&self, key: &str) -> Option<Duration> {
        let value = self.keys.get(key).await.inspect_err(|error| {
            tracing::warn!(%error, key, "cannot read whether a network is blocked");
        });
        let until_us = i64::from_be_bytes(value.ok()??.as_ref().try_into().ok()?);
        let left_us = u64::try_from(until_us - self.clock.now_us()).ok()?;
        Some(Duration::from_micros(left_us.max(1)))
    }
}
