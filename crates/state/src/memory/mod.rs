//! The store in the memory of this process, for an installation that is one process.

mod keys;
mod limits;
mod log;
mod room;

pub(crate) use keys::Keys;
pub(crate) use limits::Limits;
pub(crate) use log::Log;
