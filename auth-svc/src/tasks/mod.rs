//! Background work.

pub(crate) mod forget_expired;
