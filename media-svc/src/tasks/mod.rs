//! Background work.

pub(crate) mod look_after_uploads;
pub(crate) mod run_jobs;
pub(crate) mod tell_room;
pub(crate) mod tend_queue;
