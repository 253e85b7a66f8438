//! The admin listener of every process: liveness, readiness with each dependency, metrics.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Json, Router, http::StatusCode, response::IntoResponse, routing::get};
use futures::future::{BoxFuture, join_all};
use metrics_exporter_prometheus::PrometheusHandle;
use parking_lot::RwLock;
use serde_json::{Value, json};

type Look = Arc<dyn Fn() -> BoxFuture<'static, anyhow::Result<()>> + Send + Sync>;

#[derive(Clone)]
struct Check {
    look: Look,
    /// Whether the process is ready without it.
    is_optional: bool,
}

/// Time limit of one check.
const CHECK_TIMEOUT: Duration = Duration::from_secs(1);

/// Where a process is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It serves nothing yet, whatever its dependencies say: some may not be known.
    Starting = 0,
    /// It is ready while its dependencies answer.
    Serving = 1,
    /// It has been asked to stop, and takes no new work.
    Stopping = 2,
}

/// The health of a process: its phase, and a check of each dependency. Cheap to clone; all copies are one.
#[derive(Clone)]
pub struct Health {
    phase: Arc<AtomicU8>,
    checks: Arc<RwLock<BTreeMap<&'static str, Check>>>,
}

impl Health {
    /// In this phase, without checks.
    pub fn new(phase: Phase) -> Self {
        Self { phase: Arc::new(AtomicU8::new(phase as u8)), checks: Arc::default() }
    }

    /// The start has ended.
    pub fn serves(&self) {
        self.change(Phase::Starting, Phase::Serving);
    }

    /// The process has been asked to stop. One that still starts never serves.
    pub fn stops(&self) {
        self.change(Phase::Serving, Phase::Stopping);
    }

    fn change(&self, from: Phase, to: Phase) {
        let _ = self.phase.compare_exchange(from as u8, to as u8, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// The phase.
    pub fn phase(&self) -> Phase {
        match self.phase.load(Ordering::Relaxed) {
            0 => Phase::Starting,
            1 => Phase::Serving,
            _ => Phase::Stopping,
        }
    }

    /// Adds a dependency. `check` must be cheap: it runs at every readiness probe.
    pub fn add<F, Fut>(&self, name: &'static str, check: F)
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        self.insert(name, check, false);
    }

    /// Adds a dependency that is shown and does not decide whether the process is ready.
    pub fn show<F, Fut>(&self, name: &'static str, check: F)
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        self.insert(name, check, true);
    }

    fn insert<F, Fut>(&self, name: &'static str, check: F, is_optional: bool)
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let look: Look = Arc::new(move || Box::pin(check()));
        self.checks.write().insert(name, Check { look, is_optional });
    }

    /// Runs all checks. Returns whether the process serves and every dependency answers, and the latency of each.
    #[expect(clippy::disallowed_methods, reason = "a latency is measured by this process's own clock")]
    pub async fn look(&self) -> (bool, Value) {
        let checks: Vec<_> = self.checks.read().iter().map(|(name, check)| (*name, check.clone())).collect();
        let looks = join_all(checks.into_iter().map(|(name, check)| async move {
            let started = Instant::now();
            let result = tokio::time::timeout(CHECK_TIMEOUT, (check.look)()).await;
            let error = match result {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(format!("{error:#}")),
                Err(_) => Some("does not answer".to_owned()),
            };
            if let Some(error) = error.as_ref().filter(|_| !check.is_optional) {
                tracing::warn!(dependency = name, error, "not ready");
            }
            let latency_ms = started.elapsed().as_secs_f64() * 1000.0;
            (name, error.is_none() || check.is_optional, json!({"status": if error.is_none() { "up" } else { "down" }, "latencyMs": (latency_ms * 100.0).round() / 100.0}))
        }))
        .await;
        let answer = looks.iter().all(|(_, fits, _)| *fits);
        let status = match self.phase() {
            Phase::Starting => "starting",
            Phase::Serving if answer => "ready",
            Phase::Serving => "not ready",
            Phase::Stopping => "stopping",
        };
        let dependencies: serde_json::Map<_, _> =
            looks.into_iter().map(|(name, _, look)| (name.to_owned(), look)).collect();
        (status == "ready", json!({"status": status, "dependencies": dependencies}))
    }

    /// `/health/live` and `/health/ready`.
    pub fn router(&self) -> Router {
        let health = self.clone();
        let ready = move || async move {
            let (ready, body) = health.look().await;
            (if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, Json(body)).into_response()
        };
        Router::new()
            .route("/health/live", get(|| async { Json(json!({"status": "live"})) }))
            .route("/health/ready", get(ready))
    }
}

/// Everything the admin listener serves.
pub(crate) fn router(health: &Health, metrics: PrometheusHandle) -> Router {
    health.router().route("/metrics", get(move || async move { metrics.render() }))
}
