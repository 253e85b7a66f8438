//! Runs libav in a child process: what strangers upload may crash it, or keep it busy for ever.

use std::{
    io::Read as _,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use anyhow::{Context as _, bail};
use prost::Message as _;
use proto::transcode::v1::MediaProbe;

/// Reading the head and the tail of a file takes much less.
const TIMEOUT: Duration = Duration::from_secs(30);

/// More streams than any sane file has fit into this.
const MAX_OUTPUT_BYTES: u64 = 1 << 20;

/// What a file is.
pub(crate) fn probe(file: &Path) -> anyhow::Result<MediaProbe> {
    // libav's own message for a missing file would not name it.
    std::fs::File::open(file).with_context(|| format!("cannot open {}", file.display()))?;
    let mut child = Command::new(std::env::current_exe()?)
        .arg("probe-child")
        .arg(file)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start the process that runs libav")?;
    let (output, complaint) = (read(child.stdout.take()), read(child.stderr.take()));
    let Ok(output) = output.recv_timeout(TIMEOUT) else {
        child.kill()?;
        child.wait()?;
        bail!("{} took longer than {} s to probe; is it damaged?", file.display(), TIMEOUT.as_secs());
    };
    answer(file, child, &output, &complaint.recv().unwrap_or_default())
}

fn answer(file: &Path, mut child: Child, output: &[u8], complaint: &[u8]) -> anyhow::Result<MediaProbe> {
    let status = child.wait()?;
    if status.success() {
        return MediaProbe::decode(output).context("the process that runs libav gave no answer");
    }
    let complaint = String::from_utf8_lossy(complaint);
    match complaint.lines().next().and_then(|line| line.strip_prefix("transcode-worker: ")) {
        Some(reason) => bail!("{reason}"),
        None => bail!("libav crashed on {} ({status}); the file is damaged", file.display()),
    }
}

/// Reads a pipe to its end in a thread of its own, so that a full pipe never stops the child.
fn read(pipe: Option<impl std::io::Read + Send + 'static>) -> mpsc::Receiver<Vec<u8>> {
    let (done, all) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(pipe) = pipe {
            let _ = pipe.take(MAX_OUTPUT_BYTES).read_to_end(&mut bytes);
        }
        let _ = done.send(bytes);
    });
    all
}
