//! All SQL.

pub(crate) mod assets;
pub(crate) mod jobs;
pub(crate) mod outbox;
pub(crate) mod removals;
pub(crate) mod segments;
pub(crate) mod subtitles;
pub(crate) mod sweeps;
pub(crate) mod task_list;
pub(crate) mod tasks;
pub(crate) mod upload_parts;
pub(crate) mod upload_progress;
pub(crate) mod uploads;
pub(crate) mod workers;
