//! Background work.

pub(crate) mod end_streams;
pub(crate) mod hear_commits;
