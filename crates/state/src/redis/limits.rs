//! Token buckets that processes share. Each decides by its own buckets, so that no call waits for Redis; what was taken
//! is reported in batches, and the answers raise the local buckets to what all processes took together.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use redis::{Script, aio::ConnectionManager};
use tokio::{sync::Notify, task::AbortHandle};

use crate::{Rate, RateLimit, Result, memory::Limits};

/// How long what was taken is gathered. A process may admit one burst too many for as long.
const REPORT_EVERY: Duration = Duration::from_millis(100);
/// Buckets of one round trip.
const BATCH: usize = 500;

static SPEND: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("spend.lua")));

/// See the module.
pub(crate) struct SharedLimits {
    local: Arc<Local>,
    reporter: AbortHandle,
}

#[derive(Default)]
struct Local {
    buckets: Limits,
    /// Tokens taken since the last report. No more entries than buckets.
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
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// Raises a bucket to what all processes took, by Redis' answer, and what was taken here since it was asked.
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
                // Each process goes on counting for itself. One line for one outage.
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
    // Redis forgets scripts when it starts again.
    pipe.load_script(&SPEND).ignore();
    for (key, (count, rate)) in batch {
        let interval_us = u64::try_from(rate.interval.as_micros()).unwrap_or(u64::MAX);
        pipe.invoke_script(SPEND.key(key).arg(*count).arg(interval_us));
    }
    Ok(pipe.query_async(commands).await?)
}
