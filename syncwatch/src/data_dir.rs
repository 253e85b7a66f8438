//! The data folder of `up`.

use std::{
    fs::{self, DirBuilder, File, Permissions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use nix::{
    sys::stat::{Mode, umask},
    unistd::Uid,
};

/// A data folder, locked by this process while the value lives.
pub(crate) struct DataDir {
    path: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Creates the folder unless it exists, and locks it. From now on everything that this process and its children write
    /// is readable by their user alone.
    pub(crate) fn open(wanted: Option<&Path>) -> anyhow::Result<Self> {
        umask(Mode::from_bits_truncate(0o077));
        let path = wanted.map_or_else(default, |path| Ok(path.to_owned()))?;
        let cannot =
            || format!("cannot write to the data folder {}; choose another with --data-dir", path.display());
        make_private(&path).with_context(cannot)?;
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

    /// The path of the folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The path of a file in the folder.
    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// A folder in it that only its owner may enter. Creates it unless it exists.
    pub(crate) fn folder(&self, name: &str) -> anyhow::Result<PathBuf> {
        let path = self.join(name);
        let make = || {
            DirBuilder::new().recursive(true).mode(0o700).create(&path)?;
            fs::set_permissions(&path, Permissions::from_mode(0o700))
        };
        make().with_context(|| format!("cannot make the folder {}", path.display()))?;
        Ok(path)
    }
}

/// Makes the folder private, unless it existed and holds other files: `--data-dir /srv` must not close /srv. What
/// we write into it is private either way.
fn make_private(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    let ours = path.join("secrets.toml").exists() || fs::read_dir(path)?.next().is_none();
    if ours && fs::metadata(path)?.uid() == Uid::effective().as_raw() {
        fs::set_permissions(path, Permissions::from_mode(0o700))?;
    }
    Ok(())
}

impl std::fmt::Display for DataDir {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.path.display().fmt(f)
    }
}

fn default() -> anyhow::Result<PathBuf> {
    if Uid::effective().is_root() {
        return Ok("/var/lib/syncwatch".into());
    }
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    variable("XDG_DATA_HOME")
        .or_else(|| Some(variable("HOME")?.join(".local/share")))
        .map(|base| base.join("syncwatch"))
        .context("there is no home folder to keep data in; name one with --data-dir")
}
