//! Where a private server keeps its files, and who may see them.
//!
//! ```text
//! DIR/          owned by the user who starts the server; others may only traverse it
//!   data/       owned by the database user: the server's files
//!   run/        owned by the database user: the socket
//! ```
//!
//! PostgreSQL refuses to run as root, so root runs it as the database user. That user may not be able to reach `DIR`: it
//! may lie in /root, or in a folder of mode 0700, as the data folder of `syncwatch up` always does. Therefore the server
//! gets no path but the open folder `data` (see `launch`), and finds everything else from there: `../run` needs no
//! permission on the folders above `DIR`.

use std::{
    fmt,
    fs::{self, DirBuilder, File, Permissions},
    io,
    os::{
        fd::AsRawFd as _,
        unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _, lchown},
    },
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use nix::unistd::Uid;
use runtime::child::User;

/// The longest path of a Unix socket is 107 bytes; PostgreSQL's file name is part of it.
const MAX_SOCKET_DIR: usize = 107 - "/.s.PGSQL.5432".len();

/// The open folders of one server.
pub(super) struct Folders {
    dir: PathBuf,
    user: Option<User>,
    run: File,
}

/// The server's files in `dir`.
pub(super) fn data(dir: &Path) -> PathBuf {
    dir.join("data")
}

/// The user that root runs PostgreSQL as: the one of Debian's package, or `nobody`. `None` where this process is not root.
pub(super) fn database_user() -> anyhow::Result<Option<User>> {
    if !Uid::effective().is_root() {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd").context("cannot read /etc/passwd")?;
    let user = |name: &str| {
        let fields: Vec<&str> =
            users.lines().find(|line| line.split(':').next() == Some(name))?.split(':').collect();
        Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
    };
    user("postgres")
        .or_else(|| user("nobody"))
        .map(Some)
        .context("there is neither a user `postgres` nor `nobody` to run PostgreSQL as")
}

impl Folders {
    /// Creates the folders, or corrects their owners and modes.
    pub(super) fn open(dir: &Path, user: Option<User>) -> anyhow::Result<Self> {
        let open = || -> io::Result<Self> {
            make(dir)?;
            let dir = fs::canonicalize(dir)?;
            // Earlier versions gave this folder to the database user, who could have replaced files that root uses.
            lchown(&dir, Some(Uid::effective().as_raw()), None)?;
            fs::set_permissions(&dir, Permissions::from_mode(if user.is_some() { 0o711 } else { 0o700 }))?;
            let run = dir.join("run");
            make(&run)?;
            hand_over(&run, user)?;
            // A backup may come from a machine where the database user has another uid.
            let data = data(&dir);
            if let (Some((uid, _)), Ok(found)) = (user, fs::symlink_metadata(&data))
                && found.uid() != uid
            {
                hand_over(&data, user)?;
            }
            let run = File::open(&run)?;
            Ok(Self { dir, user, run })
        };
        open().with_context(|| format!("cannot prepare the folder {}", dir.display()))
    }

    /// Whether there is a database.
    pub(super) fn has_data(&self) -> bool {
        data(&self.dir).join("PG_VERSION").exists()
    }

    /// The open folder of the server's files.
    pub(super) fn open_data(&self) -> anyhow::Result<File> {
        let data = data(&self.dir);
        File::open(&data).with_context(|| format!("cannot open the folder {}", data.display()))
    }

    /// A file of the server's own, such as `postmaster.pid`.
    pub(super) fn data_file(&self, name: &str) -> PathBuf {
        data(&self.dir).join(name)
    }

    /// The folder of the socket, as a path that fits into the address of a socket.
    pub(super) fn sockets(&self) -> PathBuf {
        let run = self.dir.join("run");
        if run.as_os_str().len() <= MAX_SOCKET_DIR {
            return run;
        }
        // Valid for processes of the same user, while this process runs.
        format!("/proc/{}/fd/{}", std::process::id(), self.run.as_raw_fd()).into()
    }

    /// Creates an empty folder for the files of a new server. Deletes the leftovers of an interrupted start.
    pub(super) fn stage(&self) -> anyhow::Result<PathBuf> {
        let staged = self.dir.join("data.new");
        let stage = || -> io::Result<()> {
            match fs::remove_dir_all(&staged) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            make(&staged)?;
            hand_over(&staged, self.user)
        };
        stage().with_context(|| format!("cannot make the folder {}", staged.display()))?;
        Ok(staged)
    }

    /// Moves the files of a new server into place. Syncs them first where they must survive a power cut.
    pub(super) fn commit_stage(&self, staged: &Path, durable: bool) -> anyhow::Result<()> {
        let commit = || -> io::Result<()> {
            if durable {
                nix::unistd::syncfs(File::open(staged)?)?;
            }
            // A folder without PG_VERSION is the leftover of an interrupted start of an older version.
            let data = data(&self.dir);
            match fs::remove_dir_all(&data) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            fs::rename(staged, data)
        };
        commit().with_context(|| format!("cannot put {} into place", staged.display()))
    }
}

impl fmt::Display for Folders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.dir.display().fmt(f)
    }
}

fn make(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Gives a folder and everything in it to the database user, and to nobody else.
fn hand_over(folder: &Path, user: Option<User>) -> io::Result<()> {
    if let Some((uid, gid)) = user {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                hand_over(&entry.path(), user)?;
            }
            lchown(entry.path(), Some(uid), Some(gid))?;
        }
        lchown(folder, Some(uid), Some(gid))?;
    }
    fs::set_permissions(folder, Permissions::from_mode(0o700))
}
