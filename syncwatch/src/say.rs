//! Messages of the command to the person who runs it, on standard output. Logs go to standard error.

use std::{
    io::{Write as _, stdout},
    sync::mpsc,
    time::Duration,
};

/// How long the command waits for a line of progress to be read.
const PATIENCE: Duration = Duration::from_secs(1);

/// Prints a line of progress. A reader that is stuck or gone must not stop the command (case O17).
pub(crate) fn say(line: impl std::fmt::Display) {
    let line = line.to_string();
    let (written, done) = mpsc::channel();
    // A process prints a handful of lines in its life, so the threads stay few even if all of them are stuck.
    std::thread::spawn(move || {
        print(line);
        let _ = written.send(());
    });
    let _ = done.recv_timeout(PATIENCE);
}

/// Prints the output of a command completely, however slow the reader is.
pub(crate) fn print(text: impl std::fmt::Display) {
    let _ = writeln!(stdout().lock(), "{text}");
}
