//! What the worker says of itself: `/health/transcoder` (document 004, 8.6.2) and metrics.

use std::{
    path::Path,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicI32, AtomicI64, AtomicU32, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Json, Router, routing::get};
use chrono::{DateTime, SecondsFormat};
use parking_lot::Mutex;
use runtime::{Clock, OnFailure, Tasks};
use serde_json::{Value, json};

use crate::{encode::process::Programs, usage::Usage};

/// How often processor time and memory are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How many looks there are to one check of the programs.
const CHECK_EVERY: u32 = 12;
/// Time limit of `ffmpeg -version`.
const CHECK_TIMEOUT: Duration = Duration::from_secs(10);

/// What the worker says of itself.
pub(super) struct State {
    slots: u32,
    clock: Clock,
    active: AtomicU32,
    queue_depth: AtomicI32,
    completed_us: AtomicI64,
    failed_us: AtomicI64,
    /// Why the worker cannot work; None: it can.
    tools: Mutex<Option<String>>,
    usage: Mutex<(f64, u64)>,
    stalled: AtomicUsize,
}

/// A task that is counted until this value is dropped.
pub(super) struct Active(Arc<State>);

impl Drop for Active {
    fn drop(&mut self) {
        self.0.active.fetch_sub(1, Ordering::Relaxed);
        metrics::gauge!("syncwatch_transcoding_active").decrement(1.0);
    }
}

impl State {
    pub(super) fn new(slots: u32, clock: Clock) -> Self {
        Self {
            slots,
            clock,
            active: AtomicU32::new(0),
            queue_depth: AtomicI32::new(0),
            completed_us: AtomicI64::new(0),
            failed_us: AtomicI64::new(0),
            tools: Mutex::new(Some("ffmpeg was not looked for yet".to_owned())),
            usage: Mutex::default(),
            stalled: AtomicUsize::new(0),
        }
    }

    pub(super) fn slots(&self) -> u32 {
        self.slots
    }

    pub(super) fn active(&self) -> u32 {
        self.active.load(Ordering::Relaxed)
    }

    pub(super) fn begin(self: &Arc<Self>) -> Active {
        self.active.fetch_add(1, Ordering::Relaxed);
        metrics::gauge!("syncwatch_transcoding_active").increment(1.0);
        Active(self.clone())
    }

    pub(super) fn set_queue_depth(&self, tasks: i32) {
        self.queue_depth.store(tasks, Ordering::Relaxed);
        metrics::gauge!("syncwatch_transcoding_queue_length").set(f64::from(tasks));
    }

    fn set_stalled(&self, children: usize) {
        self.stalled.store(children, Ordering::Relaxed);
        metrics::gauge!("syncwatch_transcoding_stalled").set(u32::try_from(children).unwrap_or(u32::MAX));
    }

    pub(super) fn completed(&self) {
        self.completed_us.store(self.clock.now_us(), Ordering::Relaxed);
    }

    pub(super) fn failed(&self) {
        self.failed_us.store(self.clock.now_us(), Ordering::Relaxed);
    }

    /// Why the worker cannot work.
    pub(super) fn tools(&self) -> Result<(), String> {
        self.tools.lock().clone().map_or(Ok(()), Err)
    }

    fn report(&self) -> Value {
        let (cpu_percent, memory_mib) = *self.usage.lock();
        let is_available = self.tools().is_ok();
        let time = |us: &AtomicI64| {
            let us = us.load(Ordering::Relaxed);
            let at = DateTime::from_timestamp_micros(us).filter(|_| us > 0)?;
            Some(at.to_rfc3339_opts(SecondsFormat::Millis, true))
        };
        let mut report = json!({
            "healthy": is_available && self.active() < self.slots,
            "activeJobs": self.active(),
            "stalledJobs": self.stalled.load(Ordering::Relaxed),
            "queueDepth": self.queue_depth.load(Ordering::Relaxed),
            "ffmpegAvailable": is_available,
            "cpuUsagePercent": (cpu_percent * 10.0).round() / 10.0,
            "memoryUsageMB": memory_mib,
        });
        for (key, at) in
            [("lastJobCompletedAt", time(&self.completed_us)), ("lastJobFailedAt", time(&self.failed_us))]
        {
            if let Some(at) = at {
                report[key] = at.into();
            }
        }
        report
    }
}

pub(super) fn router(state: Arc<State>) -> Router {
    Router::new().route("/health/transcoder", get(move || async move { Json(state.report()) }))
}

/// Looks at the programs and at what they use, as long as the process runs.
pub(super) fn spawn(tasks: &mut Tasks, state: Arc<State>, programs: Programs) {
    tasks.spawn("look at the encoders", OnFailure::Restart, move |shutdown| {
        let (state, programs) = (state.clone(), programs.clone());
        async move {
            let mut usage = Usage::new(programs.children.clone());
            let mut every = tokio::time::interval(LOOK_EVERY);
            for look in 0_u32.. {
                tokio::select! {
                    _ = every.tick() => {}
                    () = shutdown.soft() => break,
                }
                if look.is_multiple_of(CHECK_EVERY) || state.tools().is_err() {
                    let missing = missing(&programs).await;
                    if missing.is_some() && *state.tools.lock() != missing {
                        tracing::warn!(why = missing, "uploads are kept and cannot be prepared");
                    }
                    *state.tools.lock() = missing;
                }
                *state.usage.lock() = usage.look();
                state.set_stalled(programs.children.stalled());
            }
            Ok(())
        }
    });
}

/// Why a program cannot be used.
async fn missing(programs: &Programs) -> Option<String> {
    if !answers(&programs.ffmpeg, "-version").await {
        return Some(format!(
            "the program {} does not run; install FFmpeg, or name it with transcode.ffmpeg",
            programs.ffmpeg.display()
        ));
    }
    if !answers(&programs.worker, "--version").await {
        return Some(format!(
            "the program {} does not run; install it, or name it with transcode.program",
            programs.worker.display()
        ));
    }
    None
}

async fn answers(program: &Path, flag: &str) -> bool {
    let mut command = tokio::process::Command::new(program);
    command.arg(flag).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let Ok(mut child) = command.spawn() else { return false };
    let ended = tokio::time::timeout(CHECK_TIMEOUT, child.wait()).await;
    ended.is_ok_and(|status| status.is_ok_and(|status| status.success()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worker_is_healthy_while_it_can_take_a_task() {
        let state = Arc::new(State::new(1, Clock::manual(1_000_000)));
        assert_eq!(state.report()["ffmpegAvailable"], false, "it has not been looked for");
        *state.tools.lock() = None;
        let report = state.report();
        assert_eq!((&report["healthy"], &report["activeJobs"]), (&json!(true), &json!(0)));
        assert!(report.get("lastJobCompletedAt").is_none() && report.get("lastJobFailedAt").is_none());
        let task = state.begin();
        state.set_queue_depth(3);
        state.completed();
        let report = state.report();
        assert_eq!(
            (&report["healthy"], &report["activeJobs"]),
            (&json!(false), &json!(1)),
            "it has no free slot"
        );
        assert_eq!(report["queueDepth"], 3);
        assert_eq!(report["lastJobCompletedAt"], "1970-01-01T00:00:01.000Z");
        drop(task);
        assert_eq!(state.report()["healthy"], true);
    }
}
