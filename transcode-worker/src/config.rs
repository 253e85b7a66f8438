//! Section `[transcode]` of the settings.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use runtime::{Check, Section};
use serde::Deserialize;

use crate::encode::{command::Options, watchdog::Limits};

/// Presets of libx264, the fastest first.
const PRESETS: [&str; 9] =
    ["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"];

/// Settings of the worker; the defaults are in `config.default.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address of health and metrics of a separate process.
    pub admin_listen: SocketAddr,
    /// Tasks that run at once; 0: none, uploads wait.
    pub max_jobs: u32,
    /// The program ffmpeg.
    pub ffmpeg: PathBuf,
    /// The program transcode-worker. Empty: the one beside the running program.
    pub program: PathBuf,
    /// Preset of libx264.
    pub preset: String,
    /// Constant rate factor of libx264.
    pub crf: u32,
    /// By how much the priority of encoders is lowered while somebody waits for them; 0: not at all.
    pub nice: u32,
    /// Part of the processors that all encoders together may use, in percent.
    pub max_cpu_percent: u32,
    /// Memory of an encoder in MiB.
    pub max_memory_mib: u64,
    /// Time of a task in minutes.
    pub timeout_minutes: u32,
    /// Time without progress in seconds.
    pub stall_seconds: u32,
    /// Time between SIGTERM and SIGKILL in seconds.
    pub kill_after_seconds: u32,
}

impl Section for Config {
    const NAME: &'static str = "transcode";

    fn validate(&self, check: &mut Check) {
        check.range("max_jobs", &self.max_jobs, &(0..=64));
        if self.ffmpeg.as_os_str().is_empty() {
            check.fault("ffmpeg", "is empty; name the program, such as \"ffmpeg\"");
        }
        if !PRESETS.contains(&self.preset.as_str()) {
            check.fault("preset", format!("must be one of {}", PRESETS.join(", ")));
        }
        check.range("crf", &self.crf, &(0..=51));
        check.range("nice", &self.nice, &(0..=19));
        check.range("max_cpu_percent", &self.max_cpu_percent, &(1..=100));
        check.range("max_memory_mib", &self.max_memory_mib, &(128..=1 << 20));
        check.range("timeout_minutes", &self.timeout_minutes, &(1..=24 * 60));
        check.range("stall_seconds", &self.stall_seconds, &(1..=3600));
        check.range("kill_after_seconds", &self.kill_after_seconds, &(1..=60));
    }
}

impl Config {
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            nice: i32::try_from(self.nice).unwrap_or(19),
            processors: self.processors(),
            memory_mib: self.max_memory_mib,
            timeout: Duration::from_secs(60 * u64::from(self.timeout_minutes)),
            stall: Duration::from_secs(self.stall_seconds.into()),
            grace: Duration::from_secs(self.kill_after_seconds.into()),
        }
    }

    pub(crate) fn options(&self) -> Options {
        let threads = u32::try_from(self.processors()).unwrap_or(u32::MAX).min(16);
        Options { preset: self.preset.clone(), crf: self.crf, threads }
    }

    /// Processors for encoders: whole ones, rounded, one at least.
    fn processors(&self) -> usize {
        let all = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        share(all, self.max_cpu_percent)
    }

    /// The program transcode-worker.
    pub(crate) fn worker_program(&self) -> PathBuf {
        if !self.program.as_os_str().is_empty() {
            return self.program.clone();
        }
        let own = std::env::current_exe().unwrap_or_default();
        own.with_file_name("transcode-worker")
    }
}

fn share(processors: usize, percent: u32) -> usize {
    let percent = usize::try_from(percent).unwrap_or(100);
    (processors.saturating_mul(percent).saturating_add(50) / 100).max(1)
}

#[cfg(test)]
mod tests {
    #[test]
    fn encoders_get_their_share_of_the_processors() {
        let shares = [1, 2, 4, 8, 10, 64].map(|processors| super::share(processors, 80));
        assert_eq!(shares, [1, 2, 3, 6, 8, 51]);
        assert_eq!((super::share(8, 1), super::share(8, 100)), (1, 8));
    }
}
