//! How much processor time and memory the worker and its children use, from `/proc`.

use std::{collections::BTreeMap, fs, sync::Arc};

use parking_lot::Mutex;
use tokio::time::Instant;

/// The children that run now, and whether each is stalled. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Children(Arc<Mutex<BTreeMap<i32, bool>>>);

impl Children {
    /// Counts a child until the returned value is dropped.
    pub(crate) fn count(&self, pid: i32) -> Counted {
        self.0.lock().insert(pid, false);
        Counted { pid, children: self.clone() }
    }

    /// This process and its children.
    fn all(&self) -> Vec<i32> {
        let own = i32::try_from(std::process::id()).unwrap_or_default();
        self.0.lock().keys().copied().chain([own]).collect()
    }

    /// How many make no progress.
    pub(crate) fn stalled(&self) -> usize {
        self.0.lock().values().filter(|stalled| **stalled).count()
    }

    fn ticks(&self) -> u64 {
        self.all().into_iter().map(ticks).sum()
    }
}

/// Ticks of the kernel's clock in a second, as `/proc` counts on every Linux.
const TICKS: f64 = 100.0;

/// A child that runs.
pub(crate) struct Counted {
    pid: i32,
    children: Children,
}

impl Counted {
    pub(crate) fn pid(&self) -> i32 {
        self.pid
    }

    pub(crate) fn set_stalled(&self, stalled: bool) {
        self.children.0.lock().insert(self.pid, stalled);
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.children.0.lock().remove(&self.pid);
    }
}

/// Resident memory of a process in MiB; 0 when it has ended.
pub(crate) fn memory_mib(pid: i32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or_default() / 1024
}

/// Processor time of a process so far, in ticks.
fn ticks(pid: i32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name in parentheses may contain anything; the fields behind it are plain numbers.
    let fields: Vec<_> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let number =
        |index: usize| fields.get(index).and_then(|field| field.parse::<u64>().ok()).unwrap_or_default();
    number(11) + number(12)
}

/// Measures the use between two looks.
#[derive(Debug)]
pub(crate) struct Usage {
    children: Children,
    looked: Instant,
    ticks: u64,
}

impl Usage {
    pub(crate) fn new(children: Children) -> Self {
        Self { looked: Instant::now(), ticks: children.ticks(), children }
    }

    /// Processor time since the last look in percent of all processors, and memory in MiB.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a time of years, and any number of processors, would still be exact"
    )]
    pub(crate) fn look(&mut self) -> (f64, u64) {
        let (now, ticks) = (Instant::now(), self.children.ticks());
        // A child that has ended takes its time along.
        let used_s = ticks.saturating_sub(self.ticks) as f64 / TICKS;
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let passed_s = now.duration_since(self.looked).as_secs_f64().max(0.001);
        (self.looked, self.ticks) = (now, ticks);
        let percent = (100.0 * used_s / passed_s / processors as f64).min(100.0);
        (percent, self.children.all().into_iter().map(memory_mib).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_uses_memory_and_is_counted_with_its_children() {
        let own = i32::try_from(std::process::id()).unwrap();
        assert!(memory_mib(own) > 0);
        assert_eq!(memory_mib(i32::MAX), 0);
        let children = Children::default();
        let counted = children.count(1);
        assert_eq!(children.all(), [1, own]);
        drop(counted);
        assert_eq!(children.all(), [own]);
    }
}
