//! The store in the memory of the process, for an installation of one process.

mod keys;
mod limits;
mod log;
mod room;

pub(crate) use keys::Keys;
pub(crate) use limits::Limits;
pub(crate) use log::Log;
