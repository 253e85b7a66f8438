//! CPU time of processes, from `/proc`. It stays comparable on a busy machine, where calls per second do not.

use std::{collections::HashMap, fs, time::Duration};

use anyhow::Context as _;

/// Microseconds in one clock tick of `/proc`: `USER_HZ` is 100 on every Linux architecture that we build for.
const TICK_US: u64 = 10_000;

/// CPU time in microseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CpuTime {
    /// Of the process, all its threads included.
    pub(crate) own_us: u64,
    /// Of its running descendants, such as the private PostgreSQL.
    pub(crate) descendants_us: u64,
}

impl CpuTime {
    /// Reads the CPU time that a process and its descendants have used so far.
    pub(crate) fn of(pid: u32) -> anyhow::Result<Self> {
        let mut children: HashMap<u32, Vec<(u32, u64)>> = HashMap::new();
        for entry in fs::read_dir("/proc")?.flatten() {
            let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            // A process may end while we read.
            if let Some((parent, cpu_us)) = stat(pid) {
                children.entry(parent).or_default().push((pid, cpu_us));
            }
        }
        let (_, own_us) = stat(pid).with_context(|| format!("process {pid} has ended"))?;
        let (mut descendants_us, mut pending) = (0, vec![pid]);
        while let Some(parent) = pending.pop() {
            for (child, cpu_us) in children.remove(&parent).unwrap_or_default() {
                descendants_us += cpu_us;
                pending.push(child);
            }
        }
        Ok(Self { own_us, descendants_us })
    }

    /// Of the process, in seconds.
    pub(crate) fn own_s(self) -> f64 {
        seconds(self.own_us)
    }

    /// Of the process and its running descendants, in seconds.
    pub(crate) fn all_s(self) -> f64 {
        seconds(self.own_us + self.descendants_us)
    }

    /// CPU time since an earlier reading.
    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            own_us: self.own_us.saturating_sub(earlier.own_us),
            descendants_us: self.descendants_us.saturating_sub(earlier.descendants_us),
        }
    }
}

/// CPU time of the children of a process that have ended, in seconds.
pub(crate) fn of_ended_children_s(pid: u32) -> anyhow::Result<f64> {
    let ticks = fields(pid, [16, 17]).with_context(|| format!("process {pid} has ended"))?;
    Ok(seconds(ticks.iter().sum::<u64>() * TICK_US))
}

/// Parent and CPU time of a process.
fn stat(pid: u32) -> Option<(u32, u64)> {
    let [parent, user, kernel] = fields(pid, [4, 14, 15])?;
    Some((u32::try_from(parent).ok()?, (user + kernel) * TICK_US))
}

/// Fields of `/proc/PID/stat`, as proc(5) numbers them.
fn fields<const N: usize>(pid: u32, wanted: [usize; N]) -> Option<[u64; N]> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name of the program is in brackets and may have spaces.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let values = wanted.map(|field| fields.get(field - 3)?.parse().ok());
    let found: Vec<u64> = values.into_iter().collect::<Option<_>>()?;
    found.try_into().ok()
}

fn seconds(us: u64) -> f64 {
    Duration::from_micros(us).as_secs_f64()
}
