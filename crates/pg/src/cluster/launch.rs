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

/// The data folder as the programs see it: their file descriptor 9.
///
/// They may not be able to reach it by its path (see `folders`). A working directory does not help: initdb, and postgres
/// before version 16, change theirs and return by path. Their child processes inherit the descriptor.
const DATA: &str = "/proc/self/fd/9";

/// The folder arrives as standard input; the shell moves it to that descriptor.
const PASS_FOLDER: [&str; 3] = ["-c", "exec \"$@\" 9<&0 </dev/null", "sh"];

/// The only variables of our environment that the programs get. Others do harm: `LC_ALL` may name a locale that is not
/// installed, and `PGPORT` and `PGOPTIONS` refer to another server. `HOME` and `TERM` may be missing.
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
        // A caller that needs it on disk syncs the whole folder, which is faster.
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
            // Ctrl-C in the terminal must not reach the server: this process stops it after its own services.
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
