//! Background work.

pub(crate) mod fill_skeletons;
pub(crate) mod forget_expired;
