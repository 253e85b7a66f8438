//! The folder where `up` keeps everything.

use std::{
    fs::{self, File, TryLockError},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};

/// A data folder that is ours while this lives.
pub(crate) struct DataDir {
    path: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Makes the folder unless it exists, and takes it.
    pub(crate) fn open(wanted: Option<&Path>) -> anyhow::Result<Self> {
        let path = wanted.map_or_else(default, |path| Ok(path.to_owned()))?;
        let cannot =
            || format!("cannot write to the data folder {}; choose another with --data-dir", path.display());
        fs::create_dir_all(&path).with_context(cannot)?;
        let lock = File::create(path.join("lock")).with_context(cannot)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: fs::canonicalize(&path)?, _lock: lock }),
            Err(TryLockError::WouldBlock) => {
                bail!(
                    "another syncwatch uses the data folder {}; end it or choose another folder with --data-dir",
                    path.display()
                )
            }
            Err(TryLockError::Error(error)) => Err(error).with_context(cannot),
        }
    }

    /// A place in it.
    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

impl std::fmt::Display for DataDir {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.path.display().fmt(f)
    }
}

fn default() -> anyhow::Result<PathBuf> {
    // As root PostgreSQL runs as another user, who may not enter root's home.
    if fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0) {
        return Ok("/var/lib/syncwatch".into());
    }
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    variable("XDG_DATA_HOME")
        .or_else(|| Some(variable("HOME")?.join(".local/share")))
        .map(|base| base.join("syncwatch"))
        .context("there is no home folder to keep data in; name one with --data-dir")
}
