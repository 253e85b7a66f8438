//! What the command tells the person who runs it, on standard output; logs go to standard error.

use std::{
    io::{Write as _, stdout},
    sync::mpsc,
    time::Duration,
};

/// How long a line of progress may take to be read.
const PATIENCE: Duration = Duration::from_secs(1);

/// One plain line of progress. The reader may be stuck or gone, which must hold up nothing (case O17).
pub(crate) fn say(line: impl std::fmt::Display) {
    let line = line.to_string();
    let (written, done) = mpsc::channel();
    // A process says a handful of lines in its life, so these threads are few even if all of them are stuck.
    std::thread::spawn(move || {
        print(line);
        let _ = written.send(());
    });
    let _ = done.recv_timeout(PATIENCE);
}

/// What a command was asked for, to its end, however slow the reader is.
pub(crate) fn print(text: impl std::fmt::Display) {
    let _ = writeln!(stdout().lock(), "{text}");
}
