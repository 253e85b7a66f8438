//! All SQL.

pub(crate) mod assets;
pub(crate) mod jobs;
pub(crate) mod outbox;
pub(crate) mod subtitles;
