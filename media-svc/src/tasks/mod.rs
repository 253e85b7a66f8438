//! Background work.

pub(crate) mod run_jobs;
pub(crate) mod tell_room;
