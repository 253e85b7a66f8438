//! Watches a case, and lets things fail at their moments.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use axum::http::{Method, StatusCode, request::Parts};
use parking_lot::Mutex;
use runtime::Clock;
use testkit::StoreFault;

use super::plan::{Access, Fault, Moment};

/// Answer of the store while it refuses.
const SLOW_DOWN: StoreFault =
    StoreFault::Answer(StatusCode::SERVICE_UNAVAILABLE, "<Error><Code>SlowDown</Code></Error>");

/// The moments of the case that runs now. Cheap to clone; all copies are one.
#[derive(Clone)]
pub(super) struct Stage {
    state: Arc<Mutex<State>>,
    /// Kills processes and cuts lines.
    strike: Arc<OnceLock<Strike>>,
    clock: Clock,
}

type Strike = Box<dyn Fn(Fault) + Send + Sync>;

#[derive(Default)]
struct State {
    waiting: Vec<(Moment, Fault)>,
    seen: BTreeMap<Access, usize>,
    /// Requests that the store still refuses.
    refusals: usize,
    loses_answer: bool,
    /// Objects of segments that were written, each with the microsecond when it came.
    written: Vec<(String, i64)>,
    struck: Vec<(Moment, Fault)>,
}

impl Stage {
    pub(super) fn new() -> Self {
        Self { state: Arc::default(), strike: Arc::default(), clock: Clock::system() }
    }

    /// Says how processes are killed and lines are cut. It happens before the request goes on at which it is due.
    pub(super) fn arm(&self, strike: impl Fn(Fault) + Send + Sync + 'static) {
        let _ = self.strike.set(Box::new(strike));
    }

    /// Begins a case.
    pub(super) fn set(&self, faults: &[(Moment, Fault)]) {
        *self.state.lock() = State { waiting: faults.to_vec(), ..State::default() };
    }

    /// Lets nothing more fail.
    pub(super) fn calm(&self) {
        let mut state = self.state.lock();
        state.waiting.clear();
        (state.refusals, state.loses_answer) = (0, false);
    }

    /// Faults that happened in this case.
    pub(super) fn struck(&self) -> Vec<(Moment, Fault)> {
        self.state.lock().struck.clone()
    }

    /// The objects of segments that were written in this case.
    pub(super) fn written(&self) -> Vec<(String, i64)> {
        self.state.lock().written.clone()
    }

    /// Whether the store takes requests again.
    pub(super) fn store_is_whole(&self) -> bool {
        self.state.lock().refusals == 0
    }

    /// The client sends the file up to this byte. Returns whether it breaks off.
    pub(super) fn sent(&self, up_to: usize) -> bool {
        let mut leaves = false;
        let mut state = self.state.lock();
        while let Some(fault) = state.take(|moment| matches!(moment, Moment::Sent(at) if *at <= up_to)) {
            leaves |= fault == Fault::ClientLeaves;
            self.strike(&mut state, fault);
        }
        leaves
    }

    /// The store gets a request. Returns how it fails.
    pub(super) fn stored(&self, parts: &Parts) -> Option<StoreFault> {
        let key = parts.uri.path().strip_prefix(&format!("/{}/", testkit::S3_BUCKET))?;
        let access = match (&parts.method, key) {
            (&Method::PUT, key) if key.starts_with("originals/") => Access::PartWritten,
            (&Method::GET, key) if key.starts_with("originals/") => Access::PartRead,
            (&Method::PUT, key) if key.ends_with("plan.pb") => Access::PlanWritten,
            (&Method::PUT, key) if key.starts_with("hls/") => Access::FilmWritten,
            _ => return None,
        };
        let mut state = self.state.lock();
        if access == Access::FilmWritten && key.strip_suffix(".m4s").is_some() {
            state.written.push((key.to_owned(), self.clock.now_us()));
        }
        let seen = state.seen.entry(access).or_default();
        *seen += 1;
        let now = Moment::Stored(access, *seen);
        while let Some(fault) = state.take(|moment| *moment == now) {
            self.strike(&mut state, fault);
        }
        if state.refusals > 0 {
            state.refusals -= 1;
            return Some(SLOW_DOWN);
        }
        std::mem::take(&mut state.loses_answer)
            .then_some(StoreFault::LoseAnswer(StatusCode::INTERNAL_SERVER_ERROR, ""))
    }

    fn strike(&self, state: &mut State, fault: Fault) {
        match fault {
            Fault::ClientLeaves => {}
            Fault::StoreRefuses(requests) => state.refusals += requests,
            Fault::StoreLosesAnswer => state.loses_answer = true,
            Fault::ReplicaDies(_)
            | Fault::WorkerDies
            | Fault::DatabaseDies
            | Fault::StoreIsCut(_)
            | Fault::WorkerIsCut(_) => {
                if let Some(strike) = self.strike.get() {
                    strike(fault);
                }
            }
        }
    }
}

impl State {
    /// Takes the next fault whose moment has come.
    fn take(&mut self, is_now: impl Fn(&Moment) -> bool) -> Option<Fault> {
        let index = self.waiting.iter().position(|(moment, _)| is_now(moment))?;
        let (moment, fault) = self.waiting.remove(index);
        self.struck.push((moment, fault));
        Some(fault)
    }
}
