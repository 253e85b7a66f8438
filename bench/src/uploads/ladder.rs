//! How much the worker costs beside its encoders: the time in which it prepares a film of 1080p that has to be encoded, beside the
//! time of the same commands alone, one after the other, from a file and into files. The commands are those that the worker ran: a
//! script in place of ffmpeg writes them down.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, ensure};
use e2e::{Guest, System};

use super::{
    NO_COPIES,
    films::{Codec, Film},
    prepared::Sent,
    system,
};
use crate::{
    report::{Goal, Report},
    stats::median,
};

/// Between the arguments of a command that is written down.
const SEPARATOR: char = '\u{1f}';

pub(super) async fn measure(report: &mut Report, short: bool) -> anyhow::Result<()> {
    let (height, seconds, rounds) = if short { (480, 20, 1) } else { (1080, 120, 3) };
    let film = Film { codec: Codec::H264, height, seconds, is_index_last: false };
    let (path, bytes, folder) = (film.path()?, film.bytes()?, tempfile::tempdir()?);
    let recorder = Recorder::new(folder.path())?;
    let program = recorder.program.display().to_string();
    // The commands alone may use every processor.
    let all_processors = ("TRANSCODE__MAX_CPU_PERCENT", "100");
    let system = system(&[NO_COPIES, all_processors, ("TRANSCODE__FFMPEG", &program)])?;
    let owner = Guest::arrive(system.url(), "Bench").await?;
    let (mut by_worker, mut alone) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        recorder.forget()?;
        let sent = Sent::new(&owner, &bytes).await?;
        sent.ready().await?;
        let ended = now()?;
        sent.delete().await?;
        let commands = recorder.commands()?;
        let (began, _) = commands.first().context("the worker ran no ffmpeg")?;
        by_worker.push(ended.saturating_sub(*began).as_secs_f64());
        alone.push(run(&commands, &path, &system)?.as_secs_f64());
    }
    let ratio = median(alone.iter().zip(&by_worker).map(|(alone, worker)| alone / worker).collect());
    let length = f64::from(seconds);
    report.figure("ladder, the worker", "times the film's speed", length / median(by_worker));
    report.figure("ladder, its commands alone", "times the film's speed", length / median(alone));
    report.goal("ladder of the worker beside its commands alone", "times", ratio, Goal::AtLeast(0.97));
    Ok(())
}

/// Time since the epoch, in which the script tells when a command began.
fn now() -> anyhow::Result<Duration> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?)
}

/// Runs the commands alone. What they read is the film, and what they write goes to files on the disk of the store.
fn run(commands: &[(Duration, Vec<String>)], film: &Path, system: &System) -> anyhow::Result<Duration> {
    let folder = tempfile::tempdir_in(system.data_dir())?;
    let mut all = Duration::ZERO;
    for (number, (_, arguments)) in commands.iter().enumerate() {
        let mut command = Command::new("ffmpeg");
        let mut before = "";
        for (index, argument) in arguments.iter().enumerate() {
            match (before, argument.as_str()) {
                ("-i", _) => command.arg(film),
                ("-protocol_whitelist", _) => command.arg("file"),
                (_, url) if url.starts_with("http://") => {
                    command.arg(folder.path().join(format!("{number}-{index}")))
                }
                (_, other) => command.arg(other),
            };
            before = argument;
        }
        let started = Instant::now();
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        all += started.elapsed();
        ensure!(status.success(), "a command of the worker fails alone: {arguments:?}");
    }
    Ok(all)
}

/// Writes down the commands of ffmpeg.
struct Recorder {
    program: PathBuf,
    log: PathBuf,
}

impl Recorder {
    fn new(folder: &Path) -> anyhow::Result<Self> {
        let (program, log) = (folder.join("ffmpeg"), folder.join("commands"));
        let script = format!(
            "#!/bin/bash\nif [ \"$1\" != -version ]; then\n  at=$EPOCHREALTIME IFS=$'\\x1f'\n  \
             printf '%s\\n' \"$at$IFS$*\" >>'{}'\nfi\nexec ffmpeg \"$@\"\n",
            log.display()
        );
        fs::write(&program, script)?;
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
        let recorder = Self { program, log };
        recorder.forget()?;
        Ok(recorder)
    }

    fn forget(&self) -> anyhow::Result<()> {
        Ok(fs::write(&self.log, "")?)
    }

    /// When each command began, and its arguments.
    fn commands(&self) -> anyhow::Result<Vec<(Duration, Vec<String>)>> {
        let text = fs::read_to_string(&self.log)?;
        let command = |line: &str| {
            let (at, arguments) = line.split_once(SEPARATOR).context("no command")?;
            let at = Duration::from_secs_f64(at.parse()?);
            Ok((at, arguments.split(SEPARATOR).map(str::to_owned).collect()))
        };
        text.lines().map(command).collect()
    }
}
