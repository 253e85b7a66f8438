//! Background work.

pub(crate) mod measure_durations;
