//! Shared state outside the database: logs of rooms, short-lived keys and rate limits. It is kept in memory on one node,
//! and on Redis where there are several processes.
//! Both backends pass one conformance suite (`tests/it`), so that a service cannot tell them apart.

mod config;
mod deliveries;
mod memory;
mod rate;
mod redis;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use runtime::{Process, Settings};

pub use config::Config;
pub use rate::{Bucket, Rate};

/// The store does not answer, or gives an invalid answer.
#[derive(Debug, thiserror::Error)]
#[error("the state store failed: {0}")]
pub struct Error(#[source] Box<dyn std::error::Error + Send + Sync>);

impl Error {
    fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

impl From<Error> for rpc::Error {
    fn from(error: Error) -> Self {
        Self::unavailable("the store of live state", &error)
    }
}

/// How long an idempotency key is remembered.
const ANSWERS_LAST: Duration = Duration::from_hours(1);

/// The result of an operation of the store.
pub type Result<T> = std::result::Result<T, Error>;

/// A room's record at a version. Each append increments the version. A room that was removed continues above
/// every version it had, so that a stale version never matches a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The version that the next append must expect.
    pub version: u64,
    /// The number of the last event.
    pub last_seq: u64,
    /// State of the room, opaque to the store.
    pub state: Bytes,
}

/// One step of a room.
#[derive(Debug, Clone)]
pub struct Append {
    /// The version that the step was decided on; 0: the room has no log yet.
    pub expected_version: u64,
    /// The record after the step.
    pub state: Bytes,
    /// Number of the first of `events`. Free for the first step of a log; later it follows the last event.
    pub first_seq: u64,
    /// Events to keep in the log and to deliver, in order.
    pub events: Vec<Bytes>,
    /// Notices to deliver without keeping them.
    pub notices: Vec<Bytes>,
    /// Makes the step idempotent: its key, and the answer to a retry within an hour.
    pub idempotency: Option<(String, Bytes)>,
    /// Minimum number of events that the log keeps; older ones are dropped.
    pub keep: usize,
}

/// The outcome of an append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The step is stored. This is the new version.
    Appended(u64),
    /// Another append was first. Load the room, decide again, retry.
    Conflict,
    /// The idempotency key was used before. This is the answer of that time.
    Duplicate(Bytes),
}

/// A delivery to a subscriber of a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// An event of the log.
    Event {
        /// Its number.
        seq: u64,
        /// The appended event.
        payload: Bytes,
    },
    /// A notice, which is not in the log.
    Notice(Bytes),
    /// Deliveries may have been missed: load the room and read the log.
    Lost,
}

/// The logs of rooms: a record that changes by compare-and-append, a bounded tail of numbered events, and delivery.
#[async_trait]
pub trait RoomLog: Send + Sync {
    /// The room's record, if it has a log.
    async fn load(&self, room: &str) -> Result<Option<Record>>;

    /// Performs one step atomically: compares the version, sets the record, keeps the events, delivers notices and events.
    async fn append(&self, room: &str, step: Append) -> Result<Outcome>;

    /// The answer to this idempotency key within the last hour.
    async fn answered(&self, room: &str, key: &str) -> Result<Option<Bytes>>;

    /// Delivers a notice without a step.
    async fn notify(&self, room: &str, notice: Bytes) -> Result<()>;

    /// The events after `seq`. `None` when the log does not reach back that far, or has not reached `seq` yet.
    async fn read_after(&self, room: &str, seq: u64) -> Result<Option<Vec<(u64, Bytes)>>>;

    /// Subscribes to the deliveries from now on. A subscriber that falls behind gets [`Delivery::Lost`]; the stream goes on.
    async fn subscribe(&self, room: &str) -> Result<BoxStream<'static, Delivery>>;

    /// Removes a room that is still at `version`. Returns whether it was.
    async fn remove(&self, room: &str, version: u64) -> Result<bool>;

    /// Whether appended steps outlive this process, so that a command may be acknowledged at once.
    fn outlives_process(&self) -> bool;
}

/// Short-lived keys: tickets, leases of gateways.
#[async_trait]
pub trait KeyValue: Send + Sync {
    /// Sets a key that expires after `ttl`.
    async fn put(&self, key: &str, value: Bytes, ttl: Duration) -> Result<()>;

    /// Reads a key.
    async fn get(&self, key: &str) -> Result<Option<Bytes>>;

    /// Reads a key and removes it, in one step.
    async fn take(&self, key: &str) -> Result<Option<Bytes>>;

    /// Counts under a key, which `put` and `take` do not use, and returns the count. It begins with the first call and ends
    /// `ttl` after that one.
    async fn count(&self, key: &str, ttl: Duration) -> Result<u64>;
}

/// Token buckets by key, such as `rl:ip:203.0.113.7`. A bucket is full when its key is new.
///
/// Answers at once and never waits for a store. With Redis each process counts for itself, reports to Redis what it took
/// within 100 ms, and learns from the answer what the others took. Until then a process may admit one
/// burst too many.
pub trait RateLimit: Send + Sync {
    /// Takes a token. The error is the time until there is one.
    fn take(&self, key: &str, rate: Rate) -> std::result::Result<(), Duration>;

    /// The answer of [`take`](Self::take), without taking a token.
    fn check(&self, key: &str, rate: Rate) -> std::result::Result<(), Duration>;
}

/// A clock that all replicas of a service share.
#[async_trait]
pub trait SharedClock: Send + Sync {
    /// Time of the store, in microseconds of Unix time.
    async fn time_us(&self) -> Result<i64>;
}

/// Everything that services keep outside the database.
#[derive(Clone)]
pub struct State {
    /// The logs of rooms.
    pub log: Arc<dyn RoomLog>,
    /// Short-lived keys.
    pub keys: Arc<dyn KeyValue>,
    /// Rate limits.
    pub limits: Arc<dyn RateLimit>,
    /// The clock to follow. None where this process is the only one.
    pub clock: Option<Arc<dyn SharedClock>>,
}

/// Opens the store that `[redis]` of the settings names: Redis, or the memory of this process.
pub async fn open(settings: &Settings) -> anyhow::Result<State> {
    Ok(connect(settings.checked::<Config>()?.url()?.expose()).await?)
}

/// [`open`] for a process that is not ready while its Redis does not answer.
pub async fn start(process: &Process) -> anyhow::Result<State> {
    let state = open(&process.settings).await?;
    if let Some(clock) = state.clock.clone() {
        process.health.add("redis", move || {
            let clock = clock.clone();
            async move { Ok(clock.time_us().await.map(|_| ())?) }
        });
    }
    Ok(state)
}

/// Opens the store at `redis_url`; an empty one means the memory of this process.
pub async fn connect(redis_url: &str) -> Result<State> {
    if redis_url.is_empty() {
        return Ok(State {
            log: Arc::new(memory::Log::default()),
            keys: Arc::new(memory::Keys::default()),
            limits: Arc::new(memory::Limits::default()),
            clock: None,
        });
    }
    let redis = Arc::new(redis::Redis::connect(redis_url).await?);
    let limits = redis.limits();
    Ok(State { log: redis.clone(), keys: redis.clone(), limits, clock: Some(redis) })
}
