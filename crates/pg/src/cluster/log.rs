//! The server's log: bounded on disk, with its last lines at hand.

use std::{
    collections::VecDeque,
    fs::{self, File, OpenOptions},
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    process::ChildStderr,
    sync::Arc,
};

use anyhow::Context as _;
use parking_lot::{Mutex, MutexGuard};

/// A full file is renamed to `.1`, `.1` to `.2`, and the old `.2` is deleted.
const MAX_BYTES: u64 = 10_000_000;

const OLDER: [&str; 2] = ["log.1", "log.2"];

/// A longer line is split.
const MAX_LINE: u64 = 64 * 1024;

/// Lines of the log that an error shows to explain why the server ended.
const TAIL: usize = 5;

/// Where a server's log goes. A restart appends to the same file: the lines before a crash stay.
#[derive(Clone)]
pub(super) struct Log(Arc<Mutex<State>>);

struct State {
    path: PathBuf,
    file: File,
    bytes: u64,
    lines: u64,
    tail: VecDeque<String>,
}

impl Log {
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let open = || {
            let file = append(path)?;
            let bytes = file.metadata()?.len();
            Ok::<_, io::Error>(State { path: path.to_owned(), file, bytes, lines: 0, tail: VecDeque::new() })
        };
        let state = open().with_context(|| format!("cannot write the log {}", path.display()))?;
        Ok(Self(Arc::new(Mutex::new(state))))
    }

    /// Copies the output of a server into the log until the server ends.
    pub(super) fn follow(&self, from: ChildStderr) -> io::Result<()> {
        let log = self.clone();
        std::thread::Builder::new().name("postgres log".to_owned()).spawn(move || {
            let mut from = BufReader::new(from);
            let mut line = Vec::new();
            while matches!(from.by_ref().take(MAX_LINE).read_until(b'\n', &mut line), Ok(1..)) {
                log.state().write(&line);
                line.clear();
            }
        })?;
        Ok(())
    }

    /// How many lines were written since this process started.
    pub(super) fn lines(&self) -> u64 {
        self.state().lines
    }

    /// The last line.
    pub(super) fn last(&self) -> String {
        self.state().tail.back().cloned().unwrap_or_default()
    }

    /// The last lines.
    pub(super) fn tail(&self) -> String {
        self.state().tail.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock()
    }
}

impl State {
    fn write(&mut self, line: &[u8]) {
        if self.tail.len() == TAIL {
            self.tail.pop_front();
        }
        self.tail.push_back(String::from_utf8_lossy(line).trim_end().to_owned());
        self.lines += 1;
        if self.bytes >= MAX_BYTES
            && let Err(error) = self.rotate()
        {
            tracing::warn!(%error, "cannot begin a new log of postgres");
        }
        // On a full disk the log has gaps; the server must not wait for it.
        if self.file.write_all(line).is_ok() {
            self.bytes += line.len() as u64;
        }
    }

    fn rotate(&mut self) -> io::Result<()> {
        let [newer, older] = OLDER.map(|extension| self.path.with_extension(extension));
        if newer.exists() {
            fs::rename(&newer, older)?;
        }
        fs::rename(&self.path, newer)?;
        self.file = append(&self.path)?;
        self.bytes = 0;
        Ok(())
    }
}

fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Case O21.
    #[test]
    fn the_log_is_bounded_and_a_new_run_appends_to_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("postgres.log");
        let line = [&[b'x'; 9_999][..], b"\n"].concat();
        let log = Log::open(&path).unwrap();
        for _ in 0..4_500 {
            log.state().write(&line);
        }
        let bytes: u64 =
            fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().metadata().unwrap().len()).sum();
        assert!((20_000_000..=30_000_000 + line.len() as u64).contains(&bytes), "{bytes} bytes");
        let before = fs::metadata(&path).unwrap().len();
        Log::open(&path).unwrap().state().write(b"after a crash\n");
        assert_eq!(fs::metadata(&path).unwrap().len(), before + 14);
    }
}
