//! All SQL. A function that writes to a room expects its caller to hold the room's lock ([`rooms::lock`]): with it,
//! counts are right, ids grow, and events stand in the outbox in the order in which they are committed.

pub(crate) mod durations;
pub(crate) mod items;
pub(crate) mod members;
pub(crate) mod messages;
pub(crate) mod outbox;
pub(crate) mod rooms;
