//! Runs jobs.

use std::time::Duration;

use chrono::{DateTime, Utc};
use ids::{JobId, WorkerId};
use outbox::Outbox;
use prost::Message as _;
use proto::room::v1::Source;
use runtime::Clock;
use sqlx::PgPool;

use super::Measurer;
use crate::{
    domain::{Job, LEASE, MEASURE, State, retry_after},
    error::{Error, Result},
    store::{assets, jobs, outbox as events},
};

/// Leases jobs and runs them. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Worker {
    pub(crate) id: WorkerId,
    pub(crate) pool: PgPool,
    pub(crate) outbox: Outbox,
    pub(crate) clock: Clock,
    pub(crate) measurer: Measurer,
}

impl Worker {
    /// Takes `count` jobs at most. Jobs whose workers died during the last attempt end here.
    pub(crate) async fn lease(&self, count: usize) -> Result<Vec<Job>> {
        let now = self.clock.now();
        let buried = jobs::bury(&self.pool, MEASURE, now).await?;
        if buried > 0 {
            tracing::warn!(buried, "jobs ended because their worker stopped in every attempt");
        }
        jobs::lease(&self.pool, MEASURE, self.id, count, now + LEASE, now).await
    }

    /// Renews the leases. Returns the jobs that this worker still has.
    pub(crate) async fn heartbeat(&self) -> Result<Vec<JobId>> {
        jobs::heartbeat(&self.pool, self.id, self.clock.now() + LEASE).await
    }

    /// Gives back all jobs, because the worker stops.
    pub(crate) async fn release(&self) -> Result<()> {
        jobs::release(&self.pool, self.id).await
    }

    /// Time until the queue may have something to do; `None` while it is empty.
    pub(crate) async fn next_in(&self) -> Result<Option<Duration>> {
        let next = jobs::next_at(&self.pool, MEASURE).await?;
        Ok(next.map(|at: DateTime<Utc>| (at - self.clock.now()).to_std().unwrap_or_default()))
    }

    /// Runs a job to its end, and stores what came of it.
    pub(crate) async fn run(&self, job: &Job) -> Result<()> {
        let measured = match Source::decode(job.payload.as_slice()) {
            Ok(source) => self.measurer.measure(&source).await,
            Err(error) => Err(Error::Internal(error.into())),
        };
        let outcome = match &measured {
            Ok(Some(_)) => "measured",
            Ok(None) => "cannot_be_told",
            Err(_) => "failed",
        };
        metrics::counter!("syncwatch_media_durations_total", "outcome" => outcome).increment(1);
        match measured {
            Ok(duration_us) => self.complete(job, duration_us.unwrap_or_default()).await,
            Err(error) => self.fail(job, &error).await,
        }
    }

    async fn complete(&self, job: &Job, duration_us: i64) -> Result<()> {
        let now = self.clock.now();
        let mut tx = pg::begin(&self.pool).await?;
        let Some(before) = assets::lock(&mut tx, job.asset).await? else { return Ok(()) };
        assets::set_measured(&mut tx, job.asset, duration_us, now).await?;
        jobs::finish(&mut *tx, MEASURE, job.asset).await?;
        if before.state != State::Measured || before.duration_us != duration_us {
            events::append(&mut tx, job.asset, now).await?;
        }
        tx.commit().await?;
        self.outbox.committed();
        Ok(())
    }

    async fn fail(&self, job: &Job, error: &Error) -> Result<()> {
        tracing::debug!(asset = %job.asset, attempt = job.attempt, %error, "cannot measure an asset");
        let retry_at = retry_after(job.attempt).map(|wait| self.clock.now() + wait);
        let mut tx = pg::begin(&self.pool).await?;
        assets::lock(&mut tx, job.asset).await?;
        if jobs::fail(&mut tx, job.id, self.id, retry_at).await? {
            assets::set_error(&mut tx, job.asset, &error.to_string(), retry_at.is_none()).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
