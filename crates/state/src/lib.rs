//! What Redis is for: the logs of rooms, short-lived keys and rate limits, in memory on one node and on Redis where
//! there are more.
//! Both kinds pass one conformance suite (`tests/it`), so that a service cannot tell them apart.

mod config;
mod deliveries;
mod memory;
mod rate;
mod redis;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;

pub use config::Config;
pub use rate::{Bucket, Rate};

/// The store does not answer, or answers what it should not.
#[derive(Debug, thiserror::Error)]
#[error("the state store failed: {0}")]
pub struct Error(#[source] Box<dyn std::error::Error + Send + Sync>);

impl Error {
    fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

/// How long a step is known by its idempotency key.
const ANSWERS_LAST: Duration = Duration::from_hours(1);

/// What goes wrong in the store.
pub type Result<T> = std::result::Result<T, Error>;

/// A room's record at a version. Versions grow by one with each append, and a room that was forgotten goes on above
/// every version it had, so that an old one can never be taken for a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Compared by the next append.
    pub version: u64,
    /// The number of the last event.
    pub last_seq: u64,
    /// What the caller keeps.
    pub state: Bytes,
}

/// One step of a room.
#[derive(Debug, Clone)]
pub struct Append {
    /// The version that the step was made for; 0: the room has no log yet.
    pub expected_version: u64,
    /// The record after the step.
    pub state: Bytes,
    /// Number of the first of `events`; for the first step of a log it may be any, afterwards it follows the last.
    pub first_seq: u64,
    /// What to keep in the log and deliver, in order.
    pub events: Vec<Bytes>,
    /// What to deliver without keeping it.
    pub notices: Vec<Bytes>,
    /// Makes the step happen once: its key, and what to answer when it comes again within an hour.
    pub idempotency: Option<(String, Bytes)>,
    /// How many events the log keeps at least; older ones are dropped.
    pub keep: usize,
}

/// What came of an append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is done; this is the new version.
    Appended(u64),
    /// Someone else was first: load, decide anew, append again.
    Conflict,
    /// The idempotency key was used before; this is what was answered then.
    Duplicate(Bytes),
}

/// What a subscriber of a room gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// An event of the log.
    Event {
        /// Its number.
        seq: u64,
        /// What was appended.
        payload: Bytes,
    },
    /// Something that is not in the log.
    Notice(Bytes),
    /// Deliveries may have been missed: load the room and read the log.
    Lost,
}

/// The logs of rooms: a record that changes by compare-and-append, a bounded tail of numbered events, and delivery.
#[async_trait]
pub trait RoomLog: Send + Sync {
    /// The room's record, if it has a log.
    async fn load(&self, room: &str) -> Result<Option<Record>>;

    /// One step, atomically: compare the version, set the record, keep the events, deliver notices and events.
    async fn append(&self, room: &str, step: Append) -> Result<Outcome>;

    /// What was answered to this idempotency key within the last hour.
    async fn answered(&self, room: &str, key: &str) -> Result<Option<Bytes>>;

    /// Delivers something without a step.
    async fn notify(&self, room: &str, notice: Bytes) -> Result<()>;

    /// The events after `seq`; `None` when the log no longer reaches back that far, or never knew it.
    async fn read_after(&self, room: &str, seq: u64) -> Result<Option<Vec<(u64, Bytes)>>>;

    /// What is delivered from now on. A subscriber that falls behind gets [`Delivery::Lost`], not an end.
    async fn subscribe(&self, room: &str) -> Result<BoxStream<'static, Delivery>>;

    /// Forgets a room if it is still at `version`; says whether it was.
    async fn remove(&self, room: &str, version: u64) -> Result<bool>;

    /// Whether what was appended outlives this process, so that it may be acknowledged at once.
    fn outlives_process(&self) -> bool;
}

/// Short-lived keys: tickets, leases of gateways.
#[async_trait]
pub trait KeyValue: Send + Sync {
    /// Sets a key for a while.
    async fn put(&self, key: &str, value: Bytes, ttl: Duration) -> Result<()>;

    /// Reads a key.
    async fn get(&self, key: &str) -> Result<Option<Bytes>>;

    /// Reads a key and removes it, in one step.
    async fn take(&self, key: &str) -> Result<Option<Bytes>>;
}

/// Token buckets by key, such as `rl:ip:203.0.113.7`. A bucket is full when its key is new.
///
/// Answers at once and never waits for a store: with Redis each process counts for itself, tells Redis what it took
/// within 100 ms, and learns what the others took from the same answer. Before it learns that, a process admits one
/// burst at most.
pub trait RateLimit: Send + Sync {
    /// Takes a token; the error is the time until there is one.
    fn take(&self, key: &str, rate: Rate) -> std::result::Result<(), Duration>;

    /// What [`take`](Self::take) would answer, without taking.
    fn check(&self, key: &str, rate: Rate) -> std::result::Result<(), Duration>;
}

/// The clock that the replicas of a service share.
#[async_trait]
pub trait SharedClock: Send + Sync {
    /// Now, in microseconds of Unix time, as the store sees it.
    async fn time_us(&self) -> Result<i64>;
}

/// Everything a service may keep outside its database.
#[derive(Clone)]
pub struct State {
    /// The logs of rooms.
    pub log: Arc<dyn RoomLog>,
    /// Short-lived keys.
    pub keys: Arc<dyn KeyValue>,
    /// How often people did what is limited.
    pub limits: Arc<dyn RateLimit>,
    /// A clock to follow; none where this process is the only one.
    pub clock: Option<Arc<dyn SharedClock>>,
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
