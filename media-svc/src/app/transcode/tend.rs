//! What the queue needs from time to time, whichever process does it.

use chrono::TimeDelta;

use crate::{
    app::App,
    error::Result,
    store::{tasks, workers},
};

/// How long a task that is done is kept, so that a repeated completion is recognised.
const DONE_FOR: TimeDelta = TimeDelta::hours(1);
/// How long administrators see why a task failed.
pub(super) const FAILED_FOR: TimeDelta = TimeDelta::days(7);
/// How long a worker that is gone is remembered.
const WORKER_FOR: TimeDelta = TimeDelta::days(1);

impl App {
    /// Ends leases of workers that no longer report, and tells how long the queue is.
    pub(crate) async fn tend_leases(&self) -> Result<()> {
        self.end_expired_leases().await?;
        let counts = tasks::counts(&self.pool, self.clock.now()).await?;
        #[expect(clippy::cast_precision_loss, reason = "a gauge")]
        metrics::gauge!("syncwatch_transcoding_queue_length").set(counts.waiting as f64);
        #[expect(clippy::cast_precision_loss, reason = "a gauge")]
        metrics::gauge!("syncwatch_transcoding_running").set(counts.running as f64);
        Ok(())
    }

    /// Forgets what is over, and compares some uploads with their objects.
    pub(crate) async fn tend_store(&self) -> Result<()> {
        let now = self.clock.now();
        tasks::sweep(&self.pool, now - DONE_FOR, now - FAILED_FOR).await?;
        workers::sweep(&mut *self.pool.acquire().await?, now - WORKER_FOR).await?;
        self.check_objects().await
    }
}
