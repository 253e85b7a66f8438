//! Limits on guessing (document 004, 7.7.3): wrong codes, wrong passwords, and refused joins of one network. Counted in the
//! shared store, so that all replicas count together. While the store does not answer, nobody is refused for it.

use std::{net::IpAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use ipnet::IpNet;
use runtime::Clock;
use state::KeyValue;

use crate::{
    config::{Sections, SecurityConfig},
    domain::Room,
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

    /// Fails while codes from this network are blocked. `room` is how the request names the room; empty where it names none.
    pub(crate) async fn check_code(&self, network: Option<IpAddr>, room: &str) -> Result<()> {
        let Some(network) = self.counted(network) else { return Ok(()) };
        let Some(wait) = self.blocked(&format!("room:codes-blocked:{network}")).await else { return Ok(()) };
        let limit = self.limits.code_attempt_limit;
        self.warn_of_refusal("codes", network, room, limit, COUNTED_FOR).await;
        Err(Error::CodesBlocked(wait))
    }

    /// Counts a wrong code of a room or an invite.
    pub(crate) async fn wrong_code(&self, network: Option<IpAddr>, code: &str) {
        let Some(network) = self.counted(network) else { return };
        let attempts = self.count(&format!("room:codes:{network}"), COUNTED_FOR).await;
        let limit = self.limits.code_attempt_limit;
        if attempts >= limit {
            tracing::warn!(%network, room = code, attempts, "too many wrong codes of rooms: the network is blocked for a while");
            let minutes = self.limits.code_block_duration_minutes;
            self.block(&format!("room:codes-blocked:{network}"), minutes).await;
        }
    }

    /// Fails while passwords of this room from this network are blocked.
    pub(crate) async fn check_password(&self, room: &Room, network: Option<IpAddr>) -> Result<()> {
        let Some(network) = self.counted(network) else { return Ok(()) };
        let Some(wait) = self.blocked(&format!("room:access-blocked:{network}:{}", room.id)).await else {
            return Ok(());
        };
        let limit = self.limits.password_attempt_limit;
        self.warn_of_refusal("passwords", network, &room.code, limit, COUNTED_FOR).await;
        Err(Error::PasswordBlocked(wait))
    }

    /// Counts a wrong password. Returns how many attempts are left; `None`: they are not counted.
    pub(crate) async fn wrong_password(&self, room: &Room, network: Option<IpAddr>) -> Option<u64> {
        let network = self.counted(network)?;
        let (id, code) = (room.id, &room.code);
        let attempts = self.count(&format!("room:access:{network}:{id}"), COUNTED_FOR).await;
        let limit = self.limits.password_attempt_limit;
        if attempts >= limit {
            tracing::warn!(%network, room = code, attempts, "too many wrong passwords of a room: the network is blocked from it for a while");
            let minutes = self.limits.password_block_duration_minutes;
            self.block(&format!("room:access-blocked:{network}:{id}"), minutes).await;
        }
        Some(limit.saturating_sub(attempts))
    }

    /// Fails when this network was refused too often within the minute. `room` is the code of the room.
    pub(crate) async fn check_joins(&self, network: Option<IpAddr>, room: &str) -> Result<()> {
        let Some(network) = self.counted(network) else { return Ok(()) };
        let Some(wait) = self.blocked(&format!("room:joins-blocked:{network}")).await else { return Ok(()) };
        let limit = self.limits.room_join_limit_per_minute;
        self.warn_of_refusal("joins", network, room, limit, MINUTE).await;
        Err(Error::TooManyJoins(wait))
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

    /// Warns of an attempt while `what` is blocked (document 004, 7.7.3): whose it was, at which room, and how many there were.
    /// What was tried stays out of the log: it may be right.
    async fn warn_of_refusal(&self, what: &str, network: IpAddr, room: &str, limit: u64, ttl: Duration) {
        let refused = self.count(&format!("room:{what}-refused:{network}:{room}"), ttl).await;
        let attempts = limit + refused;
        tracing::warn!(%network, room, attempts, limit, what, "refused an attempt to join a room: the network is blocked");
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

#[cfg(test)]
mod tests {
    use std::{fmt, sync::Mutex};

    use tracing::{
        Event, Level, Subscriber,
        field::{Field, Visit},
    };
    use tracing_subscriber::{Layer, layer::Context, layer::SubscriberExt as _};

    use super::*;

    /// Keeps the fields of warnings.
    #[derive(Clone, Default)]
    struct Warnings(Arc<Mutex<Vec<String>>>);

    impl<S: Subscriber> Layer<S> for Warnings {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            if *event.metadata().level() == Level::WARN {
                let mut line = Line::default();
                event.record(&mut line);
                self.0.lock().unwrap().push(line.0);
            }
        }
    }

    #[derive(Default)]
    struct Line(String);

    impl Visit for Line {
        fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
            self.0 = format!("{} {field}={value:?}", self.0);
        }
    }

    /// Document 004, 7.7.3: each refusal is a warning with address, room code and number of attempts.
    #[tokio::test]
    async fn a_refusal_by_the_limits_writes_a_warning_without_secrets() {
        let keys = state::connect("").await.unwrap().keys;
        let sections = Sections::load(&runtime::Settings::load(&[], serde_json::json!({})).unwrap()).unwrap();
        let guard = Guard::new(keys, Clock::system(), &sections);
        let warnings = Warnings::default();
        let _logs = tracing::subscriber::set_default(tracing_subscriber::registry().with(warnings.clone()));
        let network = Some(IpAddr::from([192, 0, 2, 7]));
        for _ in 0..5 {
            guard.wrong_code(network, "wrong234").await;
        }
        for _ in 0..10 {
            guard.refused_join(network).await;
        }
        warnings.0.lock().unwrap().clear();
        assert!(matches!(guard.check_code(network, "abcd2345").await, Err(Error::CodesBlocked(_))));
        assert!(matches!(guard.check_code(network, "abcd2345").await, Err(Error::CodesBlocked(_))));
        assert!(matches!(guard.check_joins(network, "efgh2345").await, Err(Error::TooManyJoins(_))));
        let told = warnings.0.lock().unwrap().clone();
        let expected = [("abcd2345", 6), ("abcd2345", 7), ("efgh2345", 11)];
        assert_eq!(told.len(), expected.len(), "{told:?}");
        for (line, (room, attempts)) in told.iter().zip(expected) {
            let (room, attempts) = (format!("room=\"{room}\""), format!("attempts={attempts}"));
            for part in ["network=192.0.2.7", &room, &attempts] {
                assert!(line.contains(part), "{line}");
            }
        }
    }
}
