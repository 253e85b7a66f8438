//! Free disk space of the data folder: a warning before it is used up, and a readiness check.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, ensure};
use serde::Deserialize;

use crate::{Check, Health, OnFailure, Section, Tasks, ensure_valid};

const EVERY: Duration = Duration::from_secs(10);

const MIB: u64 = 1024 * 1024;

/// Section `[storage]` of the settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StorageConfig {
    /// Logs a warning when less space than this is free.
    pub warn_below_mib: u64,
    /// The process is not ready when less space than this is free.
    pub ready_above_mib: u64,
}

impl Section for StorageConfig {
    const NAME: &'static str = "storage";

    fn validate(&self, check: &mut Check) {
        if self.warn_below_mib < self.ready_above_mib {
            check.fault(
                "warn_below_mib",
                format!(
                    "is {} and storage.ready_above_mib {}; the warning must come first",
                    self.warn_below_mib, self.ready_above_mib
                ),
            );
        }
    }
}

/// Watches the file system of `folder`: a log line when the level changes, and the health check `storage`.
pub fn watch(
    config: &StorageConfig,
    folder: &Path,
    health: &Health,
    tasks: &mut Tasks,
) -> anyhow::Result<()> {
    ensure_valid(config)?;
    let (checked, ready_above_mib) = (folder.to_owned(), config.ready_above_mib);
    health.add("storage", move || {
        let free_mib = free_mib(&checked);
        let folder = checked.clone();
        async move {
            let free_mib = free_mib?;
            ensure!(free_mib >= ready_above_mib, "{free_mib} MiB are free in {}", folder.display());
            Ok(())
        }
    });
    let (config, folder) = (config.clone(), folder.to_owned());
    tasks.spawn("storage watch", OnFailure::Restart, move |shutdown| {
        let (config, folder) = (config.clone(), folder.clone());
        async move {
            let mut every = tokio::time::interval(EVERY);
            let mut last = Level::Enough;
            loop {
                tokio::select! {
                    _ = every.tick() => last = tell(&config, &folder, last)?,
                    () = shutdown.soft() => return Ok(()),
                }
            }
        }
    });
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Enough,
    Low,
    Full,
}

impl Level {
    fn of(config: &StorageConfig, free_mib: u64) -> Self {
        match free_mib {
            free if free < config.ready_above_mib => Self::Full,
            free if free < config.warn_below_mib => Self::Low,
            _ => Self::Enough,
        }
    }
}

/// Logs a change of level, not every measurement.
fn tell(config: &StorageConfig, folder: &Path, last: Level) -> anyhow::Result<Level> {
    let free_mib = free_mib(folder)?;
    let level = Level::of(config, free_mib);
    if level != last {
        let folder = folder.display();
        match level {
            Level::Full => tracing::error!(%folder, free_mib, "the disk is full; free some space"),
            Level::Low => tracing::warn!(%folder, free_mib, "the disk is almost full; free some space"),
            Level::Enough => tracing::info!(%folder, free_mib, "there is enough space on the disk again"),
        }
    }
    metrics::gauge!("syncwatch_storage_free_mib").set(f64::from(u32::try_from(free_mib).unwrap_or(u32::MAX)));
    Ok(level)
}

/// Space that this user may use, which is less than root's.
fn free_mib(folder: &Path) -> anyhow::Result<u64> {
    let file_system = nix::sys::statvfs::statvfs(folder)
        .with_context(|| format!("cannot see how much space is free in {}", folder.display()))?;
    Ok(file_system.blocks_available().saturating_mul(file_system.fragment_size()) / MIB)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Case A3.
    #[test]
    fn a_warning_precedes_a_full_disk() {
        let config = StorageConfig { warn_below_mib: 100, ready_above_mib: 10 };
        let levels = [1000, 100, 99, 10, 9, 0].map(|free| Level::of(&config, free));
        assert_eq!(levels, [Level::Enough, Level::Enough, Level::Low, Level::Low, Level::Full, Level::Full]);
        assert!(ensure_valid(&StorageConfig { warn_below_mib: 1, ready_above_mib: 10 }).is_err());
    }
}
