//! The file that a task is about: its bytes are in the object store, and children read them from a listener on this machine.
//! libav and ffmpeg therefore get no credentials, no path and no address but that of the one file.

mod file;
mod listener;

pub(crate) use file::OriginalFile;
pub(crate) use listener::{Closer, Listener, Served, Sink};
