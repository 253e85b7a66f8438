//! What the command tells the person who runs it, on standard output; logs go to standard error.

use std::io::{Write as _, stdout};

/// One plain line. Nobody may be reading any more, which is no reason to stop.
pub(crate) fn say(line: impl std::fmt::Display) {
    let _ = writeln!(stdout().lock(), "{line}");
}
