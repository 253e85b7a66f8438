//! The running system, started by the `syncwatch` command.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
};

use anyhow::Context as _;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

/// How the system runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Everything in one process.
    One,
    /// Each service a process of its own, with Redis.
    Split,
}

/// A running system with its own data folder. Stops when it is dropped.
pub struct System {
    shape: Shape,
    settings: Vec<(String, String)>,
    process: Child,
    url: String,
    was_stopped: bool,
    // Last: the folder goes when everything that writes to it has ended.
    data_dir: tempfile::TempDir,
}

impl System {
    /// Starts it on a free port and waits until it is ready.
    pub fn start(shape: Shape) -> anyhow::Result<Self> {
        Self::start_with(shape, &[])
    }

    /// The same with settings, named like their environment variables without the prefix: `("MEDIA__LINK_MINUTES", "1")`.
    pub fn start_with(shape: Shape, settings: &[(&str, &str)]) -> anyhow::Result<Self> {
        Self::start_in(tempfile::Builder::new().prefix("sw-e2e").tempdir()?, shape, settings)
    }

    /// The same in an existing data folder.
    pub fn start_in(
        data_dir: tempfile::TempDir,
        shape: Shape,
        settings: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        let settings: Vec<_> =
            settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let (process, url) = run(shape, &settings, data_dir.path())?;
        Ok(Self { shape, settings, process, url, was_stopped: false, data_dir })
    }

    /// `http://localhost:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Kills it as a power cut would, and starts it again on the same data and another port.
    pub fn kill_and_restart(&mut self) -> anyhow::Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        (self.process, self.url) = run(self.shape, &self.settings, self.data_dir.path())?;
        Ok(())
    }

    /// Stops it as Ctrl-C does. Returns its exit status.
    pub fn stop(&mut self) -> anyhow::Result<ExitStatus> {
        self.was_stopped = true;
        interrupt(&self.process)?;
        Ok(self.process.wait()?)
    }

    /// The process that was started. All other processes of the system are its descendants.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// The process that holds the WebSockets.
    pub fn gateway_pid(&self) -> anyhow::Result<u32> {
        match self.shape {
            Shape::One => Ok(self.process.id()),
            Shape::Split => self.child("gateway")?.context("no gateway runs"),
        }
    }

    /// The process id of a running program of the system, by its name.
    pub fn child(&self, name: &str) -> anyhow::Result<Option<u32>> {
        Ok(self.children()?.into_iter().find(|(_, comm)| comm == name).map(|(pid, _)| pid))
    }

    /// Id and name of every process that it started.
    pub fn children(&self) -> anyhow::Result<Vec<(u32, String)>> {
        let mut children = Vec::new();
        // Each thread lists its own children.
        for thread in std::fs::read_dir(format!("/proc/{}/task", self.process.id()))? {
            let Ok(pids) = std::fs::read_to_string(thread?.path().join("children")) else { continue };
            for pid in pids.split_whitespace() {
                let Ok(comm) = std::fs::read_to_string(format!("/proc/{pid}/comm")) else { continue };
                children.push((pid.parse()?, comm.trim().to_owned()));
            }
        }
        Ok(children)
    }

    /// Its data folder.
    pub fn data_dir(&self) -> &Path {
        self.data_dir.path()
    }
}

impl Drop for System {
    fn drop(&mut self) {
        match self.process.try_wait() {
            Ok(None) => drop(self.stop()),
            // The cause of whatever failure the test reports.
            Ok(Some(status)) if !self.was_stopped => eprintln!("the system ended by itself: {status}"),
            Ok(Some(_)) | Err(_) => {}
        }
    }
}

/// Asks a process to end, as Ctrl-C does.
pub fn interrupt(process: &Child) -> anyhow::Result<()> {
    Ok(kill(Pid::from_raw(i32::try_from(process.id())?), Signal::SIGINT)?)
}

/// The path of a program: beside this one, or beside the folder of the test binaries.
pub fn program(name: &str) -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let places = own.ancestors().skip(1).take(2).map(|folder| folder.join(name));
    places.into_iter().find(|place| place.is_file()).with_context(|| {
        format!("{name} is not built beside {}; `make build` and `make test` build it", own.display())
    })
}

/// `syncwatch up` on an address. All other listeners take free ports.
pub fn up(data_dir: &Path, listen: &str) -> anyhow::Result<Command> {
    let mut command = Command::new(program("syncwatch")?);
    up_arguments(&mut command, data_dir, listen);
    Ok(command)
}

/// The same, started through a wrapper such as `setpriv --reuid 10001`.
pub fn up_through(wrapper: &[&str], data_dir: &Path, listen: &str) -> anyhow::Result<Command> {
    let (first, rest) = wrapper.split_first().context("a wrapper has a name")?;
    let mut command = Command::new(first);
    command.args(rest).arg(program("syncwatch")?);
    up_arguments(&mut command, data_dir, listen);
    Ok(command)
}

fn up_arguments(command: &mut Command, data_dir: &Path, listen: &str) {
    command.args(["up", "--listen", listen, "--log-level", "warn", "--data-dir"]);
    command.arg(data_dir).stdin(Stdio::null()).stdout(Stdio::piped());
    // No test asks the internet for the title of a video.
    command.env("SYNCWATCH_MEDIA__OEMBED", "false");
}

fn run(shape: Shape, settings: &[(String, String)], data_dir: &Path) -> anyhow::Result<(Child, String)> {
    let mut command = up(data_dir, "127.0.0.1:0")?;
    if shape == Shape::Split {
        command.arg("--split");
    }
    command.envs(settings.iter().map(|(name, value)| (format!("SYNCWATCH_{name}"), value)));
    await_ready(&mut command)
}

/// Starts the command and waits until it reports that it is ready. Returns the process and its address.
pub fn await_ready(command: &mut Command) -> anyhow::Result<(Child, String)> {
    let mut process = command.spawn()?;
    let mut lines = BufReader::new(process.stdout.take().context("no standard output")?).lines();
    let mut said = Vec::new();
    let url = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let url = line.strip_prefix("SyncWatch is ready: ").map(str::to_owned);
        said.push(line);
        url
    });
    // Keeps reading, so that a full pipe never blocks the system.
    std::thread::spawn(move || lines.for_each(drop));
    let url = url.with_context(|| {
        format!("the system ended before it was ready: {:?}, after {said:?}", process.wait())
    })?;
    Ok((process, url))
}
