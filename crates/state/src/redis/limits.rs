//! Token buckets that several processes share. Each process decides by its own buckets, so that no call waits for Redis.
//! It reports the taken tokens in batches, and the answers drain its buckets to what all processes took together.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
    time::Duration,
};

use parking_lot::{Mutex, MutexGuard};
use redis::{Script, aio::ConnectionManager};
use tokio::{sync::Notify, task::AbortHandle};

use crate::{Rate, RateLimit, Result, memory::Limits};

/// Time between two reports. For this time a process may admit one burst too many.
const REPORT_EVERY: Duration = Duration::from_millis(100);
/// Maximum number of buckets in one report.
const BATCH: usize = 500;

static SPEND: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("spend.lua")));

/// Rate limits shared through Redis.
pub(crate) struct SharedLimits {
    local: Arc<Local>,
    reporter: AbortHandle,
}

#[derive(Default)]
struct Local {
    buckets: Limits,
    /// Tokens taken since the last report. It has at most as many entries as there are buckets.
    taken: Mutex<HashMap<String, (u32, Rate)>>,
    changed: Notify,
}

impl SharedLimits {
    pub(crate) fn start(commands: ConnectionManager) -> Self {
        let local = Arc::<Local>::default();
        let reporter = tokio::spawn(report(local.clone(), commands)).abort_handle();
        Self { local, reporter }
    }
}

impl Drop for SharedLimits {
    fn drop(&mut self) {
        self.reporter.abort();
    }
}

impl RateLimit for SharedLimits {
    fn take(&self, key: &str, rate: Rate) -> std::result::Result<(), Duration> {
        self.local.buckets.take(key, rate)?;
        if !rate.is_unlimited() {
            self.local.note(key, rate);
        }
        Ok(())
    }

    fn check(&self, key: &str, rate: Rate) -> std::result::Result<(), Duration> {
        self.local.buckets.check(key, rate)
    }
}

impl Local {
    fn taken(&self) -> MutexGuard<'_, HashMap<String, (u32, Rate)>> {
        self.taken.lock()
    }

    fn note(&self, key: &str, rate: Rate) {
        let mut taken = self.taken();
        if let Some((count, _)) = taken.get_mut(key) {
            *count += 1;
            return;
        }
        if taken.is_empty() {
            self.changed.notify_one();
        }
        taken.insert(key.to_owned(), (1, rate));
    }

    /// Drains a bucket to what all processes took by the answer of Redis, plus what this process took since the report.
    fn learn(&self, key: &str, rate: Rate, lacking_us: i64) {
        let since = self.taken().get(key).map_or(0, |(count, _)| *count);
        let lacking = Duration::from_micros(u64::try_from(lacking_us).unwrap_or_default());
        self.buckets.raise(key, lacking + rate.interval * since);
    }
}

async fn report(limits: Arc<Local>, mut commands: ConnectionManager) {
    let mut failing = false;
    loop {
        limits.changed.notified().await;
        tokio::time::sleep(REPORT_EVERY).await;
        let taken: Vec<_> = std::mem::take(&mut *limits.taken()).into_iter().collect();
        for batch in taken.chunks(BATCH) {
            match spend(&mut commands, batch).await {
                Ok(answers) => {
                    for ((key, (_, rate)), lacking_us) in batch.iter().zip(answers) {
                        limits.learn(key, *rate, lacking_us);
                    }
                    failing = false;
                }
                // Each process continues to count for itself. An outage is logged once.
                Err(error) if !failing => {
                    tracing::warn!(%error, "rate limits are not shared with other processes while Redis does not answer");
                    failing = true;
                }
                Err(_) => {}
            }
        }
    }
}

async fn spend(commands: &mut ConnectionManager, batch: &[(String, (u32, Rate))]) -> Result<Vec<i64>> {
    let mut pipe = redis::pipe();
    // Redis loses its scripts when it restarts.
    pipe.load_script(&SPEND).ignore();
    for (key, (count, rate)) in batch {
        let interval_us = u64::try_from(rate.interval.as_micros()).unwrap_or(u64::MAX);
        pipe.invoke_script(SPEND.key(key).arg(*count).arg(interval_us));
    }
    Ok(pipe.query_async(commands).await?)
}
