//! All SQL.

pub(crate) mod room_states;
