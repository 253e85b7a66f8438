//! The commands that run PostgreSQL's programs.

use std::{
    fs::File,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::Context as _;
use nix::sys::signal::Signal;
use runtime::child::{User, tied};

use super::Durability;

/// Part of the socket's name; nothing listens on it.
pub(super) const PORT: &str = "5432";

/// The data folder as the programs see it: file descriptor 9 of their own.
///
/// They may not be able to reach it by its path (see `folders`), and a working directory does not help: initdb and
/// postgres before version 16 leave theirs and come back by path. Children of theirs inherit it under the same name.
const DATA: &str = "/proc/self/fd/9";

/// The shell puts the folder, which comes as standard input, there.
const PASS_FOLDER: [&str; 3] = ["-c", "exec \"$@\" 9<&0 </dev/null", "sh"];

/// Of our environment they get these only: `LC_ALL` may name a locale that is not installed, `PGPORT` and `PGOPTIONS` mean
/// somebody else's server, and `HOME` and `TERM` may be missing.
const ENVIRONMENT: [&str; 4] = ["PATH", "LD_LIBRARY_PATH", "TMPDIR", "TZ"];

const SETTINGS: [&str; 7] = [
    "listen_addresses=",
    "unix_socket_directories=../run",
    "unix_socket_permissions=0700",
    // Small, because it shares a laptop with everything else.
    "shared_buffers=32MB",
    "max_connections=100",
    "max_wal_size=256MB",
    "jit=off",
];

const NOTHING_IS_KEPT: [&str; 3] = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

/// How the programs are run.
pub(super) struct Launcher {
    pub(super) programs: PathBuf,
    pub(super) user: Option<User>,
    pub(super) tied: bool,
}

impl Launcher {
    /// Makes the files of an empty server in a folder.
    pub(super) fn initdb(&self, folder: &Path) -> anyhow::Result<Command> {
        let open =
            File::open(folder).with_context(|| format!("cannot open the folder {}", folder.display()))?;
        let mut command = self.command("initdb", open);
        // Whoever needs it on disk syncs it as a whole, which is faster.
        command.args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]);
        command.args(["-D", DATA]).stdout(Stdio::null());
        Ok(command)
    }

    /// Runs the server of a data folder; its log is its standard error.
    pub(super) fn postgres(&self, data: File, durability: Durability) -> Command {
        let mut command = self.command("postgres", data);
        command.args(["-D", DATA, "-p", PORT]);
        let unsafe_settings: &[&str] = if durability == Durability::None { &NOTHING_IS_KEPT } else { &[] };
        for setting in SETTINGS.iter().chain(unsafe_settings) {
            command.args(["-c", setting]);
        }
        if durability == Durability::Full {
            // Ctrl-C in the terminal is for us; we stop the server when our services have ended.
            command.process_group(0);
        }
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }

    fn command(&self, program: &str, folder: File) -> Command {
        let shell = Path::new("/bin/sh");
        let mut command = if self.tied {
            // A fast shutdown, as `Cluster::stop` asks for.
            tied(shell, Signal::SIGINT, self.user)
        } else {
            let mut command = Command::new(shell);
            if let Some((user, group)) = self.user {
                command.uid(user).gid(group);
            }
            command
        };
        command.args(PASS_FOLDER).arg(self.programs.join(program)).stdin(folder).current_dir("/").env_clear();
        for name in ENVIRONMENT {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command.env("LC_ALL", "C");
        command
    }
}
