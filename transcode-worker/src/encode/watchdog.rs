//! Watches a child: its progress, its time, and its memory (document 004, 4.6.4 and 8.7.2).

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use tokio::time::Instant;

use crate::usage::{self, Counted};

/// How often memory is looked at, and progress.
const MEMORY_EVERY: Duration = Duration::from_secs(5);
const PROGRESS_EVERY: Duration = Duration::from_secs(10);

/// Limits of a child.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// 0 to 19.
    pub(crate) nice: i32,
    /// Processors that all children of this machine share.
    pub(crate) processors: usize,
    pub(crate) memory_mib: u64,
    /// In all.
    pub(crate) timeout: Duration,
    /// Without progress. From half of it on, a child counts as stalled.
    pub(crate) stall: Duration,
    /// Between SIGTERM and SIGKILL.
    pub(crate) grace: Duration,
}

/// Work that a child has done so far; only an increase counts as progress.
#[derive(Debug, Default)]
pub(crate) struct Progress(AtomicI64);

impl Progress {
    pub(crate) fn reached(&self, value: i64) {
        self.0.fetch_max(value, Ordering::Relaxed);
    }

    pub(crate) fn add(&self, value: i64) {
        self.0.fetch_add(value, Ordering::Relaxed);
    }

    fn get(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// State of a child at a look.
#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Healthy,
    /// Without progress for half of the limit.
    Stalled,
    /// It has to end, since it did this.
    TimedOut(String),
}

/// When a child began, and its last progress.
struct Watch {
    limits: Limits,
    started: Instant,
    reached: i64,
    reached_at: Instant,
}

impl Watch {
    fn new(limits: Limits, now: Instant) -> Self {
        Self { limits, started: now, reached: 0, reached_at: now }
    }

    fn look(&mut self, reached: i64, now: Instant) -> State {
        if reached > self.reached {
            (self.reached, self.reached_at) = (reached, now);
        }
        let Limits { timeout, stall, .. } = self.limits;
        match now.duration_since(self.reached_at) {
            _ if now.duration_since(self.started) >= timeout => {
                State::TimedOut(format!("took longer than {} minutes", timeout.as_secs() / 60))
            }
            idle if idle >= stall => State::TimedOut(format!("made no progress for {} s", stall.as_secs())),
            idle if idle >= stall / 2 => State::Stalled,
            _ => State::Healthy,
        }
    }
}

/// Waits until a child breaks a limit. Returns what it did, to continue "ffmpeg".
pub(crate) async fn limit(program: &str, child: &Counted, limits: Limits, progress: &Progress) -> String {
    let pid = child.pid();
    let mut watch = Watch::new(limits, Instant::now());
    let mut is_stalled = false;
    let mut look_at_memory = tokio::time::interval(MEMORY_EVERY);
    let mut look_at_progress = tokio::time::interval(PROGRESS_EVERY.min(limits.stall / 4));
    loop {
        tokio::select! {
            _ = look_at_memory.tick() => {
                let used_mib = usage::memory_mib(pid);
                if used_mib > limits.memory_mib {
                    return format!("used {used_mib} MiB of memory; {} are allowed", limits.memory_mib);
                }
            }
            now = look_at_progress.tick() => {
                let state = watch.look(progress.get(), now);
                if let State::TimedOut(why) = state {
                    return why;
                }
                if is_stalled != (state == State::Stalled) {
                    is_stalled = !is_stalled;
                    child.set_stalled(is_stalled);
                    if is_stalled {
                        tracing::warn!(program, pid, after_s = (limits.stall / 2).as_secs(), "a program makes no progress");
                    } else {
                        tracing::info!(program, pid, "a program makes progress again");
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        nice: 0,
        processors: 1,
        memory_mib: 1024,
        timeout: Duration::from_hours(1),
        stall: Duration::from_mins(2),
        grace: Duration::from_secs(10),
    };

    #[test]
    fn a_child_is_healthy_then_stalled_then_timed_out_unless_it_gets_further() {
        let started = Instant::now();
        let mut watch = Watch::new(LIMITS, started);
        let mut look = |reached, s| watch.look(reached, started + Duration::from_secs(s));
        assert_eq!([look(0, 10), look(0, 59), look(0, 60)], [State::Healthy, State::Healthy, State::Stalled]);
        // Only more than before counts.
        assert_eq!([look(5, 70), look(5, 129)], [State::Healthy, State::Healthy]);
        assert_eq!([look(4, 130), look(5, 189)], [State::Stalled, State::Stalled]);
        assert_eq!([look(6, 189), look(6, 308)], [State::Healthy, State::Stalled]);
        assert_eq!(look(6, 309), State::TimedOut("made no progress for 120 s".into()));
    }

    #[test]
    fn a_child_that_goes_on_for_too_long_is_timed_out() {
        let started = Instant::now();
        let mut watch = Watch::new(LIMITS, started);
        let mut look = |minute| watch.look(minute, started + Duration::from_mins(minute.cast_unsigned()));
        assert!((0..60).all(|minute| look(minute) == State::Healthy));
        assert_eq!(look(60), State::TimedOut("took longer than 60 minutes".into()));
    }
}
